"""Many members' activities as columns: what a back-test walks.

From lines (``core.frame.LINES``) to one row an activity, in order of (member, time), with what each
counts for by every measure of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vafa.reward.engine.activity import UNKNOWN_SALE
from vafa.reward.engine.fields import EVENT, REDEEM, RETURN, SALE, SIGNUP
from vafa.reward.engine.measures import LINE_COLUMNS, Measure, rounded, weekday
from vafa.reward.engine.measuring import bare
from vafa.reward.engine.occasions import with_occasions
from vafa.reward.engine.plan import Plan
from vafa.reward.referral import ADVOCATE, NEWCOMER
from vafa.reward.rules import RULES

Ints = NDArray[np.int64]
UTC = ZoneInfo("UTC")
KINDS = ("signup", "event", "sale", "return", "redeem", "choose")  # also their order at one instant
_COLUMNS = {"product": "product_id", "event": "kind"}  # where a condition's name is not the column's


@dataclass(frozen=True)
class Timelines:
    """Columns of activities, members one after another; an activity's id is its row + 1."""

    customers: list[str]  # by member, in order of their ids as text
    begins: Ints  # first row of each member, and the number of rows at the end
    day: Ints
    kind: Ints
    amount: Ints
    returns: Ints  # id of the sale given back, 0: not told, UNKNOWN_SALE
    reward: Ints  # number of a reward in the plan's course, then of a unit; −1: none
    units: Ints
    measures: Ints  # [activity, measure]
    bare: Ints  # [activity, measure]: 1 where it counts money without looking at lines
    at: pa.Array  # timestamp[us, UTC]
    purchase_id: pa.Array
    order: Ints  # the rows as they come among all members: by time, then as the file tells them

    @property
    def member(self) -> Ints:
        """The member of each row."""
        return np.repeat(np.arange(len(self.customers)), np.diff(self.begins))


def timelines(plan: Plan, lines: pa.Table, *, as_of: int | None = None, zone: ZoneInfo = UTC) -> Timelines:
    """Activities of all known customers up to ``as_of``; who has no signup row joins at the first row.

    ``zone``: the shop's, in which a birthday begins.
    """
    lines = with_occasions(plan, _chosen(plan, _owned(lines), as_of), zone=zone, as_of=as_of)
    customers = sorted(pc.unique(lines["customer_id"]).to_pylist())
    lines = _with_joining(lines, customers)
    member = _codes(lines["customer_id"], customers)
    kind = _kinds(lines["kind"])
    purchase = _ints(lines["purchase_id"].combine_chunks().dictionary_encode().indices, 0)
    told_at = _ints(lines["at"].cast(pa.int64()), 0)
    row = _ints(lines["row"], 0)
    together = (kind == SALE) | (kind == RETURN)
    whole = np.where(together, purchase, -1 - row)  # rows that are activities of their own
    at = _earliest(member, kind, whole, told_at)
    order = np.lexsort((row, told_at, whole, kind, at, member))
    member, kind, whole = member[order], kind[order], whole[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(member) != 0) | (np.diff(kind) != 0) | (np.diff(whole) != 0)
    starts = np.flatnonzero(fresh)
    columns = lines.take(pa.array(order))
    return _built(plan, columns, customers, member, kind, starts)


def _earliest(member: Ints, kind: Ints, whole: Ints, at: Ints) -> Ints:
    """For each line the earliest instant among the lines of its activity."""
    if not len(at):
        return at
    order = np.lexsort((at, whole, kind, member))
    heads = np.ones(len(order), dtype=bool)
    same = (np.diff(member[order]) == 0) & (np.diff(kind[order]) == 0) & (np.diff(whole[order]) == 0)
    heads[1:] = ~same
    first = at[order][np.flatnonzero(heads)][np.cumsum(heads) - 1]
    found = np.empty_like(at)
    found[order] = first
    return found


def _owned(lines: pa.Table) -> pa.Table:
    """Returns with the customer of the sale that they name, whoever brings it back."""
    back = pc.and_(pc.equal(lines["kind"], "return"), pc.is_valid(lines["returns"]))
    sold = lines.filter(pc.and_(pc.equal(lines["kind"], "sale"), pc.is_valid(lines["customer_id"])))
    if not pc.any(back).as_py() or not sold.num_rows:
        return lines
    named = pc.index_in(lines["returns"], sold["purchase_id"].combine_chunks())
    owner = pc.coalesce(pc.take(sold["customer_id"], named), lines["customer_id"])
    found = pc.if_else(back, owner, lines["customer_id"])
    return lines.set_column(lines.column_names.index("customer_id"), "customer_id", found)


def _chosen(plan: Plan, lines: pa.Table, as_of: int | None) -> pa.Table:
    kinds = pa.array(
        [
            *KINDS[:1],
            *KINDS[2:],
            *sorted(plan.course.events | ({ADVOCATE} if NEWCOMER in plan.course.events else set())),
        ]
    )
    wanted = pc.and_(pc.is_valid(lines["customer_id"]), pc.is_in(lines["kind"], kinds))
    if as_of is not None:
        wanted = pc.and_(wanted, pc.less_equal(lines["day"], as_of))
    return lines.filter(wanted)


def _with_joining(lines: pa.Table, customers: list[str]) -> pa.Table:
    """One signup row a customer, at the first row."""
    bought = lines.filter(pc.not_equal(lines["kind"], "signup"))
    first = lines.group_by("customer_id").aggregate([("at", "min"), ("day", "min")])
    told = {
        "customer_id": first["customer_id"],
        "at": first["at_min"],
        "day": first["day_min"],
        "kind": pa.array(["signup"] * len(first)),
        "purchase_id": pa.array([""] * len(first)),
        "amount": pa.array([0] * len(first), pa.int64()),
        "quantity_milli": pa.array([0] * len(first), pa.int64()),
        "row": pa.array([0] * len(first), pa.int64()),
    }
    columns = [told[f.name] if f.name in told else pa.nulls(len(customers), f.type) for f in bought.schema]
    return pa.concat_tables([pa.table(columns, schema=bought.schema), bought])


def _kinds(column: pa.ChunkedArray) -> Ints:
    """Places in ``KINDS``; what is none of them is an event of that name."""
    found = _codes(column, list(KINDS))
    return np.where(found < 0, EVENT, found)


def _codes(column: pa.ChunkedArray, values: list[str]) -> Ints:
    return _ints(pc.index_in(column, pa.array(values, pa.string())), -1)


def _ints(column: Any, missing: int) -> Ints:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    filled = pc.fill_null(column.cast(pa.int64()), missing)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64)


def _built(
    plan: Plan,
    lines: pa.Table,
    customers: list[str],
    member: Ints,
    kind: Ints,
    starts: Ints,
) -> Timelines:
    amount = _ints(lines["amount"], 0)
    names = plan.course.names
    measured = _measured(names.measures, lines, kind, starts)
    heads = lines.take(pa.array(starts))
    sums = np.add.reduceat(amount, starts) if len(starts) else amount
    begins = np.searchsorted(member[starts], np.arange(len(customers) + 1))
    return Timelines(
        customers=customers,
        begins=begins.astype(np.int64),
        day=_ints(heads["day"], 0),
        kind=kind[starts],
        amount=sums,
        returns=_returned(heads, member[starts], kind[starts]),
        reward=_codes(heads["reward"], [*names.rewards, *names.units]),
        units=_ints(heads["units"], 0),
        measures=measured,
        bare=np.tile(np.array(bare(names.measures), dtype=np.int64), (len(heads), 1)),
        at=heads["at"].combine_chunks(),
        purchase_id=heads["purchase_id"].combine_chunks(),
        order=_order(heads, kind[starts]),
    )


def _order(heads: pa.Table, kind: Ints) -> Ints:
    at, row = _ints(heads["at"].cast(pa.int64()), 0), _ints(heads["row"], 0)
    return np.lexsort((row, np.minimum(kind, SALE), at))


def _returned(heads: pa.Table, member: Ints, kind: Ints) -> Ints:
    """The id of the sale that each return names."""
    found = np.zeros(len(heads), dtype=np.int64)
    returning = np.flatnonzero(kind == RETURN)
    if not len(returning):
        return found
    names = heads["purchase_id"].to_pylist()
    sales = {(member[row], names[row]): row + 1 for row in np.flatnonzero(kind == SALE)}
    told = heads["returns"].to_pylist()
    for row in returning:
        if told[row] is not None:
            found[row] = sales.get((member[row], told[row]), UNKNOWN_SALE)
    return found


def _measured(measures: Sequence[Measure], lines: pa.Table, kind: Ints, starts: Ints) -> Ints:
    """[activity, measure]: the sum of the lines that match."""
    found = np.zeros((len(starts), len(measures)), dtype=np.int64)
    if not len(starts):
        return found
    numbers = [_ints(lines[name], missing) for name, missing in (("amount", 0), ("quantity_milli", 1000))]
    numbers += [_ints(lines[name], 0) for name in ("tax", "discount")]
    joined, happened = (kind == SIGNUP).astype(np.int64), (kind == EVENT).astype(np.int64)
    bought = 1 - joined - happened
    numbers[1] = numbers[1] * bought
    activity = np.searchsorted(starts, np.arange(len(kind)), side="right")
    for column, measure in enumerate(measures):
        fits = _fitting(measure, lines, kind) & (kind < REDEEM)
        chosen = np.flatnonzero(fits)
        first = np.zeros(len(kind), dtype=np.int64)
        first[chosen[np.diff(activity[chosen], prepend=-1) != 0]] = 1
        told = RULES[measure.rule].measure(*numbers, first * bought, joined, happened) * _weights(measure, lines)
        if measure.rule == "visit":
            told = told * (kind != RETURN)  # a part that is given back leaves the visit
        if measure.divisor:
            told = rounded(told, measure.divisor, measure.rounding)
        found[:, column] = np.add.reduceat(np.where(fits, told, 0), starts)
    return found


def _weights(measure: Measure, lines: pa.Table) -> Ints:
    weights = np.full(len(lines), measure.other, dtype=np.int64)
    for value, weight in measure.weights:
        weights[_among(lines, measure.by, frozenset({value}))] = weight
    return weights


def _fitting(measure: Measure, lines: pa.Table, kind: Ints) -> NDArray[np.bool_]:
    fits = np.ones(len(lines), dtype=bool)
    for name, values in measure.where:
        fits &= _among(lines, name, values) | _asks_the_sale(name, kind)
    for name, values in measure.unless:
        fits &= ~_among(lines, name, values) | _asks_the_sale(name, kind)
    return fits


def _asks_the_sale(name: str, kind: Ints) -> NDArray[np.bool_]:
    """Returns, where a condition is about the whole purchase: it held for their sale or it didn't."""
    return (kind == RETURN) if name not in LINE_COLUMNS else np.zeros(len(kind), dtype=bool)


def _among(lines: pa.Table, name: str, values: frozenset[Any]) -> NDArray[np.bool_]:
    if name in ("weekday", "date"):
        day = _ints(lines["day"], 0)
        return np.isin(weekday(day) if name == "weekday" else day, sorted(values))
    among = pc.is_in(lines[_COLUMNS.get(name, name)], pa.array(sorted(values), pa.string()))
    return np.asarray(among.combine_chunks().to_numpy(zero_copy_only=False), dtype=bool)
