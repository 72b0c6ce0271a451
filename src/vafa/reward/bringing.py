"""Who brought whom: one fact a member, and the moment at which it counts for both.

The moment is computed anew from the purchases of who was brought whenever they change
(referral.py); it stands in both members' histories from then on, or is taken out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from vafa.core.errors import Conflict, Refusal
from vafa.core.records import Recorded
from vafa.core.words import gettext_noop as _
from vafa.know import queries as know
from vafa.reward import queries
from vafa.reward.holding import let_go, locked
from vafa.reward.models import Member, ProgrammeVersion, Referral
from vafa.reward.referral import ADVOCATE, NEWCOMER, Bought
from vafa.reward.referral import counts as counts_when
from vafa.reward.walking import lock_members, walk_again
from vafa.shop import actions as shop
from vafa.shop import queries as shop_queries
from vafa.shop.access import SYSTEM, Actor, require

TOGETHER = 500


def bring(customer_id: int, advocate_id: int, *, at: datetime, actor: Actor, now: datetime) -> bool:
    """Note that a member was brought by another; False where it is noted already. Each is brought once."""
    require(actor, "customer.enrol")
    if customer_id == advocate_id:
        raise Refusal("own_referral", _("Nobody brings themselves."), _("Leave the one who brought them out."))
    with transaction.atomic():
        members = lock_members([customer_id, advocate_id])
        member, advocate = members.get(customer_id), members.get(advocate_id)
        if member is None or advocate is None:
            raise Refusal(
                "not_members", _("Both must be in the club, who brings and who is brought."), _("Enrol them first.")
            )
        before = Referral.objects.filter(member=member).first()
        if before is not None:
            if before.advocate_id != advocate.pk:
                raise Conflict("brought_already", _("This member was brought by somebody else."))
            return False
        Referral.objects.create(member=member, advocate=advocate, at=at)
        version = queries.running()
        if version is not None:
            again = look_again(version, members, {customer_id: ()}, now=now)
            again |= set(let_go([one.pk for one in members.values()], now=now).values())
            walk_again(sorted(again), actor=actor, now=now)
        shop.audit("member.brought", actor=actor, now=now, subject=f"customer:{customer_id}")
    return True


def advocates_of(customer_ids: Iterable[int], events: Collection[str]) -> list[int]:
    """The customers who brought some of these, where the programme asks."""
    if not {ADVOCATE, NEWCOMER} & set(events):
        return []
    found = Referral.objects.filter(member__customer_id__in=list(customer_ids))
    return list(found.values_list("advocate__customer_id", flat=True))


def look_again(
    version: ProgrammeVersion,
    members: Mapping[int, Member],
    bought: Mapping[int, Sequence[Recorded]],
    *,
    now: datetime,
) -> set[int]:
    """Compute anew when those among ``members`` count who were brought and bought something.

    Returns the members whose histories changed; all of them are locked.
    """
    plan = queries.plan(version)
    if not {ADVOCATE, NEWCOMER} & plan.events:
        return set()
    concerned = [members[customer].pk for customer in bought if customer in members]
    referrals = [
        one
        for one in Referral.objects.filter(member__in=concerned).select_related("member")
        if not _settled(one, bought[one.member.customer_id])
    ]
    changed: set[int] = set()
    purchases = know.history([one.member.customer_id for one in referrals])
    zone = ZoneInfo(shop_queries.club().time_zone)
    for one in referrals:
        mine = [
            Bought(r.id, r.purchase.at, r.purchase.day, r.purchase.kind, r.purchase.amount, r.returns_id or 0)
            for r in purchases[one.member.customer_id]
        ]
        found = counts_when(mine, plan.programme.referral, told_at=one.at, zone=zone)
        before = (one.counts_at if one.given else None, one.counts_at)
        one.counts_at, one.counts_day = found or (None, None)
        one.given = found is not None and found[0] <= now
        if before != (one.counts_at if one.given else None, one.counts_at):
            one.save(update_fields=["counts_at", "counts_day", "given"])
        if before[0] != (one.counts_at if one.given else None):
            changed |= {one.member_id, one.advocate_id}
    return changed


def _settled(one: Referral, fresh: Sequence[Recorded]) -> bool:
    """Whether it counts already, and what is new can't change that."""
    at, day = one.counts_at, one.counts_day
    if not (one.given and fresh and at is not None and day is not None):
        return False
    return all(r.purchase.at > at and (r.purchase.kind == "sale" or r.purchase.day > day) for r in fresh)


def give_due(*, now: datetime) -> int:
    """Let those count whose time has come without anybody doing anything; how many."""
    due = list(
        Referral.objects.filter(given=False, counts_at__lte=now).values_list(
            "pk", "member__customer_id", "advocate__customer_id"
        )
    )
    for start in range(0, len(due), TOGETHER):
        part = due[start : start + TOGETHER]
        with transaction.atomic():
            members = locked({pk for _referral, *both in part for pk in both}, now=now)
            changed = Referral.objects.filter(pk__in=[pk for pk, *_both in part], given=False, counts_at__lte=now)
            again = {pk for pair in changed.values_list("member", "advocate") for pk in pair}
            changed.update(given=True)
            assert again <= {member.pk for member in members.values()}
            walk_again(sorted(again), actor=SYSTEM, now=now)
    return len(due)
