"""Rewards: which come by themselves, how often, for whom; and who chooses when they come (docs/reward.md)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from test_engine import BASE, POINT, Said, day, plan_of, redeem, said, sale, walk
from test_simulate import lines

from vafa.reward import engine
from vafa.reward.engine import Activity, batch
from vafa.reward.engine.timelines import timelines

CASH = "[unit.cash]\nmoney = true\n"
AUTO = '[[reward]]\nid = "paper"\nunit = "point"\nprice = 250\ngives = "cash"\namount = 5.00\nwhen = "auto"\n'
YEARLY = '[[reward]]\nid = "note"\nunit = "point"\nprice = 100\ngives = "cash"\namount = 1.00\nwhen = "yearly"\n'


def choose(number: int, when: str, reward: str, units: int) -> Activity:
    return Activity(number, day(when), "choose", reward=reward, units=units)


def moved(plan: engine.Plan, *done: Activity, until: str | None = None) -> list[Said]:
    """Without what was earned; what came from several lots together."""
    found: Counter[tuple[str, str, str]] = Counter()
    for when, kind, unit, amount in said(walk(plan, *done, until=until)):
        if kind != "earn":
            found[when, kind, unit] += amount
    return [(*key, amount) for key, amount in found.items()]


# The member chooses when ---------------------------------------------------------------------


def test_a_reward_with_thresholds_comes_at_the_first_until_the_member_chooses() -> None:
    plan = plan_of(POINT, CASH, BASE, AUTO + "thresholds = [500, 1000]\n")
    ada = [sale(1, "2026-01-01", 499_00), sale(2, "2026-01-02", 101_00)]
    assert moved(plan, *ada) == [("2026-01-02", "redeem", "point", -500), ("2026-01-02", "issue", "cash", 1000)]
    later = [choose(3, "2026-01-03", "paper", 1000), sale(4, "2026-01-04", 899_00)]  # 999 are there
    assert moved(plan, *ada, *later)[2:] == []
    at_last = sale(5, "2026-01-05", 1_302_00)  # 2,301: two blocks of a thousand
    assert moved(plan, *ada, *later, at_last)[2:] == [
        ("2026-01-05", "redeem", "point", -2000),
        ("2026-01-05", "issue", "cash", 4000),
    ]


def test_a_reward_comes_at_once_where_what_was_chosen_is_there_already() -> None:
    plan = plan_of(POINT, CASH, BASE, AUTO + "thresholds = [500, 1000]\n")
    ben = [choose(1, "2026-01-01", "paper", 1000), sale(2, "2026-01-02", 740_00), choose(3, "2026-01-03", "paper", 500)]
    assert moved(plan, *ben) == [("2026-01-03", "redeem", "point", -500), ("2026-01-03", "issue", "cash", 1000)]
    nothing = [choose(4, "2026-01-04", "no_such_reward", 1), choose(5, "2026-01-04", "point", 1)]
    assert moved(plan, *ben, *nothing, sale(6, "2026-01-05", 259_00)) == moved(plan, *ben)  # 499: not yet


# Which come by themselves --------------------------------------------------------------------


def test_only_what_is_automatic_and_for_the_members_tier_comes_by_itself() -> None:
    gold = '[[counter]]\nid = "spent"\n[[tier]]\nid = "gold"\nreach = [{ spent = 400.00 }]\nvalid = "always"\n'
    asked = AUTO.replace('"paper"', '"asked"').replace('"auto"', '"asked"').replace("250", "1")
    yearly = YEARLY.replace("100", "1")
    plan = plan_of(POINT, CASH, gold, BASE, asked, yearly, AUTO + 'tiers = ["gold"]\n')
    told = [sale(1, "2026-01-01", 399_00), sale(2, "2026-01-02", 1_00)]  # gold with the second
    assert [row for row in moved(plan, *told) if row[1] != "tier"] == [
        ("2026-01-02", "redeem", "point", -250),
        ("2026-01-02", "issue", "cash", 500),
    ]


def test_two_rewards_of_one_purchase_give_one_certificate_of_both() -> None:
    """Dearest first; what they give is one lot, and is used in one piece."""
    plan = plan_of(
        CASH, POINT, BASE, AUTO, AUTO.replace('"paper"', '"small"').replace("250", "100").replace("5.", "1.")
    )
    carla = [sale(1, "2026-01-01", 380_00), redeem(2, "2026-01-02", "cash", 600)]
    assert said(walk(plan, *carla))[1:] == [
        ("2026-01-01", "redeem", "point", -250),
        ("2026-01-01", "issue", "cash", 500),
        ("2026-01-01", "redeem", "point", -100),
        ("2026-01-01", "issue", "cash", 100),
        ("2026-01-02", "redeem", "cash", -600),
    ]


def test_a_gift_is_handed_over_one_at_a_time_unless_more_are_told() -> None:
    plan = plan_of(POINT, "[unit.gift]\ngift = true\n", BASE.replace('"point"', '"gift"').replace("1.00", "10.00"))
    assert said(
        walk(plan, sale(1, "2026-01-01", 50_00), redeem(2, "2026-01-02", "gift"), redeem(3, "2026-01-03", "gift", 3))
    ) == [
        ("2026-01-01", "issue", "gift", 5),
        ("2026-01-02", "redeem", "gift", -1),
        ("2026-01-03", "redeem", "gift", -3),
    ]


# Part of a bill ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bill", "paid"),
    [
        (9_99, 0),  # at most half of it: 499 points are less than the least
        (10_00, 500),
        (31_99, 1500),  # 15.99 are fifteen whole steps
        (80_00, 2000),  # all that there is
    ],
)
def test_who_takes_what_there_is_pays_at_most_the_share_of_the_bill(bill: int, paid: int) -> None:
    pay = '[[reward]]\nid = "pay"\nunit = "point"\nprice = 100\namount = 1.00\n'
    welcome = '[[earn]]\nid = "welcome"\nunit = "point"\nof = "signup"\ngives = 2000\n'
    plan = plan_of(POINT, welcome, pay + "chosen = { min = 500, step = 100, share = 0.5 }\n")
    rows = [{"customer_id": "dora", "day": "2026-01-01", "kind": "signup"}]
    rows += [{"customer_id": "dora", "day": "2026-01-02", "amount": bill}]
    told = timelines(plan, lines(rows))
    log = batch.walk_many(plan, told, np.array([True]), until=day("2026-01-03"), compile_it=False)
    assert log.amount.tolist() == [2000, -paid] if paid else [2000]


# The year's end ------------------------------------------------------------------------------


def test_who_has_too_little_at_the_years_end_gets_nothing_and_keeps_it() -> None:
    plan = plan_of(CASH, POINT, BASE, YEARLY)
    assert moved(plan, sale(1, "2026-05-01", 99_00), until="2028-02-01") == []
    assert moved(plan, sale(1, "2026-05-01", 100_00), until="2027-01-01") == [
        ("2026-12-31", "redeem", "point", -100),
        ("2026-12-31", "issue", "cash", 100),
    ]


def test_each_year_is_settled_on_its_day_for_those_whom_it_is_for() -> None:
    """At the end of March, also where the member begins in May; in 2029 she isn't gold any more."""
    gold = '[[counter]]\nid = "spent"\nwindow = "year"\n[[tier]]\nid = "gold"\nreach = [{ spent = 150.00 }]\n'
    plan = plan_of(POINT, CASH, gold, BASE, YEARLY + 'on = "03-31"\ntiers = ["gold"]\n')
    ella = [sale(1, "2026-05-01", 150_00), sale(2, "2027-03-31", 90_00), sale(3, "2027-04-01", 300_00)]
    ella += [sale(4, "2028-05-01", 120_00)]
    settled = [row for row in moved(plan, *ella, until="2029-06-01") if row[1] == "redeem"]
    assert settled == [("2027-03-31", "redeem", "point", -200), ("2028-03-31", "redeem", "point", -300)]
    state = engine.walk_account(plan, ella[:1], None)[1]
    assert engine.standing(plan, state).due_day == day("2027-04-01")


@pytest.mark.parametrize(("term", "given"), [("end of year", 2), ("72 days", 2), ("71 days", 0), ("30 days", 0)])
def test_the_year_settles_what_was_usable_on_its_last_day(term: str, given: int) -> None:
    """What dies with the year is settled first; what died in November isn't there any more, whoever looks when."""
    plan = plan_of(f'[unit.point]\nexpires = "{term}"\n', CASH, BASE, YEARLY)
    found = moved(plan, sale(1, "2026-10-20", 250_00), until="2027-03-01")
    assert [row for row in found if row[2] == "cash"] == [("2026-12-31", "issue", "cash", 100 * given)] * (given > 0)
    over = {"30 days": "2026-11-20", "71 days": "2026-12-31"}.get(term, "2027-01-01")
    assert found[-1] == (over, "expire", "point", 100 * given - 250)


def test_the_years_end_keeps_nothing_alive() -> None:
    told = 'expires = "100 days without activity"\nactivity = ["burn"]\n'
    fred = [sale(2, "2027-01-15", 10_00)]
    bought = sale(1, "2026-11-01", 150_00)
    plan = plan_of(POINT + told, CASH, BASE, YEARLY)
    found = moved(plan, bought, *fred, until="2027-06-01")
    assert ("2027-02-10", "expire", "point", -50) in found  # a hundred days after the first of November
