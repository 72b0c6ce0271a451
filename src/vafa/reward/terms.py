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
from vafa.reward.engine.plan import minor
from vafa.reward.programme import Cap, Earn, Reward, Tier, Unit
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
    earning = [(earn, _title(earn)) for earn in plan.programme.earns]
    found = [Section(title, (*_earn(plan, earn), *_limits(plan, earn))) for earn, title in earning]
    found += [_reward(plan, reward) for reward in plan.programme.rewards]
    found += [_tier(plan, tier) for tier in plan.programme.tiers]
    found += [section for unit in plan.programme.units for section in _expiry(unit)]
    return found


def text(plan: Plan) -> str:
    """All conditions, a paragraph each, with a blank line between: what, worth, expiry, returns, an example."""
    paragraphs = [f"{section.title}: {section.text}" for section in sentences(plan)]
    paragraphs += [*_worths(plan), *_small_print(plan), *_examples(plan)]
    return "\n\n".join(paragraphs)


# Rules ----------------------------------------------------------------------------------------


def _title(earn: Earn) -> str:
    if earn.of == "signup":
        return _("Welcome")
    if earn.when is not None and earn.when.crosses is not None:
        return _("Gift")
    return _("Bonus") if earn.bonus else _("Earn")


def _unit_part(plan: Plan, earn: Earn) -> Part:
    return Part(counted(plan.programme.unit(earn.unit), earn.gives, plan.currency), f"earn.{earn.id}.gives")


def _earn(plan: Plan, earn: Earn) -> tuple[Part, ...]:
    units, when = _unit_part(plan, earn), earn.when
    if earn.of == "signup":
        return sentence(_("Whoever joins gets %(units)s on the first day, with no obligation."), units=units)
    if when is not None and (limits := when.every if when.every is not None else when.crosses) is not None:
        counter = next(c for c in plan.programme.counters if c.id == when.counter)
        key = f"earn.{earn.id}.when." + ("every" if when.every is not None else "crosses")
        values: dict[str, str | Part] = {"units": units, "window": window(counter.window)}
        values["limit"] = Part(limit(plan, counter.id, limits), key)
        if when.every is not None and counter.of == "amount":
            return sentence(_("Members get %(units)s for each full %(limit)s spent, added up %(window)s."), **values)
        if when.every is not None:
            return sentence(_("Members get %(units)s for each %(limit)s, added up %(window)s."), **values)
        if counter.of == "amount":
            return sentence(_("Who has spent %(limit)s %(window)s gets: %(units)s."), **values)
        used = "" if counter.of == "visit" else " " + _("Nothing is used up.")
        return (*sentence(_("Who has collected %(limit)s %(window)s gets: %(units)s."), **values), Part(used))
    if earn.of == "visit":
        return sentence(_("Members get %(units)s for each purchase."), units=units)
    if earn.of == "items":
        each = Part(figures.number(int(earn.per)), f"earn.{earn.id}.per")
        return sentence(_("Members get %(units)s for every %(each)s items they buy."), units=units, each=each)
    per = Part(money(minor(earn.per, plan.currency), plan.currency), f"earn.{earn.id}.per")
    return sentence(_("Members get %(units)s for every %(per)s they spend, after discounts."), units=units, per=per)


def _limits(plan: Plan, earn: Earn) -> Iterator[Part]:
    for name, values in earn.where.items():
        told = Part(_(", ").join(values), f"earn.{earn.id}.where.{name}")
        yield from sentence(" " + _where(name), values=told)
    if earn.min_basket:
        least = Part(money(minor(earn.min_basket, plan.currency), plan.currency), f"earn.{earn.id}.min_basket")
        yield from sentence(" " + _("Only for purchases of %(least)s or more."), least=least)
    if earn.when is not None and (earn.when.min is not None or earn.when.below is not None):
        for name, value, words in (
            ("min", earn.when.min, _("Only from %(limit)s on.")),
            ("below", earn.when.below, _("Only below %(limit)s.")),
        ):
            if value:
                told = Part(limit(plan, earn.when.counter, value), f"earn.{earn.id}.when.{name}")
                yield from sentence(" " + words, limit=told)
    if earn.cap is not None:
        most = Part(counted(plan.programme.unit(earn.unit), earn.cap.max, plan.currency), f"earn.{earn.id}.cap.max")
        yield from sentence(" " + _capped(earn.cap), most=most)


def _where(name: str) -> str:
    known = {
        "category": _("Only for the category %(values)s."),
        "brand": _("Only for the brand %(values)s."),
        "product": _("Only for the product %(values)s."),
        "tender": _("Only when paid by %(values)s."),
        "store": _("Only in the shop %(values)s."),
        "channel": _("Only through %(values)s."),
    }
    return known[name]


def _capped(cap: Cap) -> str:
    known = {
        "purchase": _("At most %(most)s in one purchase."),
        "day": _("At most %(most)s in a day."),
        "month": _("At most %(most)s in a month."),
        "year": _("At most %(most)s in a year."),
        "life": _("At most %(most)s in all."),
    }
    return known[cap.per]


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
    if not reward.gives:
        words = _("%(price)s are worth %(given)s off.")
    elif reward.when == "auto":
        words = _("%(price)s turn into %(given)s by themselves.")
    else:
        words = _("%(price)s are changed for %(given)s.")
    parts = sentence(words, price=price, given=given)
    if reward.tiers:
        names = {tier.id: _(tier.name) for tier in plan.programme.tiers} | {"member": _("every member")}
        whom = Part(_(", ").join(names[tier] for tier in reward.tiers), f"reward.{reward.id}.tiers")
        parts += sentence(" " + _("Only for: %(whom)s."), whom=whom)
    return Section(_("Spend"), parts)


def _tier(plan: Plan, tier: Tier) -> Section:
    reach: list[Part] = []
    for number, clause in enumerate(tier.reach):
        conditions = []
        for counter, value in clause.items():
            of = next(c for c in plan.programme.counters if c.id == counter)
            conditions.append(f"{limit(plan, counter, value)} {window(of.window)}")
        reach += [Part(_(" or "))] if number else []
        reach.append(Part(_(" and ").join(conditions), f"tier.{tier.id}.reach.{number}"))
    kept = Part(stays(tier.valid), f"tier.{tier.id}.valid")
    rates = [(earn, earn.by_tier[tier.id]) for earn in plan.programme.earns if tier.id in earn.by_tier]
    head = [*sentence(_("From %(what)s"), what=Part(_MARK))]
    at = next(n for n, part in enumerate(head) if part.text == _MARK)
    parts = [*head[:at], *reach, *head[at + 1 :], Part(": ")]
    for earn, rate in rates:
        unit = _(plan.programme.unit(earn.unit).name)
        times = Part(_("%(rate)s times") % {"rate": fraction(rate)}, f"earn.{earn.id}.by_tier.{tier.id}")
        parts += sentence(_("%(times)s the %(unit)s, "), times=times, unit=unit)
    return Section(_(tier.name), (*parts, kept, Part(".")))


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
        elif told.startswith("end of year"):
            parts = sentence(_("%(unit)s can be used until %(when)s."), unit=name, when=Part(expiry(told), key))
        else:
            parts = sentence(_("%(unit)s not used for %(span)s expire."), unit=name, span=Part(expiry(told), key))
        parts = (Part(parts[0].text[:1].upper() + parts[0].text[1:], parts[0].value), *parts[1:])
        title = _("Expiry") + ("" if not tier or tier == "member" else f" ({tier})")
        yield Section(title, parts)


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
    if any(rate.denominator > 1 for rate in _rates(plan)):
        rounded = _("A half is rounded up, once a purchase.")
        down = _("Fractions are rounded down, once a purchase.")
        yield rounded if any(unit.round == "half up" for unit in programme.units) else down
    for tier in programme.tiers:
        told = {"tier": _(tier.name)}
        yield (
            _("The purchase that reaches %(tier)s still earns at the rate before.")
            if programme.crossing == "old"
            else _("The purchase that reaches %(tier)s already earns at its rate.")
        ) % told
    policies = dict.fromkeys(unit.returns for unit in programme.units if not unit.money and not unit.gift)
    for policy in policies:
        yield _returns(policy)
    if any(unit.expires != "never" for unit in programme.units):
        yield _("What expires first is used first.")


def _rates(plan: Plan) -> Iterator[Fraction]:
    for earn in plan.programme.earns:
        if earn.of == "amount" and earn.when is None:
            for rate in (Fraction(1), *earn.by_tier.values()):
                yield Fraction(earn.gives) * rate / minor(earn.per, plan.currency)


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
        if earn.of == "amount" and earn.when is None:
            return minor(earn.per, plan.currency) * 486 // 10
    for earn in plan.programme.earns:
        if earn.when is not None and earn.when.every is not None and _counts_amount(plan, earn):
            return minor(earn.when.every, plan.currency) * 5 // 2
    return 0


def _counts_amount(plan: Plan, earn: Earn) -> bool:
    return earn.when is not None and any(
        c.id == earn.when.counter and c.of == "amount" for c in plan.programme.counters
    )
