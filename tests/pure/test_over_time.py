"""What the laws (tests/laws) once found in the step, each as a small case worked by hand."""

from __future__ import annotations

from test_engine import day, give_back, plan_of, redeem, sale, walk

from vafa.reward import engine
from vafa.reward.engine import Activity, Effect

POINT = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
MONTHLY = '[[counter]]\nid = "lately"\nof = "amount"\nwindow = "rolling 30 days"\n'


def said(effects: list[Effect], kind: str, unit: str = "point") -> list[tuple[int, int]]:
    return [(e.lot, e.amount) for e in effects if e.kind == kind and e.unit == unit]


def test_units_of_several_tiers_terms_are_used_earliest_earned_first_once_they_live_equally_long() -> None:
    """Kept for ever while gold, then at the bottom again: all live 25 days from there, and the oldest go first."""
    plan = plan_of(
        '[programme]\nassess = "continuous"\n'
        '[unit.point]\nexpires = { member = "25 days without activity", gold = "never" }\n',
        MONTHLY,
        '[[tier]]\nid = "gold"\nreach = [{ lately = 50.00 }]\n',
        POINT,
        '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n',
    )
    bought = [sale(1, "2026-01-01", 60_00), sale(2, "2026-01-02", 5_00), sale(3, "2026-03-10", 4_00)]
    effects = walk(plan, *bought, redeem(4, "2026-03-11", "off"))
    assert said(effects, "redeem") == [(1, -10)]


STEPS = (
    '[programme]\nassess = "continuous"\ndowngrade = "one step"\n[unit.point]\n',
    MONTHLY,
    '[[tier]]\nid = "silver"\nreach = [{ lately = 50.00 }]\n',
    '[[tier]]\nid = "gold"\nreach = [{ lately = 90.00 }]\n',
    POINT,
)


def falls(effects: list[Effect]) -> list[tuple[int, str]]:
    return [(e.day - day("2026-01-01"), e.tier) for e in effects if e.kind == "tier"]


def test_who_falls_one_step_falls_the_next_a_day_later_if_that_doesnt_hold_either() -> None:
    """The window is empty on the thirtieth day: nothing more will ever leave it, and silver isn't kept for ever."""
    effects = walk(plan_of(*STEPS), sale(1, "2026-01-01", 90_00), until="2026-12-01")
    assert falls(effects) == [(0, "gold"), (30, "silver"), (31, "member")]


def test_the_end_of_the_shortest_stay_is_one_step_too() -> None:
    text = "".join(STEPS).replace("reach = [{ lately = 90.00 }]\n", 'reach = [{ lately = 90.00 }]\nvalid = "40 days"\n')
    effects = walk(plan_of(text), sale(1, "2026-01-01", 90_00), until="2026-12-01")
    assert falls(effects) == [(0, "gold"), (41, "silver"), (42, "member")]


def test_a_return_of_a_month_that_is_over_leaves_its_streak() -> None:
    """Three visits in January, two needed; one is given back when February has begun: January still counts."""
    plan = plan_of(
        "[unit.point]\n",
        '[[counter]]\nid = "visits"\nof = "visit"\nwindow = "month"\n',
        '[[counter]]\nid = "run"\nof = "visits"\nwindow = "streak of months"\ngoal = 2\n',
        '[[earn]]\nid = "streak"\nunit = "point"\ngives = 100\nwhen = { counter = "run", every = 2 }\n',
    )
    january = [sale(n, f"2026-01-0{n}", 10_00) for n in (1, 2, 3)]
    february = [sale(4, "2026-02-01", 10_00), give_back(5, "2026-02-02", 10_00, 3), sale(6, "2026-02-03", 10_00)]
    assert said(walk(plan, *january, *february), "earn") == [(6, 100)]


def test_a_gift_of_last_year_that_goes_back_opens_no_second_one_this_year() -> None:
    plan = plan_of(
        "[unit.point]\n[unit.gift]\ngift = true\n",
        '[[counter]]\nid = "year"\nof = "amount"\nwindow = "year"\n',
        '[[earn]]\nid = "gift"\nunit = "gift"\nwhen = { counter = "year", crosses = 50.00 }\n',
    )
    effects = walk(
        plan,
        sale(1, "2025-12-01", 60_00),
        sale(2, "2026-01-05", 60_00),
        give_back(3, "2026-01-06", 60_00, 1),
        sale(4, "2026-01-07", 10_00),
    )
    assert said(effects, "issue", "gift") == [(1, 1), (2, 1)]
    assert said(effects, "return", "gift") == [(1, -1)]


def test_a_long_history_that_is_used_up_again_and_again_is_told_the_same_in_one_walk_and_in_many() -> None:
    """Empty lots are cleared away in a long walk; between two short ones they are not kept at all."""
    plan = plan_of(
        '[unit.point]\nexpires = "60 days"\n[unit.voucher]\nmoney = true\n',
        POINT,
        '[[reward]]\nid = "auto"\nunit = "point"\nprice = 7\ngives = "voucher"\namount = 0.05\nwhen = "auto"\n',
    )
    begins = day("2026-01-01")
    bought = [Activity(n, begins + n, "sale", 500 + 100 * (n % 3)) for n in range(1, 200)]
    at_once, _state = engine.walk_account(plan, bought, None)
    one_by_one, state = [], None
    for one in bought:
        effects, state = engine.walk_account(plan, [one], state)
        one_by_one += effects
    assert at_once == one_by_one
    earned, used = (
        sum(e.amount for e in at_once if e.unit == "point" and e.kind == kind) for kind in ("earn", "redeem")
    )
    assert (earned, used) == (199 * 6, -(199 * 6 // 7 * 7))
