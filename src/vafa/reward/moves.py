"""What happened to a member's units, each movement told as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vafa.core import clock, figures
from vafa.core.remembered import remembering
from vafa.core.words import gettext as _
from vafa.ledger import queries as ledger
from vafa.reward import engine, queries, receipts
from vafa.reward.contents import holds_of, over_at
from vafa.reward.corrections import sentences
from vafa.reward.history import REDEMPTION, activity_id
from vafa.reward.models import Member, Redemption


def moves_of(customer_id: int, limit: int = 300) -> list[dict[str, Any]]:
    """What happened to a member's units, newest first: day, unit, amount, the reason as a sentence."""
    member = queries.member_of(customer_id)
    if member is None or not queries.launched():
        return []
    held = {activity_id(REDEMPTION, one.pk): one for one in holds_of(member.pk)}
    now = clock.now()
    merged = Member.objects.filter(merged_into=member).values_list("pk", flat=True)
    entries = [one for one in ledger.entries([member.pk, *merged], limit) if _stands(one, held, now)]
    with remembering():  # each movement is told by the version of its day
        by_hand = sentences(entries)
        return [_move(entry, held, by_hand) for entry in entries]


def _stands(entry: Any, held: Mapping[int, Redemption], now: datetime) -> bool:
    if entry.kind == "merge" and entry.amount <= 0:
        return False  # what left the other card is told where it came
    return entry.activity not in held or not over_at(held[entry.activity], now)


def _move(entry: Any, held: Mapping[int, Redemption], by_hand: Mapping[int, str]) -> dict[str, Any]:
    found = queries.plan_on(entry.day)
    assert found is not None
    if entry.pk in by_hand:
        why = by_hand[entry.pk]
    elif entry.activity in held:
        why = _held(found, held[entry.activity])
    else:
        told = {"kind": entry.kind, "unit": entry.account.unit, "amount": entry.amount, "reason": entry.reason}
        why = receipts.reason(found, told)
    return {
        "day": entry.day,
        "at": entry.posting.at,
        "activity": entry.activity,
        "kind": entry.kind,
        "unit": entry.account.unit,
        "amount": entry.amount,
        "why": why,
    }


def _held(found: engine.Plan, hold: Redemption) -> str:
    names = {reward.id: reward.name for reward in found.programme.rewards}
    told = {
        "n": figures.number(hold.units),
        "unit": queries.unit_name(hold.unit),
        "what": _(names.get(hold.reward, "")),
    }
    return _("%(n)s %(unit)s held for: %(what)s") % told
