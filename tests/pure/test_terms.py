"""The terms: every policy of the language changes them, every sentence is what the engine does, in three languages."""

from __future__ import annotations

import dataclasses
import gettext
import re
from datetime import date

import pytest
from whole_programme import BESIDE, OTHERS, WHOLE

from programmes.cases import names, text_of
from vafa.core import figures, words
from vafa.core.calendar import day_number
from vafa.core.words import speaking
from vafa.reward import engine, gallery, programme, terms
from vafa.reward.programme import (
    Budget,
    Cap,
    Chosen,
    Counter,
    Earn,
    Factor,
    Programme,
    Referral,
    Reward,
    Tier,
    Unit,
    When,
)

TODAY = day_number(date(2026, 11, 20))  # a Friday
NOUNS = {f"Programme.{name}" for name in ("text", "units", "counters", "tiers", "earns", "rewards", "left")}


def plan_of(text: str, currency: str = "USD", calendar: str = "gregorian") -> engine.Plan:
    return engine.compile(programme.load(text), calendar=calendar, currency=currency)


def changed(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def variants() -> dict[str, list[str]]:
    """For every key of the language the documents in which it alone has another value."""
    found = {f"{noun.__name__}.{key}": [changed(WHOLE, *other) for other in of] for (noun, key), of in OTHERS.items()}
    for (noun, key), of in BESIDE.items():
        found[f"{noun.__name__}.{key}"] = [changed(changed(WHOLE, old, new), *other) for old, new, *other in of]
    return found


VARIANTS = variants()


def test_the_walk_over_the_policies_leaves_none_out() -> None:
    nouns = (Programme, Unit, Counter, Tier, Earn, Cap, When, Factor, Reward, Budget, Chosen, Referral)
    known = {f"{noun.__name__}.{field.name}" for noun in nouns for field in dataclasses.fields(noun)}
    assert {key for key in known - NOUNS if not key.endswith(".id")} == set(VARIANTS)


@pytest.mark.parametrize("key", [key for key in VARIANTS if key != "Programme.name"])
def test_every_value_of_every_policy_changes_the_terms(key: str) -> None:
    said = [terms.text(plan_of(text), TODAY) for text in (WHOLE, *VARIANTS[key])]
    rules = [text.split("\n\nPurchase:")[0] for text in said]  # not by an example alone
    assert len(set(said)) == len(said)
    assert len(set(rules)) == len(rules)


# Armenian ---------------------------------------------------------------------------------------


def own_words(made: Programme) -> list[str]:
    """What the shop itself named; longest first."""
    found = {made.name, *(unit.name for unit in made.units)}
    found |= {noun.name for noun in (*made.tiers, *made.rewards)}
    for noun in (*made.earns, *made.counters):
        found |= {value for values in (*noun.where.values(), *noun.unless.values()) for value in values}
        factor = getattr(noun, "factor", None)
        found |= set(factor.table) if factor else set()
    return sorted(found - {""}, key=len, reverse=True)


def left_in_english(text: str, calendar: str = "gregorian") -> list[str]:
    plan = plan_of(text, calendar=calendar)
    with speaking("hy"), figures.shown(calendar):
        told = f"{terms.text(plan, TODAY)} {' '.join(chapter.title for chapter in terms.chapters(plan, TODAY))}"
    for word in own_words(plan.programme):
        told = re.sub(re.escape(word), "", told, flags=re.IGNORECASE)
    return re.findall(r"[A-Za-z][A-Za-z ]*", told)


@pytest.mark.parametrize("name", names())
def test_the_armenian_terms_of_ready_and_published_programmes_are_armenian(name: str) -> None:
    assert left_in_english(text_of(name)) == []
    assert left_in_english(text_of(name), "jalali") == []


def test_so_are_those_of_every_policy() -> None:
    for key, texts in {"": [WHOLE], **VARIANTS}.items():
        for text in texts:
            assert left_in_english(text) == [], key


def test_what_is_not_translated_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "catalogue", lambda _code: gettext.NullTranslations())
    assert "Members get " in left_in_english(WHOLE)


# Exact words ------------------------------------------------------------------------------------


def said(
    text: str, *chapters: str, language: str = "en", currency: str = "USD", calendar: str = "gregorian"
) -> list[str]:
    with speaking(language), figures.shown(calendar, toman=currency == "IRR"):
        plan = plan_of(text, currency, calendar)
        return [
            f"{section.title}: {section.text}"
            for chapter in terms.chapters(plan, TODAY)
            if chapter.id in chapters
            for section in chapter.sections
        ]


def test_the_grocers_terms() -> None:
    assert said(text_of("gallery/grocer"), "earn", "spend", "tiers", "time") == [
        "Welcome: Whoever joins gets 25 points on the first day, with no obligation.",
        "Earn: Members get 1 point for every $1 they spend, after discounts.",
        "Bonus: Members get 1 point for every $1 they spend, after discounts. Only on Tuesdays. "
        "At most 50 points in a day.",
        "Fractions: Fractions are rounded down, once a purchase.",
        "Money off: 250 points are worth $5 off.",
        "Worth: 100 points: up to $2.",
        "Premier: From $2,500 in a calendar year: 1.5 times the points, until the end of the next year.",
        "On the way up: The purchase that reaches a tier still counts as before it.",
        "Term: Each purchase after which the condition is met begins the term anew. "
        "When a term ends, its last day counts: who met the condition on it stays for another term. "
        "Who no longer qualifies goes to the tier that they qualify for, or to none.",
        "Expiry: Points: usable until the end of the day 12 months after receipt; what is left then expires.",
        "Months: Where a month has no such day, its last day is meant.",
        "Order of use: What expires first is used first, then what was earned first.",
    ]


def test_the_grocers_examples() -> None:
    assert said(text_of("gallery/grocer"), "examples") == [
        "Welcome: Joining brings 25 points (welcome to the club).",
        "Purchase: A purchase of $48.50 brings 48 points (1 for each $1 after discount).",
        "Purchase: A purchase of $48.50 (24 November 2026) brings 48 points (1 for each $1 after discount); "
        "49 points (1 for each $1 after discount).",
        "The most: A purchase of $60 (24 November 2026) brings the most by this rule: 50 points.",
        "Premier: A purchase of $2,500 reaches Premier and brings 2,500 points (1 for each $1 after discount). "
        "As Premier, a purchase of $48.50 brings 72 points (1.5 for each $1 after discount, as Premier).",
        "Money off: Of 285 points, 250 points take $5 off the bill; what is left: 35 points.",
        "Expiry: 48 points, received on 20 November 2026: usable to the end of 20 November 2027.",
        "Return: After a purchase of $48.50 the wallet holds 73 points. "
        "Return of goods for $18.50: 18 points less; what is left: 55 points.",
        "Return: After a purchase of $250 the wallet holds 275 points; used: 250 points. "
        "Return of all of it: 225 points owed.",
    ]


def test_examples_of_time_and_of_what_is_counted() -> None:
    assert said(text_of("gallery/wholesaler"), "examples")[-2] == (
        "Credit note: Of 104 points, 100 points turn at the end of 31 December 2026 into: credit note of $10; "
        "what is left: 4 points."
    )
    assert said(text_of("gallery/fashion"), "examples")[-3] == (
        "Expiry: 58 points, received on 20 November 2026: usable from 4 December 2026 to the end of 20 May 2028. "
        "Some are earned again on 28 February 2027: all are usable to the end of 28 August 2028."
    )
    assert said(text_of("gallery/cafe"), "examples")[1:4] == [
        "Adding up: A purchase of $12.50 brings 2 stamps (1 for each full $5 spent); the remaining $2.50 count on.",
        "Adding up: 50 stamps in a calendar year: gift (for 50 stamps).",
        "Adding up: 100 stamps in a calendar year: larger gift (for 100 stamps).",
    ]
    assert said(text_of("best_buy_2009"), "examples")[2] == (
        "Certificate: Of 260 points, 250 points turn at the end of 31 December 2026 into: certificate of $5; "
        "lost: 10 points."
    )


def test_a_rial_shop_reads_toman_and_its_own_calendar() -> None:
    told = said(gallery.text("grocer", "IRR"), "examples", language="fa", currency="IRR", calendar="jalali")
    assert any("۴٬۸۵۰٬۰۰۰ تومان" in line and "۴۸ امتیاز" in line for line in told)
    assert any("۲۹ آبان ۱۴۰۵" in line and "۲۹ آبان ۱۴۰۶" in line for line in told)


def test_an_example_that_the_engine_does_not_bear_out_is_left_out() -> None:
    never = changed(WHOLE, "spent = 200.00", "row = 3, visits = 1000")
    assert not [line for line in said(never, "examples") if line.startswith("Ոսկի")]
