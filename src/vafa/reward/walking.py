"""The walk: engine over history, ledger brought in line with what it says.

New activities are walked from where the engine stood. When something came late, was returned,
voided or cancelled, the whole history is walked again, compared with the ledger, and the
difference is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from vafa.core import bulk
from vafa.ledger import actions as ledger
from vafa.ledger import queries as ledger_queries
from vafa.ledger.posting import Extension, Key, Movement, Opening, differences, totals
from vafa.reward import budgets, engine, queries
from vafa.reward.budgets import Walk, Walked
from vafa.reward.contents import OPENS
from vafa.reward.history import Dated, family, histories
from vafa.reward.models import Member, Position, ProgrammeVersion, TierMove
from vafa.shop.access import Actor

LAUNCH = 0x56414641  # the name of an advisory lock, taken by nobody else


class Result(NamedTuple):
    """What the engine said of one member."""

    member: int
    dated: Sequence[Dated]
    effects: Sequence[engine.Effect]
    state: bytes
    walked_day: int


class Posted(NamedTuple):
    """What a walk moved in the ledger, and where it left each member."""

    movements: Sequence[Movement]
    results: Sequence[Result]


def lock_members(customer_ids: Iterable[int]) -> dict[int, Member]:
    """Members among the customers, their rows locked in one order; of a merged one the member that it is now."""
    where = "customer_id IN ({}) ORDER BY customer_id" + (" FOR UPDATE" if bulk.is_postgres(connection) else "")
    rows = bulk.objects(connection, Member, where, among=sorted(set(customer_ids)))
    found: dict[int, Member] = {member.customer_id: member for member in rows}
    if merged := {customer: member.merged_into_id for customer, member in found.items() if member.merged_into_id}:
        now = {member.pk: member for member in Member.objects.select_for_update().filter(pk__in=merged.values())}
        found |= {customer: now[root] for customer, root in merged.items() if root is not None}
    return found


def apart_from_launch(*, launching: bool = False) -> None:
    """Until this transaction ends no programme is launched; a launch waits for all others, and they for it.

    Else the launch would not see what was just recorded, nor its recorder the programme.
    """
    if bulk.is_postgres(connection):  # SQLite has one writer at a time anyway
        act = "pg_advisory_xact_lock" if launching else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {act}(%s)", [LAUNCH])


def walk_on(
    version: ProgrammeVersion,
    fresh: Mapping[int, Sequence[Dated]],
    positions: Mapping[int, Position],
    *,
    again: Sequence[int] = (),
    actor: Actor,
    now: datetime,
    until: int | None = None,
) -> Posted:
    """Walk what came since; ``again``: members whose whole history is walked beside them."""
    if again and not fresh:
        return walk_again(again, actor=actor, now=now)
    walks = [Walk(member, dated, bytes(positions[member].state), until) for member, dated in fresh.items()]
    whole = _whole(version, family(again)) if again else []
    results = _results(version, [*walks, *whole])
    stood = {member: positions[member].walked_day for member in fresh}
    new = [r._replace(walked_day=max(r.walked_day, stood[r.member])) for r in results[: len(walks)]]
    batch = _batch(new)
    ledger.post(batch, actor=actor.name, now=now)
    keep_tiers(new)
    keep_positions(version, new, positions)
    differing = _post_differences(version, results[len(walks) :], actor=actor, now=now)
    return Posted([*batch.movements, *differing], [*new, *results[len(walks) :]])


def walk_again(members: Sequence[int], *, actor: Actor, now: datetime) -> Posted:
    """Walk whole histories and post what differs from what stands in the ledger."""
    apart_from_launch()
    version = queries.running()
    if version is None or not members:
        return Posted((), ())
    results = _results(version, _whole(version, family(members)))
    return Posted(_post_differences(version, results, actor=actor, now=now), results)


def _results(version: ProgrammeVersion, walks: Sequence[Walk]) -> list[Result]:
    plan = queries.plan(version)
    if plan.course.has_budgets:
        walked = budgets.walk_together(version, plan, walks)
    else:
        walked = [Walked(*_alone(plan, walk)) for walk in walks]
    return [
        Result(w.member, w.dated, done.effects, done.state, max([0, w.until or 0, *(d.activity.day for d in w.dated)]))
        for w, done in zip(walks, walked, strict=True)
    ]


def _alone(plan: engine.Plan, walk: Walk, rooms: engine.Rooms | None = None) -> tuple[list[engine.Effect], bytes]:
    activities = [one.activity for one in walk.dated]
    return engine.walk_account(plan, activities, walk.state, until=walk.until, rooms=rooms)


def _batch(results: Sequence[Result]) -> ledger.Batch:
    """What comes into the ledger of activities that none of it knows yet."""
    movements = [move for result in results for move in movements_of(result)]
    opened = [lot for result in results for lot in openings(result)]
    at = {one.activity.id: one.at for result in results for one in result.dated}
    extensions = [told for result in results for told in _extensions(result)]
    return ledger.Batch(movements, opened, at, extensions)


def _post_differences(
    version: ProgrammeVersion, results: Sequence[Result], *, actor: Actor, now: datetime
) -> list[Movement]:
    if not results:
        return []
    members = [result.member for result in results]
    positions = Position.objects.in_bulk(members)
    movements: list[Movement] = []
    opened: list[Opening] = []
    at: dict[int, datetime] = {}
    for result in results:
        wanted = totals((move.key, move.amount) for move in movements_of(result))
        days = {move.key: move.day for move in movements_of(result)}
        changes = differences(wanted, totals(ledger_queries.standing(result.member)))
        day = result.walked_day
        movements += [Movement(result.member, key, days.get(key, day), delta) for key, delta in changes.items()]
        opened += [lot._replace(again=True) for lot in openings(result)]  # all lots: none stood before the walk
        at |= {one.activity.id: one.at for one in result.dated}
    ledger.post(ledger.Batch(movements, opened, at), actor=actor.name, now=now, note="walked again")
    TierMove.objects.filter(member__in=members).delete()
    keep_tiers(results)
    keep_positions(version, results, positions)
    return movements


def settle(members: Sequence[int], day: int, *, actor: Actor, now: datetime) -> None:
    """Book what time alone has brought about for members whose rows are locked."""
    version = queries.running()
    if version is not None:
        positions = queries.positions(version, members)
        walk_again([member for member in members if member not in positions], actor=actor, now=now)
        due = {pk: position for pk, position in positions.items() if position.walked_day < day}
        walk_on(version, {pk: [] for pk in due}, due, actor=actor, now=now, until=day)


def walk_histories(version: ProgrammeVersion, members: Sequence[int]) -> list[Result]:
    """What the engine says of whole histories, with the budgets as they were used; nothing is written."""
    plan = queries.plan(version)
    walks = _whole(version, members)
    rooms = budgets.as_given(version, [walk.member for walk in walks])
    return [Result(w.member, w.dated, *_alone(plan, w, rooms), w.until or 0) for w in walks]


def _whole(version: ProgrammeVersion, members: Sequence[int]) -> list[Walk]:
    """Whole histories, to be booked to the day to which each stood."""
    rows = list(Member.objects.filter(pk__in=members).order_by("pk"))
    walked = dict(Position.objects.filter(member__in=members).values_list("member_id", "walked_day"))
    walks = []
    plan = queries.plan(version)
    for member, dated in histories(rows, queries.first_day(version), events=plan.course.events).items():
        gone = dated[-1].activity.kind == "leave"
        until = max([0 if gone else walked.get(member, 0), *(one.activity.day for one in dated)])
        walks.append(Walk(member, dated, None, until))
    return walks


def movements_of(result: Result) -> list[Movement]:
    return [
        Movement(result.member, Key(e.activity, e.kind, e.unit, e.lot, _reason(e)), e.day, e.amount)
        for e in result.effects
        if e.kind != "tier" and e.amount
    ]


def _reason(effect: engine.Effect) -> str:
    """The rule, and the tier at whose rate it earned."""
    return effect.reason if effect.tier in ("", "member") else f"{effect.reason}/{effect.tier}"


def openings(result: Result) -> list[Opening]:
    """The lots that the walk opened, each with the day to which it was kept alive afterwards."""
    opened: dict[tuple[int, str], Opening] = {}
    left: dict[tuple[int, str], int] = {}
    for e in result.effects:
        key = (e.lot, e.unit)
        if e.kind == "extend":
            for name, lot in opened.items():
                if lot.unit == e.unit and left[name] > 0 and e.available_day <= lot.earned_day <= e.lot:
                    opened[name] = lot._replace(expires_day=e.expires_day)
        elif e.amount > 0 and e.lot and (e.kind == "merge" or (e.kind in OPENS and e.lot == e.activity)):
            earned = e.day if e.earned_day is None else e.earned_day
            if key in opened:
                opened[key] = opened[key]._replace(granted=opened[key].granted + e.amount)
            else:
                days = (earned, e.available_day, e.expires_day)
                opened[key] = Opening(result.member, e.unit, e.lot, e.amount, *days)
        left[key] = left.get(key, 0) + e.amount
    return list(opened.values())


def _extensions(result: Result) -> list[Extension]:
    """Until when the lots that stood before the walk live now, where activity moved it.

    Of each unit and version the last word.
    """
    last = {(e.unit, e.available_day): e for e in result.effects if e.kind == "extend"}
    return [Extension(result.member, unit, first, told.lot, told.expires_day) for (unit, first), told in last.items()]


def keep_tiers(results: Sequence[Result]) -> None:
    TierMove.objects.bulk_create(
        [
            TierMove(member_id=result.member, activity=e.activity, day=e.day, tier=e.tier)
            for result in results
            for e in result.effects
            if e.kind == "tier"
        ]
    )


def keep_positions(version: ProgrammeVersion, results: Sequence[Result], before: Mapping[int, Position]) -> None:
    rows = []
    plan, latest = queries.plan(version), version.course[-1].pk
    for result in results:
        if result.dated and result.dated[-1].activity.kind == "leave":
            continue  # the other card is walked on from now on
        if result.dated:
            last_at, last_activity = result.dated[-1].at, result.dated[-1].activity.id
        else:
            old = before[result.member]
            last_at, last_activity = old.last_at, old.last_activity
        at = bulk.instant(connection, last_at)
        standing = engine.standing(plan, result.state)
        rows.append((result.member, latest, result.state, at, last_activity, result.walked_day, *standing))
    bulk.execute_rows(
        connection,
        "INSERT INTO reward_position (member_id, version_id, state, last_at, last_activity, walked_day, tier, due_day) "
        "VALUES {} "
        "ON CONFLICT (member_id) DO UPDATE SET version_id = excluded.version_id, state = excluded.state, "
        "last_at = excluded.last_at, last_activity = excluded.last_activity, "
        "walked_day = excluded.walked_day, tier = excluded.tier, due_day = excluded.due_day",
        rows,
        "bigint bigint bytea timestamptz bigint bigint text bigint",
    )
