"""The customer base in five views, as the office shows it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

import cast
from vafa.core import clock
from vafa.loop.daily import every_morning
from vafa.measure import views


@pytest.fixture(autouse=True)
def nothing_kept():
    views._of.cache_clear()


@pytest.fixture
def walked(club):
    cast.walk_the_ladder()
    every_morning(clock.now())
    return club


def text_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_five_views_say_what_is_the_case(walked, as_sara):
    page = text_of(as_sara.get("/measure/base"))  # May to November: two quarters side by side
    assert "5 customers bought 9 times in the last 91 days." in page
    assert "The best tenth, 1 customer, brought 22 % of sales" in page  # Ben's 80 of 360
    assert "first bought in this span 2 $0 $120" in page  # Ada and Ben
    assert "bought for as much as before, or more 1 $80 $80" in page  # Clara
    assert "bought for less than before 2 $240 $160" in page  # Dora and Emil
    assert "There are not two months of newcomers to compare yet" not in page
    assert page.count("– – –") >= 1
    year = text_of(as_sara.get("/measure/base?days=365"))
    assert "5 customers bought 18 times in the last 365 days." in year
    assert "There is no earlier span to compare with yet" in year


def test_each_number_opens_its_people(walked, as_sara):
    assert "Ben Cole 0 $0 2 $80" in text_of(as_sara.get("/measure/base/people?tenth=1&days=91"))
    came = text_of(as_sara.get("/measure/base/people?way=came&days=91"))
    assert came.index("Ben Cole 0 $0 2 $80") < came.index("Ada Birch 0 $0 1 $40")
    assert as_sara.get("/measure/base/people?tenth=11").status_code == 404
    assert as_sara.get("/measure/base/people?way=' or 1").status_code == 404


def test_another_month_of_newcomers_can_be_chosen(walked, as_sara):
    may = 2026 * 12 + 4
    page = text_of(as_sara.get(f"/measure/base?days=91&cohort={may}"))
    assert "Of the newcomers of May 2026 100 % still bought 5 months later" in page  # Emil, up to October
