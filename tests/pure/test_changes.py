"""What changes between two programmes, in words: every difference is told, and nothing else."""

from __future__ import annotations

import pytest
from test_engine import BASE, OFF, POINT, PREMIER, SPENT, TIERED, gallery, plan_of
from test_walks import RICH

from vafa.reward.changes import changes, step


def told(before: str, after: str) -> list[str]:
    return [change.sentence for change in changes(plan_of(before), plan_of(after))]


def test_nothing_changes_in_the_same_programme() -> None:
    assert changes(gallery("points_and_stamps"), gallery("points_and_stamps")) == []


def test_rules_that_are_new_changed_and_gone() -> None:
    bonus = '[[earn]]\nid = "tea"\nunit = "point"\nper = 3.00\nwhere = { category = "tea" }\nbonus = true\n'
    before = POINT + SPENT + BASE + OFF
    after = POINT + SPENT + PREMIER + TIERED.replace("per = 1.00", "per = 0.50") + bonus
    found = changes(plan_of(before), plan_of(after))
    assert [change.sentence for change in found] == [
        "Changes – Earn: Members get 1 point for every $0.50 they spend, after discounts. Premier: 1.5 times that. "
        "(until now: Members get 1 point for every $1 they spend, after discounts.)",
        "New – Bonus: Members get 1 point for every $3 they spend, after discounts. Only for the category tea.",
        "New – Premier: From $2,500 in a calendar year: until the end of the year.",
        "Ends – Off: 10 points are worth $1 off.",
        "New – Terms: The purchase that reaches a tier still counts as before it.",
        "New – Terms: Each purchase after which the condition is met begins the term anew. "
        "When a term ends, its last day counts: who met the condition on it stays for another term. "
        "Who no longer qualifies goes to the tier that they qualify for, or to none.",
        "Ends – Terms: 100 points: up to $10.",
    ]
    assert [piece for piece, changed in found[0].marked if changed] == ["$0.50", "1.5"]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("bonus = true", "bonus = false"),
        ("pending_days = 3", "pending_days = 4"),
        ('returns = "within balance"', 'returns = "owed"'),
        ('round = "half up"', 'round = "up"'),
        ('window = "rolling 90 days"', 'window = "rolling 91 days"'),
        ("visits = 6", "visits = 7"),
        ('valid = "2 months"', 'valid = "3 months"'),
        ("max = 400", "max = 401"),
        ("worth = 4.00", "worth = 4.01"),
        ('name = "Everything at once"', 'name = "Everything"\nstacking = "best"\ncrossing = "new"\ndowngrade = "keep"'),
        ('id = "visits"\nof = "visit"', 'id = "visits"\nof = "visit"\nwhere = { store = "north" }'),
    ],
)
def test_each_change_is_told_in_some_words(then: str, now: str) -> None:
    assert then in RICH
    found = changes(plan_of(RICH), plan_of(RICH.replace(then, now, 1)))
    assert found
    assert len(found) <= 8
    back = changes(plan_of(RICH.replace(then, now, 1)), plan_of(RICH))
    assert {change.sentence for change in back} != {change.sentence for change in found}


def test_what_no_sentence_tells_is_told_as_a_setting() -> None:
    assert told(POINT + BASE, POINT + BASE + "bonus = true\n")[-1].startswith("Changes – Bonus")
    assert told(POINT + BASE + OFF, POINT + BASE + OFF + 'when = "auto"\n')  # off the bill, now by itself
    named = '[programme]\nname = "{}"\n' + POINT + BASE
    assert told(named.format("Club"), named.format("Circle")) == [
        'Changes – Setting: programme.name = "Circle" (until now: programme.name = "Club")'
    ]


def test_what_members_take_along_is_told() -> None:
    before = gallery("points_and_stamps").programme
    after = plan_of(POINT + SPENT + PREMIER.replace("premier", "gold") + BASE + OFF).programme
    found = step(before, after, calendar="gregorian", currency="USD")
    assert found.carried[2:] == [
        "Stamps: none are given any more; those there still buy what they bought until now.",
        "Gift: none are given any more; those there still buy what they bought until now.",
        "Larger gift: none are given any more; those there still buy what they bought until now.",
        "Premier ends: who is on it comes to the tier whose conditions they meet on that day.",
        "Who meets the conditions of Gold is on it from the first day.",
        "“spent” is counted from the first day of the club on, by what was bought until now.",
    ]
