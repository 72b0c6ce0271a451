"""Events, budgets and rewards of a programme's text: what is refused with line and remedy, and the terms in words."""

from __future__ import annotations

import pytest
from test_engine import plan_of

from vafa.core.errors import Refusal
from vafa.reward import programme, terms

POINT = '[unit.point]\nname = "points"\n'
EARN = '[[earn]]\nid = "e"\nunit = "point"\n'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (POINT + EARN + 'of = "event"\n', "which_event", 4),
        (POINT + EARN + 'where = { event = "review" }\n', "no_event", 6),
        (POINT + EARN + 'of = "event"\nwhere = { event = "review", store = "x" }\n', "event_without_lines", 7),
        (POINT + EARN + 'of = "event"\nwhere = { event = "review" }\nmin_basket = 5.00\n', "no_purchase", 8),
        (POINT + EARN + "[referral]\npurchase = 0\n", "bad_number", 7),
        (POINT + EARN + "[referral]\nsecond = 1\n", "unknown_key", 7),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Refusal) as refused:
        programme.load(text)
    assert (refused.value.code, refused.value.params["line"]) == (code, line)


def test_events_read_as_sentences() -> None:
    rules = [
        f'[[earn]]\nid = "{event}"\nunit = "point"\nof = "event"\ngives = 5\nwhere = {{ event = "{event}" }}\n'
        for event in ("birthday", "review", "referral", "referred", "quiz")
    ]
    plan = plan_of(POINT, *rules, "[referral]\npurchase = 2\nafter_days = 14\n")
    assert [section.text for section in terms.sentences(plan)][:5] == [
        "Members get 5 points on their birthday, once a year.",
        "Members get 5 points for a review.",
        "Who brings somebody to the club gets 5 points for their 2 purchases. "
        "It comes 14 days later, unless what they bought was given back.",
        "Whoever comes with a member gets 5 points for the first 2 purchases. "
        "It comes 14 days later, unless what they bought was given back.",
        "Members get 5 points for “quiz”.",
    ]
