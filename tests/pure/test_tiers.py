"""Tiers and the windows of counters: the very day on which one is reached, kept or lost (docs/reward.md)."""

from __future__ import annotations

import pytest
from test_engine import BASE, OFF, POINT, day, give_back, plan_of, redeem, sale, walk

from vafa.reward import engine
from vafa.reward.engine import Activity, Effect


def tier(name: str, reach: str, more: str = "") -> str:
    return f'[[tier]]\nid = "{name}"\nreach = [{{ {reach} }}]\n{more}'


def counter(name: str, window: str, of: str = "amount") -> str:
    return f'[[counter]]\nid = "{name}"\nof = "{of}"\nwindow = "{window}"\n'


def moves(effects: list[Effect]) -> list[tuple[int, str]]:
    return [(e.day, e.tier) for e in effects if e.kind == "tier"]


def on(*told: tuple[str, str]) -> list[tuple[int, str]]:
    return [(day(when), name) for when, name in told]


WATCHED = '[programme]\nassess = "continuous"\n'
SPENT = counter("spent", "year")


# Watched: lost as soon as the conditions fail ------------------------------------------------


@pytest.mark.parametrize(
    ("window", "lost", "looked_at"),
    [
        ("day", "2026-03-06", "2026-03-06"),
        ("week", "2026-03-09", "2026-03-06"),  # 5 March is a Thursday
        ("month", "2026-04-01", "2026-04-01"),
        ("year", "2027-01-01", "2026-04-01"),
        ("member year", "2027-02-20", "2027-02-20"),  # joined on 20 February
        ("rolling 10 days", "2026-03-15", "2026-03-15"),
        ("rolling 2 months", "2026-05-05", "2026-05-05"),
        ("life", None, None),
    ],
)
def test_a_watched_tier_is_lost_when_its_counters_window_ends(
    window: str, lost: str | None, looked_at: str | None
) -> None:
    plan = plan_of(WATCHED, POINT, counter("spent", window), tier("gold", "spent = 50.00"), BASE)
    ada = [Activity(1, day("2026-02-20"), "signup"), sale(2, "2026-03-05", 50_00)]
    falls = [] if lost is None else [(lost, "member")]
    effects = walk(plan, *ada, until="2028-01-01")
    assert moves(effects) == on(("2026-03-05", "gold"), *falls)
    assert all((e.activity, e.balance_after) == (0, 0) for e in effects if e.tier == "member" and e.kind == "tier")
    state = engine.walk_account(plan, ada, None)[1]
    assert engine.standing(plan, state).due_day == (None if looked_at is None else day(looked_at))
    assert moves(walk(plan, ada[0], sale(2, "2026-03-05", 49_99), until="2028-01-01")) == []


def test_each_purchase_counts_through_the_last_day_of_its_window() -> None:
    plan = plan_of(WATCHED, POINT, counter("spent", "rolling 10 days"), tier("gold", "spent = 50.00"), BASE)
    bought = [sale(1, "2026-03-05", 25_00), sale(2, "2026-03-14", 25_00), sale(3, "2026-03-15", 24_99)]
    assert moves(walk(plan, *bought)) == on(("2026-03-14", "gold"), ("2026-03-15", "member"))
    months = plan_of(WATCHED, POINT, counter("spent", "rolling 1 months"), tier("gold", "spent = 50.00"), BASE)
    state = engine.walk_account(months, [sale(1, "2026-01-29", 50_00)], None)[1]
    assert engine.standing(months, state) == ("gold", day("2026-03-01"))  # 28 February still holds 29 January


def test_a_watched_tier_of_what_is_held_is_lost_with_the_first_units_that_it_needs() -> None:
    """Thirty are needed: with those of March the ten of January aren't missed, then those of February are."""
    points = '[unit.point]\nexpires = "60 days"\n'
    held = '[[counter]]\nid = "held"\nof = "point"\nbalance = true\n'
    plan = plan_of(WATCHED, points, held, tier("gold", "held = 30"), BASE, OFF)
    ben = [sale(1, "2026-01-01", 10_00), sale(2, "2026-02-01", 20_00)]
    assert moves(walk(plan, *ben, until="2026-12-01")) == on(("2026-02-01", "gold"), ("2026-03-03", "member"))
    ben.append(sale(3, "2026-03-01", 10_00))
    assert moves(walk(plan, *ben, until="2026-12-01")) == on(("2026-02-01", "gold"), ("2026-04-03", "member"))
    assert engine.standing(plan, engine.walk_account(plan, ben, None)[1]).due_day == day("2026-03-03")
    ben += [redeem(4, "2026-03-02", "off"), redeem(5, "2026-03-02", "off")]  # thirty are left, then twenty
    assert engine.standing(plan, engine.walk_account(plan, ben[:4], None)[1]).due_day == day("2026-04-03")
    assert [(e.activity, e.tier) for e in walk(plan, *ben) if e.kind == "tier"] == [(2, "gold"), (5, "member")]
    single = plan_of(WATCHED, points, held, tier("gold", "held = 1"), BASE)
    one = walk(single, sale(1, "2026-01-01", 1_00), until="2026-12-01")
    assert moves(one) == on(("2026-01-01", "gold"), ("2026-03-03", "member"))


def test_a_watched_tier_stays_while_what_reached_it_holds_though_what_keeps_it_fails() -> None:
    keep = "keep = [{ month = 10.00 }]\n"
    plan = plan_of(WATCHED, POINT, SPENT, counter("month", "month"), tier("gold", "spent = 50.00", keep), BASE)
    carl = sale(1, "2026-03-05", 50_00)
    assert moves(walk(plan, carl, until="2027-03-01")) == on(("2026-03-05", "gold"), ("2027-01-01", "member"))
    december = sale(2, "2026-12-31", 10_00)
    later = moves(walk(plan, carl, december, sale(3, "2027-01-05", 10_00), until="2027-03-01"))
    assert later[1:] == on(("2027-01-01", "member"))


@pytest.mark.parametrize("kept", [True, False])
def test_of_all_that_a_watched_tier_needs_the_first_to_fail_ends_it(kept: bool) -> None:
    """Both counters are needed, to keep it or to reach it; the ten days are over before the thirty."""
    both, never = "{ month = 50.00, lately = 50.00 }", "{ today = 50.00 }"
    told = f"reach = [{never}]\nkeep = [{both}]\n" if kept else f"reach = [{both}]\nkeep = [{never}]\n"
    counters = counter("month", "rolling 30 days") + counter("lately", "rolling 10 days") + counter("today", "day")
    plan = plan_of(WATCHED, POINT, counters, f'[[tier]]\nid = "gold"\n{told}', BASE)
    effects = walk(plan, sale(1, "2026-03-05", 50_00), until="2026-12-01")
    assert moves(effects) == on(("2026-03-05", "gold"), ("2026-03-15", "member"))


def test_the_end_of_a_shortest_stay_is_nobodys_doing() -> None:
    gold = tier("gold", "spent = 50.00", 'valid = "40 days"\n')
    effects = walk(
        plan_of(WATCHED, POINT, counter("spent", "day"), gold, BASE), sale(1, "2026-03-05", 50_00), until="2027-01-01"
    )
    assert [(e.activity, e.day, e.tier) for e in effects if e.kind == "tier"] == [
        (1, day("2026-03-05"), "gold"),
        (0, day("2026-04-15"), "member"),
    ]


def test_who_gives_back_what_reached_a_watched_tier_loses_it_with_that() -> None:
    plan = plan_of(WATCHED, POINT, SPENT, tier("gold", "spent = 50.00"), BASE)
    effects = walk(plan, sale(1, "2026-03-05", 50_00), give_back(2, "2026-03-09", 1_00, 1))
    assert [(e.activity, e.tier) for e in effects if e.kind == "tier"] == [(1, "gold"), (2, "member")]


# With a term: looked at when it ends ---------------------------------------------------------


def test_who_no_longer_qualifies_goes_to_the_tier_they_qualify_for() -> None:
    """Three tiers: from the top to the middle, which is neither the first nor the one they had before."""
    ladder = [tier(name, f"spent = {least}.00") for name, least in (("bronze", 10), ("silver", 50), ("gold", 90))]
    plan = plan_of(POINT, SPENT, *ladder, BASE)
    carla = [sale(1, "2026-05-01", 90_00), sale(2, "2027-05-01", 60_00)]
    assert moves(walk(plan, *carla, until="2031-01-01")) == on(
        ("2026-05-01", "gold"), ("2028-01-01", "silver"), ("2029-01-01", "member")
    )


def test_a_tier_whose_term_would_be_over_at_once_is_not_entered() -> None:
    """As of 31 December the second would be given until the end of that very year."""
    silver = tier("silver", "spent = 10.00", 'valid = "end of year"\n')
    plan = plan_of(POINT, SPENT, silver, tier("gold", "spent = 90.00"), BASE)
    dora = [sale(1, "2026-05-01", 90_00), sale(2, "2027-05-01", 20_00)]
    assert moves(walk(plan, *dora, until="2031-01-01")) == on(("2026-05-01", "gold"), ("2028-01-01", "member"))
    assert moves(walk(plan, sale(1, "2026-05-01", 20_00), until="2031-01-01")) == on(
        ("2026-05-01", "silver"), ("2027-01-01", "member")
    )


def test_the_last_day_of_a_term_counts() -> None:
    """Ten on the last day keep gold; or, where gold takes more to be kept, give silver."""
    today = counter("today", "day")
    silver = tier("silver", "today = 10.00")
    gold = tier("gold", "today = 50.00", 'valid = "10 days"\nkeep = [{ today = 20.00 }]\n')
    plan = plan_of(POINT, today, silver, gold, BASE)
    dina = sale(1, "2026-03-05", 50_00)  # through 15 March
    for amount, then in (
        (20_00, ("2026-03-26", "member")),
        (19_99, ("2026-03-16", "silver")),
        (9_99, ("2026-03-16", "member")),
    ):
        assert moves(walk(plan, dina, sale(2, "2026-03-15", amount), until="2026-04-30"))[1:] == on(then)
    early = sale(2, "2026-03-14", 20_00)
    assert moves(walk(plan, dina, early, until="2026-04-30"))[1:] == on(("2026-03-16", "member"))
    yearly = gold.replace("10 days", "end of year").replace("today = 20.00", "spent = 50.00")
    plan = plan_of(POINT, SPENT, today, silver, yearly, BASE)
    assert moves(walk(plan, dina, sale(2, "2026-12-31", 10_00), until="2027-04-30"))[1:] == on(("2027-01-01", "silver"))


def test_a_tier_that_is_kept_is_held_for_another_term_from_the_day_before() -> None:
    plan = plan_of(POINT, SPENT, tier("gold", "spent = 50.00", 'valid = "2 months"\n'), BASE)
    emil = sale(1, "2026-01-10", 50_00)  # to the tenth of March, May, July, September, November, January
    assert moves(walk(plan, emil, until="2027-06-01")) == on(("2026-01-10", "gold"), ("2027-01-11", "member"))
    again = sale(2, "2026-01-20", 1)  # reached again: from the twentieth on
    assert moves(walk(plan, emil, again, until="2027-06-01"))[1:] == on(("2027-01-21", "member"))
    told = Activity(2, day("2026-01-20"), "event", event="review")  # an event prolongs no tier
    assert moves(walk(plan, emil, told, until="2027-06-01"))[1:] == on(("2027-01-11", "member"))


def test_a_tier_for_good_is_not_lost_whatever_is_bought_or_goes_back() -> None:
    plan = plan_of(POINT, counter("spent", "month"), tier("gold", "spent = 50.00", 'valid = "always"\n'), BASE)
    gina = [sale(1, "2026-03-05", 50_00), sale(2, "2026-04-05", 1_00), give_back(3, "2026-04-06", 50_00, 1)]
    assert moves(walk(plan, *gina, until="2028-01-01")) == on(("2026-03-05", "gold"))


def test_a_tier_that_outlives_the_calendar_is_held_for_good() -> None:
    plan = plan_of(POINT, SPENT, tier("gold", "spent = 50.00", 'valid = "end of year +99 and 1 month"\n'), BASE)
    fanny = sale(1, "2190-01-10", 50_00)
    assert engine.standing(plan, engine.walk_account(plan, [fanny], None)[1]) == ("gold", None)


# Windows of counters -------------------------------------------------------------------------


def test_a_counter_of_the_tier_begins_anew_when_it_is_reached_and_when_it_is_lost() -> None:
    """Three points for each of the first two visits in a tier; once in a life something for the fifth."""
    first = '[[earn]]\nid = "new"\nunit = "point"\nof = "visit"\ngives = 3\n'
    fifth = '[[earn]]\nid = "fifth"\nunit = "point"\ngives = 50\nwhen = { counter = "visits", crosses = 5 }\n'
    plan = plan_of(
        POINT,
        *(SPENT, counter("since", "tier", "visit"), counter("visits", "life", "visit")),
        tier("gold", "spent = 90.00", 'valid = "1 months after the month"\n'),
        first + 'when = { counter = "since", below = 2 }\n',
        fifth,
    )
    days = [f"2026-12-0{n}" for n in range(1, 9)] + [f"2027-02-0{n}" for n in range(1, 5)]
    spent = [10_00, 10_00, 10_00, 60_00, *[1_00] * 8]  # gold with the fourth, until the end of January
    georg = [sale(n, when, amount) for n, (when, amount) in enumerate(zip(days, spent, strict=True), 1)]
    effects = walk(plan, *georg)
    assert [e.activity for e in effects if e.reason == "new"] == [1, 2, 5, 6, 9, 10]
    assert [e.activity for e in effects if e.reason == "fifth"] == [5]
    assert moves(effects) == on(("2026-12-04", "gold"), ("2027-02-01", "member"))


@pytest.mark.parametrize(
    ("span", "visits", "bonus"),
    [
        ("week", ["2026-03-02", "2026-03-15", "2026-03-16"], [3]),  # Monday, Sunday of the next, Monday
        ("week", ["2026-03-02", "2026-03-16", "2026-03-23"], []),  # one week is left out
        ("day", ["2026-03-02", "2026-03-03", "2026-03-04"], [3]),
        ("month", ["2026-11-30", "2026-12-01", "2027-01-31"], [3]),
        ("month", ["2026-11-30", "2026-12-01", "2027-02-01"], []),
        ("year", ["2026-01-01", "2027-12-31", "2028-01-01"], [3]),
    ],
)
def test_a_streak_goes_on_from_one_to_the_next(span: str, visits: list[str], bonus: list[int]) -> None:
    streak = f'[[counter]]\nid = "run"\nof = "visits"\nwindow = "streak of {span}s"\ngoal = 1\n'
    third = '[[earn]]\nid = "third"\nunit = "point"\nwhen = { counter = "run", every = 3 }\n'
    plan = plan_of(POINT, counter("visits", span, "visit"), streak, third)
    told = [sale(n, when, 1_00) for n, when in enumerate(visits, 1)]
    assert [e.activity for e in walk(plan, *told)] == bonus


def test_time_does_not_go_back() -> None:
    plan = plan_of(WATCHED, POINT, counter("spent", "rolling 10 days"), tier("gold", "spent = 50.00"), BASE)
    hana = [sale(1, "2026-03-05", 50_00)]
    state = engine.walk_account(plan, hana, None)[1]
    assert engine.walk_account(plan, [], state, until=day("2026-03-01")) == ([], state)
