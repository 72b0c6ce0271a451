"""Checks that the ledger says what a fresh walk through every member's history says."""

from __future__ import annotations

from collections.abc import Iterator

from vafa.ledger import queries as ledger
from vafa.ledger.posting import differences, totals
from vafa.reward import budgets, queries
from vafa.reward.models import Member
from vafa.reward.walking import movements_of, walk_histories

PART = 200


def findings() -> Iterator[str]:
    """Where the two differ, a sentence each."""
    version = queries.running()
    if version is None:
        return
    yield from budgets.findings()
    ids = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        for result in walk_histories(version, ids[start : start + PART]):
            wanted = totals((move.key, move.amount) for move in movements_of(result))
            for key, delta in differences(wanted, totals(ledger.standing(result.member))).items():
                yield (
                    f"member {result.member}: {key.kind} of {key.unit} for activity {key.activity} "
                    f"({key.reason}) differs by {delta}"
                )
