"""What is in a member's wallet where the ledger is behind: a hold's time is over, and nobody has booked it yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vafa.ledger.queries import LotView
from vafa.reward import engine
from vafa.reward.history import histories
from vafa.reward.models import Member, Redemption

OPENS = frozenset({"earn", "bonus", "issue", "adjust"})


class Contents(NamedTuple):
    lots: tuple[LotView, ...]  # in the order in which they are drawn
    owed: Mapping[str, int]
    state: bytes  # the engine's memory, to walk on from

    def alive(self, day: int) -> list[LotView]:
        """The lots that are not over on ``day``, in the order in which they are drawn."""
        return [lot for lot in self.lots if lot.expires_day is None or lot.expires_day > day]

    def balances(self, day: int) -> dict[str, int]:
        """Spendable units on ``day``, by unit."""
        found: dict[str, int] = {}
        for lot in self.alive(day):
            if lot.available_day <= day:
                found[lot.unit] = found.get(lot.unit, 0) + lot.left
        return found

    def unswept(self, day: int) -> dict[str, int]:
        """Units in the lots on ``day``, those that expired since then too."""
        found: dict[str, int] = {}
        for lot in self.lots:
            if lot.available_day <= day:
                found[lot.unit] = found.get(lot.unit, 0) + lot.left
        return found


def over_at(taken: Redemption, now: datetime) -> bool:
    """Whether it is a hold whose time is over, released or not."""
    return taken.status == Redemption.HELD and taken.held_until is not None and taken.held_until <= now


def holds_of(member: int) -> list[Redemption]:
    """A member's holds that nobody has confirmed, cancelled or released."""
    return list(Redemption.objects.filter(member=member, status=Redemption.HELD))


def members_behind(members: Iterable[int], now: datetime) -> list[Member]:
    """Those of the members who have a hold that is over but not released yet."""
    over = Redemption.objects.filter(status=Redemption.HELD, held_until__lte=now, member__in=list(members))
    return list({hold.member_id: hold.member for hold in over.select_related("member")}.values())


def as_released(
    plan: engine.Plan, members: Sequence[Member], starts_day: int, now: datetime, rooms: engine.Rooms | None
) -> dict[int, Contents]:
    """What members have, as if their holds that are over were released.

    Nothing is written: the engine walks their history without these holds, as the release will.
    """
    found = {}
    for member, dated in histories(members, starts_day, events=plan.course.events, over_at=now).items():
        effects, state = engine.walk_account(plan, [one.activity for one in dated], None, rooms=rooms)
        found[member] = contents(effects, state)
    return found


def ahead(unswept: Mapping[str, int], effects: Iterable[engine.Effect], day: int) -> dict[str, int]:
    """Spendable units on ``day`` once time has brought about ``effects``; what is still to wait doesn't count."""
    found = dict(unswept)
    for effect in effects:
        if effect.amount and effect.available_day <= day:
            found[effect.unit] = found.get(effect.unit, 0) + effect.amount
    return {unit: count for unit, count in found.items() if count}


def contents(effects: Sequence[engine.Effect], state: bytes) -> Contents:
    """Where the effects of a whole history leave the member."""
    lots: dict[tuple[str, int], LotView] = {}
    owed: dict[str, int] = {}
    for e in effects:
        if e.kind == "extend":
            for name, lot in lots.items():
                if name[0] == e.unit and lot.left > 0 and e.available_day <= lot.earned_day <= e.lot:
                    lots[name] = lot._replace(expires_day=e.expires_day)
        if e.kind == "tier" or not e.amount:
            continue
        if not e.lot:  # a debt grows, or is forgiven
            owed[e.unit] = owed.get(e.unit, 0) - e.amount
        elif e.kind == "owed":  # and is paid out of a lot
            owed[e.unit] = owed.get(e.unit, 0) + e.amount
        if not e.lot:
            continue
        key = (e.unit, e.lot)
        lot = lots.get(key) or LotView(
            e.unit, 0, 0, e.day if e.earned_day is None else e.earned_day, e.available_day, e.expires_day
        )
        grown = max(e.amount, 0) if e.kind in OPENS or e.kind == "merge" else 0
        lots[key] = lot._replace(left=lot.left + e.amount, granted=lot.granted + grown)
    held = [lot for lot in lots.values() if lot.left > 0]
    held.sort(key=lambda lot: (lot.expires_day is None, lot.expires_day or 0, lot.earned_day))
    return Contents(tuple(held), {unit: count for unit, count in owed.items() if count}, state)
