"""What was said and promised is there for whoever serves the customer next."""

from __future__ import annotations

import re

import pytest

import cast
from vafa.know import dialogue
from vafa.know.models import Conversation, Relative
from vafa.loop import merge, segments

TALK = {
    "way": "call",
    "text": "The box was broken on the way.",
    "satisfaction": "2",
    "promise": "A new box",
    "promise_day": "2026-11-18",
}


def text_of(answer) -> str:
    """The words of a page, without tags and without the signs that set a text's direction apart."""
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(re.sub("[\u2068\u2069]", "", bare).split())


def test_a_talk_and_its_promise_are_told_on_the_card_and_at_the_till(club, as_sara, as_reza):
    page = text_of(as_sara.post("/know/customer/C1/talk", TALK, follow=True))
    assert "The talk is kept." in page
    assert "Sara promised on 20 November: A new box (was due on 18 November)" in page
    assert "Last talked on 20 November with Sara: The box was broken on the way." in page
    assert "They were not satisfied then." in page
    assert "Call, with Sara: The box was broken on the way." in page.replace(" :", ":")
    assert "Satisfaction 2 of 5" in page
    assert "Promised: A new box (open)" in page
    till = text_of(as_reza.get("/till/find", {"q": "9001"}))
    assert "Promised: A new box (Sara, 20 November)" in till
    (one,) = Conversation.objects.all()
    for _time in range(2):  # twice is once
        page = text_of(as_sara.post(f"/know/promises/{one.pk}/kept", follow=True))
    assert "Promised: A new box (kept)" in page
    assert "A new box" not in text_of(as_reza.get("/till/find", {"q": "9001"}))
    assert "Call, with Sara" in text_of(as_sara.get("/know/customer/C1?show=talks"))
    assert "Call, with Sara" not in text_of(as_sara.get("/know/customer/C1?show=points"))


def test_the_most_urgent_promise_is_told_first(club):
    for what, day in (("Some day", None), ("Late", cast.TODAY + 9), ("Soon", cast.TODAY + 1), ("Past", cast.TODAY - 3)):
        talk = dialogue.Talk("call", "", promise=what, promise_day=day)
        dialogue.note("C1", talk, actor=cast.SYSTEM, now=cast.NOW)
    ada = cast.customer("Ada").pk
    assert [one.promise for one in dialogue.promises(ada)] == ["Past", "Soon", "Late", "Some day"]
    assert [one.promise for one in dialogue.promises(ada, 2)] == ["Past", "Soon"]


def test_a_talk_that_says_nothing_is_refused(club, as_sara):
    for change, says in (
        ({"way": "smoke"}, "Say how you talked"),
        ({"text": " ", "promise": "", "satisfaction": "", "promise_day": ""}, "Write what was said"),
        ({"satisfaction": "9"}, "from 1 to 5"),
        ({"promise": ""}, "Write what was promised"),
        ({"promise_day": "soon"}, "is not a day"),
    ):
        answer = as_sara.post("/know/customer/C1/talk", TALK | change)
        assert (answer.status_code, says in text_of(answer)) == (422, True), change
    assert not Conversation.objects.exists()
    assert as_sara.post("/know/promises/7/kept").status_code == 404


def test_the_household_is_known_by_name(club, as_sara, as_reza):
    nika = {"name": "Nika", "relation": "child", "birthday": "2018-12-05"}
    page = text_of(as_sara.post("/know/customer/C1/household", nika, follow=True))
    assert "Nika · child" in page
    assert "Birthday of Nika (child) on 5 December." in page
    assert "Family: Nika (child)" in text_of(as_reza.get("/till/find", {"q": "9001"}))
    (one,) = Relative.objects.all()
    as_sara.post("/know/customer/C2/household", {"remove": one.pk})
    assert Relative.objects.exists()  # of somebody else's card
    as_sara.post("/know/customer/C1/household", {"remove": one.pk})
    assert not Relative.objects.exists()
    assert as_sara.post("/know/customer/C1/household", nika | {"relation": "boss"}).status_code == 422


def test_what_is_written_stays_text(club, as_sara):
    told = TALK | {"text": "<script>alert(1)</script>", "promise": "<b>x</b>"}
    page = as_sara.post("/know/customer/C1/talk", told, follow=True).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ("promise_open", {"C2"}),
        ("satisfaction <= 2", {"C1"}),
        ("satisfaction >= 3", {"C2"}),
        ("days_since_talk <= 7", {"C1", "C2"}),
        ("has_household", {"C1"}),
        ("promise_open AND NOT satisfaction <= 2", {"C2"}),
    ],
)
def test_segments_know_what_was_said(club, definition, found):
    for code, satisfaction in (("C1", 4), ("C1", 2), ("C2", 5)):  # what was said last counts
        talk = dialogue.Talk("call", "Asked.", satisfaction, "A call" if code == "C2" else "")
        dialogue.note(code, talk, actor=cast.SYSTEM, now=cast.NOW)
    dialogue.add_relative("C1", name="Nika", relation="child", birthday=None, actor=cast.SYSTEM, now=cast.NOW)
    asked = segments.Asked(definition).some()
    assert {customer.code for customer in cast.know.customers(asked).values()} == found


def test_two_cards_that_become_one_bring_their_talks_and_take_them_back(club):
    mine = dialogue.note("C1", dialogue.Talk("shop", "Likes tea."), actor=cast.SYSTEM, now=cast.NOW)
    theirs = dialogue.note("C2", dialogue.Talk("visit", "", promise="A call"), actor=cast.SYSTEM, now=cast.NOW)
    dialogue.add_relative("C2", name="Nika", relation="child", birthday=None, actor=cast.SYSTEM, now=cast.NOW)
    kept, gone = cast.customer("Ada"), cast.customer("Ben")
    made = merge.merge("C1", "C2", actor=cast.SYSTEM, now=cast.NOW)
    assert {one.pk for one in dialogue.conversations(kept.pk)} == {mine.pk, theirs.pk}
    assert [one.name for one in dialogue.relatives(kept.pk)] == ["Nika"]
    later = dialogue.note("C2", dialogue.Talk("call", "Meanwhile."), actor=cast.SYSTEM, now=cast.NOW)
    merge.part(made.pk, actor=cast.SYSTEM, now=cast.NOW)
    assert {one.pk for one in dialogue.conversations(kept.pk)} == {mine.pk, later.pk}
    assert [one.pk for one in dialogue.promises(gone.pk)] == [theirs.pk]
    assert [one.name for one in dialogue.relatives(gone.pk)] == ["Nika"]
