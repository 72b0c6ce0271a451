"""Tiers as members read them: what reaches them, what they bring, how long they are held, how they are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vafa.core.words import gettext as _
from vafa.reward.engine import Plan
from vafa.reward.programme import Money, Tier
from vafa.reward.rules_in_words import counter_of, counting_only, is_rated, reached, shared_rate
from vafa.reward.saying import Part, Section, fraction, joined, sentence, stays


def standing_on(plan: Plan) -> Iterator[Section]:
    """A section for each tier: from what on, what it brings, how long."""
    for tier in plan.programme.tiers:
        brings = [*_rates(plan, tier), (Part(_stay(plan, tier), f"tier.{tier.id}.valid"),)]
        told = sentence(
            _("From %(what)s: %(brings)s."),
            what=_clauses(plan, tier.reach, f"tier.{tier.id}.reach"),
            brings=joined(brings, _(", ")),
        )
        yield Section(_(tier.name), (*told, *_counted(plan, tier.reach)), f"tier.{tier.id}")


def _rates(plan: Plan, tier: Tier) -> Iterator[tuple[Part, ...]]:
    """The rate that the rules of a unit share in the tier; rules with rates of their own tell them themselves."""
    for unit in plan.programme.units:
        rules = [earn for earn in plan.programme.earns if earn.unit == unit.id and tier.id in earn.by_tier]
        rules = [earn for earn in rules if is_rated(earn)]
        rate = shared_rate(plan, unit.id, tier.id)
        if rules and rate is not None:
            times = Part(fraction(rate), f"earn.{rules[0].id}.by_tier.{tier.id}")
            yield sentence(_("%(times)s times the %(unit)s"), times=times, unit=_(unit.name))


def _stay(plan: Plan, tier: Tier) -> str:
    if plan.programme.assess == "continuous" and tier.valid != "while it holds":
        return _("as long as this holds, and in any case %(stay)s") % {"stay": stays(tier.valid)}
    return stays(tier.valid)


def _clauses(plan: Plan, clauses: Sequence[Mapping[str, Money]], key: str) -> tuple[Part, ...]:
    """ "$2,500 in a calendar year or 40 visits since joining" """
    return joined(
        [
            joined(
                [
                    (Part(reached(plan, counter_of(plan, name), value), f"{key}.{number}.{name}"),)
                    for name, value in clause.items()
                ],
                _(" and "),
            )
            for number, clause in enumerate(clauses)
        ],
        _(" or "),
    )


def _counted(plan: Plan, clauses: Sequence[Mapping[str, Money]]) -> Iterator[Part]:
    for name in dict.fromkeys(name for clause in clauses for name in clause):
        yield from counting_only(plan, counter_of(plan, name))


def tier_rules(plan: Plan) -> Iterator[Section]:
    """What holds for all tiers: the purchase that reaches one, its term, its loss."""
    programme = plan.programme
    if not programme.tiers:
        return
    crossing = (
        _("The purchase that reaches a tier still counts as before it.")
        if programme.crossing == "old"
        else _("The purchase that reaches a tier already counts as in it.")
    )
    yield Section(_("On the way up"), (Part(crossing),))
    yield from _kept(plan)
    if programme.assess == "continuous":
        words = _("The conditions are looked at every day; a tier is lost on the day on which they no longer hold.")
        yield Section(_("Term"), (Part(words), Part(" " + _falling(programme.downgrade))))
    elif any(tier.valid != "always" for tier in programme.tiers):
        words = _(
            "Each purchase after which the condition is met begins the term anew. "
            "When a term ends, its last day counts: who met the condition on it stays for another term."
        )
        yield Section(_("Term"), (Part(words), Part(" " + _falling(programme.downgrade))))


def _kept(plan: Plan) -> Iterator[Section]:
    for tier in plan.programme.tiers:
        if tier.keep:
            told = sentence(
                _("To keep %(tier)s it is enough: %(kept)s."),
                tier=_(tier.name),
                kept=_clauses(plan, tier.keep, f"tier.{tier.id}.keep"),
            )
            yield Section(_("Keeping"), (*told, *_counted(plan, tier.keep)))


def _falling(downgrade: str) -> str:
    known = {
        "reassess": _("Who no longer qualifies goes to the tier that they qualify for, or to none."),
        "one step": _("Who no longer qualifies goes down one tier."),
        "keep": _("In this club a tier once reached is never lost."),
    }
    return known[downgrade]
