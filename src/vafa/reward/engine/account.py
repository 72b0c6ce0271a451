"""Walking one member's account in plain Python: the till's way, and any back-test's."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.returning import give_back
from vafa.reward.engine.state import from_bytes, new_state, to_bytes
from vafa.reward.engine.step import Walk, advance, redeem, sale


def walk_account(
    plan: Plan, activities: Sequence[Activity], state: bytes | None, *, until: int | None = None
) -> tuple[list[Effect], bytes]:
    """Walk ``activities`` (of one member, in order) from ``state``; None: from the beginning.

    A return needs the whole history in one walk, from the beginning: only there stands what its sale
    had brought. ``until``: a day to whose beginning time passes afterwards, so that expiries are told.
    """
    walk = Walk(plan, from_bytes(plan, state) if state else new_state(plan))
    if any(activity.kind == "return" for activity in activities):
        walk.receipts = {}
    for activity in activities:
        step(walk, activity)
    if until is not None:
        advance(walk, until)
    walk.state.lots = [lot for lot in walk.state.lots if lot.left]
    return walk.effects, to_bytes(walk.state)


def step(walk: Walk, activity: Activity) -> None:
    """Time passes, then the activity happens."""
    advance(walk, activity.day)
    if activity.kind in ("sale", "signup"):
        sale(walk, activity)
    elif activity.kind == "return":
        give_back(walk, activity)
    elif activity.kind == "redeem":
        redeem(walk, activity)


def tier_of(plan: Plan, state: bytes) -> str:
    """The id of the tier that a kept state stands on; "" for a plain member."""
    tier = struct.unpack_from("=q", state, 8)[0]  # the second number of the fixed part
    return plan.tiers.ids[tier] if tier else ""
