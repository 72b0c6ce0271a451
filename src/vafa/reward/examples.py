"""Worked examples of a programme: made-up purchases, walked by the engine, told in words. Pure.

No figure is worked out here: each is what the engine said of the activities that the example keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.reward.engine import Effect, Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.example_words import GAINS, Example, bought, brings, example, gains, units
from vafa.reward.later_examples import expiries, given_back
from vafa.reward.made_up import Purchase, Story, earning, fitting, reaching
from vafa.reward.programme import Earn, Reward, Tier
from vafa.reward.rules import MONEY
from vafa.reward.rules_in_words import counter_of, is_rated, reached
from vafa.reward.saying import money


def examples(plan: Plan, day: int) -> list[Example]:
    """Examples from ``day`` on, in the order of the chapters; what the engine doesn't bear out is left out."""
    found = [
        *_joining(plan, day),
        *_purchases(plan, day),
        *_counted(plan, day),
        *_caps(plan, day),
        *_baskets(plan, day),
        *_tiers(plan, day),
        *_rewards(plan, day),
        *expiries(plan, day),
        *given_back(plan, day),
    ]
    return list({example.section.text: example for example in found}.values())


# Earning ----------------------------------------------------------------------------------------


def _joining(plan: Plan, day: int) -> Iterator[Example]:
    story = Story(plan, day)
    effects = story.brought()
    if any(effect.kind in GAINS for effect in effects):
        yield example(
            "joining", _("Welcome"), _("joining brings %(brought)s.") % {"brought": gains(plan, effects)}, story
        )


def _purchases(plan: Plan, day: int) -> Iterator[Example]:
    """For each rule a purchase that it values, with whatever else it brings."""
    for earn in plan.programme.earns:
        story = Story(plan, day)
        purchase = fitting(plan, earn, day) if is_rated(earn) else None
        if purchase is None:
            continue
        if earn.when is not None and earn.when.min:
            before = reaching(plan, {earn.when.counter: earn.when.min}, purchase.day)
            if not before:
                continue
            story.buys(*before)
            purchase = replace(purchase, day=max(purchase.day, before[-1].day))
        begun = list(story.activities)
        for shown in (purchase, *_favoured(earn, purchase)):
            story.activities = list(begun)
            effects = story.buys(shown)
            if any(effect.reason == earn.id for effect in effects):
                yield example("purchase", _("Purchase"), brings(plan, shown, effects), story)


def _favoured(earn: Earn, purchase: Purchase) -> Iterator[Purchase]:
    """The same of goods that count most often."""
    if earn.factor is not None:
        table = earn.factor.table
        yield replace(purchase, told={**purchase.told, earn.factor.by: max(table, key=lambda name: table[name])})


def _counted(plan: Plan, day: int) -> Iterator[Example]:
    """For each rule that a counter fires: two and a half times what it asks for, or just what it asks for."""
    for earn in plan.programme.earns:
        if is_rated(earn) or earn.when is None:
            continue
        counter, each = counter_of(plan, earn.when.counter), earn.when.every
        story = Story(plan, day)
        if each is not None and counter.of in MONEY:
            whole = minor(each, plan.currency)
            before = reaching(plan, {counter.id: whole * 5 // 2}, day)
            effects = story.buys(*before)
            fired = [effect for effect in effects if effect.reason == earn.id]
            if fired:
                told = {"bought": bought(plan, before[0]), "brought": gains(plan, fired)}
                told["rest"] = money(before[0].amount % whole, plan.currency)
                text = _("%(bought)s brings %(brought)s; the remaining %(rest)s count on.") % told
                yield example("counted", _("Adding up"), text, story, rule=earn.id)
            continue
        value = each if each is not None else earn.when.crosses
        assert value is not None
        effects = story.buys(*reaching(plan, {counter.id: value}, day))
        fired = [effect for effect in effects if effect.reason == earn.id]
        if fired:
            told = {"reached": reached(plan, counter, value), "brought": gains(plan, fired)}
            yield example("counted", _("Adding up"), _("%(reached)s: %(brought)s.") % told, story, rule=earn.id)


def _caps(plan: Plan, day: int) -> Iterator[Example]:
    """A purchase that would bring more than the most."""
    for earn in plan.programme.earns:
        purchase = fitting(plan, earn, day) if earn.cap is not None and is_rated(earn) else None
        if purchase is None or earn.cap is None or earn.of == "visit":
            continue
        per = minor(earn.per, plan.currency) if earn.of in MONEY else int(earn.per)
        much = per * (earn.cap.max // earn.gives + 10)
        purchase = (
            replace(purchase, amount=max(much, purchase.amount))
            if earn.of in MONEY
            else replace(purchase, amount=purchase.amount // purchase.items * much, items=much)
        )
        story = Story(plan, day)
        effects = [effect for effect in story.buys(purchase) if effect.reason == earn.id]
        if effects and effects[0].amount == earn.cap.max:
            told = {"bought": bought(plan, purchase), "units": units(plan, earn.unit, earn.cap.max)}
            text = _("%(bought)s brings the most by this rule: %(units)s.") % told
            yield example("cap", _("The most"), text, story, rule=earn.id)


def _baskets(plan: Plan, day: int) -> Iterator[Example]:
    """A purchase just below the least."""
    for earn in plan.programme.earns:
        purchase = fitting(plan, earn, day) if earn.min_basket and is_rated(earn) else None
        if purchase is None:
            continue
        purchase = replace(purchase, amount=minor(earn.min_basket, plan.currency) - 1)
        story = Story(plan, day)
        effects = story.buys(purchase)
        if not any(effect.reason == earn.id for effect in effects):
            yield example("basket", _("Just below"), brings(plan, purchase, effects), story)


# Tiers ------------------------------------------------------------------------------------------


def _tiers(plan: Plan, day: int) -> Iterator[Example]:
    """The purchase that reaches a tier, and one after it."""
    for tier in plan.programme.tiers:
        for clause in tier.reach:
            before = reaching(plan, clause, day)
            story = Story(plan, day)
            effects = story.buys(*before) if before else []
            if not before or story.tier() != tier.id:
                continue
            text = ""
            if len(before) == 1:
                told = {"bought": bought(plan, before[0]), "tier": _(tier.name), "brought": gains(plan, effects)}
                text = _("%(bought)s reaches %(tier)s and brings %(brought)s.") % told
            text += _afterwards(plan, tier, story, before[-1].day + 1)
            if text:
                yield example("tier", _(tier.name), text.strip(), story)
            break


def _afterwards(plan: Plan, tier: Tier, story: Story, day: int) -> str:
    rules = [earn for earn in plan.programme.earns if is_rated(earn) and tier.id in earn.by_tier]
    purchase = fitting(plan, rules[0], day) if rules else None
    if purchase is None:
        return ""
    effects = story.buys(purchase)
    if not any(effect.tier == tier.id for effect in effects):
        return ""
    told = {"tier": _(tier.name), "bought": bought(plan, purchase), "brought": gains(plan, effects)}
    return " " + _("As %(tier)s, %(bought)s brings %(brought)s.") % told


# Rewards ----------------------------------------------------------------------------------------


def _rewards(plan: Plan, day: int) -> Iterator[Example]:
    for reward in plan.programme.rewards:
        story = _able(plan, reward, day)
        if story is None:
            continue
        if reward.when == "yearly":
            yield from _settled(plan, reward, story)
        elif reward.when == "auto":
            yield from _by_itself(plan, reward, story)
        else:
            yield from _asked(plan, reward, story)


def _able(plan: Plan, reward: Reward, day: int) -> Story | None:
    """A member of the right tier who holds what the reward costs, and a little more."""
    story = Story(plan, day)
    wanted = next((tier for tier in plan.programme.tiers if tier.id in reward.tiers), None)
    if wanted is not None and "member" not in reward.tiers:
        before = reaching(plan, wanted.reach[0], day)
        if not before:
            return None
        story.buys(*before)
        day = before[-1].day + 1
    extra = max(reward.price // 25, 1) if reward.price > 1 else 0
    purchases = earning(plan, reward.unit, reward.price + extra, day)
    if not purchases:
        return None
    story.buys(*purchases)
    return story


def _asked(plan: Plan, reward: Reward, story: Story) -> Iterator[Example]:
    had = story.held(reward.unit)
    effects = story.takes(reward.id, story.activities[-1].day + plan.programme.unit(reward.unit).pending_days)
    used = -sum(effect.amount for effect in effects if effect.kind == "redeem")
    if used != reward.price:
        return
    told = {
        "had": units(plan, reward.unit, had),
        "price": units(plan, reward.unit, used),
        "left": units(plan, reward.unit, story.held(reward.unit)),
    }
    if reward.gives:
        told["given"] = _gained(plan, effects)
        text = _("of %(had)s, %(price)s are changed for: %(given)s; what is left: %(left)s.") % told
    else:
        told["given"] = money(minor(reward.amount, plan.currency), plan.currency)
        text = _("of %(had)s, %(price)s take %(given)s off the bill; what is left: %(left)s.") % told
    yield example("reward", _(reward.name), text, story)


def _gained(plan: Plan, effects: Sequence[Effect]) -> str:
    return _("; ").join(units(plan, effect.unit, effect.amount) for effect in effects if effect.kind == "issue")


def _by_itself(plan: Plan, reward: Reward, story: Story) -> Iterator[Example]:
    effects = [effect for effect in story.brought() if effect.reason == reward.id]
    used = -sum(effect.amount for effect in effects if effect.kind == "redeem")
    if not used:
        return
    left = story.held(reward.unit)
    told = {
        "had": units(plan, reward.unit, left + used),
        "price": units(plan, reward.unit, used),
        "given": _gained(plan, effects) or money(minor(reward.amount, plan.currency), plan.currency),
        "left": units(plan, reward.unit, left),
    }
    text = _("of %(had)s, %(price)s turn into: %(given)s; what is left: %(left)s.") % told
    yield example("reward", _(reward.name), text, story)


def _settled(plan: Plan, reward: Reward, story: Story) -> Iterator[Example]:
    """Until the end of the year: what turns into the reward, and what becomes of the rest."""
    had, last = story.held(reward.unit), story.activities[-1].day
    effects = [effect for effect in story.effects(last + 370) if effect.reason == reward.id]
    used = -sum(effect.amount for effect in effects if effect.kind == "redeem")
    if not used:
        return
    on, lost = effects[0].day, -sum(effect.amount for effect in effects if effect.kind == "forfeit")
    told = {
        "had": units(plan, reward.unit, had),
        "price": units(plan, reward.unit, used),
        "given": _gained(plan, effects) or money(minor(reward.amount, plan.currency), plan.currency),
        "day": figures.day(on),
        "left": units(plan, reward.unit, lost or story.held(reward.unit, on + 1)),
    }
    words = (
        _("of %(had)s, %(price)s turn at the end of %(day)s into: %(given)s; lost: %(left)s.")
        if lost
        else _("of %(had)s, %(price)s turn at the end of %(day)s into: %(given)s; what is left: %(left)s.")
    )
    yield example("reward", _(reward.name), words % told, story, on + 1)
