"""The programme's policies one by one, on cases worked by hand, and all together however they are walked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import day, give_back, plan_of, redeem, sale, walk
from test_walks import FIRST, columns

from vafa.core.records import Line
from vafa.reward import engine
from vafa.reward.engine import Activity, Effect, batch
from vafa.reward.engine.timelines import timelines

POINT = '[unit.point]\nname = "points"\n'
BASE = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
VISITS = '[[counter]]\nid = "visits"\nof = "visit"\nwindow = "month"\n'
STREAK = '[[counter]]\nid = "row"\nof = "visits"\nwindow = "streak of months"\ngoal = 2\n'


def held(effects: list[Effect], unit: str = "point") -> int:
    return sum(effect.amount for effect in effects if effect.unit == unit)


def basket(when: str, *lines: Line, number: int = 1) -> Activity:
    return Activity(number, day(when), "sale", sum(line.amount for line in lines), lines)


def tiers(effects: list[Effect]) -> list[tuple[int, str]]:
    return [(effect.day, effect.tier) for effect in effects if effect.kind == "tier"]


# Rounding and stacking ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "at", "points"),
    [
        ("floor", "purchase", 4),  # 0.75 + 0.75 + 0.75 + 2.00 = 4.25
        ("half up", "purchase", 4),
        ("up", "purchase", 5),
        ("floor", "line", 2),
        ("half up", "line", 5),
        ("up", "line", 5),
    ],
)
def test_rounding_is_where_and_how_the_unit_says(how: str, at: str, points: int) -> None:
    plan = plan_of(POINT + f'round = "{how}"\nround_at = "{at}"\n', BASE)
    lines = [Line(75), Line(75), Line(75), Line(200)]
    assert held(walk(plan, basket("2026-03-02", *lines))) == points


@pytest.mark.parametrize(("at", "points"), [("purchase", 1), ("rule", 0)])
def test_rules_are_rounded_together_or_each_alone(at: str, points: int) -> None:
    plan = plan_of(POINT + f'round_at = "{at}"\n', BASE, BASE.replace('"base"', '"again"'))
    assert held(walk(plan, sale(1, "2026-03-02", 60))) == points


@pytest.mark.parametrize(("stacking", "points"), [("multiply", 130), ("add", 95), ("best", 80)])
def test_a_lines_factor_and_the_tiers_rate_are_stacked_as_named(stacking: str, points: int) -> None:
    plan = plan_of(
        f'[programme]\nstacking = "{stacking}"\n',
        POINT,
        '[[counter]]\nid = "spent"\n[[tier]]\nid = "gold"\nreach = [{ spent = 100.00 }]\n',
        BASE + "by_tier = { gold = 2 }\nfactor = { category = { wine = 3, tea = 0.5 } }\n",
    )
    before = sale(1, "2026-03-02", 10_000)
    wine = basket("2026-03-03", Line(2_000, category="wine"), Line(1_000, category="tea"), number=2)
    assert held(walk(plan, before)) == 100
    assert held(walk(plan, before, wine)) - 100 == points  # 20 × (6 | 4 | 3) + 10 × (1 | 1.5 | 2)


def test_a_factor_that_decimals_cannot_say_is_exact() -> None:
    plan = plan_of(POINT, BASE + 'factor = { category = { wine = "10/9" } }\n')
    assert held(walk(plan, basket("2026-03-02", Line(90_000, category="wine")))) == 1_000


# What counts ----------------------------------------------------------------------------------


def test_tax_and_discount_count_as_the_measure_says() -> None:
    for of, points in (("amount", 90), ("amount_before_tax", 75), ("amount_before_discount", 100)):
        plan = plan_of(POINT, BASE + f'of = "{of}"\n')
        assert held(walk(plan, basket("2026-03-02", Line(9_000, tax=1_500, discount=1_000)))) == points


def test_what_is_excepted_earns_nothing_nor_takes_anything_back() -> None:
    plan = plan_of(POINT, BASE + 'unless = { category = ["tobacco"], tender = ["gift card"] }\n')
    bought = basket("2026-03-02", Line(5_000, category="tobacco"), Line(2_000, category="tea"))
    back = give_back(2, "2026-03-03", 5_000, 1)._replace(lines=(Line(5_000, category="tobacco"),))
    assert held(walk(plan, bought)) == 20
    assert held(walk(plan, bought, back)) == 20
    assert held(walk(plan, bought._replace(tender="gift card"))) == 0


def test_a_double_day_doubles_and_a_return_on_another_day_takes_the_double_back() -> None:
    double = (
        BASE.replace('"base"', '"tuesday"')
        + 'bonus = true\nwhere = { weekday = "tue", date = "2026-03-01..2026-03-31" }\n'
    )
    plan = plan_of(POINT, BASE, double)
    assert held(walk(plan, sale(1, "2026-03-03", 5_000))) == 100  # a Tuesday in March
    assert held(walk(plan, sale(1, "2026-03-04", 5_000))) == 50
    assert held(walk(plan, sale(1, "2026-04-07", 5_000))) == 50  # a Tuesday in April
    assert held(walk(plan, sale(1, "2026-03-03", 5_000), give_back(2, "2026-03-05", 2_000, 1))) == 60


# Windows --------------------------------------------------------------------------------------


def test_two_visits_a_month_four_months_in_a_row() -> None:
    bonus = '[[earn]]\nid = "streak"\nunit = "point"\ngives = 500\nwhen = { counter = "row", every = 4 }\n'
    plan = plan_of(POINT, VISITS, STREAK, bonus)
    days = [f"2026-{month:02d}-{d:02d}" for month in (1, 2, 3, 4) for d in (5, 20)]
    visits = [sale(n, when, 100) for n, when in enumerate(days, 1)]
    assert [effect.day for effect in walk(plan, *visits)] == [day("2026-04-20")]
    assert walk(plan, *visits[:5], *visits[6:]) == []  # one visit in March only
    longer = [*visits, sale(9, "2026-05-01", 100), sale(10, "2026-05-02", 100)]
    assert held(walk(plan, *longer)) == 500  # the next is due after four more
    undone = walk(plan, *visits, give_back(11, "2026-04-25", 100, 8))
    assert held(undone) == 0


@pytest.mark.parametrize(
    ("window", "second", "points"),
    [
        ("week", "2026-03-08", 1),  # from Monday the 2nd to Sunday the 8th
        ("week", "2026-03-09", 2),
        ("member year", "2027-02-15", 1),
        ("member year", "2027-02-16", 2),  # joined on 16 February 2026
    ],
)
def test_a_limit_is_crossed_once_in_each_window(window: str, second: str, points: int) -> None:
    counter = f'[[counter]]\nid = "n"\nof = "visit"\nwindow = "{window}"\n'
    plan = plan_of(POINT, counter, '[[earn]]\nid = "first"\nunit = "point"\nwhen = { counter = "n", crosses = 1 }\n')
    joined = Activity(1, day("2026-02-16"), "signup")
    assert held(walk(plan, joined, sale(2, "2026-03-02", 100), sale(3, second, 100))) == points


def test_a_counter_of_the_tier_begins_anew_with_it() -> None:
    plan = plan_of(
        POINT,
        '[[counter]]\nid = "all"\n[[counter]]\nid = "since"\nwindow = "tier"\n',
        '[[tier]]\nid = "gold"\nreach = [{ all = 100.00 }]\nvalid = "2 months"\nkeep = [{ since = 50.00 }]\n',
        BASE,
    )
    start = sale(1, "2026-01-10", 10_000)
    assert tiers(walk(plan, start, until="2026-03-12"))[0] == (day("2026-01-10"), "gold")
    # without the counter's own keep the tier would stay, as 100 in all are enough
    assert len(tiers(walk(plan, start, until="2026-03-12"))) == 1


# Tiers ----------------------------------------------------------------------------------------

LADDER = (
    '[[counter]]\nid = "spent"\nwindow = "month"\n'
    '[[tier]]\nid = "silver"\nreach = [{ spent = 10.00 }]\nvalid = "1 months after the month"\n'
    '[[tier]]\nid = "gold"\nreach = [{ spent = 100.00 }]\nvalid = "1 months after the month"\n'
)


@pytest.mark.parametrize(
    ("downgrade", "moves"),
    [
        ("reassess", [("2026-01-05", "gold"), ("2026-03-01", "member")]),
        ("one step", [("2026-01-05", "gold"), ("2026-03-01", "silver"), ("2026-04-01", "member")]),
        ("keep", [("2026-01-05", "gold")]),
    ],
)
def test_who_no_longer_qualifies_goes_where_the_programme_says(downgrade: str, moves: list[tuple[str, str]]) -> None:
    plan = plan_of(f'[programme]\ndowngrade = "{downgrade}"\n', POINT, LADDER, BASE)
    found = tiers(walk(plan, sale(1, "2026-01-05", 10_000), until="2026-04-20"))
    assert found == [(day(when), tier) for when, tier in moves]


def test_keeping_a_tier_may_ask_less_than_reaching_it() -> None:
    ladder = LADDER.replace(
        "reach = [{ spent = 100.00 }]\n", "reach = [{ spent = 100.00 }]\nkeep = [{ spent = 40.00 }]\n"
    )
    plan = plan_of(POINT, ladder, BASE)
    first = sale(1, "2026-01-05", 10_000)
    kept = tiers(walk(plan, first, sale(2, "2026-02-10", 4_000), until="2026-03-20"))
    lost = tiers(walk(plan, first, sale(2, "2026-02-10", 3_999), until="2026-03-20"))
    assert kept == [(day("2026-01-05"), "gold")]
    assert lost == [(day("2026-01-05"), "gold"), (day("2026-03-01"), "silver")]


def test_a_term_may_end_a_month_after_the_years_end() -> None:
    ladder = '[[counter]]\nid = "spent"\nwindow = "year"\n[[tier]]\nid = "silver"\nreach = [{ spent = 10.00 }]\n'
    plan = plan_of(POINT, ladder + 'valid = "end of year +1 and 1 month"\n', BASE)
    found = tiers(walk(plan, sale(1, "2026-05-05", 1_000), until="2028-03-01"))
    assert found == [(day("2026-05-05"), "silver"), (day("2028-02-01"), "member")]


def test_a_watched_tier_is_lost_on_the_day_the_window_leaves_the_purchase() -> None:
    ladder = (
        '[[counter]]\nid = "spent"\nwindow = "rolling 30 days"\n[[tier]]\nid = "gold"\nreach = [{ spent = 10.00 }]\n'
    )
    plan = plan_of('[programme]\nassess = "continuous"\n', POINT, ladder, BASE)
    found = tiers(walk(plan, sale(1, "2026-03-01", 600), sale(2, "2026-03-20", 400), until="2026-06-01"))
    assert found == [(day("2026-03-20"), "gold"), (day("2026-03-31"), "member")]


# Expiry and years -----------------------------------------------------------------------------


@pytest.mark.parametrize(("keeps", "left"), [(["earn", "burn"], 55), (["burn"], 55), (["earn"], 0)])
def test_only_what_is_named_keeps_units_alive(keeps: list[str], left: int) -> None:
    told = f'expires = "60 days without activity"\nactivity = {keeps!r}\n'
    plan = plan_of(POINT + told, BASE, '[[reward]]\nid = "off"\nunit = "point"\nprice = 5\n')
    bought, used = sale(1, "2026-01-01", 6_000), redeem(2, "2026-02-28", "off")
    assert held(walk(plan, bought, used, until="2026-04-01")) == left
    assert held(walk(plan, bought, used, until="2026-06-01")) == 0


def test_a_year_is_settled_once_and_the_rest_is_kept_or_lost() -> None:
    for remainder, left in (("keep", 40), ("forfeit", 0)):
        yearly = f'[[reward]]\nid = "c"\nunit = "point"\nprice = 100\ngives = "cash"\nremainder = "{remainder}"\n'
        plan = plan_of(POINT, "[unit.cash]\nmoney = true\n", BASE, yearly + 'amount = 1.00\nwhen = "yearly"\n')
        found = walk(plan, sale(1, "2026-12-31", 24_000), until="2027-01-01")
        assert (held(found), held(found, "cash")) == (left, 200)
        again = walk(plan, sale(1, "2026-12-31", 24_000), until="2030-01-01")
        assert (held(again), held(again, "cash")) == (left, 200)


def test_a_jalali_year_ends_with_its_last_month() -> None:
    yearly = '[[reward]]\nid = "c"\nunit = "point"\nprice = 100\ngives = "cash"\nwhen = "yearly"\non = "12-30"\n'
    plan = plan_of(POINT, "[unit.cash]\nmoney = true\n", BASE, yearly, calendar="jalali")
    found = walk(plan, sale(1, "2026-03-01", 24_000), until="2026-04-01")
    assert {effect.day for effect in found if effect.unit == "cash"} == {day("2026-03-20")}  # 29 Esfand 1404


# All together ---------------------------------------------------------------------------------

WIDE = """
[programme]
assess = "continuous"
downgrade = "one step"
stacking = "best"
[unit.point]
expires = "50 days without activity"
round = "up"
round_at = "line"
[unit.mile]
round_at = "rule"
returns = "within balance"
[unit.cash]
money = true
expires = "90 days"
[[counter]]
id = "visits"
of = "visit"
window = "month"
[[counter]]
id = "row"
of = "visits"
window = "streak of months"
goal = 2
[[counter]]
id = "own_year"
window = "member year"
[[counter]]
id = "weekly"
of = "items"
window = "week"
unless = { category = "nuts" }
[[counter]]
id = "recent"
window = "rolling 2 months"
[[counter]]
id = "miles"
of = "mile"
balance = true
[[counter]]
id = "since"
of = "visit"
window = "tier"
[[tier]]
id = "blue"
reach = [{ recent = 100.00 }, { miles = 60 }]
[[tier]]
id = "gold"
reach = [{ recent = 400.00, own_year = 500.00 }]
keep = [{ recent = 200.00 }]
valid = "20 days"
[[earn]]
id = "base"
unit = "point"
per = 0.70
by_tier = { blue = 1.25, gold = "5/3" }
factor = { category = { tea = 1.5 } }
[[earn]]
id = "miles"
unit = "mile"
of = "amount_before_tax"
per = 3.00
where = { weekday = ["mon", "tue", "wed", "thu"] }
[[earn]]
id = "more_miles"
unit = "mile"
per = 7.00
unless = { category = "tea" }
cap = { per = "week", max = 20 }
bonus = true
[[earn]]
id = "streak"
unit = "mile"
gives = 25
when = { counter = "row", every = 2 }
[[earn]]
id = "new_in_tier"
unit = "mile"
of = "visit"
gives = 3
when = { counter = "since", min = 0, below = 2 }
[[earn]]
id = "week"
unit = "mile"
gives = 2
when = { counter = "weekly", crosses = 4 }
[[reward]]
id = "yearly"
unit = "mile"
price = 40
gives = "cash"
amount = 5.00
when = "yearly"
on = "03-31"
remainder = "forfeit"
[[reward]]
id = "starry"
unit = "point"
price = 40
amount = 1.00
"""


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_compiled_and_plain_say_the_same_of_every_policy(calendar: str) -> None:
    plan = plan_of(WIDE, calendar=calendar)
    told = timelines(plan, columns(150, 7))
    takes = np.arange(len(told.customers)) % 2 == 0
    plain, quick = (
        batch.walk_many(plan, told, takes, until=FIRST + 900, compile_it=compiled) for compiled in (False, True)
    )
    for name, one, other in zip(batch.Log._fields, plain, quick, strict=True):
        assert one.tolist() == other.tolist(), name
    assert set(plain.kind.tolist()) == set(range(batch.EXTEND))  # everything happened somewhere
    assert set(plain.tier.tolist()) == {0, 1, 2}
    assert set(range(len(plan.earns.ids))) <= set(plain.reason.tolist())


steps = st.tuples(st.integers(0, 40), st.sampled_from(["sale", "sale", "sale", "redeem"]), st.integers(0, 30_000))


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_one_by_one_says_what_all_at_once_says_of_every_policy(told: list[tuple[int, str, int]]) -> None:
    plan, activities, when = plan_of(WIDE), [Activity(1, FIRST, "signup")], FIRST
    for number, (later, kind, amount) in enumerate(told, 2):
        when += later
        activities.append(Activity(number, when, kind, amount if kind == "sale" else 0, reward="starry"))
    at_once, _state = engine.walk_account(plan, activities, None)
    one_by_one: list[Effect] = []
    state = None
    for activity in activities:
        effects, state = engine.walk_account(plan, [activity], state)
        one_by_one += effects
    assert one_by_one == at_once
