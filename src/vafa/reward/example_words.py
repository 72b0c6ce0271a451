"""How worked examples are told: what was bought, and what it brought. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.reward.engine import Activity, Effect, Plan
from vafa.reward.engine.explain import why
from vafa.reward.made_up import Purchase, Story
from vafa.reward.rules import MONEY
from vafa.reward.rules_in_words import column_name
from vafa.reward.saying import Part, Section, given, money

GAINS = ("earn", "bonus", "issue")


class Example(NamedTuple):
    """What is told, and the activities of which it is told.

    ``until``: the day to whose beginning time passes; ``rule``: the one rule of which it tells, "" of all.
    """

    kind: str
    section: Section
    activities: tuple[Activity, ...]
    until: int | None = None
    rule: str = ""


def example(kind: str, title: str, text: str, story: Story, until: int | None = None, rule: str = "") -> Example:
    return Example(kind, Section(title, (Part(text[:1].upper() + text[1:]),)), tuple(story.activities), until, rule)


def bought(plan: Plan, purchase: Purchase) -> str:
    """ "a purchase of 3 items for $12 (category coffee)" """
    amount, items = {"amount": money(purchase.amount, plan.currency)}, figures.number(purchase.items)
    if not purchase.items:
        told = _("a purchase of %(amount)s") % amount
    elif any(earn.of in MONEY for earn in plan.programme.earns) or counts_money(plan):
        words = ngettext(
            "a purchase of %(n)s item for %(amount)s", "a purchase of %(n)s items for %(amount)s", purchase.items
        )
        told = words % (amount | {"n": items})
    else:
        told = ngettext("a purchase of %(n)s item", "a purchase of %(n)s items", purchase.items) % {"n": items}
    beside = [f"{column_name(name)} {value}" for name, value in purchase.told.items()]
    beside += [figures.day(purchase.day)] if purchase.dated else []
    return told + " (" + _("; ").join(beside) + ")" if beside else told


def goods(plan: Plan, part: Purchase) -> str:
    """ "goods for $18.50", "1 item" """
    if part.items:
        return ngettext("%(n)s item", "%(n)s items", part.items) % {"n": figures.number(part.items)}
    return _("goods for %(amount)s") % {"amount": money(part.amount, plan.currency)}


def counts_money(plan: Plan) -> bool:
    return any(counter.of in MONEY for counter in plan.programme.counters)


def gains(plan: Plan, effects: Sequence[Effect]) -> str:
    """ "48 points (1 for each $1 after discount); gift (for 50 stamps)" """
    told = [
        _("%(units)s (%(why)s)") % {"units": units(plan, effect.unit, effect.amount), "why": why(plan, effect)}
        for effect in effects
        if effect.kind in GAINS
    ]
    return _("; ").join(told) or _("nothing")


def units(plan: Plan, unit: str, count: int) -> str:
    return given(plan.programme.unit(unit), count, plan.currency)


def brings(plan: Plan, purchase: Purchase, effects: Sequence[Effect]) -> str:
    told = {"bought": bought(plan, purchase), "brought": gains(plan, effects)}
    return _("%(bought)s brings %(brought)s.") % told
