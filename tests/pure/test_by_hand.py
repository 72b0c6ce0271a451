"""Corrections by hand: units given, taken, written off; each a fact of its day (docs/decisions/0021-by-hand.md)."""

from __future__ import annotations

import pytest
from test_engine import BASE, OFF, POINT, day, give_back, plan_of, redeem, sale, walk

from vafa.reward.engine import Activity, Effect
from vafa.reward.engine.fields import FORGIVES, PLAINLY, TAKES_ALL

TEA = '[unit.leaf]\n[[earn]]\nid = "leaf"\nunit = "leaf"\nof = "visit"\n'


def by_hand(number: int, when: str, units: int, how: int = PLAINLY, unit: str = "point") -> Activity:
    return Activity(number, day(when), "adjust", units=units, unit=unit, how=how)


def told(effects: list[Effect]) -> list[tuple[int, str, int, int, int]]:
    return [(e.activity, e.kind, e.amount, e.lot, e.balance_after) for e in effects]


def test_given_units_can_be_used_at_once_and_live_as_long_as_those_of_that_day() -> None:
    plan = plan_of('[unit.point]\nexpires = "60 days"\npending_days = 14\n', TEA, BASE, OFF)
    ada = [sale(1, "2026-03-01", 30_00), by_hand(2, "2026-03-03", 25), by_hand(3, "2026-03-03", 1, unit="leaf")]
    effects = walk(plan, *ada, redeem(4, "2026-03-04", "off"), until="2026-05-03")
    assert told(effects) == [
        (1, "earn", 1, 1, 1),
        (1, "earn", 30, 1, 0),
        (2, "adjust", 25, 2, 25),
        (3, "adjust", 1, 3, 2),
        (4, "redeem", -10, 2, 15),
        (1, "expire", -30, 1, 15),
        (2, "expire", -15, 2, 0),
    ]
    assert effects[3].reason == "leaf"
    given = effects[2]
    assert (given.reason, given.available_day, given.expires_day) == ("point", day("2026-03-03"), day("2026-05-03"))


def test_given_units_count_for_nothing_and_keep_nothing_alive() -> None:
    collected = '[[counter]]\nid = "collected"\nof = "point"\n[[tier]]\nid = "gold"\nreach = [{ collected = 40 }]\n'
    plan = plan_of('[unit.point]\nexpires = "60 days without activity"\n', collected, BASE)
    ben = [sale(1, "2026-03-01", 30_00), by_hand(2, "2026-04-01", 25), by_hand(3, "2026-04-02", -5)]
    assert told(walk(plan, *ben, until="2026-06-01")) == [
        (1, "earn", 30, 1, 30),
        (2, "adjust", 25, 2, 55),
        (3, "adjust", -5, 1, 50),
        (1, "expire", -25, 1, 25),
        (2, "expire", -25, 2, 0),
    ]


def test_units_that_were_taken_by_hand_were_not_used() -> None:
    plan = plan_of('[unit.point]\nexpires = "60 days without activity"\nactivity = ["burn"]\n', BASE)
    ben = [sale(1, "2026-03-01", 30_00), by_hand(2, "2026-04-02", -5), sale(3, "2026-04-03", 10_00)]
    effects = walk(plan, *ben, until="2026-07-01")
    assert [(e.lot, e.amount, e.day) for e in effects if e.kind == "expire"] == [
        (1, -25, day("2026-05-01")),
        (3, -10, day("2026-06-03")),
    ]


def test_given_units_pay_what_is_owed_of_their_own_unit_alone() -> None:
    plan = plan_of(POINT, TEA, BASE, OFF, OFF.replace('"off"', '"tea"').replace('"point"', '"leaf"').replace("10", "1"))
    carla = [
        *(sale(1, "2026-03-01", 10_00), redeem(2, "2026-03-02", "off"), redeem(3, "2026-03-02", "tea")),
        give_back(4, "2026-03-03", 10_00, 1),  # ten points and a leaf are owed
        by_hand(5, "2026-03-04", 4),
        by_hand(6, "2026-03-05", 3, unit="leaf"),
        by_hand(7, "2026-03-06", 8),
    ]
    assert told(walk(plan, *carla))[4:] == [
        (4, "owed", -1, 0, 0),
        (4, "owed", -10, 0, 0),
        (5, "adjust", 4, 5, 4),
        (5, "owed", -4, 5, 0),
        (6, "adjust", 3, 6, 3),
        (6, "owed", -1, 6, 2),
        (7, "adjust", 8, 7, 8),
        (7, "owed", -6, 7, 2),
    ]


@pytest.mark.parametrize(
    ("policy", "how", "owed"),
    [
        ("owed", PLAINLY, 5),
        ("owed", TAKES_ALL, 5),
        ("within balance", PLAINLY, 0),
        ("within balance", TAKES_ALL, 1),
    ],
)
def test_what_is_taken_and_not_there_is_owed_or_left(policy: str, how: int, owed: int) -> None:
    plan = plan_of(f'[unit.point]\nreturns = "{policy}"\n', BASE)
    dora = [sale(1, "2026-03-01", 10_00), sale(2, "2026-03-02", 20_00)]
    taken = [(3, "adjust", -10, 1, 20), (3, "adjust", -20, 2, 0)]
    effects = walk(plan, *dora, by_hand(3, "2026-03-03", -30 - owed, how), sale(4, "2026-03-04", 7_00))
    debt = [(3, "adjust", -owed, 0, 0)] if owed else []
    paid = [(4, "owed", -owed, 4, 7 - owed)] if owed else []
    assert told(effects)[2:] == [*taken, *debt, (4, "earn", 7, 4, 7), *paid]


def test_no_more_is_written_off_than_is_owed() -> None:
    plan = plan_of(POINT, BASE, OFF)
    emil = [sale(1, "2026-03-01", 10_00), redeem(2, "2026-03-02", "off"), give_back(3, "2026-03-03", 10_00, 1)]
    off = [by_hand(4, "2026-03-04", 9, FORGIVES), by_hand(5, "2026-03-05", 6, FORGIVES)]
    last = [by_hand(6, "2026-03-06", 6, FORGIVES), by_hand(6, "2026-03-06", 0), sale(7, "2026-03-07", 5_00)]
    assert told(walk(plan, *emil, *off, *last))[2:] == [
        (3, "owed", -10, 0, 0),
        (4, "adjust", 9, 0, 0),
        (5, "adjust", 1, 0, 0),
        (7, "earn", 5, 7, 5),
    ]
