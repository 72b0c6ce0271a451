"""What units buy, as members read it: each reward, the order of those that come by themselves, what a unit is worth."""

from __future__ import annotations

from collections.abc import Iterator

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.reward.engine import Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import Reward
from vafa.reward.saying import Part, Section, begun, counted, fraction, given, money, sentence
from vafa.reward.shared_in_words import in_stock
from vafa.reward.worth import unit_worth

_ROUND_NUMBERS = (100, 1000, 10_000)  # units whose worth is told, where it is whole


def rewarding(plan: Plan) -> Iterator[Section]:
    for reward in plan.programme.rewards:
        yield Section(
            _(reward.name), (*_reward(plan, reward), *_only_for(plan, reward), *in_stock(reward)), f"reward.{reward.id}"
        )


def gives(plan: Plan, reward: Reward) -> str:
    """What a reward gives: "$5" off the bill, or units of its own."""
    if not reward.gives:
        return money(minor(reward.amount, plan.currency), plan.currency)
    unit = plan.programme.unit(reward.gives)
    return given(unit, minor(reward.amount, plan.currency) if unit.money else int(reward.amount), plan.currency)


def _reward(plan: Plan, reward: Reward) -> tuple[Part, ...]:
    price = Part(counted(plan.programme.unit(reward.unit), reward.price, plan.currency), f"reward.{reward.id}.price")
    what = Part(gives(plan, reward), f"reward.{reward.id}.amount")
    if reward.chosen is not None:
        return _chosen(plan, reward, price, what)
    if reward.when == "yearly":
        words = _yearly(reward)
    elif reward.when == "auto":
        words = (
            _("After each purchase, every %(price)s turn by themselves into: %(given)s.")
            if reward.gives
            else _("After each purchase, every %(price)s are used by themselves for %(given)s off.")
        )
    elif reward.gives:
        words = _("On wish, %(price)s are changed for: %(given)s.")
    else:
        words = _("%(price)s are worth %(given)s off.")
    if reward.thresholds:
        words += " " + _("Members choose when: at %(steps)s.")
    on = Part(_on(reward, plan.calendar), f"reward.{reward.id}.on")
    return begun(sentence(words, price=price, given=what, on=on, steps=_steps(reward)))


def _steps(reward: Reward) -> Part:
    """ "250, 500 or 1,000" """
    numbers = [figures.number(step) for step in reward.thresholds]
    text = _(" or ").join([_(", ").join(numbers[:-1]), *numbers[-1:]]) if len(numbers) > 1 else "".join(numbers)
    return Part(text, f"reward.{reward.id}.thresholds")


def _chosen(plan: Plan, reward: Reward, price: Part, what: Part) -> tuple[Part, ...]:
    """Paying with units: what they are worth, in which steps, up to which part of the bill."""
    assert reward.chosen is not None
    unit = plan.programme.unit(reward.unit)
    least = Part(counted(unit, reward.chosen.min, plan.currency), f"reward.{reward.id}.chosen.min")
    step = Part(figures.number(reward.chosen.step), f"reward.{reward.id}.chosen.step")
    words = _("Each %(price)s pay %(given)s of a bill, from %(least)s on, in steps of %(step)s.")
    parts = begun(sentence(words, price=price, given=what, least=least, step=step))
    if reward.chosen.share < 1:
        percent = Part(fraction(100 * reward.chosen.share), f"reward.{reward.id}.chosen.share")
        parts += sentence(" " + _("At most %(percent)s %% of the bill.").replace("%%", "%"), percent=percent)
    return parts + (Part(" " + _("What is paid so earns nothing.")),)


def _on(reward: Reward, calendar: str) -> str:
    """The day of each year; what no year has is the last of its month."""
    month, day = int(reward.on[:2]), int(reward.on[3:])
    if month == 12 and day > (29 if calendar == "jalali" else 30):
        return _("the last day of the year")
    return figures.day_of_year(month, day, calendar)


def _yearly(reward: Reward) -> str:
    if reward.gives:
        words = _("At the end of %(on)s, every year, each full %(price)s turn into: %(given)s.")
    else:
        words = _("At the end of %(on)s, every year, each full %(price)s are used for %(given)s off.")
    rest = _("What is left over stays.") if reward.remainder == "keep" else _("What is left over is lost.")
    return f"{words} {rest}"


def _only_for(plan: Plan, reward: Reward) -> tuple[Part, ...]:
    if not reward.tiers:
        return ()
    names = {tier.id: _(tier.name) for tier in plan.programme.tiers} | {"member": _("members without a tier")}
    whom = Part(_(", ").join(names[tier] for tier in reward.tiers), f"reward.{reward.id}.tiers")
    return sentence(" " + _("Only for: %(whom)s."), whom=whom)


def order_of_rewards(plan: Plan) -> Iterator[Section]:
    """Those that come by themselves and compete for the same units are tried in the document's order."""
    for unit in plan.programme.units:
        rivals = [reward for reward in plan.programme.rewards if reward.unit == unit.id and reward.when != "asked"]
        if len(rivals) > 1:
            names = _(", ").join(_(reward.name) for reward in rivals)
            yield Section(
                _("Which first"), sentence(_("Where several are possible, the first of these: %(names)s."), names=names)
            )


def worths(plan: Plan) -> Iterator[Section]:
    for unit in plan.programme.units:
        worth = unit_worth(plan, unit.id)
        if not worth or unit.money:
            continue
        bought = any(reward.unit == unit.id for reward in plan.programme.rewards)
        round_numbers = _ROUND_NUMBERS if bought else (1,)
        count = next((n for n in round_numbers if (worth * n).denominator == 1), worth.denominator)
        words = _("%(units)s: up to %(money)s.") if bought else _("%(units)s: worth %(money)s.")
        told = {"units": counted(unit, count, plan.currency), "money": money(int(worth * count), plan.currency)}
        yield Section(_("Worth"), begun(sentence(words, **told)))
