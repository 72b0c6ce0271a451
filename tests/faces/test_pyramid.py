"""The value pyramid: levels that the shop defines, on the page, on cards and in segments."""

from __future__ import annotations

import html
import re

import pytest

import cast
from cast import NOW, TODAY, customer
from vafa.core.errors import Refusal
from vafa.loop import segments
from vafa.loop.daily import figures_as_of
from vafa.segment import queries
from vafa.shop import actions
from vafa.shop import queries as shop
from vafa.shop.access import SYSTEM
from vafa.shop.levels import Level, levels

LEVELS = "Silver: 100\nGold 200\n100% 'O''Neil' club 240"


def see(answer) -> str:
    assert answer.status_code == 200, answer.content
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


@pytest.fixture
def stepped(club):
    """The five bought for 40, 80, 160, 200 and 240 within the year."""
    cast.walk_the_ladder()
    figures_as_of(TODAY - 1, now=NOW)
    actions.change_settings(levels=LEVELS, actor=SYSTEM, now=NOW)
    return club


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("Gold 1,000\n\n Silver: 300.50 ", (Level("Gold", 100_000), Level("Silver", 30_050))),
        ("همه ۰\nطلایی ۱٬۰۰۰", (Level("طلایی", 100_000), Level("همه", 0))),
        ("Level 2 50", (Level("Level 2", 5_000),)),
    ],
)
def test_levels_are_read_a_line_each_the_highest_first(text, found):
    assert levels(text, "USD") == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Gold", "“Gold” tells no level. Write a name and an amount on each line, such as: Gold 1000"),
        ("1000", "“1000” tells no level."),
        ("Gold -5", "“Gold -5” tells no level."),
        ("Gold 10\ngold 20", "Two levels have the same name or the same amount."),
        ("Gold 10\nSilver 10", "Two levels have the same name or the same amount."),
        ("Gold 10.005", "“10.005” has more decimals than USD has."),
        ("\n".join(f"L{n} {n}" for n in range(9)), "There are at most 8 levels."),
    ],
)
def test_what_tells_no_level_is_refused_and_the_old_ones_stay(stepped, text, says):
    with pytest.raises(Refusal) as refused:
        actions.change_settings(levels=text, actor=SYSTEM, now=NOW)
    assert str(refused.value).startswith(says)
    assert [level.name for level in shop.value_levels()] == ["100% 'O''Neil' club", "Gold", "Silver"]


def test_the_pyramid_from_its_top_down(stepped, as_sara):
    told = [(step.people, step.year_revenue) for step in queries.pyramid(shop.value_levels())]
    assert told == [(1, 24_000), (1, 20_000), (1, 16_000), (2, 12_000)]
    page = see(as_sara.get("/segment"))
    assert "Gold $200 1 $200" in page
    assert "below all levels 2 $120" in page
    actions.change_settings(levels=LEVELS + "\nAll 0", actor=SYSTEM, now=NOW)
    assert [step.name for step in queries.pyramid(shop.value_levels())][-1] == "All"
    actions.change_settings(levels="", actor=SYSTEM, now=NOW)
    assert "Value pyramid" not in see(as_sara.get("/segment"))


def test_a_level_opens_its_people_whatever_it_is_called(stepped, as_sara):
    page = html.unescape(as_sara.get("/segment").content.decode())
    link = re.search(r'href="(/segment/new\?definition=level[^"]*Neil[^"]*)"', page)
    assert link is not None
    told = see(as_sara.get(link[1]))
    assert "1 customer belongs here now" in told
    assert "Emil Fox the value level: 100% 'O''Neil' club" in told
    assert segments.Asked("level IN ('Gold', 'Silver')").counted().people == 2
    assert segments.Asked("level IS NULL").counted().people == 2


def test_the_card_and_the_settings_know_it(stepped, as_sara):
    assert "Gold bought for $200 within a year" in see(as_sara.get(f"/know/customer/{customer('Dora').code}"))
    assert "within a year" not in see(as_sara.get(f"/know/customer/{customer('Ada').code}"))
    assert "Silver: 100" in see(as_sara.get("/settings"))
