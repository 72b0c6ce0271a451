"""What crosses customers or comes by itself, as rows of a history: birthdays, and who brought whom.

A back-test puts these rows among the others beforehand; in the shop the day's round and the purchase do.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import midnight, next_birthday
from vafa.reward.engine.plan import Plan
from vafa.reward.referral import ADVOCATE, BIRTHDAY, NEWCOMER, Bought, counts


class _Occasion(NamedTuple):
    customer_id: str
    at: datetime
    day: int
    kind: str


def with_occasions(plan: Plan, lines: pa.Table, *, zone: ZoneInfo, as_of: int | None) -> pa.Table:
    """``lines`` (``core.frame.LINES``) of known customers, without rows of referrals, with the events they lead to."""
    wanted = plan.course.events & {BIRTHDAY, ADVOCATE, NEWCOMER}
    if not len(lines) or not wanted:
        return lines
    last = pc.max(lines["day"]).as_py() if as_of is None else as_of
    found = _birthdays(plan, lines, zone, last) if BIRTHDAY in wanted else []
    if wanted & {ADVOCATE, NEWCOMER}:
        found += [told for told in _referrals(plan, lines, zone) if told.kind in wanted and told.day <= last]
        lines = lines.filter(pc.not_equal(lines["kind"], ADVOCATE))
    return pa.concat_tables([lines, _rows(found, lines.schema)])


def _rows(found: list[_Occasion], schema: pa.Schema) -> pa.Table:
    told: dict[str, list[Any]] = {name: [one[n] for one in found] for n, name in enumerate(_Occasion._fields)}
    told |= {"row": list(range(-len(found), 0)), "amount": [0] * len(found), "quantity_milli": [0] * len(found)}
    told["purchase_id"] = [""] * len(found)
    columns = [pa.array(told.get(field.name, [None] * len(found)), field.type) for field in schema]
    return pa.table(columns, schema=schema)


def _birthdays(plan: Plan, lines: pa.Table, zone: ZoneInfo, last: int) -> list[_Occasion]:
    """Every birthday from joining, at the first row, to the last day; what is told of it last holds."""
    known = lines.filter(pc.is_valid(lines["birthday"])).sort_by([("at", "ascending"), ("row", "ascending")])
    born: dict[str, date] = dict(zip(known["customer_id"].to_pylist(), known["birthday"].to_pylist(), strict=True))
    found = []
    for customer, (at, first) in _joined(lines).items():
        if customer not in born:
            continue
        day = next_birthday(born[customer], first, plan.calendar)
        while day <= last:
            begins = midnight(day, zone)
            if begins >= at:
                found.append(_Occasion(customer, begins, day, BIRTHDAY))
            day = next_birthday(born[customer], day + 1, plan.calendar)
    return found


def _joined(lines: pa.Table) -> dict[str, tuple[datetime, int]]:
    first = lines.group_by("customer_id").aggregate([("at", "min"), ("day", "min")])
    columns = (first[name].to_pylist() for name in ("customer_id", "at_min", "day_min"))
    return {customer: (at, day) for customer, at, day in zip(*columns, strict=True)}


def _referrals(plan: Plan, lines: pa.Table, zone: ZoneInfo) -> list[_Occasion]:
    """The events of those who brought and of those who were brought; each is brought once, by who is told first."""
    told = lines.filter(pc.is_valid(lines["referred_by"])).sort_by([("at", "ascending"), ("row", "ascending")])
    joined = _joined(lines)
    brought: dict[str, tuple[str, datetime]] = {}
    columns = (told[name].to_pylist() for name in ("customer_id", "referred_by", "at"))
    for customer, advocate, at in zip(*columns, strict=True):
        if advocate in joined and advocate != customer:
            brought.setdefault(customer, (advocate, at))
    bought = _bought_by(lines, pa.array(sorted(brought), pa.string()))
    found = []
    for customer, (advocate, at) in brought.items():
        counted = counts(bought.get(customer, ()), plan.programme.referral, told_at=at, zone=zone)
        if counted is not None:
            found.append(_Occasion(customer, *counted, NEWCOMER))
            if counted[0] >= joined[advocate][0]:
                found.append(_Occasion(advocate, *counted, ADVOCATE))
    return found


def _bought_by(lines: pa.Table, customers: pa.Array) -> dict[str, list[Bought]]:
    """Sales and returns of some customers, each in order of time."""
    bought = lines.filter(
        pc.and_(pc.is_in(lines["customer_id"], customers), pc.is_in(lines["kind"], pa.array(["sale", "return"])))
    ).sort_by([("at", "ascending"), ("row", "ascending")])
    found: dict[str, dict[tuple[str, str], Bought]] = {}
    names: dict[str, int] = {}
    columns = ("customer_id", "purchase_id", "kind", "at", "day", "amount", "returns")
    for customer, name, kind, at, day, amount, returns in zip(*(bought[c].to_pylist() for c in columns), strict=True):
        mine = found.setdefault(customer, {})
        one = mine.setdefault((kind, name), Bought(_number(names, name), at, day, kind, 0, _number(names, returns)))
        one.amount += amount
    return {customer: list(mine.values()) for customer, mine in found.items()}


def _number(names: dict[str, int], name: str | None) -> int:
    return 0 if name is None else names.setdefault(name, len(names) + 1)
