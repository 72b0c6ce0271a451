"""A version begins on its day: what is kept, what begins anew and what ends (docs/decisions/0019-versions.md)."""

from __future__ import annotations

from test_engine import BASE, OFF, POINT, day, redeem, sale, walk
from test_versions import CHANGE, course


def test_lots_of_the_last_and_of_the_first_day_of_a_version_live_on_by_their_own() -> None:
    """The older ones by buying as well, the newer ones no more: each as its version promised."""
    slides = "[unit.leaf]\n" + POINT + 'expires = "12 months without activity"\n'
    plan = course(slides + BASE, slides.replace("12", "6") + BASE)
    burnt = course(slides + BASE, slides.replace("12", "6") + 'activity = ["burn"]\n' + BASE)
    ada = [sale(1, "2026-02-28", 1000), sale(2, CHANGE, 700), sale(3, "2026-04-01", 100)]
    for one, second in ((plan, "2026-10-02"), (burnt, "2026-09-02")):
        effects = walk(one, *ada, until="2028-01-01")
        assert sorted((e.lot, e.day) for e in effects if e.kind == "expire") == [
            (1, day("2027-04-02")),
            (2, day(second)),
            (3, day("2026-10-02")),
        ]


def test_a_reward_that_ended_is_given_no_more() -> None:
    other = OFF.replace('"off"', '"other"').replace("10", "3")
    plan = course(POINT + BASE + other + OFF, POINT + BASE + other)
    taken = [redeem(2, "2026-02-02", "off"), redeem(3, CHANGE, "off"), redeem(4, CHANGE, "other")]
    effects = walk(plan, sale(1, "2026-02-01", 3000), *taken)
    assert [(e.activity, e.amount) for e in effects if e.kind == "redeem"] == [(2, -10), (4, -3)]
