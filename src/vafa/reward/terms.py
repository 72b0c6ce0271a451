"""The terms in plain words, made from the document: short sentences, the whole text, and why a movement was.

Nothing here is kept anywhere; what is said is what the engine does.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vafa.core import calendar as cal
from vafa.core import clock, figures
from vafa.core.words import gettext as _
from vafa.reward import engine
from vafa.reward.engine import Plan
from vafa.reward.engine.explain import explain
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import Earn, Money, Reward, Tier, Unit
from vafa.reward.rules import MONEY
from vafa.reward.rules_in_words import earning, limits, shared, stocked, title
from vafa.reward.saying import (
    Part,
    Section,
    counted,
    expiry,
    fraction,
    limit,
    money,
    sentence,
    span,
    stays,
    window,
)
from vafa.reward.worth import unit_worth

__all__ = ["Part", "Section", "example_amount", "explain", "sentences", "text"]


def sentences(plan: Plan) -> list[Section]:
    """The rules as members read them, in the order earn, welcome, spend, tiers, expiry."""
    found = [Section(title(earn), (*earning(plan, earn), *limits(plan, earn))) for earn in plan.programme.earns]
    found += [_reward(plan, reward) for reward in plan.programme.rewards]
    found += [_tier(plan, tier) for tier in plan.programme.tiers]
    found += [section for unit in plan.programme.units for section in _expiry(unit)]
    return found


def text(plan: Plan) -> str:
    """All conditions, a paragraph each, with a blank line between: what, worth, expiry, returns, an example."""
    paragraphs = [f"{section.title}: {section.text}" for section in sentences(plan)]
    paragraphs += [*_worths(plan), *_small_print(plan), *_examples(plan)]
    return "\n\n".join(paragraphs)


# Rewards and tiers -----------------------------------------------------------------------------


def _given(plan: Plan, reward: Reward) -> str:
    """What a reward gives: "$5" off the bill, or units of its own."""
    if reward.gives:
        unit = plan.programme.unit(reward.gives)
        amount = minor(reward.amount, plan.currency) if unit.money else int(reward.amount)
        return counted(unit, amount, plan.currency)
    return money(minor(reward.amount, plan.currency), plan.currency)


def _reward(plan: Plan, reward: Reward) -> Section:
    price = Part(counted(plan.programme.unit(reward.unit), reward.price, plan.currency), f"reward.{reward.id}.price")
    given = Part(_given(plan, reward), f"reward.{reward.id}.amount")
    if reward.chosen is not None:
        return Section(_("Spend"), _chosen(plan, reward, price, given))
    if not reward.gives:
        words = _("%(price)s are worth %(given)s off.")
    elif reward.when == "yearly":
        words = _yearly(reward)
    elif reward.when == "auto":
        words = _("%(price)s turn into %(given)s by themselves.")
        if reward.thresholds:
            words += " " + _("Members choose when: at %(steps)s.")
    else:
        words = _("%(price)s are changed for %(given)s.")
    parts = sentence(words, price=price, given=given, on=reward.on, steps=_steps(reward))
    if reward.tiers:
        names = {tier.id: _(tier.name) for tier in plan.programme.tiers} | {"member": _("every member")}
        whom = Part(_(", ").join(names[tier] for tier in reward.tiers), f"reward.{reward.id}.tiers")
        parts += sentence(" " + _("Only for: %(whom)s."), whom=whom)
    if reward.stock is not None:
        count = Part(figures.number(int(reward.stock.max)), f"reward.{reward.id}.stock")
        parts += sentence(" " + stocked(reward.stock), n=count)
    return Section(_("Spend"), parts)


def _steps(reward: Reward) -> Part:
    """ "250, 500 or 1,000" """
    numbers = [figures.number(step) for step in reward.thresholds]
    text = _(" or ").join([_(", ").join(numbers[:-1]), *numbers[-1:]]) if len(numbers) > 1 else "".join(numbers)
    return Part(text, f"reward.{reward.id}.thresholds")


def _chosen(plan: Plan, reward: Reward, price: Part, given: Part) -> tuple[Part, ...]:
    """Paying with units: what they are worth, in which steps, up to which part of the bill."""
    assert reward.chosen is not None
    unit = plan.programme.unit(reward.unit)
    least = Part(counted(unit, reward.chosen.min, plan.currency), f"reward.{reward.id}.chosen.min")
    step = Part(figures.number(reward.chosen.step), f"reward.{reward.id}.chosen.step")
    words = _("Each %(price)s pay %(given)s of a bill, from %(least)s on, in steps of %(step)s.")
    parts = sentence(words, price=price, given=given, least=least, step=step)
    if reward.chosen.share < 1:
        percent = Part(fraction(100 * reward.chosen.share), f"reward.{reward.id}.chosen.share")
        parts += sentence(" " + _("At most %(percent)s %% of the bill.").replace("%%", "%"), percent=percent)
    return parts + sentence(" " + _("What is paid so earns nothing."))


def _tier(plan: Plan, tier: Tier) -> Section:
    reach: list[Part] = []
    for number, clause in enumerate(tier.reach):
        reach += [Part(_(" or "))] if number else []
        for place, (counter, value) in enumerate(clause.items()):
            reach += [Part(_(" and "))] if place else []
            reach.append(Part(_reached(plan, counter, value), f"tier.{tier.id}.reach.{number}.{counter}"))
    kept = Part(_stay(plan, tier), f"tier.{tier.id}.valid")
    rates = [(earn, earn.by_tier[tier.id]) for earn in plan.programme.earns if tier.id in earn.by_tier]
    head = [*sentence(_("From %(what)s"), what=Part(_MARK))]
    at = next(n for n, part in enumerate(head) if part.text == _MARK)
    parts = [*head[:at], *reach, *head[at + 1 :], Part(": ")]
    for earn, rate in rates:
        unit = _(plan.programme.unit(earn.unit).name)
        times = Part(_("%(rate)s times") % {"rate": fraction(rate)}, f"earn.{earn.id}.by_tier.{tier.id}")
        parts += sentence(_("%(times)s the %(unit)s, "), times=times, unit=unit)
    return Section(_(tier.name), (*parts, kept, Part(".")))


def _yearly(reward: Reward) -> str:
    if reward.on == "12-31":
        if reward.remainder == "forfeit":
            return _("At the year's end each %(price)s turn into %(given)s, and what is left over is lost.")
        return _("At the year's end each %(price)s turn into %(given)s.")
    if reward.remainder == "forfeit":
        return _("Each year after %(on)s (month-day) each %(price)s turn into %(given)s, and the rest is lost.")
    return _("Each year after %(on)s (month-day) each %(price)s turn into %(given)s.")


def _stay(plan: Plan, tier: Tier) -> str:
    if plan.programme.assess == "continuous" and tier.valid != "while it holds":
        return _("as long as this holds, and in any case %(stay)s") % {"stay": stays(tier.valid)}
    return stays(tier.valid)


def _reached(plan: Plan, counter: str, value: Money) -> str:
    of = next(c for c in plan.programme.counters if c.id == counter)
    if of.balance:
        return _("%(units)s in the wallet") % {"units": limit(plan, counter, value)}
    return f"{limit(plan, counter, value)} {window(of.window)}".rstrip()


_MARK = "\x00"


def _expiry(unit: Unit) -> Iterator[Section]:
    terms = {"": unit.expires} if isinstance(unit.expires, str) else unit.expires
    for tier, told in terms.items():
        key = f"unit.{unit.id}.expires" + (f".{tier}" if tier else "")
        name = _(unit.name)
        if told == "never":
            if unit.gift:
                continue
            parts = sentence(_("%(unit)s never expire."), unit=name)
        elif told.endswith("without activity"):
            words = _without_activity(unit)
            parts = sentence(words, unit=name, span=Part(expiry(told), key))
        elif told.startswith("end of year"):
            parts = sentence(_("%(unit)s can be used until %(when)s."), unit=name, when=Part(expiry(told), key))
        else:
            parts = sentence(_("%(unit)s not used for %(span)s expire."), unit=name, span=Part(expiry(told), key))
        parts = (Part(parts[0].text[:1].upper() + parts[0].text[1:], parts[0].value), *parts[1:])
        title = _("Expiry") + ("" if not tier or tier == "member" else f" ({tier})")
        yield Section(title, parts)


def _without_activity(unit: Unit) -> str:
    if unit.activity == ("earn",):
        return _("%(unit)s expire when none were earned for %(span)s.")
    if unit.activity == ("burn",):
        return _("%(unit)s expire when none were used for %(span)s.")
    return _("%(unit)s expire when none were earned or used for %(span)s.")


# The rest of the terms ------------------------------------------------------------------------


def _worths(plan: Plan) -> Iterator[str]:
    for unit in plan.programme.units:
        worth = unit_worth(plan, unit.id)
        if not worth or unit.money:
            continue
        told = {
            "units": counted(unit, worth.denominator, plan.currency),
            "money": money(worth.numerator, plan.currency),
        }
        said = _("%(units)s: worth %(money)s.") % told
        yield said[:1].upper() + said[1:]


def _small_print(plan: Plan) -> Iterator[str]:
    programme = plan.programme
    for unit in programme.units:
        name = _(unit.name)
        if unit.pending_days:
            waits = {"unit": name, "span": span(unit.pending_days, "days")}
            yield _("New %(unit)s can be used after %(span)s.") % waits
    if programme.budget is not None:
        most = money(minor(programme.budget.max, plan.currency), plan.currency)
        yield shared(programme.budget) % {"most": _("units worth %(money)s") % {"money": most}}
    if any(rate.denominator > 1 for rate in _rates(plan)):
        yield from dict.fromkeys(_rounding(unit) for unit in programme.units if not unit.gift and not unit.money)
    for tier in programme.tiers:
        told = {"tier": _(tier.name)}
        if tier.keep:
            kept = _(" or ").join(
                _(" and ").join(_reached(plan, counter, value) for counter, value in clause.items())
                for clause in tier.keep
            )
            yield _("%(tier)s is kept for: %(kept)s.") % (told | {"kept": kept})
        yield (
            _("The purchase that reaches %(tier)s still earns at the rate before.")
            if programme.crossing == "old"
            else _("The purchase that reaches %(tier)s already earns at its rate.")
        ) % told
    if any(earn.factor and earn.by_tier for earn in programme.earns):
        yield _stacking(programme.stacking)
    if programme.tiers:
        yield _falling(programme.downgrade)
    policies = dict.fromkeys(unit.returns for unit in programme.units if not unit.money and not unit.gift)
    for policy in policies:
        yield _returns(policy)
    if any(unit.expires != "never" for unit in programme.units):
        yield _("What expires first is used first.")


def _rounding(unit: Unit) -> str:
    known = {
        ("floor", "purchase"): _("Fractions are rounded down, once a purchase."),
        ("half up", "purchase"): _("A half is rounded up, once a purchase."),
        ("up", "purchase"): _("Fractions are rounded up, once a purchase."),
        ("floor", "rule"): _("Fractions are rounded down, rule by rule."),
        ("half up", "rule"): _("A half is rounded up, rule by rule."),
        ("up", "rule"): _("Fractions are rounded up, rule by rule."),
        ("floor", "line"): _("Fractions are rounded down, line by line."),
        ("half up", "line"): _("A half is rounded up, line by line."),
        ("up", "line"): _("Fractions are rounded up, line by line."),
    }
    return known[unit.round, unit.round_at]


def _rates(plan: Plan) -> Iterator[Fraction]:
    for earn in plan.programme.earns:
        if earn.of in MONEY and earn.when is None:
            for rate in (Fraction(1), *earn.by_tier.values()):
                yield Fraction(earn.gives) * rate / minor(earn.per, plan.currency)


def _stacking(how: str) -> str:
    known = {
        "multiply": _("Where goods count several times and a tier has a rate, the two are multiplied."),
        "add": _("Where goods count several times and a tier has a rate, what each adds is added up."),
        "best": _("Where goods count several times and a tier has a rate, the better of the two counts."),
    }
    return known[how]


def _falling(downgrade: str) -> str:
    known = {
        "reassess": _("Who no longer qualifies goes to the tier that they qualify for."),
        "one step": _("Who no longer qualifies goes down one tier."),
        "keep": _("A tier once reached is never lost."),
    }
    return known[downgrade]


def _returns(policy: str) -> str:
    known = {
        "owed": _(
            "When goods are returned, what they had brought is taken back; "
            "what was spent already is owed and is taken from what comes next."
        ),
        "within balance": _(
            "When goods are returned, what they had brought is taken back, as far as it is still there; "
            "nothing is owed."
        ),
        "only pending": _(
            "When goods are returned before what they brought can be used, it is taken back; afterwards it stays."
        ),
    }
    return known[policy]


def _examples(plan: Plan) -> Iterator[str]:
    """What joining and one purchase bring, as the engine counts it."""
    amount = example_amount(plan)
    if not amount:
        return
    day = cal.day_number(clock.now().date())
    bought = [engine.Activity(1, day, "signup"), engine.Activity(2, day, "sale", amount)]
    effects, _state = engine.walk_account(plan, bought, None)
    brought = _("; ").join(explain(plan, effect) for effect in effects if effect.kind in ("earn", "bonus", "issue"))
    if brought:
        told = {"amount": money(amount, plan.currency), "brought": brought}
        yield _("An example: you join and buy for %(amount)s. It brings %(brought)s.") % told


def example_amount(plan: Plan) -> int:
    """A purchase that shows the rounding: 48.6 times what brings one unit, or two and a half counted steps."""
    for earn in plan.programme.earns:
        if earn.of in MONEY and earn.when is None:
            return minor(earn.per, plan.currency) * 486 // 10
    for earn in plan.programme.earns:
        if earn.when is not None and earn.when.every is not None and _counts_amount(plan, earn):
            return minor(earn.when.every, plan.currency) * 5 // 2
    return 0


def _counts_amount(plan: Plan, earn: Earn) -> bool:
    return earn.when is not None and any(c.id == earn.when.counter and c.of in MONEY for c in plan.programme.counters)
