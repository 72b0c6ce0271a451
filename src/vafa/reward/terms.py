"""The terms in plain words, made from the document: short sentences, the whole text, and why a movement was.

Nothing here is kept anywhere; what is said is what the engine does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vafa.core import clock
from vafa.core.calendar import day_number
from vafa.core.words import gettext as _
from vafa.reward.engine import Plan, succeed
from vafa.reward.engine.explain import explain
from vafa.reward.example_words import Example
from vafa.reward.examples import examples
from vafa.reward.rewards_in_words import order_of_rewards, rewarding, worths
from vafa.reward.rules_in_words import earning, limits, title
from vafa.reward.saying import Part, Section, sentence
from vafa.reward.shared_in_words import of_programme
from vafa.reward.small_print import expiry, order_of_use, pending, returns, rounding, stacking
from vafa.reward.tiers_in_words import standing_on, tier_rules

__all__ = [
    "Chapter",
    "Example",
    "Part",
    "Section",
    "chapters",
    "examples",
    "explain",
    "sentences",
    "small_print",
    "text",
]


class Chapter(NamedTuple):
    """What belongs together; ``id``: earn, spend, tiers, time, returns or examples."""

    id: str
    title: str
    sections: tuple[Section, ...]


def sentences(plan: Plan) -> list[Section]:
    """The rules as members read them, in the order earn, welcome, spend, tiers, expiry."""
    return [*_earns(plan), *rewarding(plan), *standing_on(plan), *expiry(plan), *_left(plan)]


def chapters(plan: Plan, day: int | None = None) -> list[Chapter]:
    """All conditions, and examples of them from ``day`` (default: today) on; chapters that say nothing are left out."""
    day = day_number(clock.now().date()) if day is None else day
    alone = succeed([plan], [])[0]  # the examples' purchases are valued by this version, whenever it holds
    told = [
        Chapter(
            "earn",
            _("How to earn"),
            (*_earns(plan), *of_programme(plan), *rounding(plan), *stacking(plan), *pending(plan)),
        ),
        Chapter("spend", _("What it brings"), (*rewarding(plan), *order_of_rewards(plan), *worths(plan))),
        Chapter("tiers", _("Tiers"), (*standing_on(plan), *tier_rules(plan))),
        Chapter("time", _("How long it can be used"), (*expiry(plan), *_left(plan), *order_of_use(plan))),
        Chapter("returns", _("When goods are returned"), tuple(returns(plan))),
        Chapter("examples", _("Worked examples"), tuple(example.section for example in examples(alone, day))),
    ]
    return [chapter for chapter in told if chapter.sections]


def small_print(plan: Plan) -> list[str]:
    """What the rules themselves don't say: rounding, waiting, worths, tiers, returns."""
    parts = (of_programme, rounding, stacking, pending, order_of_rewards, worths, tier_rules, order_of_use, returns)
    return [section.text for part in parts for section in part(plan)]


def text(plan: Plan, day: int | None = None) -> str:
    """All conditions, a paragraph each, with a blank line between."""
    return "\n\n".join(
        f"{section.title}: {section.text}" for chapter in chapters(plan, day) for section in chapter.sections
    )


def _earns(plan: Plan) -> Iterator[Section]:
    for earn in plan.programme.earns:
        yield Section(title(earn), (*earning(plan, earn), *limits(plan, earn)), f"earn.{earn.id}")


def _left(plan: Plan) -> Iterator[Section]:
    """Units of earlier versions that members may still hold."""
    for unit in map(plan.programme.unit, plan.programme.left):
        words = _("No longer given: %(unit)s. What members hold stays usable as promised.")
        yield Section(_("Until now"), sentence(words, unit=_(unit.name)), f"left.{unit.id}")
