"""A programme is changed while it runs: what members take along, worked by hand, and that every walk says it alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import BASE, OFF, POINT, SPENT, day, give_back, redeem, said, sale, walk
from test_engine_laws import STEP, WITH_RETURNS, history
from test_walks_agree import UNTIL, invented

from vafa.core.errors import Refusal
from vafa.reward import carrying, engine, programme
from vafa.reward.engine import Activity, Effect, batch
from vafa.reward.engine.timelines import KINDS, Timelines, timelines

DOUBLE = BASE.replace("per = 1.00", "per = 0.50")
CHANGE = "2026-03-01"


def course(*versions: str, on: tuple[str, ...] = (CHANGE,)) -> engine.Plan:
    """The plan of the first version; each further one begins on its day."""
    days = [day("2026-01-01"), *(day(one) for one in on)]
    told = [(first, programme.load(text)) for first, text in zip(days, versions, strict=True)]
    return carrying.plans(told, calendar="gregorian", currency="USD")[0]


def test_each_purchase_earns_by_the_version_of_its_day() -> None:
    plan = course(POINT + BASE, POINT + DOUBLE, POINT + BASE, on=(CHANGE, "2026-04-01"))
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    effects = walk(plan, *(sale(number, when, 1000) for number, when in enumerate(days, 1)))
    assert [e.amount for e in effects] == [10, 20, 20, 10]


def test_a_return_is_valued_by_the_version_that_it_was_bought_under() -> None:
    plan = course(POINT + BASE, POINT + DOUBLE)
    effects = walk(plan, sale(1, "2026-02-28", 1000), give_back(2, "2026-03-05", 400, 1))
    assert said(effects)[1:] == [("2026-03-05", "return", "point", -4)]


def test_a_return_of_a_rule_that_ended_is_taken_back_by_that_rule() -> None:
    bonus = '[[earn]]\nid = "tea"\nunit = "point"\nper = 2.00\nbonus = true\n'
    plan = course(POINT + BASE + bonus, POINT + bonus.replace("2.00", "5.00") + BASE)
    effects = walk(plan, sale(1, "2026-02-28", 1000), give_back(2, "2026-03-05", 1000, 1), sale(3, "2026-03-06", 1000))
    assert [(e.reason, e.amount) for e in effects if e.kind == "return"] == [("base", -10), ("tea", -5)]
    assert [(e.reason, e.amount) for e in effects if e.activity == 3] == [("tea", 2), ("base", 10)]


def test_lots_keep_the_days_of_the_version_that_made_them() -> None:
    waits = POINT + 'expires = "30 days"\npending_days = 10\n'
    plan = course(waits + BASE + OFF, POINT + BASE + OFF)
    effects = walk(plan, sale(1, "2026-02-25", 2000), sale(2, CHANGE, 500), until="2026-04-01")
    assert [(e.available_day, e.expires_day) for e in effects[:2]] == [
        (day("2026-03-07"), day("2026-03-28")),
        (day(CHANGE), None),
    ]
    assert effects[1].balance_after == 5  # those of February still wait
    assert said(effects)[2:] == [("2026-03-28", "expire", "point", -20)]


def test_units_that_die_without_activity_live_on_by_their_own_version() -> None:
    slides = POINT + 'expires = "12 months without activity"\n' + BASE
    plan = course(slides, slides.replace("12", "6"))
    effects = walk(plan, sale(1, "2026-02-01", 1000), sale(2, "2026-04-01", 700), sale(3, "2026-05-01", 100))
    told = [(e.available_day, e.lot, e.expires_day) for e in effects if e.kind == "extend"][-2:]
    assert told == [
        (engine.account.NO_DAY, day("2026-02-28"), day("2027-05-02")),
        (day(CHANGE), day("2026-05-01"), day("2026-11-02")),
    ]
    spent = walk(plan, sale(1, "2026-02-01", 1000), sale(2, "2026-04-01", 700), redeem(4, "2026-05-01", "point", 9))
    assert [(e.lot, e.amount) for e in spent if e.kind == "redeem"] == [(2, -7), (1, -2)]  # what dies first goes first


def test_a_unit_that_ends_stays_spendable_for_what_it_was_promised() -> None:
    stamps = '[unit.stamp]\nexpires = "3 months"\n[[earn]]\nid = "card"\nunit = "stamp"\nof = "visit"\n'
    coffee = '[[reward]]\nid = "coffee"\nunit = "stamp"\nprice = 2\namount = 3.00\n'
    plan = course(POINT + BASE + stamps + coffee, POINT + BASE)
    bought = [sale(number, "2026-02-01", 100) for number in (1, 2, 3)]
    effects = walk(plan, *bought, sale(4, CHANGE, 100), redeem(5, "2026-03-02", "coffee"), until="2026-06-01")
    stamped = [told for told in said(effects) if told[2] == "stamp"][3:]
    assert stamped == [
        ("2026-03-02", "redeem", "stamp", -1),
        ("2026-03-02", "redeem", "stamp", -1),
        ("2026-05-02", "expire", "stamp", -1),
    ]
    after = carrying.carried(programme.load(POINT + BASE + stamps + coffee), programme.load(POINT + BASE))
    assert (after.left, [reward.id for reward in after.rewards]) == (("stamp",), ["coffee"])


def test_tiers_are_carried_by_name_for_the_term_that_was_promised() -> None:
    silver = '[[tier]]\nid = "silver"\nreach = [{ spent = 100.00 }]\nvalid = "end of year"\n'
    gold = '[[tier]]\nid = "gold"\nreach = [{ spent = 300.00 }]\nvalid = "end of year"\n'
    rates = BASE + "by_tier = { silver = 2 }\n"
    dearer = silver.replace("100.00", "200.00")
    plan = course(POINT + SPENT + silver + rates, POINT + SPENT + dearer + gold + rates)
    effects = walk(plan, sale(1, "2026-02-01", 15000), sale(2, "2026-03-02", 1000), until="2027-01-01")
    assert said(effects) == [
        ("2026-02-01", "earn", "point", 150),
        ("2026-02-01", "tier", "silver", 0),
        ("2026-03-02", "earn", "point", 20),  # silver still, though it takes 200 now
        ("2027-01-01", "tier", "member", 0),
    ]
    rich = walk(plan, sale(1, "2026-02-01", 31000))
    risen = walk(plan, sale(1, "2026-02-01", 31000), until=CHANGE)[len(rich) :]
    assert said(risen) == [(CHANGE, "tier", "gold", 0)]  # what was bought before counts for a new tier


def test_a_tier_that_ends_gives_way_to_what_the_new_conditions_give() -> None:
    silver = '[[tier]]\nid = "silver"\nreach = [{ spent = 100.00 }]\n'
    gold = '[[tier]]\nid = "gold"\nreach = [{ spent = 300.00 }]\n'
    plan = course(POINT + SPENT + silver + gold + BASE, POINT + SPENT + silver + BASE)
    effects = walk(plan, sale(1, "2026-02-01", 31000), until=CHANGE)
    assert said(effects)[1:] == [("2026-02-01", "tier", "gold", 0), (CHANGE, "tier", "silver", 0)]
    assert engine.standing(plan, engine.walk_account(plan, [sale(1, "2026-02-01", 31000)], None)[1]).due_day == day(
        CHANGE
    )


def test_caps_go_on_and_a_lower_one_takes_nothing_back() -> None:
    capped = BASE + 'cap = { per = "month", max = 50 }\n'
    lower, other = capped.replace("50", "20"), capped.replace('"month", max = 50', '"day", max = 30')
    bought = [sale(1, "2026-03-01", 4000), sale(2, "2026-03-10", 4000), sale(3, "2026-03-11", 4000)]
    for second, points in ((capped, [40, 10]), (lower, [40]), (other, [40, 30, 30])):
        effects = walk(course(POINT + capped, POINT + second, on=("2026-03-10",)), *bought)
        assert [e.amount for e in effects] == points


def test_a_limit_that_was_passed_before_it_was_named_is_not_crossed_again() -> None:
    gift = '[unit.gift]\ngift = true\n[[earn]]\nid = "gift"\nunit = "gift"\n'
    gift += 'when = { counter = "spent", crosses = 50.00 }\n'
    plan = course(POINT + SPENT + BASE, POINT + SPENT + BASE + gift)
    passed = walk(plan, sale(1, "2026-02-01", 6000), sale(2, "2026-03-02", 6000))
    coming = walk(plan, sale(1, "2026-02-01", 4000), sale(2, "2026-03-02", 1000))
    assert [e.unit for e in passed] == ["point", "point"]
    assert [(e.unit, e.activity) for e in coming] == [("point", 1), ("point", 2), ("gift", 2)]


def tier(name: str, least: str, more: str = "") -> str:
    return f'[[tier]]\nid = "{name}"\nreach = {{ spent = {least} }}\n{more}'


SPENDING = POINT + SPENT + BASE


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (POINT + BASE, "[unit.point]\nmoney = true\n" + BASE, "unit_of_another_kind"),
        (POINT + BASE + OFF, "[unit.star]\n" + (BASE + OFF).replace("point", "star"), "reward_still_promised"),
        (
            SPENDING + tier("gold", "9.00", 'valid = "always"\n'),
            '[programme]\nassess = "continuous"\n' + SPENDING + tier("gold", "9.00"),
            "tier_given_for_good",
        ),
        (
            SPENDING + tier("a", "5.00") + tier("b", "9.00"),
            SPENDING + tier("b", "5.00") + tier("a", "9.00"),
            "tiers_change_places",
        ),
    ],
)
def test_what_cant_be_carried_is_refused(before: str, after: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        course(before, after)
    assert refused.value.code == code
    assert refused.value.hint


# Laws: an equal version changes nothing, and however the versions are walked, they say the same.

FIRST = """
[programme]
crossing = "new"
[unit.point]
expires = { member = "90 days", gold = "6 months" }
pending_days = 3
[unit.mile]
expires = "4 months without activity"
[unit.stamp]
[unit.gift]
gift = true
[[counter]]
id = "spent"
of = "amount"
window = "year"
[[counter]]
id = "lately"
of = "amount"
window = "rolling 60 days"
[[counter]]
id = "visits"
of = "visit"
[[tier]]
id = "silver"
reach = [{ lately = 200.00 }]
valid = "2 months"
[[tier]]
id = "gold"
reach = [{ lately = 500.00 }]
valid = "3 months"
[[earn]]
id = "base"
unit = "point"
per = 0.70
by_tier = { silver = 1.25, gold = 1.5 }
cap = { per = "month", max = 300 }
[[earn]]
id = "miles"
unit = "mile"
per = 3.00
[[earn]]
id = "stamp"
unit = "stamp"
when = { counter = "spent", every = 50.00 }
[[earn]]
id = "gift"
unit = "gift"
when = { counter = "visits", crosses = 4 }
[[reward]]
id = "off"
unit = "point"
price = 90
amount = 4.00
[[reward]]
id = "flight"
unit = "mile"
price = 60
amount = 9.00
tiers = ["gold"]
"""
SECOND = """
[programme]
assess = "continuous"
downgrade = "one step"
[unit.stamp]
expires = "5 months"
[unit.point]
expires = "2 months without activity"
[unit.mile]
expires = "2 months without activity"
activity = ["burn"]
[unit.voucher]
money = true
expires = "1 months"
[unit.gift]
gift = true
[[counter]]
id = "spent"
of = "amount"
window = "year"
[[counter]]
id = "lately"
of = "amount"
window = "rolling 90 days"
[[counter]]
id = "held"
of = "point"
balance = true
[[tier]]
id = "silver"
reach = [{ held = 60 }]
[[tier]]
id = "platinum"
reach = [{ lately = 450.00 }, { spent = 900.00 }]
valid = "1 months"
[[earn]]
id = "gift"
unit = "gift"
when = { counter = "spent", crosses = 300.00 }
[[earn]]
id = "base"
unit = "point"
per = 1.00
by_tier = { platinum = "10/9" }
cap = { per = "day", max = 90 }
[[earn]]
id = "stamp"
unit = "stamp"
when = { counter = "lately", every = 40.00 }
[[reward]]
id = "voucher"
unit = "point"
price = 40
gives = "voucher"
amount = 2.00
when = "auto"
[[reward]]
id = "off"
unit = "point"
price = 90
amount = 4.00
"""
THIRD = FIRST.replace('"4 months without', '"3 months without').replace(
    "[unit.stamp]", "[unit.stamp]\npending_days = 2"
)
THIRD = THIRD.replace('id = "base"', 'id = "basic"').replace("[unit.gift]\ngift = true\n", "").replace(
    '[[earn]]\nid = "gift"\nunit = "gift"\nwhen = { counter = "visits", crosses = 4 }\n', ""
)  # fmt: skip
MANY = course(FIRST, SECOND, THIRD, on=("2026-02-01", "2026-09-01"))


@settings(deadline=None)
@given(st.lists(WITH_RETURNS, max_size=20), st.integers(0, 400))
def test_an_equal_version_changes_nothing(steps: list[tuple[int, str, int, bool]], more: int) -> None:
    for text in (FIRST, SECOND):
        twice, once = course(text, text, on=("2026-02-01",)), course(text, on=())
        activities = history(steps)
        whole, again = (
            engine.walk_account(p, activities, None, until=activities[-1].day + more)[0] for p in (once, twice)
        )
        assert [e for e in whole if e.kind != "extend"] == [e for e in again if e.kind != "extend"]


@settings(deadline=None)
@given(st.lists(STEP, max_size=25))
def test_walked_one_by_one_across_versions_it_says_the_same(steps: list[tuple[int, str, int, bool]]) -> None:
    activities = history(steps)
    whole, _end = engine.walk_account(MANY, activities, None)
    parts: list[Effect] = []
    state: bytes | None = None
    for activity, following in zip(activities, [*activities[1:], activities[-1]], strict=True):
        effects, state = engine.walk_account(MANY, [activity], state, until=following.day)
        parts += effects
    assert parts == whole


def _of_account(told: Timelines, member: int) -> list[Activity]:
    names = [*MANY.course.names.rewards, *MANY.course.names.units]
    return [
        Activity(
            row + 1,
            int(told.day[row]),
            KINDS[told.kind[row]],
            int(told.amount[row]),
            returns=int(told.returns[row]),
            reward=names[told.reward[row]] if told.reward[row] >= 0 else "",
            units=int(told.units[row]),
        )
        for row in range(told.begins[member], told.begins[member + 1])
    ]


def _said(log: batch.Log, member: int) -> list[tuple[Any, ...]]:
    names = MANY.course.names
    return [
        (
            int(log.day[place]),
            batch.EFFECTS[log.kind[place]],
            names.units[log.unit[place]] if log.unit[place] >= 0 else "",
            int(log.amount[place]),
            batch.reasons(MANY)[log.reason[place]],
            names.tiers[log.tier[place]],
            int(log.lot[place]),
            int(log.balance[place]),
        )
        for place in np.flatnonzero(log.member == member)
    ]


def test_account_columns_and_compiled_columns_are_the_same_across_versions() -> None:
    told = timelines(MANY, invented(250, seed=3))
    takes = np.arange(250) % 3 == 0
    plain, quick = (batch.walk_many(MANY, told, takes, until=UNTIL, compile_it=it) for it in (False, True))
    assert all((a == b).all() for a, b in zip(plain, quick, strict=True))
    seen = {
        (batch.reasons(MANY)[reason], MANY.course.names.tiers[tier])
        for reason, tier in zip(plain.reason, plain.tier, strict=True)
    }
    assert {
        ("base", "gold"),
        ("base", "platinum"),
        ("basic", "gold"),
        ("voucher", "silver"),
        ("gift", "member"),
    } <= seen
    for member in np.flatnonzero(~takes).tolist():
        alone = engine.walk_account(MANY, _of_account(told, member), None, until=UNTIL)[0]
        told_alone = [(e.day, e.kind, e.unit, e.amount, e.reason, e.tier, e.lot, e.balance_after) for e in alone]
        assert [row for row in told_alone if row[1] != "extend"] == _said(plain, member)
