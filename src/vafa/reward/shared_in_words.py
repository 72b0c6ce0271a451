"""What comes by events, and what all members share, as members read it: budgets, the first so many, stocks."""

from __future__ import annotations

from collections.abc import Iterator

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.reward.engine import Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import Budget, Earn, Reward
from vafa.reward.referral import ADVOCATE, NEWCOMER
from vafa.reward.saying import Part, Section, counted, money, sentence, span


def happening(plan: Plan, event: str, units: Part) -> tuple[Part, ...]:
    """What an event brings; of a referral, from when on it counts."""
    if event in (ADVOCATE, NEWCOMER):
        return _bringing(plan, event, units)
    known = {
        "birthday": _("Members get %(units)s on their birthday, once a year."),
        "review": _("Members get %(units)s for a review."),
        "survey": _("Members get %(units)s for answering questions."),
        "visit": _("Members get %(units)s for coming by."),
    }
    return sentence(known.get(event, _("Members get %(units)s for “%(event)s”.")), units=units, event=event)


def _bringing(plan: Plan, event: str, units: Part) -> tuple[Part, ...]:
    policy = plan.programme.referral
    if event == ADVOCATE:
        words = ngettext(
            "Who brings somebody to the club gets %(units)s for their purchase.",
            "Who brings somebody to the club gets %(units)s for their %(n)s purchases.",
            policy.purchase,
        )
    else:
        words = ngettext(
            "Whoever comes with a member gets %(units)s for the first purchase.",
            "Whoever comes with a member gets %(units)s for the first %(n)s purchases.",
            policy.purchase,
        )
    parts = sentence(words, units=units, n=Part(figures.number(policy.purchase), "referral.purchase"))
    if policy.after_days:
        waits = Part(span(policy.after_days, "days"), "referral.after_days")
        parts += sentence(" " + _("It comes %(span)s later, unless what they bought was given back."), span=waits)
    return parts


# What all members together get ------------------------------------------------------------------


def for_all(plan: Plan, earn: Earn) -> Iterator[Part]:
    """A rule's budget, and how many members it is for."""
    if earn.budget is not None:
        yield from _shared(earn.budget, _of_budget(plan, earn, earn.budget), f"earn.{earn.id}.budget")
    if earn.first:
        count = Part(figures.number(earn.first), f"earn.{earn.id}.first")
        words = ngettext("Only for the first member.", "Only for the first %(n)s members.", earn.first)
        yield from sentence(" " + words, n=count)


def of_programme(plan: Plan) -> Iterator[Section]:
    """The budget of all units together."""
    budget = plan.programme.budget
    if budget is not None:
        most = _("units worth %(money)s") % {"money": money(minor(budget.max, plan.currency), plan.currency)}
        first, *rest = _shared(budget, most, "programme.budget")
        yield Section(_("For all together"), (first._replace(text=first.text.lstrip()), *rest), "programme.budget")


def in_stock(reward: Reward) -> tuple[Part, ...]:
    """How many of a reward there are."""
    if reward.stock is None:
        return ()
    known = {
        "day": _("There are %(n)s a day."),
        "week": _("There are %(n)s a week."),
        "month": _("There are %(n)s a calendar month."),
        "year": _("There are %(n)s a calendar year."),
        "life": _("There are %(n)s in all."),
    }
    count = Part(figures.number(int(reward.stock.max)), f"reward.{reward.id}.stock")
    return sentence(" " + known[reward.stock.per], n=count)


def _of_budget(plan: Plan, earn: Earn, budget: Budget) -> str:
    if isinstance(budget.max, int):
        return counted(plan.programme.unit(earn.unit), budget.max, plan.currency)
    return money(minor(budget.max, plan.currency), plan.currency)


def _shared(budget: Budget, most: str, key: str) -> tuple[Part, ...]:
    known = {
        "day": _("All members together get at most %(most)s in a day; who comes first is served first."),
        "week": _("All members together get at most %(most)s in a week; who comes first is served first."),
        "month": _("All members together get at most %(most)s in a calendar month; who comes first is served first."),
        "year": _("All members together get at most %(most)s in a calendar year; who comes first is served first."),
        "life": _("All members together get at most %(most)s; who comes first is served first."),
    }
    told = sentence(" " + known[budget.per], most=Part(most, f"{key}.max"))
    if budget.returned == "free":
        told += (Part(" " + _("What returns take back can be given again, until all is given once.")),)
    return told
