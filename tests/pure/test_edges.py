"""Edges of the step, one by one: where one character less would make a difference."""

from __future__ import annotations

import pytest
from test_engine import day, give_back, plan_of, redeem, sale, walk

from vafa.core.records import Line
from vafa.reward.engine import Activity, Effect
from vafa.reward.engine.fields import FAR
from vafa.reward.engine.kernel.days import start_of

POINT = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
VISITS = '[[counter]]\nid = "visits"\nof = "visit"\nwindow = "month"\n'
RUN = '[[counter]]\nid = "run"\nof = "visits"\nwindow = "streak of months"\ngoal = 2\n'


def earned(effects: list[Effect], kind: str = "earn") -> list[tuple[int, int]]:
    return [(e.activity, e.amount) for e in effects if e.kind == kind]


def visits(*days: str) -> list[Activity]:
    return [sale(n, when, 10_00) for n, when in enumerate(days, 1)]


def when(gate: str, counter: str = "run") -> str:
    return f'[[earn]]\nid = "gate"\nunit = "point"\ngives = 100\nwhen = {{ counter = "{counter}", {gate} }}\n'


def test_more_visits_than_the_goal_leave_the_streak_as_it_is() -> None:
    months = visits("2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02", "2026-02-03", "2026-03-01", "2026-03-02")
    plan = plan_of("[unit.point]\n", VISITS, RUN, when("every = 3"))
    assert earned(walk(plan, *months)) == [(7, 100)]


def test_a_goal_that_was_lost_can_be_reached_again_in_its_month() -> None:
    plan = plan_of("[unit.point]\n", VISITS, RUN, when("every = 2"))
    january = visits("2026-01-01", "2026-01-02")
    again = [give_back(3, "2026-01-03", 10_00, 2), sale(4, "2026-01-04", 10_00)]
    february = [sale(5, "2026-02-01", 10_00), sale(6, "2026-02-02", 10_00)]
    assert earned(walk(plan, *january, *again, *february)) == [(6, 100)]


def test_a_streak_that_goes_on_in_the_month_in_which_it_was_lost_is_as_long_as_before() -> None:
    plan = plan_of("[unit.point]\n", VISITS, RUN, when("every = 2"))
    told = visits("2025-12-01", "2025-12-02", "2026-01-01", "2026-01-02")
    again = [give_back(5, "2026-01-03", 10_00, 4), sale(6, "2026-01-04", 10_00)]
    effects = walk(plan, *told, *again)
    assert (earned(effects), earned(effects, "return")) == ([(4, 100), (6, 100)], [(5, -100)])


def test_a_streak_that_is_over_counts_nothing() -> None:
    plan = plan_of("[unit.point]\n", VISITS, RUN, when("min = 1") + 'of = "visit"\n')
    told = visits("2026-01-01", "2026-01-02", "2026-01-03", "2026-02-01", "2026-03-01")
    assert earned(walk(plan, *told)) == [(3, 100), (4, 100)]


def test_the_first_visit_of_a_month_is_the_first_again() -> None:
    plan = plan_of("[unit.point]\n", VISITS, when("below = 1", "visits") + 'of = "visit"\n')
    assert earned(walk(plan, *visits("2026-01-01", "2026-01-02", "2026-03-01"))) == [(1, 100), (3, 100)]
    nobody = plan_of("[unit.point]\n", VISITS, when("below = 0", "visits") + 'of = "visit"\n')
    assert walk(nobody, *visits("2026-01-01", "2026-01-02")) == []


def test_years_in_a_row_are_years_of_the_calendar() -> None:
    plan = plan_of(
        "[unit.point]\n",
        '[[counter]]\nid = "year"\nof = "visit"\nwindow = "year"\n',
        '[[counter]]\nid = "run"\nof = "year"\nwindow = "streak of years"\ngoal = 1\n',
        when("every = 3"),
    )
    assert earned(walk(plan, *visits("2025-05-01", "2026-02-01", "2026-12-31", "2027-11-01"))) == [(4, 100)]


def test_a_window_of_months_ends_after_the_short_month() -> None:
    """31 January plus a month is 28 February; the window of that day still reaches back to 29 January."""
    plan = plan_of(
        '[programme]\nassess = "continuous"\n[unit.point]\n',
        '[[counter]]\nid = "lately"\nof = "amount"\nwindow = "rolling 1 months"\n',
        '[[tier]]\nid = "gold"\nreach = [{ lately = 10.00 }]\n',
        POINT,
    )
    effects = walk(plan, sale(1, "2026-01-31", 10_00), until="2026-12-01")
    assert [(e.day, e.tier) for e in effects if e.kind == "tier"] == [
        (day("2026-01-31"), "gold"),
        (day("2026-03-01"), "member"),
    ]


def test_each_unit_ends_on_its_own_day() -> None:
    plan = plan_of(
        '[unit.stamp]\nexpires = "20 days"\n[unit.point]\nexpires = "10 days"\n[unit.star]\nexpires = "15 days"\n',
        *(POINT.replace("point", unit).replace("base", unit) for unit in ("stamp", "point", "star")),
    )
    effects = walk(plan, sale(1, "2026-01-01", 1_00), until="2026-02-01")
    assert {e.unit: e.day for e in effects if e.kind == "expire"} == {
        "point": day("2026-01-12"),
        "star": day("2026-01-17"),
        "stamp": day("2026-01-22"),
    }


@pytest.mark.parametrize("later", [0, 1, 500])
def test_beyond_the_calendar_no_month_begins(later: int) -> None:
    tables = plan_of("[unit.point]\n", POINT).tables
    months = len(tables.starts)
    first = tables.months[0]
    assert start_of(tables, first + months - 1) == tables.starts[-1]
    assert start_of(tables, first + months + later) == FAR
    assert start_of(tables, first) == start_of(tables, first - later) == tables.starts[0]


def test_nothing_is_said_of_lots_that_are_empty() -> None:
    off = '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n'
    bought = [sale(n, f"2026-01-0{n}", 10_00) for n in (1, 2, 3)]
    effects = walk(plan_of("[unit.point]\n", POINT, off), *bought, *(redeem(n, "2026-01-05", "off") for n in (4, 5, 6)))
    assert [(e.activity, e.lot, e.amount) for e in effects if e.kind == "redeem"] == [
        (4, 1, -10),
        (5, 2, -10),
        (6, 3, -10),
    ]


def test_what_is_whole_already_is_not_rounded_up() -> None:
    text = '[unit.point]\nround = "up"\nround_at = "rule"\n'
    plan = plan_of(text, POINT, POINT.replace('"base"', '"more"').replace("1.00", "2.00"))
    assert earned(walk(plan, sale(1, "2026-01-01", 4_00))) == [(1, 4), (1, 2)]


SLIDING = '[unit.point]\nexpires = "25 days without activity"\n'


def test_a_single_unit_is_kept_alive_too() -> None:
    effects = walk(
        plan_of(SLIDING, POINT), sale(1, "2026-01-01", 1_00), sale(2, "2026-01-20", 1_00), until="2026-06-01"
    )
    assert [(e.lot, e.day) for e in effects if e.kind == "expire"] == [(1, day("2026-02-15")), (2, day("2026-02-15"))]


def test_where_nothing_is_held_nothing_is_kept_alive() -> None:
    off = '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n'
    effects = walk(plan_of(SLIDING, POINT, off), sale(1, "2026-01-01", 10_00), redeem(2, "2026-01-05", "off"))
    assert [e.kind for e in effects] == ["earn", "redeem"]


def test_a_return_without_receipt_takes_the_last_cent_from_the_sale_before() -> None:
    plan = plan_of("[unit.point]\n", POINT.replace("1.00", "0.01"))
    effects = walk(plan, sale(1, "2026-01-01", 5), sale(2, "2026-01-02", 5), give_back(3, "2026-01-03", 6))
    assert [(e.lot, e.amount) for e in effects if e.kind == "return"] == [(2, -5), (1, -1)]


@pytest.mark.parametrize(("named", "taken"), [(1, [-1]), (0, [])], ids=["named", "not named"])
def test_a_free_thing_that_comes_back_needs_its_receipt(named: int, taken: list[int]) -> None:
    plan = plan_of("[unit.point]\n", '[[earn]]\nid = "items"\nunit = "point"\nof = "items"\n')
    basket = (Line(10_00, quantity_milli=1000), Line(0, quantity_milli=1000))
    back = give_back(2, "2026-01-02", 0, named)._replace(lines=basket[1:])
    effects = walk(plan, sale(1, "2026-01-01", 10_00, lines=basket), back)
    assert [e.amount for e in effects if e.kind == "return"] == taken


# In which order lots die, and what keeps them alive ------------------------------------------

TWO = (
    '[unit.point]\nexpires = "10 days"\n[unit.star]\nexpires = "20 days"\n',
    POINT + 'where = { category = "book" }\n',
    POINT.replace("point", "star").replace("base", "tea") + 'where = { category = "tea" }\n',
)


@pytest.mark.parametrize(
    ("first", "second", "later", "order"),
    [
        ("tea", "book", "2026-01-11", [(1, "2026-01-22"), (2, "2026-01-22")]),  # both on one day: the older first
        ("book", "tea", "2026-01-02", [(1, "2026-01-12"), (2, "2026-01-23")]),
        ("tea", "book", "2026-01-02", [(2, "2026-01-13"), (1, "2026-01-22")]),
    ],
)
def test_lots_of_several_units_die_one_after_another(
    first: str, second: str, later: str, order: list[tuple[int, str]]
) -> None:
    bought = [
        sale(number, when, 5_00, lines=(Line(5_00, category=what),))
        for number, when, what in ((1, "2026-01-01", first), (2, later, second))
    ]
    effects = walk(plan_of(*TWO), *bought, until="2026-03-01")
    assert [(e.activity, e.day) for e in effects if e.kind == "expire"] == [(n, day(when)) for n, when in order]


def test_a_redemption_that_finds_nothing_keeps_nothing_alive() -> None:
    unit = '[unit.point]\nexpires = "30 days without activity"\nactivity = ["burn"]\npending_days = 14\n'
    plan = plan_of(unit, POINT, '[[reward]]\nid = "off"\nunit = "point"\nprice = 5\namount = 1.00\n')
    bought = sale(1, "2026-01-01", 10_00)
    waiting = walk(plan, bought, redeem(2, "2026-01-05", "off"), until="2026-06-01")
    assert [(e.kind, e.day) for e in waiting] == [("earn", day("2026-01-01")), ("expire", day("2026-02-01"))]
    used = walk(plan, bought, redeem(2, "2026-01-15", "off"), until="2026-06-01")
    assert [(e.kind, e.day) for e in used if e.kind == "expire"] == [("expire", day("2026-02-15"))]


def test_a_purchase_that_earns_none_of_a_unit_keeps_none_of_it_alive() -> None:
    text = "".join(TWO).replace('0 days"', '0 days without activity"')
    bought = [
        sale(number, when, 5_00, lines=(Line(5_00, category=what),))
        for number, when, what in ((1, "2026-01-01", "book"), (2, "2026-01-05", "tea"), (3, "2026-01-09", "book"))
    ]
    effects = walk(plan_of(text), *bought, until="2026-03-01")
    assert [(e.lot, e.day) for e in effects if e.kind == "expire"] == [
        (1, day("2026-01-20")),
        (3, day("2026-01-20")),
        (2, day("2026-01-26")),
    ]
    assert [e.kind for e in effects if e.activity == 2 and e.unit == "point"] == []


def test_in_a_long_history_every_lot_keeps_what_it_holds() -> None:
    """Each day a lot, each usable for three days more: four are alive whenever the empty ones are cleared away."""
    off = '[[reward]]\nid = "off"\nunit = "point"\nprice = 900\namount = 1.00\n'
    plan = plan_of('[unit.point]\nexpires = "3 days"\n', POINT, off)
    begins, many = day("2026-01-01"), 90
    bought = [Activity(n, begins + n, "sale", 100 * (n % 3 + 1)) for n in range(1, many + 1)]
    effects = walk(plan, *bought, Activity(100, begins + many, "redeem", reward="off"))
    assert [(e.activity, e.day - begins, e.amount) for e in effects if e.kind == "expire"] == [
        (n, n + 4, -(n % 3) - 1) for n in range(1, many - 3)
    ]
    assert [(e.lot, e.amount) for e in effects if e.kind == "redeem"] == [
        (n, -(n % 3) - 1) for n in range(many - 3, many + 1)
    ]


def test_what_dies_first_is_used_first_though_it_came_last() -> None:
    """Gold units never die; those of a plain member do, and go before gold ones that were there long before."""
    plan = plan_of(
        '[programme]\ncrossing = "new"\n[unit.point]\nexpires = { member = "100 days", gold = "never" }\n',
        '[[counter]]\nid = "month"\nwindow = "month"\n[[tier]]\nid = "gold"\nreach = [{ month = 50.00 }]\n',
        'valid = "1 months after the month"\n',
        POINT,
        '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n',
    )
    told = [
        *(sale(1, "2026-01-01", 10_00), redeem(2, "2026-01-01", "off")),
        *(sale(3, "2026-01-02", 50_00), redeem(4, "2026-01-02", "off", 50), sale(5, "2026-01-03", 20_00)),
        *(redeem(6, "2026-01-03", "off"), sale(7, "2026-03-05", 10_00), redeem(8, "2026-03-06", "off", 15)),
    ]
    assert [(e.lot, e.amount) for e in walk(plan, *told) if e.kind == "redeem"] == [
        *((1, -10), (3, -50), (5, -10)),
        *((7, -10), (5, -5)),
    ]


def test_two_units_of_one_purchase_die_in_the_programmes_order() -> None:
    text = "".join(TWO).replace("20 days", "10 days")
    both = sale(1, "2026-01-01", 9_00, lines=(Line(5_00, category="tea"), Line(4_00, category="book")))
    effects = walk(plan_of(text), both, until="2026-02-01")
    assert [(e.unit, e.amount) for e in effects if e.kind == "expire"] == [("point", -4), ("star", -5)]


def test_nothing_is_rounded_up_to_nothing() -> None:
    """What a rule doesn't look at brings nothing, though fractions are rounded up."""
    tea = POINT.replace('"base"', '"tea"') + 'where = { category = "tea" }\n'
    first = tea.replace('"tea"\nunit', '"first"\nunit') + 'when = { counter = "visits", below = 5 }\n'
    plan = plan_of('[unit.point]\nround = "up"\n', VISITS, tea, first)
    assert walk(plan, sale(1, "2026-01-01", 5_00, lines=(Line(5_00, category="book"),))) == []
