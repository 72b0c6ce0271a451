"""Two cards of one person become one wallet, and two again.

Each keeps the history that it had; the lots with their promises and the debts go over as entries
(docs/decisions/0022-two-cards.md). Both members' rows are held all the while.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vafa.core.errors import Conflict
from vafa.core.words import gettext_noop as _
from vafa.ledger import queries as ledger
from vafa.reward import queries
from vafa.reward.holding import INSTANT, locked, spent
from vafa.reward.models import Member, Position, Redemption
from vafa.reward.walking import lock_members, walk_again
from vafa.shop.access import Actor, require


def ready(kept_id: int, gone_id: int, *, now: datetime, day: int) -> datetime:
    """Hold both members; the instant at which they become one, after all that they did. A Conflict where they can't."""
    members = locked([kept_id, gone_id], now=now)
    kept, gone = members.get(kept_id), members.get(gone_id)
    if gone is None:
        return now
    if kept is None:
        raise Conflict(
            "keep_the_member",
            _("The card to be kept is not in the club, the other one is."),
            _("Keep the other card, or enrol this one first."),
        )
    waiting = Redemption.objects.filter(member=gone, status=Redemption.HELD).first()
    if waiting is not None:
        raise Conflict(
            "holds_open",
            _("A reward is being held on the card that would be given up."),
            _("Confirm or cancel it first (redemption %(number)s)."),
            number=waiting.pk,
        )
    done = Position.objects.filter(member__in=[kept, gone], walked_day__lte=day).values_list("last_at", flat=True)
    return max([now, *(at + INSTANT for at in done)])


def merge(kept_id: int, gone_id: int, *, actor: Actor, now: datetime) -> None:
    """All that is in the wallet of ``gone_id`` goes over, after the card file said that they are one."""
    require(actor, "customer.merge")
    kept, gone = queries.member_row(kept_id), queries.member_row(gone_id)
    if kept is None or gone is None:
        return
    Member.objects.filter(merged_into=gone).update(merged_into=kept)
    Member.objects.filter(pk=gone.pk).update(merged_into=kept)
    Position.objects.filter(member=gone).delete()
    walk_again([kept.pk], actor=actor, now=now)


def hold(kept_id: int, *, now: datetime) -> None:
    """Keep the member to this transaction, with nothing overdue."""
    locked([kept_id], now=now)


def part(kept_id: int, back: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Two wallets again; ``back``: the customer who comes back, then those that go with them.

    A Conflict where something was paid for with what both had together.
    """
    require(actor, "customer.merge")
    members = lock_members([kept_id, *back])
    gone = queries.member_row(back[0])
    if kept_id not in members or gone is None:
        return
    kept = members[kept_id]
    before = [(spent(member), ledger.owed(member.pk)) for member in (kept, gone)]
    Member.objects.filter(customer_id__in=back).update(merged_into=gone)
    Member.objects.filter(pk=gone.pk).update(merged_into=None)
    walk_again([kept.pk, gone.pk], actor=actor, now=now)
    after = [(spent(member), ledger.owed(member.pk)) for member in (kept, gone)]
    short = [was for (was, _owed), (has, _owes) in zip(before, after, strict=True) if has < was]
    if short or _more_is_owed([owed for _n, owed in before], [owed for _n, owed in after]):
        raise Conflict(
            "points_spent",
            _("Something was paid for with what both cards had together; nothing was changed."),
            _("Undo that reward first."),
        )


def _more_is_owed(before: Sequence[dict[str, int]], after: Sequence[dict[str, int]]) -> bool:
    units = {unit for owed in (*before, *after) for unit in owed}
    return any(sum(owed.get(unit, 0) for owed in after) > sum(owed.get(unit, 0) for owed in before) for unit in units)
