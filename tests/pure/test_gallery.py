"""Ready programmes: in order for every currency, with amounts that fit it, and a table of cases each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from programmes.cases import names
from vafa.core.errors import NotFound
from vafa.core.words import speaking
from vafa.reward import engine, gallery, programme
from vafa.reward.gallery.scaling import scaled


@pytest.mark.parametrize("kind", gallery.kinds())
@pytest.mark.parametrize("currency", ["USD", "IRR", "AMD", "JPY", "KWD"])
def test_every_ready_programme_is_in_order_in_every_currency(kind: str, currency: str) -> None:
    made = programme.load(gallery.text(kind, currency))
    for calendar in ("gregorian", "jalali"):
        engine.compile(made, calendar=calendar, currency=currency)


def test_each_trade_has_its_table_of_cases() -> None:
    assert [f"gallery/{one.kind}" for one in gallery.READY if f"gallery/{one.kind}" not in names()] == []
    assert [one.kind for one in gallery.READY] == ["cafe", "grocer", "fashion", "online", "wholesaler"]


def test_amounts_alone_are_put_into_another_currency() -> None:
    dollars, rials = (programme.load(gallery.text("wholesaler", currency)) for currency in ("USD", "IRR"))
    assert rials.earns[0].per == Decimal("10000000.0")
    assert rials.earns[0].min_basket == Decimal("100000000.0")
    assert [tier.reach[0]["ordered_this_year"] for tier in rials.tiers] == [Decimal("1E10"), Decimal("5E10")]
    assert rials.rewards[0].amount == Decimal("10000000.0")
    assert rials.rewards[0].price == dollars.rewards[0].price == 100
    assert rials.earns[0].by_tier == dollars.earns[0].by_tier
    assert rials.earns[0].factor == dollars.earns[0].factor
    assert gallery.text("wholesaler", "IRR").startswith("# A wholesaler's yearly bonus.")
    assert gallery.text("cafe", "IRR").count("= 5000000.0") == 2  # a stamp, and the gift's worth
    assert gallery.text("cafe", "EUR") == gallery.text("cafe", "USD")


def test_every_place_of_money_is_scaled_and_none_else() -> None:
    text = """
[programme]
name = "All"
[unit.point]
[unit.cup]
worth = 4.00
[[counter]]
id = "spent"
window = "month"
[[counter]]
id = "row"
of = "spent"
window = "streak of months"
goal = 30.00
[[tier]]
id = "gold"
reach = [{ spent = 100.00, row = 3 }]
keep = [{ spent = 50.00 }]
[[earn]]
id = "a"
unit = "point"
per = 2.00
by_tier = { gold = 1.5 }
min_basket = 5.00
when = { counter = "spent", min = 10.00, below = 90.00 }
[[earn]]
id = "b"
unit = "cup"
when = { counter = "row", every = 3 }
[[reward]]
id = "off"
unit = "point"
price = 100
amount = 1.00
"""
    made = programme.load(scaled(text, 500, "AMD"))
    assert made.unit("cup").worth == 2000
    assert made.counters[1].goal == 15_000
    assert made.tiers[0].reach == ({"spent": Decimal("50000.00"), "row": 3},)
    assert made.tiers[0].keep == ({"spent": Decimal("25000.00")},)
    assert (made.earns[0].per, made.earns[0].min_basket) == (1000, 2500)
    assert (made.earns[0].when.min, made.earns[0].when.below) == (5000, 45_000)
    assert made.earns[1].when.every == 3
    assert made.rewards[0].amount == 500


def test_what_was_done_with_the_amounts_is_said() -> None:
    assert gallery.of_scale("USD") == ""
    with speaking("en"):
        assert gallery.of_scale("AMD") == (
            "Amounts are written for dollars; 1 dollar stands as AMD\u00a0500 here. Change them as you like."
        )


def test_an_unknown_one_is_named_with_those_that_are_known() -> None:
    with pytest.raises(NotFound) as refused:
        gallery.text("../points", "USD")
    assert str(refused.value) == (
        "There is no ready programme “../points”. "
        "Known here: cafe, grocer, fashion, online, wholesaler, points, stamps, points_and_stamps."
    )
