"""Worked examples of what comes later: until when units can be used, and what goes back with goods. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.reward.engine import Effect, Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.example_words import Example, bought, example, goods, units
from vafa.reward.made_up import Purchase, Story, earning, fitting
from vafa.reward.programme import Earn, Unit
from vafa.reward.rules import APART, MONEY
from vafa.reward.rules_in_words import is_rated

LATER = 100  # days until the next purchase, where activity keeps units alive


def expiries(plan: Plan, day: int) -> Iterator[Example]:
    """For each unit with an end: the first and the last day on which it can be used."""
    for unit in plan.programme.units:
        for purchases in _bringing(plan, unit, day):
            story = Story(plan, day)
            effects = story.buys(*purchases) if purchases else []
            lots = [effect for effect in effects if effect.unit == unit.id and effect.expires_day]
            if lots:
                whole = sum(effect.amount for effect in lots if effect.lot == lots[-1].lot)
                yield _lasts(plan, unit, story, lots[-1]._replace(amount=whole), purchases[-1])
                break


def _bringing(plan: Plan, unit: Unit, day: int) -> Iterator[list[Purchase]]:
    """Purchases that bring some of the unit: by a rule, or by a reward that comes by itself."""
    for earn in plan.programme.earns:
        if earn.unit == unit.id and earn.of not in APART:
            made = fitting(plan, earn, day) if is_rated(earn) else None
            yield [made] if made else earning(plan, unit.id, 1, day)
    for reward in plan.programme.rewards:
        if reward.gives == unit.id and reward.when == "auto":
            yield earning(plan, reward.unit, reward.price, day)


def _lasts(plan: Plan, unit: Unit, story: Story, lot: Effect, purchase: Purchase) -> Example:
    assert lot.expires_day is not None
    told = {
        "units": units(plan, unit.id, lot.amount),
        "first": figures.day(lot.day),
        "from": figures.day(lot.available_day),
        "last": figures.day(lot.expires_day - 1),
    }
    if unit.pending_days:
        text = _("%(units)s, received on %(first)s: usable from %(from)s to the end of %(last)s.") % told
    else:
        text = _("%(units)s, received on %(first)s: usable to the end of %(last)s.") % told
    until = lot.expires_day
    if plan.units.alive[plan.units.ids.index(unit.id)]:
        again = story.buys(replace(purchase, day=purchase.day + LATER))
        kept = [effect for effect in again if effect.kind == "extend" and effect.unit == unit.id]
        if kept and kept[0].expires_day is not None:
            until = kept[0].expires_day
            told = {"day": figures.day(kept[0].day), "last": figures.day(kept[0].expires_day - 1)}
            text += " " + _("Some are earned again on %(day)s: all are usable to the end of %(last)s.") % told
    return example("expiry", _("Expiry"), text, story, until)


def given_back(plan: Plan, day: int) -> Iterator[Example]:
    """A part of a purchase comes back; and all of one whose units were used already."""
    for unit in plan.programme.units:
        earn = next((one for one in plan.programme.earns if one.unit == unit.id and _plain(one)), None)
        purchase = fitting(plan, earn, day) if earn else None
        if earn is None or purchase is None:
            continue
        yield from _part(plan, earn, purchase)
        yield from _used(plan, unit, day)


def _plain(earn: Earn) -> bool:
    return is_rated(earn) and earn.when is None and earn.of not in ("visit", *APART)


def _part(plan: Plan, earn: Earn, purchase: Purchase) -> Iterator[Example]:
    story = Story(plan, purchase.day)
    if not any(effect.unit == earn.unit for effect in story.buys(purchase)):
        return
    if earn.of in MONEY:
        part = replace(purchase, amount=minor(earn.per, plan.currency) * 37 // 2)
    else:
        part = replace(purchase, amount=purchase.amount // purchase.items, items=1)
    if part.amount >= purchase.amount:
        return
    had = story.held(earn.unit)
    effects = story.gives_back(replace(part, day=purchase.day + 1, told=_goods(part)), story.last)
    back = -sum(effect.amount for effect in effects if effect.kind == "return" and effect.unit == earn.unit)
    told = {
        "bought": bought(plan, purchase),
        "part": goods(plan, part),
        "had": units(plan, earn.unit, had),
        "back": units(plan, earn.unit, back),
        "left": units(plan, earn.unit, story.held(earn.unit)),
    }
    text = (
        _("after %(bought)s the wallet holds %(had)s. Return of %(part)s: %(back)s less; what is left: %(left)s.")
        % told
    )
    yield example("return", _("Return"), text, story)


def _goods(purchase: Purchase) -> dict[str, str]:
    return {name: value for name, value in purchase.told.items() if name in ("category", "brand", "product")}


def _used(plan: Plan, unit: Unit, day: int) -> Iterator[Example]:
    """Units are earned and used for a reward, then all goods come back."""
    reward = next((one for one in plan.programme.rewards if one.unit == unit.id and one.when == "asked"), None)
    if reward is None or (reward.tiers and "member" not in reward.tiers):
        return
    purchases = earning(plan, unit.id, reward.price, day)
    if len(purchases) != 1:
        return
    story, purchase = Story(plan, day), purchases[0]
    story.buys(purchase)
    sale, had = story.last, story.held(unit.id)
    used = -sum(e.amount for e in story.takes(reward.id, purchase.day + unit.pending_days) if e.kind == "redeem")
    if used != reward.price:
        return
    later = purchase.day + unit.pending_days + 1
    effects = story.gives_back(replace(purchase, day=later, told=_goods(purchase)), sale)
    owed = -sum(e.amount for e in effects if e.kind == "owed" and not e.lot and e.unit == unit.id)
    told = {
        "bought": bought(plan, purchase),
        "had": units(plan, unit.id, had),
        "used": units(plan, unit.id, used),
        "owed": units(plan, unit.id, owed),
    }
    words = _("after %(bought)s the wallet holds %(had)s; used: %(used)s. Return of all of it: %(owed)s owed.")
    none = _("after %(bought)s the wallet holds %(had)s; used: %(used)s. Return of all of it: nothing owed.")
    yield example("owed", _("Return"), (words if owed else none) % told, story)
