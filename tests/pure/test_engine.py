"""The engine on small cases worked by hand: what a member does, and exactly what it brings."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from vafa.core.calendar import day_number
from vafa.core.records import Line
from vafa.reward import engine, programme
from vafa.reward.engine import Activity, Effect

Said = tuple[str, str, str, int]  # day, kind, unit, amount


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def plan_of(*tables: str, calendar: str = "gregorian", currency: str = "USD") -> engine.Plan:
    return engine.compile(programme.load("\n".join(tables)), calendar=calendar, currency=currency)


def gallery(name: str) -> engine.Plan:
    return plan_of(resources.files("vafa.reward.gallery").joinpath(f"{name}.toml").read_text("utf-8"))


def sale(number: int, when: str, amount: int, **more: object) -> Activity:
    return Activity(number, day(when), "sale", amount)._replace(**more)


def give_back(number: int, when: str, amount: int, sale_number: int = 0) -> Activity:
    return Activity(number, day(when), "return", amount, returns=sale_number)


def redeem(number: int, when: str, reward: str, units: int = 0) -> Activity:
    return Activity(number, day(when), "redeem", reward=reward, units=units)


def walk(plan: engine.Plan, *activities: Activity, until: str | None = None) -> list[Effect]:
    return engine.walk_account(plan, activities, None, until=None if until is None else day(until))[0]


def said(effects: list[Effect]) -> list[Said]:
    """Effects as (day, kind, unit, amount); of a tier its name."""
    return [
        (str(date.fromordinal(e.day + 719163)), e.kind, e.unit if e.kind != "tier" else e.tier, e.amount)
        for e in effects
    ]


POINT = '[unit.point]\nname = "points"\n'
BASE = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
OFF = '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n'
SPENT = '[[counter]]\nid = "spent"\nof = "amount"\nwindow = "year"\n'
PREMIER = '[[tier]]\nid = "premier"\nreach = [{ spent = 2500.00 }]\nvalid = "end of year"\n'
TIERED = BASE + "by_tier = { premier = 1.5 }\n"

# Earning


def test_a_point_for_each_whole_dollar() -> None:
    effects = walk(plan_of(POINT, BASE), sale(1, "2026-03-01", 4899), sale(2, "2026-03-02", 99))
    assert said(effects) == [("2026-03-01", "earn", "point", 48)]
    assert effects[0] == Effect(
        activity=1,
        day=day("2026-03-01"),
        kind="earn",
        unit="point",
        amount=48,
        reason="base",
        tier="member",
        lot=1,
        available_day=day("2026-03-01"),
        expires_day=None,
        balance_after=48,
    )


@pytest.mark.parametrize(("rounding", "points"), [("floor", 2), ("half up", 3)])
def test_the_rules_of_a_unit_are_rounded_once(rounding: str, points: int) -> None:
    unit = f'[unit.point]\nround = "{rounding}"\n'
    more = '[[earn]]\nid = "more"\nunit = "point"\nper = 1.00\nbonus = true\n'
    effects = walk(plan_of(unit, BASE, more), sale(1, "2026-03-01", 125))  # 1.25 + 1.25 = 2.5
    assert sum(e.amount for e in effects) == points


@pytest.mark.parametrize(
    ("window", "brought"),
    [
        ("purchase", [60, 60, 60, 30, 60]),
        ("day", [60, 40, 60, 30, 60]),
        ("month", [60, 40, 0, 30, 60]),
        ("year", [60, 40, 0, 0, 60]),
        ("life", [60, 40, 0, 0, 0]),
    ],
)
def test_a_cap_holds_in_its_window(window: str, brought: list[int]) -> None:
    most = 60 if window == "purchase" else 100
    plan = plan_of(POINT, BASE + f'cap = {{ per = "{window}", max = {most} }}\n')
    bought = [
        sale(1, "2025-03-01", 6000),
        sale(2, "2025-03-01", 9000),
        sale(3, "2025-03-02", 6000),
        sale(4, "2025-04-01", 3000),
        sale(5, "2026-01-01", 6000),
    ]
    found = {e.activity: e.amount for e in walk(plan, *bought)}
    assert [found.get(number, 0) for number in range(1, 6)] == brought


def test_a_purchase_below_the_least_brings_nothing() -> None:
    plan = plan_of(POINT, BASE + "min_basket = 20.00\n")
    assert said(walk(plan, sale(1, "2026-03-01", 1999), sale(2, "2026-03-02", 2000))) == [
        ("2026-03-02", "earn", "point", 20)
    ]


def test_only_lines_of_the_category_count() -> None:
    plan = plan_of(POINT, BASE + 'where = { category = ["nuts", "sweets"] }\n')
    lines = (Line(500, category="nuts"), Line(700, category="tea"), Line(250, category="sweets"))
    assert said(walk(plan, sale(1, "2026-03-01", 1450, lines=lines))) == [("2026-03-01", "earn", "point", 7)]


def test_the_welcome_comes_on_the_first_day_alone() -> None:
    welcome = '[[earn]]\nid = "welcome"\nunit = "point"\nof = "signup"\ngives = 25\n'
    effects = walk(plan_of(POINT, welcome, BASE), Activity(1, day("2026-03-01"), "signup"), sale(2, "2026-03-01", 100))
    assert [(e.activity, e.reason, e.amount) for e in effects] == [(1, "welcome", 25), (2, "base", 1)]


# Tiers


@pytest.mark.parametrize(("crossing", "points"), [("old", 1300), ("new", 1950)])
def test_the_purchase_that_reaches_a_tier_earns_as_the_programme_says(crossing: str, points: int) -> None:
    plan = plan_of(f'[programme]\ncrossing = "{crossing}"\n', POINT, SPENT, PREMIER, TIERED)
    effects = walk(
        plan,
        sale(1, "2026-03-01", 120_000),
        sale(2, "2026-04-01", 130_000),  # 2,500.00 exactly
        sale(3, "2026-05-01", 1_000),
        sale(4, "2027-01-01", 1_000),
    )
    moves = [(e.activity, e.tier) for e in effects if e.kind == "tier"]
    assert moves == [(2, "premier"), (0, "member")]
    assert [e.amount for e in effects if e.kind == "earn"] == [1200, points, 15, 10]


def test_a_year_of_the_jalali_calendar_begins_in_march() -> None:
    plan = plan_of(POINT, SPENT, PREMIER, TIERED, calendar="jalali")
    effects = walk(
        plan,
        sale(1, "2026-01-10", 150_000),
        sale(2, "2026-03-20", 110_000),  # 29 Esfand 1404: the same year
        sale(3, "2026-03-20", 1_000),
        sale(4, "2026-03-21", 1_000),  # 1 Farvardin 1405
    )
    assert [(e.amount, e.tier) for e in effects if e.kind == "earn"] == [
        (1500, "member"),
        (1100, "member"),
        (15, "premier"),
        (10, "member"),
    ]
    assert said([e for e in effects if e.kind == "tier"]) == [
        ("2026-03-20", "tier", "premier", 0),
        ("2026-03-21", "tier", "member", 0),
    ]


def test_a_rolling_window_forgets_day_by_day() -> None:
    counter = SPENT.replace('"year"', '"rolling 30 days"')
    rule = BASE + 'when = { counter = "spent", min = 100.00 }\n'
    plan = plan_of(POINT, counter, rule)
    first = sale(1, "2026-03-01", 10_000)
    assert said(walk(plan, first, sale(2, "2026-03-30", 500))) == [("2026-03-30", "earn", "point", 5)]
    assert said(walk(plan, first, sale(2, "2026-03-31", 500))) == []


# Expiry


def test_sixty_days_means_usable_through_day_sixty() -> None:
    plan = plan_of('[unit.point]\nexpires = "60 days"\n', BASE, OFF)
    bought = sale(1, "2026-03-01", 1000)
    assert said(walk(plan, bought, redeem(2, "2026-04-30", "off"))) == [
        ("2026-03-01", "earn", "point", 10),
        ("2026-04-30", "redeem", "point", -10),
    ]
    assert said(walk(plan, bought, redeem(2, "2026-05-01", "off"))) == [
        ("2026-03-01", "earn", "point", 10),
        ("2026-05-01", "expire", "point", -10),
    ]


@pytest.mark.parametrize(
    ("term", "earned", "gone"),
    [
        ("12 months", "2026-03-15", "2027-03-16"),
        ("12 months", "2024-02-29", "2025-03-01"),
        ("1 months", "2026-01-31", "2026-03-01"),
        ("6 months after the month", "2026-01-10", "2026-08-01"),
        ("end of year", "2026-12-31", "2027-01-01"),
        ("end of year +1", "2026-01-01", "2028-01-01"),
    ],
)
def test_a_term_ends_on_its_day(term: str, earned: str, gone: str) -> None:
    plan = plan_of(f'[unit.point]\nexpires = "{term}"\n', BASE)
    before = str(date.fromisoformat(gone).fromordinal(date.fromisoformat(gone).toordinal() - 1))
    assert [s[1] for s in said(walk(plan, sale(1, earned, 500), until=before))] == ["earn"]
    assert said(walk(plan, sale(1, earned, 500), until=gone))[1] == (gone, "expire", "point", -5)


def test_what_expires_first_is_used_first() -> None:
    terms = '[unit.point]\nexpires = { member = "12 months", premier = "never" }\n'
    plan = plan_of(terms, SPENT, PREMIER, BASE, OFF.replace("10", "2510"))
    effects = walk(plan, sale(1, "2026-01-01", 250_000), sale(2, "2026-01-02", 3_000), redeem(3, "2026-01-03", "off"))
    assert [(e.lot, e.amount, e.balance_after) for e in effects if e.kind == "redeem"] == [(1, -2500, 30), (2, -10, 20)]


def test_what_is_pending_cannot_be_used_yet() -> None:
    plan = plan_of("[unit.point]\npending_days = 14\n", BASE, OFF)
    bought = sale(1, "2026-03-01", 1000)
    effects = walk(plan, bought, redeem(2, "2026-03-14", "off"))
    assert [(e.kind, e.available_day, e.balance_after) for e in effects] == [("earn", day("2026-03-15"), 0)]
    assert [(e.kind, e.balance_after) for e in walk(plan, bought, redeem(2, "2026-03-15", "off"))] == [
        ("earn", 0),
        ("redeem", 0),
    ]


# Rewards and gifts


def test_gifts_come_at_fifty_and_a_hundred_stamps_once() -> None:
    bought = [sale(n, f"20{10 + n}-01-01", 250_000) for n in range(1, 6)]  # 25 stamps each
    effects = walk(gallery("stamps"), *bought)
    assert [(e.activity, e.unit, e.amount) for e in effects if e.unit != "stamp"] == [
        (2, "gift", 1),
        (4, "larger_gift", 1),
    ]
    assert [e.balance_after for e in effects if e.unit == "stamp"] == [25, 50, 75, 100, 125]


def test_an_automatic_reward_comes_as_often_as_it_is_affordable() -> None:
    voucher = "[unit.voucher]\nmoney = true\n"
    auto = '[[reward]]\nid = "swap"\nunit = "point"\nprice = 100\ngives = "voucher"\namount = 5.00\nwhen = "auto"\n'
    effects = walk(plan_of(POINT, voucher, BASE, auto), sale(1, "2026-03-01", 25_000))
    assert [(e.kind, e.unit, e.amount, e.balance_after) for e in effects] == [
        ("earn", "point", 250, 250),
        ("redeem", "point", -200, 50),
        ("issue", "voucher", 1000, 1000),
    ]


def test_a_redemption_takes_what_is_there_and_never_more() -> None:
    effects = walk(plan_of(POINT, BASE, OFF), sale(1, "2026-03-01", 700), redeem(2, "2026-03-02", "off"))
    assert said(effects)[1:] == [("2026-03-02", "redeem", "point", -7)]


# Returns


def test_what_was_spent_before_the_return_is_owed_and_then_netted() -> None:
    effects = walk(
        plan_of(POINT, BASE, OFF),
        sale(1, "2026-03-01", 1200),
        redeem(2, "2026-03-02", "off"),
        give_back(3, "2026-03-03", 1200, 1),
        sale(4, "2026-03-04", 1500),
    )
    assert [(e.activity, e.kind, e.amount, e.lot, e.balance_after) for e in effects] == [
        (1, "earn", 12, 1, 12),
        (2, "redeem", -10, 1, 2),
        (3, "return", -2, 1, 0),
        (3, "owed", -10, 0, 0),
        (4, "earn", 15, 4, 15),
        (4, "owed", -10, 4, 5),
    ]


@pytest.mark.parametrize(("policy", "kinds"), [("within balance", ["return"]), ("only pending", [])])
def test_other_policies_leave_no_debt(policy: str, kinds: list[str]) -> None:
    plan = plan_of(f'[unit.point]\nreturns = "{policy}"\n', BASE, OFF)
    effects = walk(
        plan, sale(1, "2026-03-01", 1200), redeem(2, "2026-03-02", "off"), give_back(3, "2026-03-03", 1200, 1)
    )
    assert [e.kind for e in effects[2:]] == kinds


def test_a_part_that_is_returned_takes_back_its_part() -> None:
    effects = walk(plan_of(POINT, BASE), sale(1, "2026-03-01", 1050), give_back(2, "2026-03-02", 275, 1))
    assert said(effects)[1:] == [("2026-03-02", "return", "point", -3)]  # 7.75 remain, worth 7


def test_stamps_go_back_with_the_hundreds() -> None:
    effects = walk(
        gallery("stamps"),
        sale(1, "2026-03-01", 15_000),
        sale(2, "2026-03-02", 6_000),
        give_back(3, "2026-03-03", 15_000, 1),
    )
    assert [(e.activity, e.kind, e.unit, e.amount, e.balance_after) for e in effects] == [
        (1, "earn", "stamp", 1, 1),
        (2, "earn", "stamp", 1, 2),
        (3, "return", "stamp", -1, 1),
        (3, "return", "stamp", -1, 0),
    ]


def test_a_return_without_a_receipt_is_taken_from_the_latest_purchase() -> None:
    effects = walk(
        plan_of(POINT, BASE),
        sale(1, "2026-03-01", 1000),
        sale(2, "2026-03-02", 500),
        give_back(3, "2026-03-03", 700),
    )
    assert [(e.lot, e.amount) for e in effects if e.kind == "return"] == [(2, -5), (1, -2)]


def test_a_return_of_an_unknown_purchase_changes_nothing() -> None:
    effects = walk(plan_of(POINT, BASE), sale(1, "2026-03-01", 1000), give_back(2, "2026-03-03", 700, 99))
    assert said(effects) == [("2026-03-01", "earn", "point", 10)]


def test_nobody_gives_back_what_expired() -> None:
    plan = plan_of('[unit.point]\nexpires = "60 days"\n', BASE)
    effects = walk(plan, sale(1, "2026-03-01", 1000), give_back(2, "2026-06-01", 1000, 1))
    assert [(e.kind, e.amount) for e in effects] == [("earn", 10), ("expire", -10)]
