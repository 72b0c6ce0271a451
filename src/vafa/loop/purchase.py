"""A purchase's one way: record → accrue → journal, in one transaction.

The till and the API bring batches of one, a file brings batches of thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from vafa.core import words
from vafa.core.errors import Conflict
from vafa.core.records import Happening, Purchase, Recorded
from vafa.core.together import Together
from vafa.core.words import gettext_noop as _
from vafa.events.actions import Claim, answer_each_once, emit
from vafa.events.kinds import EventsTold, PurchasesRecorded, PurchaseVoided
from vafa.know import actions as know
from vafa.know import recording, telling
from vafa.loop.again import until_settled
from vafa.reward import actions as reward
from vafa.reward import receipts
from vafa.shop import actions as shop
from vafa.shop.access import Actor

MOST_AT_ONCE = 100
PAUSE = 0.008  # seconds: what a purchase takes to come from the door


class Receipt(NamedTuple):
    """What one purchase brought about."""

    purchase: Recorded
    fresh: bool  # False: it stood already, nothing changed
    points: receipts.Outcome


def record(
    purchases: Sequence[Purchase], happenings: Sequence[Happening] = (), *, actor: Actor, now: datetime
) -> recording.Outcome:
    """Record a batch, and what customers did besides; conflicts of purchases are reported, never written."""
    return until_settled(reward.programme_kept()(lambda: _record(purchases, happenings, actor=actor, now=now)[0]))


def _record(
    purchases: Sequence[Purchase], happenings: Sequence[Happening] = (), *, actor: Actor, now: datetime
) -> tuple[recording.Outcome, receipts.Brought]:
    """What became of the batch, and what it brought about."""
    outcome, brought = recording.record(purchases, actor=actor, now=now), receipts.NOTHING
    told = telling.tell(happenings, actor=actor, now=now).new
    if outcome.new or told:
        brought = reward.accrue(outcome.new, outcome.woken, told, actor=actor, now=now)
    if told:
        emit(EventsTold(told[0].id, told[-1].id, len(told)), now=now)
    if outcome.new:
        shop.name_branches(recorded.purchase.store for recorded in outcome.new)
        ids = [recorded.id for recorded in outcome.new]
        emit(PurchasesRecorded(min(ids), max(ids), len(ids)), now=now)
    return outcome, brought


def record_one(purchase: Purchase, *, actor: Actor, now: datetime) -> Receipt:
    """Record one purchase and tell what it brought; other content under its key is a Conflict.

    Callers who come at once are served in one transaction (docs/decisions/0025-recorded-together.md).
    """
    told = Told(purchase, actor, now)
    return record_each([told])[0] if connection.in_atomic_block else _recorded.ask(told, _alike(actor))


def record_once(
    purchase: Purchase, claim: Claim, tell: Callable[[Receipt], dict[str, Any]], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """As ``record_one``; what ``tell`` makes of the receipt is the answer to ``claim``, the first one for ever."""
    told = Claimed(Told(purchase, actor, now), claim, tell)
    return answer_each([told])[0] if connection.in_atomic_block else _answered.ask(told, _alike(actor))


class Told(NamedTuple):
    """A purchase whose receipt somebody waits for."""

    purchase: Purchase
    actor: Actor
    now: datetime


class Claimed(NamedTuple):
    """A purchase whose answer is kept."""

    told: Told
    claim: Claim
    tell: Callable[[Receipt], dict[str, Any]]


def _alike(actor: Actor) -> Hashable:
    """Who can be served together: the ledger names one actor, sentences are in one language."""
    return actor, words.language()


def record_each(told: Sequence[Told]) -> list[Receipt]:
    """The receipts of purchases of one actor, or none of them is recorded."""
    return until_settled(reward.programme_kept()(lambda: _receipts(told)))


def answer_each(told: Sequence[Claimed]) -> list[dict[str, Any]]:
    """The answers to claims of one actor, or nothing of it is recorded."""

    def act(first: Sequence[int]) -> list[dict[str, Any]]:
        made = _receipts([told[place].told for place in first])
        return [told[place].tell(receipt) for place, receipt in zip(first, made, strict=True)]

    claims, now = [one.claim for one in told], max(one.told.now for one in told)
    return until_settled(reward.programme_kept()(lambda: answer_each_once(claims, now=now, act=act)))


def _receipts(told: Sequence[Told]) -> list[Receipt]:
    outcome, brought = _record([one.purchase for one in told], actor=told[0].actor, now=max(one.now for one in told))
    for purchase in outcome.conflicts:
        raise Conflict(
            "purchase_differs",
            _("Purchase “%(key)s” is recorded already with other content; nothing was changed."),
            _("Send a return for it, or use a new purchase_id."),
            key=purchase.purchase_id[:80],
        )
    names = [(one.purchase.source, one.purchase.purchase_id) for one in told]
    by_name = {(r.purchase.source, r.purchase.purchase_id): r for r in (*outcome.new, *outcome.unchanged)}
    recorded = [by_name[name] for name in names]
    told_of = [receipts.Recorded(one.id, one.customer_id, one.purchase.day) for one in recorded]
    points, fresh = receipts.outcomes(told_of, brought), {one.id for one in outcome.new}
    found = []
    for one, gained in zip(recorded, points, strict=True):
        found.append(Receipt(one, one.id in fresh, gained))
        fresh.discard(one.id)  # told twice at once: recorded by the first
    return found


_recorded = Together(record_each, most=MOST_AT_ONCE, pause=PAUSE)
_answered = Together(answer_each, most=MOST_AT_ONCE, pause=PAUSE)


def undo(purchase_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a purchase back as if it had not been, with its points."""

    def act() -> None:
        voided = know.void(purchase_id, actor=actor, now=now)
        know.hold([voided.customer_id] if voided.customer_id else [])
        reward.take_back(voided.customer_id, actor=actor, now=now)
        emit(PurchaseVoided(voided.pk), now=now)

    until_settled(act)
