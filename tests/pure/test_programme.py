"""What a programme's document may say, and what is refused: always with its line and a remedy."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vafa.core.errors import Refusal
from vafa.reward import engine, programme

DOCUMENT = """\
[programme]
name = "Club"

[unit.point]
name = "points"
expires = "12 months"

[[counter]]
id = "spent"
of = "amount"
window = "year"

[[tier]]
id = "silver"
reach = [{ spent = 500.00 }]

[[tier]]
id = "gold"
reach = [{ spent = 2500.00 }]

[[earn]]
id = "base"
unit = "point"
per = 1.00

[[reward]]
id = "five_off"
unit = "point"
price = 250
amount = 5.00
"""

# what stands in the document, what is written instead, code of the refusal, its line
REFUSALS = [
    ("[programme]\n", "[shop]\n[programme]\n", "unknown_key", 1),
    ('name = "Club"', 'title = "Club"', "unknown_key", 2),
    ('name = "Club"', "name = 7", "bad_text", 2),
    ('name = "Club"', 'crossing = "both"', "unknown_word", 2),
    ("[unit.point]", "[unit.Point]", "bad_id", 4),
    ('"12 months"', '"soon"', "bad_expiry", 6),
    ('"12 months"', '"999999999 months"', "bad_expiry", 6),
    ('expires = "12 months"', 'expires = { gold = "never", bronze = "1 months" }', "unknown_name", 6),
    ('name = "points"', 'returns = "kept"', "unknown_word", 5),
    ('name = "points"', 'round = "sideways"', "unknown_word", 5),
    ('name = "points"', "pending_days = -1", "bad_number", 5),
    ('name = "points"', 'gift = "yes"', "bad_flag", 5),
    ('window = "year"', 'window = "fortnight"', "bad_window", 11),
    ('window = "year"', 'window = "streak of months"', "bad_streak", 9),
    ('window = "year"', "balance = true", "bad_balance", 11),
    ('of = "amount"', 'of = "point"\nwhere = { category = "tea" }', "where_without_lines", 9),
    ('name = "Club"', 'assess = "daily"', "unknown_word", 2),
    (
        'expires = "12 months"',
        'expires = { member = "12 months", gold = "1 months without activity" }',
        "mixed_expiry",
        6,
    ),
    ('expires = "12 months"', 'activity = ["sleep"]', "unknown_word", 6),
    ('name = "points"', 'round_at = "basket"', "unknown_word", 5),
    ("reach = [{ spent = 2500.00 }]", 'reach = [{ spent = 2500.00 }]\nvalid = "while it holds"', "bad_validity", 20),
    ("per = 1.00", 'where = { weekday = "someday" }', "unknown_word", 24),
    ("per = 1.00", 'unless = { date = "2026-12-31..2026-12-01" }', "bad_date", 24),
    ("per = 1.00", "factor = { shade = { red = 2 } }", "unknown_word", 24),
    ("per = 1.00", "factor = { category = { wine = -2 } }", "bad_number", 24),
    ("amount = 5.00", 'amount = 5.00\nremainder = "forfeit"', "no_remainder", 31),
    ("amount = 5.00", 'amount = 5.00\nwhen = "yearly"\non = "13-01"', "bad_day", 32),
    ('window = "year"', 'window = "rolling 0 days"', "bad_window", 11),
    ('window = "year"', 'window = "rolling 99999999 months"', "bad_window", 11),
    ('of = "amount"', 'of = "weight"', "unknown_name", 10),
    ("[{ spent = 500.00 }]", "[]", "bad_reach", 13),
    ("{ spent = 500.00 }", "{ spend = 500.00 }", "unknown_name", 15),
    ("{ spent = 500.00 }", "{ spent = -1 }", "bad_number", 15),
    ("{ spent = 500.00 }", "{ spent = 3000.00 }", "unreachable_tier", 14),
    ('id = "gold"', 'id = "silver"', "twice", 18),
    ('id = "gold"', 'id = "member"', "bad_id", 18),
    ("reach = [{ spent = 2500.00 }]", 'reach = [{ spent = 2500.00 }]\nvalid = "forever"', "bad_validity", 20),
    ("[[earn]]", "[earn]", "bad_table", 21),
    ("per = 1.00", "per = 0", "bad_per", 24),
    ("per = 1.00", "per = nan", "bad_number", 24),
    ("per = 1.00", "per = -1.00", "bad_number", 24),
    ("per = 1.00", 'of = "items"\nper = 1.5', "bad_per", 25),
    ("per = 1.00", "gives = 0", "bad_number", 24),
    ("per = 1.00", 'bonus = "no"', "bad_flag", 24),
    ("per = 1.00", "by_tier = 2", "bad_table", 24),
    ("per = 1.00", "by_tier = { platinum = 2 }", "unknown_name", 24),
    ("per = 1.00", "by_tier = { gold = nan }", "bad_number", 24),
    ("per = 1.00", "by_tier = { gold = 5000 }", "bad_rate", 24),
    ("per = 1.00", 'where = { colour = "red" }', "unknown_key", 24),
    ("per = 1.00", "where = { category = [1] }", "bad_list", 24),
    ("per = 1.00", 'cap = { per = "minute", max = 5 }', "unknown_word", 24),
    ("per = 1.00", "cap = 5", "bad_table", 24),
    ("per = 1.00", 'when = { counter = "spent" }', "bad_when", 24),
    ("per = 1.00", 'when = { counter = "spent", every = 1.00, crosses = 2.00 }', "bad_when", 24),
    ("per = 1.00", 'when = { counter = "spent", min = 5.00, below = 2.00 }', "bad_when", 24),
    ("per = 1.00", 'when = { counter = "spent", every = 0 }', "bad_limit", 24),
    ("per = 1.00", "when = { every = 1.00 }", "unknown_name", 24),
    ('id = "five_off"\nunit = "point"', 'id = "five_off"\nunit = "stamp"', "unknown_name", 28),
    ("price = 250", "price = 0", "bad_number", 29),
    ("price = 250\n", "", "bad_number", 26),
    ("amount = 5.00", 'amount = 5.00\ntiers = "gold"', "bad_list", 31),
    ("amount = 5.00", 'amount = 5.00\ntiers = ["bronze"]', "unknown_name", 31),
    ("amount = 5.00", 'amount = 1\nwhen = "auto"\ngives = "point"', "endless_reward", 27),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), REFUSALS, ids=[f"{r[2]}-{r[1][:30]}" for r in REFUSALS])
def test_what_is_wrong_is_refused_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert DOCUMENT.count(old) == 1
    with pytest.raises(Refusal) as refused:
        programme.load(DOCUMENT.replace(old, new))
    assert refused.value.code == code
    assert str(refused.value).startswith(f"Line {line}: ")
    assert "%(" not in str(refused.value)


def test_a_refusal_says_how_to_mend_it() -> None:
    with pytest.raises(Refusal) as refused:
        programme.load(DOCUMENT.replace("{ spent = 500.00 }", "{ spend = 500.00 }"))
    assert str(refused.value) == "Line 15: “spend” is nowhere described. Known here: spent."


def test_a_rule_that_counts_what_comes_later_is_refused() -> None:
    text = DOCUMENT.replace(
        "[[earn]]",
        '[[counter]]\nid = "collected"\nof = "point"\n\n'
        '[[earn]]\nid = "early"\nunit = "point"\nwhen = { counter = "collected", every = 100 }\n\n[[earn]]',
    )
    with pytest.raises(Refusal, match=r"^Line 26: “early” looks at units that a later rule gives\."):
        programme.load(text)


def test_a_tier_that_needs_the_units_it_changes_is_refused() -> None:
    text = DOCUMENT.replace('name = "Club"', 'crossing = "new"').replace('of = "amount"', 'of = "point"')
    with pytest.raises(Refusal) as refused:
        programme.load(text.replace("500.00", "500"))
    assert refused.value.code == "circular_tier"


@pytest.mark.parametrize("text", ["", "[unit.point]", '[[earn]]\nid = "a"\nunit = "point"\n', "a = = 1"])
def test_what_is_no_programme_at_all_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        programme.load(text)


@pytest.mark.parametrize("amount", ["0.001", "1e-30"])
def test_money_finer_than_the_currency_is_refused(amount: str) -> None:
    made = programme.load(DOCUMENT.replace("per = 1.00", f"per = {amount}"))
    with pytest.raises(Refusal) as refused:
        engine.compile(made, calendar="gregorian", currency="USD")
    assert refused.value.code == "too_many_decimals"


def test_rates_that_whole_numbers_cannot_hold_are_refused() -> None:
    made = programme.load(DOCUMENT.replace("per = 1.00", "gives = 1000000000000"))
    with pytest.raises(Refusal) as refused:
        engine.compile(made, calendar="gregorian", currency="USD")
    assert refused.value.code == "rate_too_fine"


def test_decimals_are_major_units_and_whole_numbers_are_minor_units() -> None:
    made = programme.load(DOCUMENT.replace("per = 1.00", "per = 100"))
    assert made.earns[0].per == 100
    assert made.rewards[0].amount == Decimal("5.00")
    plan = engine.compile(made, calendar="gregorian", currency="USD")
    other = engine.compile(programme.load(DOCUMENT), calendar="gregorian", currency="USD")
    assert plan.earns == other.earns
    assert plan.rewards.amount == (500,)


def test_rates_are_exact() -> None:
    made = programme.load(DOCUMENT.replace("per = 1.00", "per = 1.00\nby_tier = { gold = 1.1 }"))
    assert made.earns[0].by_tier == {"gold": Fraction(11, 10)}


@pytest.mark.parametrize("name", ["points", "stamps", "points_and_stamps"])
def test_the_gallery_is_in_order(name: str) -> None:
    text = resources.files("vafa.reward.gallery").joinpath(f"{name}.toml").read_text("utf-8")
    made = programme.load(text)
    assert made.text == text
    engine.compile(made, calendar="jalali", currency="USD")


@settings(deadline=None)
@given(
    place=st.integers(0, len(DOCUMENT) - 1),
    size=st.integers(0, 12),
    put=st.sampled_from(["", "0", "-1", "nan", "[]", "{}", '"x"', "true", "\n", "[[earn]]\n", "="]),
)
def test_no_document_brings_anything_but_a_refusal(place: int, size: int, put: str) -> None:
    with contextlib.suppress(Refusal):
        made = programme.load(DOCUMENT[:place] + put + DOCUMENT[place + size :])
        engine.compile(made, calendar="gregorian", currency="USD")
