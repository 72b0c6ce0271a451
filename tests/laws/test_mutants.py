"""What the mutants meet last: the laws at the plain till; and that a mutant is what it says."""

from __future__ import annotations

import os

import mutating
import pytest
from counts import try_machine
from planting import behaving, code_of
from till_machine import Till

from vafa.ledger import posting
from vafa.ledger.posting import Key, differences

MUTATED = "VAFA_TEST_MUTANTS" in os.environ


class PlainTill(Till):
    compiled = False


@pytest.mark.skipif(not MUTATED, reason="only against mutants: test_till_laws.py tries the same")
def test_a_mutant_breaks_a_law() -> None:
    try_machine(PlainTill, 80, 50)


def test_each_mutant_is_one_change_and_leaves_nothing_behind() -> None:
    key = Key(1, "earn", "point", 1, "base")
    minus = next(m for m in mutating.mutants(posting) if m.function == "differences" and " + " in m.new)
    changed = code_of(differences, mutating.source(differences, minus.number))
    with behaving(posting.differences, changed):
        assert differences({key: 5}, {key: 3}) == {key: 8}
    assert differences({key: 5}, {key: 3}) == {key: 2}


def test_a_mutant_can_not_be_told_twice() -> None:
    names = [mutant.name for mutant in mutating.mutants(posting)]
    assert len(names) == len(set(names)) > 5
