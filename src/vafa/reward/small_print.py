"""What holds for whole units: rounding, stacking, waiting, expiry, returns."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vafa.core.words import gettext as _
from vafa.reward.engine import Plan
from vafa.reward.engine.measures import stacked
from vafa.reward.engine.plan import AFTER_MONTH
from vafa.reward.programme import Earn, Unit
from vafa.reward.rules import APART
from vafa.reward.rules_in_words import is_rated
from vafa.reward.saying import Part, Section, begun, fraction, last_moment, sentence, span


def _several(told: list[tuple[Unit, str]]) -> Iterator[tuple[str, str]]:
    """(the units' names, what holds for them); no names where the same holds for all."""
    by_words: dict[str, list[str]] = {}
    for unit, words in told:
        by_words.setdefault(words, []).append(_(unit.name))
    for words, names in by_words.items():
        yield ("" if len(by_words) == 1 else _(", ").join(names)), words


def _rules(plan: Plan, unit: Unit) -> list[Earn]:
    return [earn for earn in plan.programme.earns if earn.unit == unit.id]


def _named(title: str, told: list[tuple[Unit, str]]) -> Iterator[Section]:
    for names, words in _several(told):
        parts = sentence(_("%(units)s: %(words)s"), units=names, words=words) if names else (Part(words),)
        yield Section(title, begun(parts))


# Rounding, stacking, waiting --------------------------------------------------------------------


def rounding(plan: Plan) -> Iterator[Section]:
    """How fractions are rounded, where a rule can bring any."""
    yield from _named(
        _("Fractions"), [(unit, _rounded(unit)) for unit in plan.programme.units if _has_fractions(plan, unit)]
    )


def _has_fractions(plan: Plan, unit: Unit) -> bool:
    if plan.units.denominator[plan.units.ids.index(unit.id)] > 1:
        return True
    rows = {
        row
        for earn, measures in zip(plan.programme.earns, plan.earns.measure, strict=True)
        if earn.unit == unit.id and is_rated(earn)
        for row in measures
    }
    return any(plan.measures[row].divisor > 1 for row in rows)


def _rounded(unit: Unit) -> str:
    known = {
        ("floor", "purchase"): _("Fractions are rounded down, once a purchase."),
        ("half up", "purchase"): _("Fractions are rounded to the nearest whole, a half up, once a purchase."),
        ("up", "purchase"): _("Fractions are rounded up, once a purchase."),
        ("floor", "rule"): _("Fractions are rounded down, for each rule by itself."),
        ("half up", "rule"): _("Fractions are rounded to the nearest whole, a half up, for each rule by itself."),
        ("up", "rule"): _("Fractions are rounded up, for each rule by itself."),
        ("floor", "line"): _("Fractions are rounded down, for each line of the receipt by itself."),
        ("half up", "line"): _(
            "Fractions are rounded to the nearest whole, a half up, for each line of the receipt by itself."
        ),
        ("up", "line"): _("Fractions are rounded up, for each line of the receipt by itself."),
    }
    return known[unit.round, unit.round_at]


def stacking(plan: Plan) -> Iterator[Section]:
    """What a line's factor and a tier's rate make together, said with the largest of both."""
    for earn in plan.programme.earns:
        rates = [rate for rate in earn.by_tier.values() if rate > 1]
        if earn.factor is None or not is_rated(earn) or not rates:
            continue
        factor, rate = max(earn.factor.table.values()), max(rates)
        words = _("Goods that count %(factor)s times and a tier's rate of %(rate)s make %(both)s times together.")
        both = stacked(Fraction(factor), rate, plan.programme.stacking)
        told = sentence(words, factor=fraction(factor), rate=fraction(rate), both=fraction(both))
        yield Section(_("Together"), (*told, Part(" " + _stacked(plan.programme.stacking))))
        return


def _stacked(how: str) -> str:
    known = {
        "multiply": _("The two are multiplied."),
        "add": _("What each adds is added up."),
        "best": _("The better of the two counts."),
    }
    return known[how]


def pending(plan: Plan) -> Iterator[Section]:
    for unit in plan.programme.units:
        if unit.pending_days:
            waits = Part(span(unit.pending_days, "days"), f"unit.{unit.id}.pending_days")
            words = _("%(unit)s: usable from the day %(span)s after receipt on.")
            yield Section(_("Waiting"), begun(sentence(words, unit=_(unit.name), span=waits)))


# Expiry -----------------------------------------------------------------------------------------


def expiry(plan: Plan) -> Iterator[Section]:
    for unit in plan.programme.units:
        terms = _terms(plan, unit)
        if unit.gift and set(terms.values()) == {"never"}:
            continue
        alike = len(set(terms.values())) == 1
        for tier, told in terms.items():
            key = f"unit.{unit.id}.expires" + ("" if isinstance(unit.expires, str) else f".{tier}")
            written = isinstance(unit.expires, str) or tier in unit.expires
            rule = _until(unit, told, key if written else "")
            if not alike:
                rule = _of_tier(plan, tier, rule)
            yield Section(_("Expiry"), begun(rule), key)
            if alike:
                break
    yearly = any(reward.when == "yearly" and int(reward.on[3:]) > 28 for reward in plan.programme.rewards)
    spans = [told for unit in plan.programme.units for told in _terms(plan, unit).values()]
    stays = [tier.valid for tier in plan.programme.tiers]
    if yearly or any(" month" in told and not told.endswith(AFTER_MONTH) for told in (*spans, *stays)):
        words = _("Where a month has no such day, its last day is meant.")
        yield Section(_("Months"), (Part(words),), "months")


def _terms(plan: Plan, unit: Unit) -> dict[str, str]:
    """The term of a unit for every tier, as the engine reads it."""
    if isinstance(unit.expires, str):
        return {"member": unit.expires}
    plain = unit.expires.get("member", "never")
    return {tier: unit.expires.get(tier, plain) for tier in ("member", *(tier.id for tier in plan.programme.tiers))}


def _until(unit: Unit, told: str, key: str) -> tuple[Part, ...]:
    if told == "never":
        return sentence(_("%(unit)s: without expiry."), unit=_(unit.name))
    words = _("%(unit)s: usable until %(when)s; what is left then expires.")
    return sentence(words, unit=_(unit.name), when=Part(last_moment(unit, told), key))


def _of_tier(plan: Plan, tier: str, rule: tuple[Part, ...]) -> tuple[Part, ...]:
    if tier == "member":
        return sentence(_("Received without a tier: %(rule)s"), rule=rule)
    name = next(_(one.name) for one in plan.programme.tiers if one.id == tier)
    return sentence(_("Received as %(tier)s: %(rule)s"), tier=name, rule=rule)


def order_of_use(plan: Plan) -> Iterator[Section]:
    if any(set(_terms(plan, unit).values()) != {"never"} for unit in plan.programme.units):
        yield Section(_("Order of use"), (Part(_("What expires first is used first, then what was earned first.")),))


# Returns ----------------------------------------------------------------------------------------


def returns(plan: Plan) -> Iterator[Section]:
    """What goes back with returned goods; rewards that units were changed for are not touched."""
    earned = [unit for unit in plan.programme.units if any(earn.of not in APART for earn in _rules(plan, unit))]
    told = [(unit, _back(unit.returns)) for unit in earned]
    if not told:
        return
    general = _("What remains of the purchase is counted again; what it brought too much goes back.")
    latest = _("Where the purchase is not known, the latest ones are taken first.")
    yield Section(_("Counting"), (Part(f"{general} {latest}"),))
    yield from _named(_("What goes back"), told)


def _back(policy: str) -> str:
    known = {
        "owed": _(
            "What was used already is owed, and is taken from what is earned next; what expired is not asked for."
        ),
        "within balance": _("Only what is still there goes back; nothing is owed."),
        "only pending": _("Only what can't be used yet goes back; what can be used stays."),
    }
    return known[policy]
