"""What a back-test found, and its ledger as a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import midnight, zone
from vafa.core.money import to_major
from vafa.measure.verdict import Verdict
from vafa.reward import engine
from vafa.reward.engine import batch
from vafa.reward.engine.batch import Log
from vafa.reward.engine.timelines import KINDS, Ints, Timelines
from vafa.reward.programme import Programme

LEDGER = pa.schema(
    [
        ("seq", pa.int64()),
        ("customer_id", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("activity", pa.string()),  # signup, sale, return, redeem; "time" where only time had passed
        ("purchase_id", pa.string()),
        ("unit", pa.string()),
        ("kind", pa.string()),
        ("amount", pa.int64()),
        ("reason", pa.string()),
        ("tier", pa.string()),
        ("balance_after", pa.int64()),
    ]
)


class Worst(NamedTuple):
    customer_id: str
    cost: int
    revenue: int


class Month(NamedTuple):
    """One month: worths in minor units, rounded down; ``outstanding`` at its end.

    ``active``: members whose units moved because of something they did.
    """

    month: int
    earned: int
    redeemed: int
    expired: int
    outstanding: int
    active: int


@dataclass(frozen=True)
class BackTest:
    """What came out. Costs and liabilities are minor units; shares are exact fractions of revenue."""

    programme: Programme
    currency: str
    calendar: str
    as_of: int | None
    members: int
    purchases: int
    revenue: int  # of known customers, net of returns
    earned: Mapping[str, int]
    returned: Mapping[str, int]
    redeemed: Mapping[str, int]
    expired: Mapping[str, int]
    outstanding: Mapping[str, int]  # held at the end, usable or not yet
    owed: Mapping[str, int]  # by members, after returns
    liability_peak: int
    liability_peak_day: int | None
    cost_redeemed: int
    cost_owed: int  # what is outstanding, less what is expected to be never used
    breakage: Fraction
    tiers: Mapping[str, int]
    reached: int  # members who could take a reward at least once
    worst: tuple[Worst, ...]
    months: tuple[Month, ...]
    margin: Fraction | None
    verdict: Verdict
    log: Log
    told: Timelines
    plan: engine.Plan
    given: Ints  # by member: what they used and hold, at its worth, over ``denominator``
    denominator: int

    @property
    def cost(self) -> int:
        return self.cost_redeemed + self.cost_owed

    @property
    def cost_share(self) -> Fraction:
        """Cost as a share of revenue; 0 where there is none."""
        return Fraction(self.cost, self.revenue) if self.revenue > 0 else Fraction(0)

    @property
    def break_even(self) -> Fraction | None:
        """By which share sales must rise to pay for it: cost share / (margin - cost share)."""
        if self.margin is None or self.margin <= self.cost_share:
            return None
        return self.cost_share / (self.margin - self.cost_share)

    @cached_property
    def ledger(self) -> pa.Table:
        """Every effect, in the columns of ``LEDGER``."""
        return _ledger(self.plan, self.told, self.log)

    def as_json(self) -> dict[str, Any]:
        """The document of ``vafa simulate --json``; money in major units."""

        def major(amount: int) -> float:
            return float(to_major(amount, self.currency))

        return {
            "programme": self.programme.name,
            "members": self.members,
            "purchases": self.purchases,
            "revenue": major(self.revenue),
            "earned": dict(self.earned),
            "redeemed": dict(self.redeemed),
            "expired": dict(self.expired),
            "returned": dict(self.returned),
            "outstanding": dict(self.outstanding),
            "owed": dict(self.owed),
            "liability_peak": major(self.liability_peak),
            "cost": major(self.cost),
            "cost_redeemed": major(self.cost_redeemed),
            "cost_owed": major(self.cost_owed),
            "breakage": float(self.breakage),
            "cost_share_of_revenue": float(self.cost_share) if self.revenue > 0 else None,
            "tiers": dict(self.tiers),
            "reached": self.reached,
            "worst_members": [
                {"customer_id": w.customer_id, "cost": major(w.cost), "revenue": major(w.revenue)} for w in self.worst
            ],
            "months": [self._month(month) for month in self.months],
            "verdict": {"launch": self.verdict.launch, "reasons": list(self.verdict.reasons)},
        }

    def _month(self, told: Month) -> dict[str, Any]:
        worths = {name: getattr(told, name) for name in ("earned", "redeemed", "expired", "outstanding")}
        return {
            "month": f"{told.month // 12:04d}-{told.month % 12 + 1:02d}",
            **{name: float(to_major(amount, self.currency)) for name, amount in worths.items()},
            "active_members": told.active,
        }


def _ledger(plan: engine.Plan, told: Timelines, log: Log) -> pa.Table:
    utc = zone("UTC")
    begins = {int(day): midnight(int(day), utc) for day in np.unique(log.day[log.row < 0])}
    instants = [begins.get(int(day)) if row < 0 else None for day, row in zip(log.day, log.row, strict=True)]
    own = pa.array(np.maximum(log.row, 0)) if len(told.day) else pa.array([], pa.int64())
    timely = pa.array(log.row < 0)
    passed = pa.array(instants, told.at.type)
    kinds = pa.array(KINDS).take(pa.array(told.kind))
    columns = [
        pa.array(np.arange(1, len(log.day) + 1)),
        pa.array(told.customers, pa.string()).take(pa.array(log.member)),
        pc.if_else(timely, passed, told.at.take(own)),
        pc.if_else(timely, "time", kinds.take(own)),
        pc.if_else(timely, None, _named(told.purchase_id.take(own))),
        pa.array(["", *plan.units.ids]).take(pa.array(log.unit + 1)),
        pa.array(batch.EFFECTS).take(pa.array(log.kind)),
        pa.array(log.amount),
        pa.array(batch.reasons(plan)).take(pa.array(log.reason)),
        pa.array(plan.tiers.ids).take(pa.array(log.tier)),
        pa.array(log.balance),
    ]
    return pa.table([c.cast(f.type) for c, f in zip(columns, LEDGER, strict=True)], schema=LEDGER)


def _named(purchases: pa.Array) -> pa.Array:
    """A joining that the file doesn't tell has no purchase."""
    return pc.if_else(pc.equal(purchases, ""), None, purchases)
