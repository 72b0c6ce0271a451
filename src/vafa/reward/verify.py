"""Checks that the ledger, and what is kept beside it, says what a fresh walk through every member's history says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vafa.ledger import queries as ledger
from vafa.ledger.posting import differences, totals
from vafa.reward import budgets, engine, queries
from vafa.reward.models import Member, Position, ProgrammeVersion, TierMove
from vafa.reward.walking import Result, movements_of, openings, walk_histories

PART = 200


def findings() -> Iterator[str]:
    """Where the two differ, a sentence each."""
    version = queries.running()
    if version is None:
        return
    yield from budgets.findings()
    ids = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        results = walk_histories(version, ids[start : start + PART])
        for result in results:
            wanted = totals((move.key, move.amount) for move in movements_of(result))
            for key, delta in differences(wanted, totals(ledger.standing(result.member))).items():
                yield (
                    f"member {result.member}: {key.kind} of {key.unit} for activity {key.activity} "
                    f"({key.reason}) differs by {delta}"
                )
        yield from _kept_beside(version, results)


def _kept_beside(version: ProgrammeVersion, results: Sequence[Result]) -> Iterator[str]:
    """Caches that say otherwise: the days of lots, where the engine stands, when tiers came."""
    members = [result.member for result in results]
    lots = ledger.lot_days(members)
    positions = queries.positions(version, members)
    moved: dict[int, list[tuple[int, int, str]]] = {}
    for move in TierMove.objects.filter(member__in=members):
        moved.setdefault(move.member_id, []).append((move.activity, move.day, move.tier))
    for result in results:
        for lot in openings(result):
            stands = lots.get((lot.owner, lot.unit, lot.activity))
            if stands is not None and stands != (lot.earned_day, lot.available_day, lot.expires_day):
                yield f"member {lot.owner}: the lot of {lot.unit} for activity {lot.activity} has other days"
        tiers = [(e.activity, e.day, e.tier) for e in result.effects if e.kind == "tier"]
        if sorted(tiers) != sorted(moved.get(result.member, [])):
            yield f"member {result.member}: the tiers differ from those of the history"
        yield from _position(version, result, positions.get(result.member))


def _position(version: ProgrammeVersion, result: Result, position: Position | None) -> Iterator[str]:
    if position is None:
        return
    plan = queries.plan(version)
    told, wanted = engine.standing(plan, bytes(position.state)), engine.standing(plan, result.state)
    if told != wanted or (position.tier, position.due_day) != tuple(wanted):
        yield f"member {result.member}: the engine stands elsewhere than after its history"
