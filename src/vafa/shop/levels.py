"""The levels of a shop's value pyramid: what customers are called who bought for so much within a year."""

from __future__ import annotations

import re
from typing import NamedTuple

from vafa.core.errors import Refusal
from vafa.core.money import to_minor
from vafa.core.words import gettext_noop as _

MOST, LONGEST = 8, 40
_LINE = re.compile(r"(?P<name>.*\S)[\s:]+(?P<least>[\d.,٫٬]+)")


class Level(NamedTuple):
    name: str
    least: int  # minor units, bought within a year


def levels(text: str, currency: str) -> tuple[Level, ...]:
    """The levels that ``text`` tells, a line each such as “Gold 1000”, the highest first; none where it is empty."""
    found = [_level(line.strip(), currency) for line in text.splitlines() if line.strip()]
    if len(found) > MOST:
        raise Refusal("bad_levels", _("There are at most %(most)s levels."), most=MOST)
    names, amounts = {level.name.casefold() for level in found}, {level.least for level in found}
    if len(names) < len(found) or len(amounts) < len(found):
        raise Refusal("bad_levels", _("Two levels have the same name or the same amount."))
    return tuple(sorted(found, key=lambda level: -level.least))


def _level(line: str, currency: str) -> Level:
    told = _LINE.fullmatch(line)
    if told is None or len(told["name"].rstrip(":")) > LONGEST:
        raise Refusal(
            "bad_levels",
            _("“%(line)s” tells no level."),
            _("Write a name and an amount on each line, such as: Gold 1000"),
            line=line[:60],
        )
    return Level(told["name"].rstrip(" :"), to_minor(told["least"].replace(",", ""), currency))
