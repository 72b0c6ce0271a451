"""Movement on the ladder: who climbed, who fell, after what; the people behind each number."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

import cast
from cast import bought, record, sell
from vafa.core import clock
from vafa.loop import redeem
from vafa.loop.daily import every_morning
from vafa.measure import movement
from vafa.measure.movement import After


@pytest.fixture(autouse=True)
def nothing_kept():
    movement._between.cache_clear()


@pytest.fixture
def moved(club):
    """The five walk the ladder; Gil was a regular in August and has not been seen since July."""
    cast.walk_the_ladder()
    days = ["2026-04-06", "2026-05-04", "2026-06-29", "2026-07-27"]
    record(*(bought("C9", "30.00", day, f"gil-{n}") for n, day in enumerate(days)))
    sell("Clara", "300.00", "2026-10-12", "clara-more")
    with clock.frozen(cast.moment("2026-11-10")):
        redeem.redeem(cast.customer("Clara").pk, "five_off", actor=cast.SYSTEM, now=clock.now())
    every_morning(clock.now())
    return club


def text_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_page_says_who_climbed_and_who_fell(moved, as_sara):
    page = text_of(as_sara.get("/measure/movement"))
    assert "2 customers climbed in 91 days, 1 fell ." in page
    assert "Had not bought yet 1 1 – – – 2" in page
    assert "Client – – Climbed 2 – – 2" in page  # Clara and Dora
    assert "Regular – Fell 1 1 – – 2" in page  # Gil; Emil stayed
    assert "19 November 2026 1 1 0 3" in page  # this month Ada came and Ben climbed
    assert "1 customer climbed in 365 days" not in page
    assert "0 customers climbed in 30 days" not in page


def test_what_came_before_is_told_and_who_it_was(moved, as_sara):
    page = text_of(as_sara.get("/measure/movement"))
    assert "Nothing stands out among those who climbed" in page  # two people prove nothing
    assert "In between they Climbed 2 Stayed 1 Fell 1" in page
    people = text_of(as_sara.get("/measure/movement/people?was=client&rung=regular"))
    assert "2 customers : Client → Regular" in people
    assert people.index("Clara Díaz 3 – $380") < people.index("Dora Elm 2 – $80")
    assert "1 customer : Regular → Client" in text_of(as_sara.get("/measure/movement/people?was=regular&rung=client"))
    assert "1 customer : new → Buyer" in text_of(as_sara.get("/measure/movement/people?was=new&rung=buyer"))
    assert as_sara.get("/measure/movement/people?was=king&rung=buyer").status_code == 404


@pytest.mark.parametrize(
    ("climbed", "stayed", "stands_out"),
    [
        ((40, 100), (10, 100), True),
        ((12, 100), (10, 100), False),
        ((5, 9), (0, 100), False),
        ((10, 100), (40, 100), False),
    ],
)
def test_what_stands_out_is_more_than_chance_and_more_than_a_few(climbed, stayed, stands_out):
    after = After("reward", {"climbed": climbed, "stayed": stayed, "fell": (0, 0)})
    assert after.stands_out is stands_out
    assert after.share("fell") is None
