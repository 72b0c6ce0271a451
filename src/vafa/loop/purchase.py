"""A purchase's one way: record → accrue → journal, in one transaction.

The till and the API bring batches of one, a file brings batches of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from vafa.core.errors import Conflict
from vafa.core.records import Happening, Purchase, Recorded
from vafa.core.remembered import remembering
from vafa.core.words import gettext_noop as _
from vafa.events.actions import emit
from vafa.events.kinds import EventsTold, PurchasesRecorded, PurchaseVoided
from vafa.know import actions as know
from vafa.know import recording, telling
from vafa.loop.again import until_settled
from vafa.reward import actions as reward
from vafa.reward import queries as reward_queries
from vafa.shop import actions as shop
from vafa.shop.access import Actor


class Receipt(NamedTuple):
    """What one purchase brought about."""

    purchase: Recorded
    fresh: bool  # False: it stood already, nothing changed
    points: reward_queries.Outcome


def record(
    purchases: Sequence[Purchase], happenings: Sequence[Happening] = (), *, actor: Actor, now: datetime
) -> recording.Outcome:
    """Record a batch, and what customers did besides; conflicts of purchases are reported, never written."""
    return until_settled(lambda: _record(purchases, happenings, actor=actor, now=now))


def _record(
    purchases: Sequence[Purchase], happenings: Sequence[Happening] = (), *, actor: Actor, now: datetime
) -> recording.Outcome:
    outcome = recording.record(purchases, actor=actor, now=now)
    told = telling.tell(happenings, actor=actor, now=now).new
    if outcome.new or told:
        reward.accrue(outcome.new, outcome.woken, told, actor=actor, now=now)
    if told:
        emit(EventsTold(told[0].id, told[-1].id, len(told)), now=now)
    if outcome.new:
        shop.name_branches(recorded.purchase.store for recorded in outcome.new)
        ids = [recorded.id for recorded in outcome.new]
        emit(PurchasesRecorded(min(ids), max(ids), len(ids)), now=now)
    return outcome


def record_one(purchase: Purchase, *, actor: Actor, now: datetime) -> Receipt:
    """Record one purchase and tell what it brought; other content under its key is a Conflict."""

    def act() -> Receipt:
        outcome = _record([purchase], actor=actor, now=now)
        if outcome.conflicts:
            raise Conflict(
                "purchase_differs",
                _("Purchase “%(key)s” is recorded already with other content; nothing was changed."),
                _("Send a return for it, or use a new purchase_id."),
                key=purchase.purchase_id[:80],
            )
        recorded = (outcome.new or outcome.unchanged)[0]
        with remembering():
            points = reward_queries.outcome(recorded.id, recorded.customer_id, recorded.purchase.day)
        return Receipt(recorded, bool(outcome.new), points)

    return until_settled(act)


def undo(purchase_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a purchase back as if it had not been, with its points."""

    def act() -> None:
        voided = know.void(purchase_id, actor=actor, now=now)
        know.hold([voided.customer_id] if voided.customer_id else [])
        reward.take_back(voided.customer_id, actor=actor, now=now)
        emit(PurchaseVoided(voided.pk), now=now)

    until_settled(act)
