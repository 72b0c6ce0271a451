"""Is a club right for this shop? A verdict from its own sales, with reasons; "no" is an answer.

A club gives something to who comes back anyway, so that they come more often. Where purchases are rare and
irregular it won't bring anybody back (article 3, "The customer club").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from vafa.core import figures
from vafa.core.words import gettext as _

if TYPE_CHECKING:
    from vafa.segment.analysis import Analysis

LEAST_DAYS, LEAST_PEOPLE = 180, 100  # below, nothing can be said
AGAIN_LOW, AGAIN_HIGH = Fraction(1, 5), Fraction(2, 5)  # share of customers who came back
RARE, OFTEN = Fraction(1, 3), Fraction(1)  # purchases a month while somebody is a customer
STEADY = Fraction(1, 4)  # share of X and Y among customers who are not too new to tell
THIN = Fraction(1, 10)  # margin
NAMELESS = Fraction(1, 2)  # share of sales without a customer

Way = Literal["for", "against", "open"]


class Reason(NamedTuple):
    """One of the shop's own figures, and what it speaks for."""

    way: Way
    text: str


@dataclass(frozen=True)
class Suitability:
    verdict: Literal["yes", "no", "unsure"]
    reasons: tuple[Reason, ...]


def suitability(found: Analysis) -> Suitability:
    """The verdict, its reasons in the language of the moment: those that decided it first.

    no: hardly anybody comes back, or purchases are rare and irregular. yes: many come back, often or
    steadily, nothing speaks against it. unsure: the history is short, or it is neither.
    """
    reasons = list(_reasons(found))
    too_short = list(_too_short(found))
    if too_short:
        return Suitability("unsure", (*too_short, *reasons))
    again, often, steady = _again(found), found.ltv.receipts_a_month or Fraction(0), _steady(found)
    verdict: Literal["yes", "no", "unsure"] = "unsure"
    if again < AGAIN_LOW or (often < RARE and steady < STEADY):
        verdict = "no"
    elif again >= AGAIN_HIGH and (often >= OFTEN or steady >= STEADY) and not _hinders(found):
        verdict = "yes"
    first: Way = {"yes": "for", "no": "against", "unsure": "open"}[verdict]  # type: ignore[assignment]
    return Suitability(verdict, tuple(sorted(reasons, key=lambda reason: reason.way != first)))


def _again(found: Analysis) -> Fraction:
    once = found.one_time_share
    return Fraction(0) if once is None else 1 - once


def _steady(found: Analysis) -> Fraction:
    known = {cell: part.customers for cell, part in found.cells.items() if cell[1] != "N"}
    together = sum(known.values())
    return Fraction(sum(n for cell, n in known.items() if cell[1] in "XY"), together) if together else Fraction(0)


def _nameless(found: Analysis) -> Fraction:
    return Fraction(max(0, found.anonymous.revenue), found.revenue) if found.revenue > 0 else Fraction(0)


def _hinders(found: Analysis) -> bool:
    thin = found.ltv.margin is not None and found.ltv.margin < THIN
    return thin or _nameless(found) > NAMELESS


def _too_short(found: Analysis) -> Iterator[Reason]:
    days = 0 if found.first_day is None or found.as_of is None else found.as_of - found.first_day + 1
    if days < LEAST_DAYS:
        told = {"days": figures.number(days), "least": figures.number(LEAST_DAYS)}
        yield Reason(
            "open", _("There are sales of %(days)s days only; it takes %(least)s to see who comes back.") % told
        )
    if found.people < LEAST_PEOPLE:
        told = {"people": figures.number(found.people), "least": figures.number(LEAST_PEOPLE)}
        yield Reason("open", _("%(people)s customers are known; it takes %(least)s to tell.") % told)


def _reasons(found: Analysis) -> Iterator[Reason]:
    if not found.people:
        return
    again = _again(found)
    told = {"share": figures.percent(float(again))}
    way: Way = "against" if again < AGAIN_LOW else "for" if again >= AGAIN_HIGH else "open"
    yield Reason(way, _("%(share)s of customers bought more than once.") % told)
    often = found.ltv.receipts_a_month
    if often is not None:
        told = {"times": figures.number(float(often), 1)}
        way = "against" if often < RARE else "for" if often >= OFTEN else "open"
        yield Reason(way, _("Who buys here buys %(times)s times a month while they are customers.") % told)
    steady = _steady(found)
    told = {"share": figures.percent(float(steady))}
    text = _("%(share)s of those who are here for three months or more buy steadily (X or Y).") % told
    yield Reason("for" if steady >= STEADY else "against", text)
    loyal = found.loyal_share
    if loyal is not None:
        told = {"share": figures.percent(float(loyal)), "rest": figures.percent(1 - float(loyal))}
        text = _("Regulars bring %(share)s of sales, everybody else %(rest)s.") % told
        yield Reason("for" if loyal >= Fraction(1, 2) else "open", text)
    yield from _hindrances(found)


def _hindrances(found: Analysis) -> Iterator[Reason]:
    margin = found.ltv.margin
    if margin is None:
        yield Reason("open", _("The margin is not known: give it, and what a club may cost can be said."))
    else:
        told = {"share": figures.percent(float(margin))}
        text = _("The margin is %(share)s; what a club gives back comes out of it.") % told
        yield Reason("against" if margin < THIN else "for", text)
    nameless = _nameless(found)
    if nameless > NAMELESS:
        told = {"share": figures.percent(float(nameless))}
        yield Reason("against", _("%(share)s of sales have no customer: ask for a name or card first.") % told)
