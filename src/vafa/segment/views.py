"""The customer base in five views: one year, two years, one cohort, cohorts beside each other, all of it.

After the customer-base audit of Fader, Hardie and Ross (The Customer-Base Audit, 2022): how customers differ in a
year, what changed between two years, how the newcomers of one month go on, whether later ones are worth more or
less, and of whom the sales consist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import pyarrow as pa

from vafa.segment.methods import METHODS, summary, years
from vafa.segment.running import Engine, Source, open_receipts

AGES = (3, 6, 12)  # months, the first one counted, after which cohorts are compared


class Share(NamedTuple):
    """Some customers, what they bought in the year, and in the year before; revenue in minor units."""

    customers: int = 0
    purchases: int = 0
    revenue: int = 0
    purchases_before: int = 0
    revenue_before: int = 0


@dataclass(frozen=True)
class Newcomers:
    """Who first bought in ``month``: how many, and what they did in that month and each later one."""

    month: int
    size: int
    customers: tuple[int, ...]  # who bought, by months since
    purchases: tuple[int, ...]
    revenue: tuple[int, ...]

    def worth(self, months: int) -> Fraction | None:
        """Revenue of one of them in so many months, the first one counted; None where these are not over."""
        return Fraction(sum(self.revenue[:months]), self.size) if len(self.revenue) >= months else None

    def kept(self, months: int) -> Fraction | None:
        """The share of them who bought so many months later."""
        return Fraction(self.customers[months], self.size) if len(self.customers) > months else None


@dataclass(frozen=True)
class Views:
    """All five. ``tenths``: of who bought in the year, the largest first; ``ways``: of ``methods.years.WAYS``."""

    as_of: int | None
    days: int
    tenths: tuple[Share, ...]
    ways: Mapping[str, Share]
    cohorts: tuple[Newcomers, ...]
    whole: int  # months of which all days are over: the last months that cohorts are told of

    @property
    def year(self) -> Share:
        """Everybody who bought in the year."""
        return Share(*map(sum, zip(*self.tenths, strict=True))) if self.tenths else Share()


def views(receipts: Source, *, calendar: str, as_of: int | None = None, days: int = 365) -> Views:
    """The views as of the end of a day (default: the last day there is); a year has ``days`` days."""
    connection, as_of = _opened(receipts, calendar, as_of, days)
    try:
        told = "count(*), sum(purchases_now), sum(revenue_now), sum(purchases_before), sum(revenue_before)"
        ranked = connection.execute(
            f"select tenth, {told} from years where tenth is not null group by tenth order by tenth"
        ).fetchall()
        ways = connection.execute(f"select way, {told} from years group by way order by way").fetchall()
        METHODS["cohort_value"].compute(connection)
        months = connection.execute("select month, complete from months order by month").fetchall()
        last = max((month for month, complete in months if complete), default=None)
        return Views(
            as_of,
            days,
            tuple(Share(*map(int, row[1:])) for row in ranked),
            dict.fromkeys(years.WAYS, Share()) | {row[0]: Share(*map(int, row[1:])) for row in ways},
            () if last is None else tuple(_cohorts(connection, last)),
            0 if last is None else sum(complete for _month, complete in months),
        )
    finally:
        connection.close()


def _cohorts(connection: Engine, last: int) -> list[Newcomers]:
    """Cohorts up to the last whole month, with all that they did up to its end."""
    rows = connection.execute("select cohort, month, customers, purchases, revenue from cohort_value").fetchall()
    told = {(cohort, month): tuple(map(int, counts)) for cohort, month, *counts in rows}
    found = []
    for cohort in sorted({cohort for cohort, _month in told if cohort <= last}):
        counts = [told.get((cohort, month), (0, 0, 0)) for month in range(cohort, last + 1)]
        customers, purchases, revenue = zip(*counts, strict=True)
        found.append(Newcomers(cohort, customers[0], customers, purchases, revenue))
    return found


def people(
    receipts: Source,
    *,
    calendar: str,
    as_of: int | None = None,
    tenth: int | None = None,
    way: str | None = None,
    days: int = 365,
) -> pa.Table:
    """Who stands behind a tenth or a way: ``methods.years``' rows, who bought most in the year first."""
    connection, _day = _opened(receipts, calendar, as_of, days)
    try:
        told = (
            "tenth = " + str(int(tenth)) if tenth is not None else "way = '" + years.WAYS[years.WAYS.index(way)] + "'"
        )
        return connection.sql(
            f"select * from years where {told} order by revenue_now desc, revenue_before desc, customer_id"
        ).to_arrow_table()
    finally:
        connection.close()


def _opened(receipts: Source, calendar: str, as_of: int | None, days: int) -> tuple[Engine, int | None]:
    connection, as_of = open_receipts(receipts, calendar=calendar, as_of=as_of)
    METHODS["days"].compute(connection)
    METHODS["summary"].compute(connection, summary.Params(as_of=as_of))
    METHODS["years"].compute(connection, years.Params(days=days))
    return connection, as_of
