"""Events, budgets and rewards of a programme's text: what is refused with line and remedy, and the terms in words."""

from __future__ import annotations

import pytest
from test_engine import plan_of

from vafa.core.errors import Refusal
from vafa.reward import programme, terms

POINT = '[unit.point]\nname = "points"\n'
OFF = '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n'
EARN = '[[earn]]\nid = "e"\nunit = "point"\n'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (POINT + EARN + 'of = "event"\n', "which_event", 4),
        (POINT + EARN + 'where = { event = "review" }\n', "no_event", 6),
        (POINT + EARN + 'of = "event"\nwhere = { event = "review", store = "x" }\n', "event_without_lines", 7),
        (POINT + EARN + 'of = "event"\nwhere = { event = "review" }\nmin_basket = 5.00\n', "no_purchase", 8),
        (POINT + EARN + "budget = { max = 0 }\n", "bad_budget", 6),
        (POINT + EARN + 'budget = { max = 5, per = "member year" }\n', "unknown_word", 6),
        (POINT + EARN + "first = 0\n", "bad_number", 6),
        (POINT + EARN + OFF + 'stock = 3\nwhen = "yearly"\n', "yearly_stock", 11),
        (POINT + EARN + OFF + 'stock = { max = 3, returned = "free" }\n', "stock_returns", 11),
        (POINT + EARN + OFF + "chosen = { min = 150, step = 100 }\n", "bad_chosen", 11),
        (POINT + EARN + OFF + "chosen = { share = 2 }\n", "bad_chosen", 11),
        (POINT + EARN + OFF + 'when = "auto"\nchosen = { step = 10 }\n', "chosen_off_the_bill", 12),
        (POINT + EARN + OFF + "thresholds = [10, 20]\n", "threshold_by_itself", 11),
        (POINT + EARN + OFF + 'when = "auto"\nthresholds = [25]\n', "bad_thresholds", 12),
        (POINT + EARN + "[referral]\npurchase = 0\n", "bad_number", 7),
        (POINT + EARN + "[referral]\nsecond = 1\n", "unknown_key", 7),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Refusal) as refused:
        programme.load(text)
    assert (refused.value.code, refused.value.params["line"]) == (code, line)


def test_a_budget_in_money_needs_a_worth() -> None:
    with pytest.raises(Refusal) as refused:
        plan_of(POINT, EARN + "budget = { max = 50.00 }\n")
    assert refused.value.code == "no_worth"
    plan = plan_of(POINT + "worth = 0.02\n", EARN + "budget = { max = 50.00 }\n")
    assert (plan.budgets.limit, plan.budgets.weight) == ((5000,), ((2,),))


def test_what_all_members_share_reads_as_sentences() -> None:
    shared = plan_of(
        '[programme]\nbudget = { max = 200.00, per = "year" }\n',
        POINT,
        EARN + 'gives = 5\nbudget = { max = 1000, per = "month" }\nfirst = 100\n',
        OFF + 'stock = { max = 20, per = "week" }\n',
    )
    first, reward = terms.sentences(shared)[:2]
    assert first.text.endswith(
        "All members together get at most 1,000 points in a calendar month; who comes first is served first. "
        "Only for the first 100 members."
    )
    assert reward.text == "10 points are worth $1 off. There are 20 a week."
    assert "All members together get at most units worth $200 in a calendar year" in terms.text(shared)


def test_choices_read_as_sentences() -> None:
    chosen = OFF + "chosen = { min = 50, share = 0.5 }\n"
    auto = OFF.replace('"off"', '"auto"') + 'gives = "paper"\nwhen = "auto"\nthresholds = [10, 20, 50]\n'
    plan = plan_of(POINT, "[unit.paper]\nmoney = true\n", EARN, chosen, auto)
    assert [section.text for section in terms.sentences(plan)][1:3] == [
        "Each 10 points pay $1 of a bill, from 50 points on, in steps of 10. At most 50 % of the bill. "
        "What is paid so earns nothing.",
        "After each purchase, every 10 points turn by themselves into: paper of $1. "
        "Members choose when: at 10, 20 or 50.",
    ]
    with pytest.raises(Refusal) as refused:
        plan_of(POINT, EARN, OFF.replace("price = 10", "price = 3") + "chosen = { step = 1 }\n")
    assert refused.value.code == "uneven_step"


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
