"""However a history is walked (at once, one by one, plain, compiled, as columns), it says the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vafa.core.errors import Refusal
from vafa.core.frame import LINES
from vafa.core.words import speaking
from vafa.reward import engine, programme, terms
from vafa.reward.engine import Activity, Effect, batch
from vafa.reward.engine.explain import silent
from vafa.reward.engine.timelines import timelines

FIRST = 20_454  # 2026-01-01
RICH = """
[programme]
name = "Everything at once"
[unit.point]
name = "points"
expires = { member = "60 days", gold = "12 months" }
pending_days = 3
[unit.stamp]
name = "stamps"
returns = "within balance"
[unit.star]
name = "stars"
round = "half up"
[unit.certificate]
money = true
expires = "2 months"
[unit.gift]
name = "gift"
gift = true
worth = 4.00
[[counter]]
id = "year"
of = "amount"
window = "rolling 90 days"
[[counter]]
id = "spent"
of = "amount"
[[counter]]
id = "collected"
of = "stamp"
[[counter]]
id = "visits"
of = "visit"
window = "month"
[[tier]]
id = "gold"
reach = [{ year = 300.00 }, { visits = 6 }]
valid = "2 months"
[[earn]]
id = "base"
unit = "point"
per = 0.70
by_tier = { gold = 1.25 }
cap = { per = "month", max = 400 }
[[earn]]
id = "tea"
unit = "point"
per = 3.00
where = { category = "tea" }
bonus = true
[[earn]]
id = "stamp"
unit = "stamp"
when = { counter = "spent", every = 20.00 }
[[earn]]
id = "ten"
unit = "gift"
when = { counter = "collected", crosses = 10 }
[[earn]]
id = "third"
unit = "star"
of = "amount"
per = 1.50
when = { counter = "visits", min = 2, below = 5 }
min_basket = 5.00
[[reward]]
id = "certificate"
unit = "point"
price = 150
gives = "certificate"
amount = 5.00
when = "auto"
[[reward]]
id = "starry"
unit = "star"
price = 40
amount = 1.00
"""
STAMPS = resources.files("vafa.reward").joinpath("gallery/stamps.toml").read_text("utf-8")


def plan_of(text: str, calendar: str = "gregorian") -> engine.Plan:
    return engine.compile(programme.load(text), calendar=calendar, currency="USD")


def history(told: list[tuple[int, str, int]]) -> list[Activity]:
    """(days later, kind, amount) as activities; a redemption takes stars."""
    found, day = [Activity(1, FIRST, "signup")], FIRST
    for number, (later, kind, amount) in enumerate(told, 2):
        day += later
        reward = "starry" if kind == "redeem" else ""
        found.append(Activity(number, day, kind, amount if kind == "sale" else 0, reward=reward))
    return found


steps = st.tuples(st.integers(0, 40), st.sampled_from(["sale", "sale", "sale", "redeem"]), st.integers(0, 30_000))


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_one_by_one_says_what_all_at_once_says(told: list[tuple[int, str, int]]) -> None:
    plan, activities = plan_of(RICH), history(told)
    at_once, _state = engine.walk_account(plan, activities, None)
    one_by_one: list[Effect] = []
    state = None
    for activity in activities:
        effects, state = engine.walk_account(plan, [activity], state)
        one_by_one += effects
    assert one_by_one == at_once


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_nothing_is_ever_used_that_was_not_there(told: list[tuple[int, str, int]]) -> None:
    effects, _state = engine.walk_account(plan_of(RICH), history(told), None)
    lots: Counter[tuple[str, int]] = Counter()
    for effect in effects:
        if effect.kind != "tier":
            lots[effect.unit, effect.lot] += effect.amount
            assert lots[effect.unit, effect.lot] >= 0
            assert effect.balance_after >= 0
            if effect.expires_day is not None and effect.kind != "expire":
                assert effect.day < effect.expires_day


returned = st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 100)), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(returned, st.randoms(use_true_random=False))
def test_stamps_follow_what_was_kept_whatever_comes_back(sold: list[tuple[int, int]], chance: Any) -> None:
    """One stamp for each full 100.00 of what the member has kept, a debt counted against it."""
    plan = plan_of(STAMPS)
    activities = [Activity(n, FIRST + n, "sale", amount) for n, (amount, _part) in enumerate(sold, 1)]
    parts = [(n, amount * part // 100) for n, (amount, part) in enumerate(sold, 1) if amount * part // 100]
    chance.shuffle(parts)
    last = len(sold)
    activities += [
        Activity(last + n, FIRST + last + n, "return", amount, returns=sale)
        for n, (sale, amount) in enumerate(parts, 1)
    ]
    effects, _state = engine.walk_account(plan, activities, None)
    kept = sum(amount for amount, _part in sold) - sum(amount for _sale, amount in parts)
    assert sum(e.amount for e in effects if e.unit == "stamp") == kept // 10_000


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_who_gives_back_everything_keeps_nothing(amounts: list[int], chance: Any) -> None:
    text = resources.files("vafa.reward").joinpath("gallery/points_and_stamps.toml").read_text("utf-8")
    activities = [Activity(n, FIRST + n, "sale", amount) for n, amount in enumerate(amounts, 1)]
    order = list(activities)
    chance.shuffle(order)
    back = [Activity(100 + n, FIRST + 100 + n, "return", sale.amount, returns=sale.id) for n, sale in enumerate(order)]
    effects, _state = engine.walk_account(plan_of(text), activities + back, None)
    held: Counter[str] = Counter()
    for effect in effects:
        held[effect.unit] += effect.amount
    assert not any(held.values())


def columns(people: int, seed: int) -> pa.Table:
    """Made-up sales with lines, returns (named, unnamed, of nothing) and redemptions."""
    chance = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for person in range(people):
        day, sold = FIRST + int(chance.integers(0, 50)), []
        for number in range(int(chance.integers(1, 30))):
            day += int(chance.integers(0, 25))
            kind = chance.choice(["sale", "sale", "sale", "sale", "return", "redeem"])
            name = f"{person}-{number}"
            told = {"customer_id": f"c{person:03d}", "day": day, "kind": str(kind), "purchase_id": name}
            if kind == "return":
                told["returns"] = chance.choice([*sold, "nothing"]) if chance.random() < 0.7 else None
            if kind == "redeem":
                told["reward"] = str(chance.choice(["starry", "gift"]))
            if kind == "sale":
                sold.append(name)
            for _line in range(1 if kind == "redeem" else int(chance.integers(1, 4))):
                amount = 0 if kind == "redeem" else int(chance.integers(0, 9_000))
                rows.append(told | {"amount": amount, "category": str(chance.choice(["tea", "nuts"]))})
    for number, row in enumerate(rows, 2):
        row["row"] = number
        row["at"] = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=row["day"], seconds=number % 80_000)
    return pa.table([pa.array([r.get(f.name) for r in rows], f.type) for f in LINES], schema=LINES)


@pytest.mark.parametrize(("text", "calendar"), [(RICH, "gregorian"), (RICH, "jalali"), (STAMPS, "gregorian")])
def test_compiled_and_plain_say_the_same_of_everything(text: str, calendar: str) -> None:
    plan = plan_of(text, calendar)
    told = timelines(plan, columns(150, 5))
    takes = np.arange(len(told.customers)) % 2 == 0
    plain, quick = (
        batch.walk_many(plan, told, takes, until=FIRST + 900, compile_it=compiled) for compiled in (False, True)
    )
    for name, one, other in zip(batch.Log._fields, plain, quick, strict=True):
        assert one.tolist() == other.tolist(), name
    if text == RICH:
        assert set(plain.kind.tolist()) == set(range(batch.FORFEIT))  # everything that this programme can say


def test_one_account_says_what_the_columns_say() -> None:
    plan = plan_of(RICH)
    table = columns(40, 11).filter(pa.compute.equal(columns(40, 11)["kind"], "sale"))
    told = timelines(plan, table)
    log = batch.walk_many(plan, told, np.zeros(len(told.customers), dtype=bool), until=FIRST + 900)
    by_purchase: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        by_purchase.setdefault(row["purchase_id"], []).append(row)
    from vafa.core.records import Line

    for member in range(len(told.customers)):
        activities = []
        for row in range(told.begins[member], told.begins[member + 1]):
            lines = by_purchase.get(told.purchase_id[row].as_py(), [])
            activities.append(
                Activity(
                    row + 1,
                    int(told.day[row]),
                    "sale" if lines else "signup",
                    sum(line["amount"] for line in lines),
                    tuple(Line(line["amount"], category=line["category"]) for line in lines),
                )
            )
        effects, _state = engine.walk_account(plan, activities, None, until=FIRST + 900)
        mine = log.member == member
        assert [e.amount for e in effects] == log.amount[mine].tolist()
        assert [e.balance_after for e in effects] == log.balance[mine].tolist()
        assert [e.lot for e in effects] == log.lot[mine].tolist()


def test_a_gift_that_was_crossed_by_a_returned_part_goes_back_and_comes_again() -> None:
    plan = plan_of(STAMPS)
    activities = [
        Activity(1, FIRST, "sale", 490_000),
        Activity(2, FIRST + 1, "sale", 20_000),  # 51 stamps: a gift
        Activity(3, FIRST + 2, "return", 15_000, returns=2),  # 49: it goes back
        Activity(4, FIRST + 3, "sale", 10_000),  # 50 again
    ]
    effects, _state = engine.walk_account(plan, activities, None)
    assert [(e.activity, e.kind, e.amount) for e in effects if e.unit == "gift"] == [
        (2, "issue", 1),
        (3, "return", -1),
        (4, "issue", 1),
    ]


def test_a_certificate_that_was_asked_for_is_kept_and_used_by_its_name() -> None:
    plan = plan_of(RICH.replace('when = "auto"', 'when = "asked"'))
    activities = [
        Activity(1, FIRST, "sale", 20_000),
        Activity(2, FIRST + 5, "redeem", reward="certificate"),
        Activity(3, FIRST + 6, "redeem", reward="certificate_of_nothing"),
        Activity(4, FIRST + 7, "redeem", reward="gift"),
    ]
    effects, _state = engine.walk_account(plan, activities, None)
    said = [(e.activity, e.kind, e.unit, e.amount) for e in effects if e.activity > 1]
    assert said[:2] == [(2, "redeem", "point", -150), (2, "issue", "certificate", 500)]
    assert (4, "redeem", "gift", -1) in said


def test_a_day_that_no_calendar_holds_is_refused() -> None:
    with pytest.raises(Refusal, match="year"):
        engine.walk_account(plan_of(STAMPS), [Activity(1, 10**6, "sale", 100)], None)


def test_bytes_of_another_making_are_not_read() -> None:
    with pytest.raises(ValueError, match="memory"):
        engine.walk_account(plan_of(STAMPS), [], b"\1\0\0\0\0\0\0\0")


# In words ----------------------------------------------------------------------------------------


def test_every_movement_says_why() -> None:
    plan = plan_of(resources.files("vafa.reward").joinpath("gallery/points.toml").read_text("utf-8"))
    bought = [Activity(1, FIRST, "sale", 260_000), Activity(2, FIRST + 1, "sale", 1_050)]
    effects, _state = engine.walk_account(plan, bought, None)
    assert [terms.explain(plan, effect) for effect in effects] == [
        "2,600 points: 1 for each $1 after discount",
        "Premier from now on",
        "15 points: 1.5 for each $1 after discount, as Premier",
    ]


def test_a_rule_that_gives_nothing_says_why() -> None:
    plan = plan_of(RICH)
    bought = Activity(2, FIRST, "sale", 40)
    effects, _state = engine.walk_account(plan, [bought], None)
    assert silent(plan, bought, effects) == [
        "No points (base): the amount is too small for one.",
        "No points (tea): nothing in the purchase is tea.",
        "No stamps (stamp): the next full $20 since joining is not reached yet.",
        "No gift (ten): 10 stamps since joining is not where it stands.",
        "No stars (third): only for purchases of $5 or more.",
    ]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_terms_leave_no_place_unfilled(language: str) -> None:
    with speaking(language):
        for text in (RICH, STAMPS):
            plan = plan_of(text)
            said = terms.text(plan)
            assert "%(" not in said
            assert all(section.parts and section.title for section in terms.sentences(plan))
