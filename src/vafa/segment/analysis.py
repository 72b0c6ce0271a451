"""The whole analysis of a shop's receipts: every metric of the shelf in one go, without a database.

Who counts: a customer is known (has an id) and bought at least once. Who only gave something back is in
``revenue`` of the shop and nowhere else, like sales without a customer: both are in the shop's
``purchases`` and ``revenue`` and left out of everything per customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from vafa.core.calendar import month_name, to_date
from vafa.core.duck import connected
from vafa.core.errors import Question
from vafa.core.money import digits
from vafa.core.words import gettext_noop as _
from vafa.segment.methods import METHODS, abc_xyz, buying_types, crr, ladder, rfm, summary
from vafa.segment.results import Cohort, Ladder, Lateness, Ltv, Pareto, Part, Retention, RfmGroup, Top
from vafa.segment.running import Engine, Source, open_receipts
from vafa.segment.suitability import Suitability, suitability

CELLS = tuple(a + x for a in "ABC" for x in "XYZN")
BINS = 9  # halves of a gap, from 0 to 4 and beyond
_UNTOLD = "select customer_id, rung as buying_type from ladder where 1 = 0"
_BUILT = (
    "select s.*, r.r, r.f, r.m, a.abc, a.xyz, a.top_share, l.rung, l.lapsed = 1 as lapsed, l.since, "
    "l.twice_median_gap, t.late = 1 as late, t.good = 1 as good, t.half_gaps, t.year_revenue, b.buying_type "
    "from summary s "
    "join rfm r on r.customer_id = s.customer_id join abc_xyz a on a.customer_id = s.customer_id "
    "join ladder l on l.customer_id = s.customer_id join lateness t on t.customer_id = s.customer_id "
    "left join buying_types b on b.customer_id = s.customer_id"
)


@dataclass(frozen=True)
class Analysis:
    """Everything found. Amounts are minor units of ``currency``, days and months as ``core.calendar`` counts."""

    currency: str
    calendar: str
    first_day: int | None
    last_day: int | None
    as_of: int | None
    people: int  # known customers
    purchases: int  # all sales, with and without a customer
    revenue: int  # all sales less all returns
    anonymous: Part  # its ``customers`` are purchases
    active_days: int
    active_days_given: bool
    gaps: int  # how many gaps between purchase days there are
    pareto: Pareto
    cells: dict[str, Part]  # AX … CN
    rfm_groups: tuple[RfmGroup, ...]
    ladder: Ladder
    ltv: Ltv
    crr: tuple[Retention, ...]
    cohorts: tuple[Cohort, ...]
    lateness: Lateness
    buying_types: Mapping[str, Part] | None  # by ``methods.buying_types.TYPES``; None: no products are told
    standings: pa.Table  # one row a customer, in order of id; see ``analyse``

    @property
    def known_revenue(self) -> int:
        return self.pareto.revenue

    @property
    def active(self) -> int:
        """Customers who bought within ``active_days`` or within twice their own usual gap."""
        return self.people - self.ladder.lapsed.customers

    @property
    def one_time_share(self) -> Fraction | None:
        return Fraction(self.ladder.buyer.customers, self.people) if self.people else None

    @property
    def loyal_share(self) -> Fraction | None:
        """Share of known revenue that comes from regulars and above."""
        return Fraction(self.ladder.loyal.revenue, self.known_revenue) if self.known_revenue > 0 else None

    @property
    def new_per_month(self) -> tuple[tuple[int, int], ...]:
        """(month, customers who first bought in it)."""
        return tuple((cohort.month, cohort.size) for cohort in self.cohorts)

    @property
    def suitability(self) -> Suitability:
        """Whether a club is right for this shop, in the language of the moment."""
        return suitability(self)

    def as_json(self) -> dict[str, Any]:
        """The document of ``analyse --json``: major units, ISO dates, shares 0–1, crr in percent."""
        return {
            "customers": self.people,
            "purchases": self.purchases,
            "revenue": self._money(self.revenue),
            "anonymous": {"purchases": self.anonymous.customers, "revenue": self._money(self.anonymous.revenue)},
            "from": _iso(self.first_day),
            "to": _iso(self.last_day),
            "as_of": _iso(self.as_of),
            "active_days": self.active_days,
            "pareto": {f"top_{p}": _float(self.pareto.share(p)) for p in (15, 20, 25)}
            | {"half_of_revenue_from": _float(self.pareto.half_from)},
            "abc_xyz": {cell: part.customers for cell, part in self.cells.items()},
            "rfm_groups": [
                {"group": g.group, "customers": g.customers, "revenue": self._money(g.revenue)} for g in self.rfm_groups
            ],
            "ladder": {name: part.customers for name, part in self.ladder.rungs}
            | {"lapsed": self.ladder.lapsed.customers},
            "ltv": self._ltv(),
            "crr": [
                {"period": month_name(c.month), "S": c.start, "E": c.end, "N": c.new, "crr": _float(c.rate)}
                for c in self.crr
            ],
            "cohorts": [
                {"cohort": month_name(c.month), "size": c.size, "shares": [float(share) for share in c.shares]}
                for c in self.cohorts
            ],
            **self._buying_types(),
            "suitability": {
                "verdict": self.suitability.verdict,
                "reasons": [reason.text for reason in self.suitability.reasons],
            },
        }

    def _money(self, minor: int) -> float:
        """Major units: two whole numbers divided once, so it prints with the currency's decimals."""
        places = digits(self.currency)
        return minor / 10**places if places else minor

    def _buying_types(self) -> dict[str, dict[str, int]]:
        """Without products there is no such key: nothing is known of how somebody buys."""
        told = self.buying_types
        return {} if told is None else {"buying_types": {kind: part.customers for kind, part in told.items()}}

    def _ltv(self) -> dict[str, float | None]:
        unit = 10 ** digits(self.currency)
        v = self.ltv
        money = {name: None if f is None else f / unit for name, f in (("S", v.mean_receipt), ("ltv", v.value))}
        parts = {"S": money["S"], "C": v.receipts_a_month, "P": v.margin, "T": v.life, "ltv": money["ltv"]}
        return {name: _float(value) for name, value in parts.items()}

    @property
    def customers(self) -> pa.Table:
        """The columns of ``--customers``, one row a customer in bytewise order of the id; money in major units."""
        sql = f"select {summary_columns(self.currency)}, r, f, m, abc, xyz, rung, lapsed, buying_type from standings"
        connection = connected()
        connection.register("standings", self.standings)
        connection.execute("set preserve_insertion_order = true")
        return connection.sql(sql).to_arrow_table()


def summary_columns(currency: str) -> str:
    """What of a summary (or of standings) a table for people holds: money in major units, days as dates."""
    places = digits(currency)
    return (
        f"customer_id, purchases, {_major('revenue', places)} as revenue, frequency, recency, age as T, "
        f"case when frequency > 0 then cast(repeat_revenue as double) / (frequency * {10**places}) else 0.0 end "
        "as monetary_value, date '1970-01-01' + cast(first_day as integer) as first_day, "
        "date '1970-01-01' + cast(last_day as integer) as last_day"
    )


def _major(column: str, places: int) -> str:
    if not places:
        return column
    return f"cast(cast({column} as decimal(18, 0)) * {10.0**-places:.{places}f} as decimal(18, {places}))"


def _iso(day: int | None) -> str | None:
    return None if day is None else to_date(day).isoformat()


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def analyse(
    receipts: Source,
    *,
    currency: str,
    calendar: str = "gregorian",
    as_of: int | None = None,
    active_days: int | None = None,
    margin: Fraction | None = None,
    engine: str = "duckdb",
    goods: Source | None = None,
) -> Analysis:
    """Analyse ``receipts``: a table of ``core.frame.RECEIPTS``, or Parquet files of it.

    ``as_of``: rows after this day are left out; default: the last day there is. ``active_days``: default
    from the gaps (365 where there is none). ``margin``: 0–1; default from costs where they are known.
    ``engine``: who runs the SQL (``segment.engines``); all give the same.
    ``standings`` of the result holds per customer: ``customer_id, purchases, revenue, frequency, recency,
    age, repeat_revenue, first_day, last_day, first_month, last_month, months, r, f, m, abc, xyz, top_share,
    rung, lapsed, since, twice_median_gap, late, good, half_gaps, year_revenue, buying_type, rfm_group``.
    ``goods``: a table or Parquet files of ``core.frame.GOODS``, where products are told.
    """
    check(active_days=active_days, margin=margin)
    connection, as_of = open_receipts(receipts, calendar=calendar, as_of=as_of, engine=engine, goods=goods)
    try:
        return _analyse(connection, currency, calendar, as_of, active_days, margin, goods is not None)
    finally:
        connection.close()


def check(*, active_days: int | None = None, margin: Fraction | None = None) -> None:
    """A Question for an answer that can't be: a margin outside 0–1, fewer than one active day."""
    if margin is not None and not 0 <= margin <= 1:
        raise Question(
            "bad_margin",
            _("A margin of %(margin)s can't be: it is a share of sales."),
            _("Give a number from 0 to 1, such as 0.3."),
            margin=float(margin),
        )
    if active_days is not None and not 1 <= active_days <= 36_500:
        raise Question(
            "bad_active_days",
            _("%(days)s active days can't be."),
            _("Give a number of days from 1 on, such as 90."),
            days=active_days,
        )


def _analyse(
    connection: Engine,
    currency: str,
    calendar: str,
    as_of: int | None,
    active_days: int | None,
    margin: Fraction | None,
    with_goods: bool,
) -> Analysis:
    patience, gaps = _climb(connection, as_of, active_days)
    METHODS["abc_xyz"].compute(connection, abc_xyz.Params())
    METHODS["crr"].compute(connection, crr.Params(active_days=patience))
    for kind in ("pareto", "rfm", "lateness", "ltv", "cohorts"):
        METHODS[kind].compute(connection)
    if with_goods:
        METHODS["buying_types"].compute(connection)
    else:
        connection.execute(f"create temp table buying_types as {_UNTOLD}")
    connection.execute(f"create temp table standings as {_BUILT}")
    sums = "select count(*), coalesce(sum(revenue), 0) from summary"
    people, known = _row(connection, sums)
    shop = _row(
        connection,
        "select min(day), max(day), coalesce(sum(sale), 0), coalesce(sum(amount), 0), "
        "coalesce(sum(case when customer_id is null then sale end), 0), "
        "coalesce(sum(case when customer_id is null then amount end), 0) from receipts",
    )
    return Analysis(
        currency=currency,
        calendar=calendar,
        first_day=shop[0],
        last_day=shop[1],
        as_of=as_of,
        people=people,
        purchases=int(shop[2]),
        revenue=int(shop[3]),
        anonymous=Part(int(shop[4]), int(shop[5])),
        active_days=patience,
        active_days_given=active_days is not None,
        gaps=gaps,
        pareto=_pareto(connection, people, int(known)),
        cells=_parts(connection, "abc || xyz", CELLS),
        rfm_groups=_groups(connection),
        ladder=_ladder(connection),
        ltv=_ltv(connection, margin),
        crr=tuple(Retention(*row) for row in _rows(connection, "select month, s, e, n from crr order by month")),
        cohorts=tuple(_cohorts(connection)),
        lateness=_lateness(connection),
        buying_types=_parts(connection, "buying_type", buying_types.TYPES) if with_goods else None,
        standings=_standings(connection),
    )


def _climb(connection: Engine, as_of: int | None, active_days: int | None) -> tuple[int, int]:
    """Compute the ladder and what it stands on; returns the active days and how many gaps they came from."""
    for kind in ("days", "gaps", "active_days"):
        if kind == "gaps":
            METHODS["summary"].compute(connection, summary.Params(as_of=as_of))
        METHODS[kind].compute(connection)
    found, gaps = _row(connection, "select active_days, gaps from active_days")
    METHODS["ladder"].compute(connection, ladder.Params(active_days=active_days or found))
    return active_days or found, gaps


def rungs(receipts: Source, *, calendar: str, as_of: int, active_days: int | None) -> dict[str, str]:
    """The rung on which each customer stood at the end of the day ``as_of``, by customer id."""
    connection, _day = open_receipts(receipts, calendar=calendar, as_of=as_of)
    try:
        _climb(connection, as_of, active_days)
        return dict(_rows(connection, "select customer_id, rung from ladder"))
    finally:
        connection.close()


def _rows(connection: Engine, sql: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return rows


def _row(connection: Engine, sql: str) -> tuple[Any, ...]:
    return _rows(connection, sql)[0]


def _pareto(connection: Engine, customers: int, revenue: int) -> Pareto:
    tops = {}
    half = None
    for percent, count, part in _rows(connection, "select percent, customers, revenue from pareto"):
        if percent is None:
            half = count
        else:
            tops[percent] = Top(percent, count, part, Fraction(part, revenue) if revenue > 0 else None)
    return Pareto(customers, revenue, dict(sorted(tops.items())), half)


def _parts(connection: Engine, key: str, keys: tuple[str, ...]) -> dict[str, Part]:
    sql = f"select {key}, count(*), sum(revenue) from standings group by 1"
    found = {row[0]: Part(row[1], int(row[2])) for row in _rows(connection, sql)}
    return {name: found.get(name, Part()) for name in keys}


def _groups(connection: Engine) -> tuple[RfmGroup, ...]:
    counted = {group.name: [0, 0] for group in rfm.groups()}
    for r, f, m, customers, revenue in _rows(
        connection, "select r, f, m, count(*), sum(revenue) from standings group by r, f, m"
    ):
        entry = counted[rfm.group_of(r, f, m)]
        entry[0] += customers
        entry[1] += int(revenue)
    return tuple(RfmGroup(name, *entry) for name, entry in counted.items())


def _ladder(connection: Engine) -> Ladder:
    return Ladder(
        **_parts(connection, "rung", ladder.RUNGS),
        lapsed=_parts(connection, "case when lapsed then 'lapsed' else '' end", ("lapsed",))["lapsed"],
    )


def _ltv(connection: Engine, margin: Fraction | None) -> Ltv:
    sql = "select customers, purchases, revenue, lives, costed_revenue, cost from ltv"
    customers, purchases, revenue, lives, costed, cost = _row(connection, sql)
    origin = "given" if margin is not None else ""
    if margin is None and cost is not None and costed > 0:
        margin, origin = Fraction(costed - cost, costed), "costs"
    return Ltv(customers, purchases, revenue, lives, margin, origin)


def _cohorts(connection: Engine) -> Iterator[Cohort]:
    bought = {(row[0], row[1]): row[2] for row in _rows(connection, "select cohort, month, customers from cohorts")}
    last = _row(connection, "select max(month) from months")[0]
    for cohort in sorted({key[0] for key in bought}):
        later = tuple(bought.get((cohort, month), 0) for month in range(cohort + 1, last + 1))
        yield Cohort(cohort, bought[cohort, cohort], later)


def _lateness(connection: Engine) -> Lateness:
    sql = (
        f"select case when half_gaps < {BINS - 1} then half_gaps else {BINS - 1} end, count(*) "
        "from standings where half_gaps is not null group by 1"
    )
    found = dict(_rows(connection, sql))
    parts = [
        Part(row[0], int(row[1]))
        for where in ("late", "late and good", "late and good and abc = 'A'")
        for row in _rows(connection, f"select count(*), coalesce(sum(year_revenue), 0) from standings where {where}")
    ]
    return Lateness(tuple(found.get(i, 0) for i in range(BINS)), *parts)


def _standings(connection: Engine) -> pa.Table:
    fifths = [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]
    columns = dict(zip("rfm", zip(*fifths, strict=True), strict=True))
    connection.register("named", pa.table(columns | {"rfm_group": [rfm.group_of(*classes) for classes in fifths]}))
    sql = (
        "select s.*, n.rfm_group from standings s join named n on n.r = s.r and n.f = s.f and n.m = s.m "
        "order by s.customer_id"
    )
    return connection.sql(sql).to_arrow_table()
