"""Writing points: what members earn, spend and give back. Only this room writes the ledger.

Every act ends in a walk of the engine (walking.py), which posts to the ledger.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from vafa.core import bulk
from vafa.core.calendar import local_day, midnight, to_date, zone
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.core.records import Happened, Recorded
from vafa.core.remembered import remembering
from vafa.core.words import gettext_noop as _
from vafa.reward import bringing, programme, queries
from vafa.reward.history import PURCHASE, Dated, activity_id, buying, counts, happened, in_order
from vafa.reward.holding import let_go, locked, spent
from vafa.reward.models import Member, Position, ProgrammeVersion
from vafa.reward.receipts import NOTHING, Brought
from vafa.reward.walking import apart_from_launch, lock_members, settle, walk_again, walk_on
from vafa.shop import actions as shop
from vafa.shop import queries as shop_queries
from vafa.shop.access import Actor, require

WALKED_AT_ONCE = 500  # members whose histories are in memory at one time

# The programme ------------------------------------------------------------------------------


def save_draft(text: str, *, actor: Actor, now: datetime) -> ProgrammeVersion:
    """Keep ``text`` as the draft; refused where it is no programme."""
    require(actor, "programme.draft")
    programme.load(text)
    with transaction.atomic():
        draft = queries.draft()
        if draft is not None:
            draft.text, draft.saved_at, draft.saved_by = text, now, actor.name
            draft.save()
            return draft
        last = ProgrammeVersion.objects.order_by("-number").first()
        number = last.number + 1 if last else 1
        return ProgrammeVersion.objects.create(number=number, text=text, saved_at=now, saved_by=actor.name)


def launch(*, starts_day: int, actor: Actor, now: datetime) -> ProgrammeVersion:
    """Let the draft run from ``starts_day`` on: the first version from any day, a later one never from the past.

    All members are walked again, so that their memory knows what the new version counts.
    """
    require(actor, "programme.launch")
    with transaction.atomic():
        apart_from_launch(launching=True)
        draft = ProgrammeVersion.objects.filter(status=ProgrammeVersion.DRAFT).first()
        if draft is None:
            raise NotFound("no_draft", _("There is no draft to launch."), _("Save a programme first."))
        if queries.launched():
            _may_follow(starts_day, now)
        draft.status, draft.starts_day = ProgrammeVersion.LAUNCHED, starts_day
        draft.save()
        told = {"from_day": to_date(starts_day).isoformat()}
        shop.audit("programme.launched", actor=actor, now=now, subject=f"programme:{draft.number}", **told)
        _walk_everybody(actor=actor, now=now)
    return draft


def _may_follow(starts_day: int, now: datetime) -> None:
    """A Refusal or a Conflict where a further version can't begin on that day."""
    where = zone(shop_queries.club().time_zone)
    last = queries.launched()[-1]
    if (last.starts_day or 0) > local_day(now, where):
        raise Conflict(
            "version_planned",
            _("Version %(number)s already begins on %(day)s."),
            _("Take it back first."),
            number=last.number,
            day=to_date(last.starts_day or 0).isoformat(),
        )
    if starts_day < local_day(now, where):
        raise Refusal(
            "day_is_past",
            _("A programme that runs can't be changed for days that are past."),
            _("Let the new version begin today or later."),
        )
    if last.starts_day == starts_day or Position.objects.filter(last_at__gte=midnight(starts_day, where)).exists():
        raise Conflict(
            "day_has_begun",
            _("Members bought or used something on this day already, under the programme that runs."),
            _("Let the new version begin on the day after."),
        )


def withdraw(number: int, *, actor: Actor, now: datetime) -> ProgrammeVersion:
    """Take back a launched version before its day; its text becomes the draft again, unless there is another."""
    require(actor, "programme.launch")
    with transaction.atomic():
        apart_from_launch(launching=True)
        version = queries.version(number)
        if version.status != ProgrammeVersion.LAUNCHED or len(queries.launched()) < 2:
            raise Conflict("not_planned", _("Version %(number)s isn't planned for a day to come."), number=number)
        if (version.starts_day or 0) <= local_day(now, zone(shop_queries.club().time_zone)):
            raise Conflict(
                "version_runs",
                _("Version %(number)s runs already; what it promised holds."),
                _("Launch another version instead."),
                number=number,
            )
        free = queries.draft() is None
        version.status = ProgrammeVersion.DRAFT if free else ProgrammeVersion.WITHDRAWN
        version.starts_day = None
        version.save()
        shop.audit("programme.withdrawn", actor=actor, now=now, subject=f"programme:{number}")
        _walk_everybody(actor=actor, now=now)
    return version


def _walk_everybody(*, actor: Actor, now: datetime) -> None:
    ids = list(Member.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), WALKED_AT_ONCE):
        walk_again(ids[start : start + WALKED_AT_ONCE], actor=actor, now=now)


# Members ------------------------------------------------------------------------------------


def join(customer_ids: Sequence[int], *, joined_at: datetime, joined_day: int, actor: Actor, now: datetime) -> int:
    """Make customers members; who is one already stays one. Returns how many are new."""
    require(actor, "customer.enrol")
    with transaction.atomic():
        here = {
            row[0]
            for row in bulk.select_in(
                connection, "SELECT customer_id FROM reward_member WHERE customer_id IN ({})", customer_ids
            )
        }
        fresh = [pk for pk in dict.fromkeys(customer_ids) if pk not in here]
        made = Member.objects.bulk_create(
            [Member(customer_id=pk, joined_at=joined_at, joined_day=joined_day) for pk in fresh]
        )
        walk_again([member.pk for member in made], actor=actor, now=now)
    return len(fresh)


def birthdays_told(version: ProgrammeVersion, day: int) -> None:
    """Birthdays up to ``day`` are told; the next round begins after it."""
    ProgrammeVersion.objects.filter(pk=version.pk).update(birthdays_day=day)


# Purchases ----------------------------------------------------------------------------------


@contextlib.contextmanager
def programme_kept() -> Iterator[None]:
    """Until the transaction ends no programme is launched; club and programme are read once within the block."""
    apart_from_launch()
    with remembering():
        yield


def accrue(
    recorded: Iterable[Recorded],
    woken: Iterable[int] = (),
    happenings: Iterable[Happened] = (),
    *,
    actor: Actor,
    now: datetime,
) -> Brought:
    """Points for purchases, returns and events that were just recorded, in their transaction and ``programme_kept``.

    ``woken``: customers whose earlier return found its sale only now.
    """
    parked, recorded = set(woken), list(recorded)
    version = queries.running()
    if version is None:
        return NOTHING
    first_day = queries.first_day(version)
    bought: dict[int, list[Recorded]] = {}
    for one in recorded:
        if one.customer_id is not None and one.purchase.day >= first_day:
            bought.setdefault(one.customer_id, []).append(one)
    events = queries.plan(version).course.events
    told: dict[int, list[Happened]] = {}
    for happening in happenings:
        if happening.happening.event in events:
            told.setdefault(happening.customer_id, []).append(happening)
    concerned = {*bought, *told, *parked}
    members = lock_members([*concerned, *bringing.advocates_of(concerned, events)])
    ended = set(let_go([member.pk for member in members.values()], now=now).values())
    _join_earlier(members.values(), bought)
    incremental: dict[int, list[Dated]] = {}
    again = bringing.look_again(version, members, bought, now=now)
    positions = queries.positions(version, (member.pk for member in members.values()))
    for customer_id in sorted(concerned & members.keys()):
        member = members[customer_id]
        events_of = [happened(one) for one in told.get(customer_id, ())]
        counting = [one for one in events_of if counts(one, member, first_day, events)]
        fresh = in_order([*(buying(one) for one in bought.get(customer_id, ())), *counting])
        position = positions.get(member.pk)
        walked = position is not None and member.pk not in again | ended and customer_id not in parked
        if walked and position is not None and fresh and _only_later(fresh, position):
            incremental[member.pk] = fresh
        else:
            again.add(member.pk)
    posted = walk_on(version, incremental, positions, again=sorted(again | ended), actor=actor, now=now)
    activities = {activity_id(PURCHASE, one.id) for one in recorded}
    return Brought(activities, members, posted.movements, {done.member: done.state for done in posted.results})


def _join_earlier(members: Iterable[Member], bought: Mapping[int, Sequence[Recorded]]) -> None:
    """Who was enrolled counts from the first purchase that is told after it."""
    told = [one for purchases in bought.values() for one in purchases if one.told_id is not None]
    cards = Member.objects.filter(customer_id__in={one.told_id for one in told}) if told else []
    for member in {member.pk: member for member in (*members, *cards)}.values():
        mine = bought.get(member.customer_id, ()) if member.merged_into_id is None else ()
        own = [one.purchase for one in mine if one.told_id is None]
        own += [one.purchase for one in told if one.told_id == member.customer_id]
        first = min(own, key=lambda p: p.at, default=None)
        if first is not None and first.at < member.joined_at:
            member.joined_at, member.joined_day = first.at, first.day
            member.save(update_fields=["joined_at", "joined_day"])
            Position.objects.filter(member=member.merged_into_id or member).delete()


def _only_later(fresh: Sequence[Dated], position: Position) -> bool:
    """Whether all of ``fresh``, which is in order, came after where the engine stands, with no return among it."""
    first, day = fresh[0], position.walked_day
    if first.at < position.last_at or (first.at == position.last_at and first.activity.id <= position.last_activity):
        return False
    kinds = {one.activity.kind for one in fresh}
    if kinds - {"sale"} and ("return" in kinds or first.at == position.last_at):
        return False
    return all(one.activity.day >= day for one in fresh)


def take_back(customer_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Walk a customer's history again, after one of their purchases was voided.

    A Conflict where its units were spent already: else a reward would have cost nothing.
    """
    member = queries.member_of(customer_id) if customer_id else None
    if member is not None:
        version = queries.running()
        events = queries.plan(version).course.events if version else frozenset()
        customers = [member.customer_id, *bringing.advocates_of([member.customer_id], events)]
        members = lock_members(customers)
        ended = let_go([one.pk for one in members.values()], now=now)
        before = spent(member, without=ended)
        also = bringing.look_again(version, members, {member.customer_id: ()}, now=now) if version else set()
        walk_again(sorted({member.pk, *also, *ended.values()}), actor=actor, now=now)
        if spent(member) < before:
            raise Conflict(
                "points_spent",
                _("What this purchase brought was already spent; nothing was changed."),
                _("Undo the reward first, or record a return."),
            )


# Expiry -------------------------------------------------------------------------------------


def expire(day: int, *, actor: Actor, now: datetime) -> int:
    """Book what expired before ``day``. What a member can spend is the same before and after."""
    version = queries.running()
    if version is None:
        return 0
    due = queries.members_due(day)
    for start in range(0, len(due), 500):
        with transaction.atomic():
            part = due[start : start + 500]
            locked(Member.objects.filter(pk__in=part).values_list("customer_id", flat=True), now=now)
            settle(part, day, actor=actor, now=now)
    return len(due)
