"""One value of a programme's text is changed; nothing else in it moves."""

from __future__ import annotations

import difflib
from importlib import resources

import pytest

from vafa.core.errors import Refusal
from vafa.core.words import speaking
from vafa.reward import engine, programme, terms
from vafa.reward.editing import value, with_value

TEXT = resources.files("vafa.reward").joinpath("gallery/points_and_stamps.toml").read_text("utf-8")
RICH = TEXT.replace('"12 months"', '{ member = "12 months", premier = "never" }').replace(
    "by_tier = { premier = 1.5 }", 'by_tier = { premier = 1.5 }\nwhere = { category = ["tea", "nuts"] }'
)


def changed(text: str, key: str, wanted: str) -> list[str]:
    lines = difflib.unified_diff(text.splitlines(), with_value(text, key, wanted).splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize(
    ("key", "wanted", "lines"),
    [
        ("earn.base.per", "2", ["-per = 1.00", "+per = 2.00"]),
        ("earn.base.per", " 2.5 ", ["-per = 1.00", "+per = 2.50"]),
        ("reward.five_off.price", "300", ["-price = 250", "+price = 300"]),
        ("unit.point.expires.member", "6 months", None),
        ("tier.premier.reach.0.spent_this_year", "3000", None),
        ("earn.base.where.category", "tea,  wine ", None),
        ("earn.base.by_tier.premier", "1.25", None),
    ],
)
def test_a_value_is_changed_in_its_line_alone(key: str, wanted: str, lines: list[str] | None) -> None:
    found = changed(RICH, key, wanted)
    assert len(found) == 2
    assert lines is None or found == lines


@pytest.mark.parametrize(
    ("key", "wanted", "code"),
    [
        ("earn.base.per", "nothing", "not_a_number"),
        ("earn.base.per", "nan", "not_a_number"),
        ("earn.base.per", "1e99", "not_a_number"),
        ("earn.base.per", "0", "bad_per"),
        ("reward.five_off.price", "2.5", "bad_number"),
        ("unit.point.expires.member", "soon", "bad_expiry"),
        ("earn.nobody.per", "1", "no_such_value"),
        ("earn.base", "1", "no_such_value"),
        ("", "1", "no_such_value"),
        ("earn.9.per", "1", "no_such_value"),
    ],
)
def test_what_is_no_value_or_makes_no_programme_is_refused(key: str, wanted: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        with_value(RICH, key, wanted)
    assert refused.value.code == code


def test_every_value_that_the_terms_show_can_be_changed() -> None:
    plan = engine.compile(programme.load(RICH), calendar="gregorian", currency="USD")
    with speaking("en"):
        keys = [part.value for section in terms.sentences(plan) for part in section.parts if part.value]
    assert len(keys) > 15
    for key in keys:
        assert with_value(RICH, key, value(RICH, key).text)
