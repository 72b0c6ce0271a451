"""What a shop's receipts say about the future: the repeat-buying models over a table or files of receipts.

Beside ``analysis``, which says what was: one fit a call, so it is made only where somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from vafa.core.money import digits
from vafa.segment.clv.counts import Floats, buyers
from vafa.segment.clv.due import Due, due
from vafa.segment.clv.fitting import Fitted
from vafa.segment.clv.forecast import Forecast, Forecaster, Mark
from vafa.segment.clv.regular import Rhythm
from vafa.segment.clv.worth import Worth, worth
from vafa.segment.outlook import Outlook
from vafa.segment.running import Source, open_receipts

QUARTER, YEAR = 90, 365
MOST = 9e15  # minor units; floats are whole up to there
FAR = 36_500.0  # days; who is due in a century isn't
KEPT = ("p_alive", "expected_90", "expected_365", "clv", "clv_low", "clv_high", "due_day", "days_late")
_DAYS = """
with each_day as (
    select customer_id, day, cast(sum(amount) as double) as amount, max(sale) as bought
    from receipts where customer_id is not null group by customer_id, day
)
select customer_id, day, amount from each_day where bought = 1 order by customer_id, day
"""


@dataclass(frozen=True)
class Prediction:
    """For each customer, in bytewise order of the id; ``year`` and ``quarter`` are None without any customer."""

    currency: str
    ids: pa.Array
    quarter: Forecast | None
    year: Forecast | None
    value: Worth | None  # of a year, minor units; margin 1 where none is known
    rhythm: Rhythm | None = None

    @property
    def fitted(self) -> Fitted | None:
        """BG/NBD, of the blend's four the one whose parameters everybody knows and can compare."""
        return None if self.year is None else self.year.blend.fits[0]

    @cached_property
    def due(self) -> Due | None:
        """When each customer is due; fitted when it is asked for."""
        return None if self.year is None else due(self.year.blend.standing, self.rhythm)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return () if self.year is None else self.year.marks

    @property
    def outlooks(self) -> tuple[Outlook, ...]:
        """Of a quarter and of a year: what is expected of all, and how far it can be trusted."""
        return tuple(Outlook.of(found) for found in (self.quarter, self.year) if found is not None)

    def as_json(self) -> dict[str, Any]:
        """``clv`` of the document: parameters of BG/NBD, per week, and what speaks against the forecast of a year."""
        fitted = self.fitted
        if fitted is None:
            return {"model": None, "params": {}, "log_likelihood": None, "warnings": []}
        return {
            "model": fitted.model.name,
            "params": fitted.params,
            "log_likelihood": fitted.log_likelihood,
            "warnings": [" ".join(str(part) for part in mark if part not in (None, "")) for mark in self.marks],
        }

    def rows(self) -> Iterator[tuple[str, tuple[float | int | None, ...]]]:
        """The id of each customer with ``KEPT``: money in whole minor units, days as numbers."""
        if self.year is None or self.quarter is None or self.value is None or self.due is None:
            return
        people, due = self.year.blend.standing, self.due
        money = (np.rint(np.clip(m, -MOST, MOST)).astype(np.int64) for m in self._money(self.value))
        due_day = people.last + np.rint(np.minimum(due.expected, FAR)).astype(np.int64)
        late = np.maximum(self.year.gap - np.rint(np.minimum(due.late, FAR)).astype(np.int64), 0)
        own = [days if x else None for days, x in zip(late.tolist(), people.x.tolist(), strict=True)]
        found = (self.year.p_alive, self.quarter.predicted, self.year.predicted, *money, due_day)
        yield from zip(self.ids.to_pylist(), zip(*(column.tolist() for column in found), own, strict=True), strict=True)

    @staticmethod
    def _money(value: Worth) -> tuple[Floats, Floats, Floats]:
        return value.value, value.low, value.high

    def beside(self, customers: pa.Table) -> pa.Table:
        """``customers`` (one row each, in the same order) with the columns of the forecast; money in major units."""
        unit = 10 ** digits(self.currency)
        columns: dict[str, Floats] = dict.fromkeys(COLUMNS, np.zeros(0))
        if self.quarter is not None and self.year is not None and self.value is not None:
            money = (m / unit for m in self._money(self.value))
            found = (self.year.p_alive, self.quarter.predicted, self.year.predicted, *money)
            columns = dict(zip(COLUMNS, found, strict=True))
        if not customers.column("customer_id").combine_chunks().cast(pa.string()).equals(self.ids.cast(pa.string())):
            raise ValueError("the forecast is of other customers than the table")
        for name, column in columns.items():
            customers = customers.append_column(name, pa.array(column, pa.float64()))
        return customers


COLUMNS = (
    "p_alive",
    "expected_purchases_90d",
    "expected_purchases_365d",
    "clv_365d",
    "clv_365d_low",
    "clv_365d_high",
)


def predict(
    receipts: Source,
    *,
    currency: str,
    calendar: str = "gregorian",
    as_of: int | None = None,
    margin: Fraction | None = None,
    programme_cost: Fraction = Fraction(0),
    discount_rate: float = 0.0,
) -> Prediction:
    """Forecast from ``as_of`` (default: the last day there is) for 90 and 365 days. ``margin``, ``programme_cost``:
    shares of sales, 0–1; ``discount_rate``: a year, from 0 on."""
    connection, as_of = open_receipts(receipts, calendar=calendar, as_of=as_of)
    try:
        days = connection.sql(_DAYS).to_arrow_table()
    finally:
        connection.close()
    if not days.num_rows or as_of is None:
        return Prediction(currency, pa.array([], pa.string()), None, None, None)
    encoded = days.column("customer_id").combine_chunks().dictionary_encode()
    who = encoded.indices.to_numpy().astype(np.int64)  # in order of the id: the rows are
    bought = buyers(who, days.column("day").to_numpy().astype(np.int64), len(encoded.dictionary))
    maker = Forecaster(bought, as_of)
    year, quarter = maker.forecast(YEAR), maker.forecast(QUARTER)
    mean = _repeat_mean(who, days.column("amount").to_numpy(), bought.customers)
    share = 1.0 if margin is None else float(margin)
    value = worth(year, mean, margin=share, cost=float(programme_cost), yearly=discount_rate)
    return Prediction(currency, encoded.dictionary, quarter, year, value, maker.rhythm)


def _repeat_mean(who: np.ndarray[Any, Any], amount: Floats, customers: int) -> Floats:
    """Mean amount of each customer's purchase days after the first; 0 without any, or below it."""
    first = np.append(True, who[1:] != who[:-1])
    counts = np.bincount(who[~first], minlength=customers)
    sums = np.bincount(who[~first], amount[~first], minlength=customers)
    return np.asarray(np.maximum(sums / np.maximum(counts, 1), 0.0))
