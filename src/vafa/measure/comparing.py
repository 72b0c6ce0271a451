"""Two programmes side by side on the same history: who would get more, who less and why, and what each cap does. Pure.

What a member gets is what they used and what they still hold, at its worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from vafa.core import figures
from vafa.core.money import to_major
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.measure.backtest import BackTest
from vafa.reward.engine import batch
from vafa.reward.programme import Earn, Programme
from vafa.reward.rules_in_words import capped, title
from vafa.reward.saying import counted, money
from vafa.reward.worth import unit_worth

NAMED = 3  # how many of those who gain and lose most are named


class Member(NamedTuple):
    """One who gets more or less; ``difference`` in minor units."""

    customer_id: str
    difference: int
    why: str


@dataclass(frozen=True)
class Comparison:
    ours: BackTest
    other: BackTest
    more: int
    same: int
    less: int
    gains: tuple[Member, ...]
    losses: tuple[Member, ...]

    def as_json(self) -> dict[str, Any]:
        """What ``vafa simulate --against --json`` adds to its document."""
        cash = self.ours.currency

        def told(members: Sequence[Member]) -> list[dict[str, Any]]:
            return [
                {"customer_id": m.customer_id, "difference": float(to_major(m.difference, cash)), "why": m.why}
                for m in members
            ]

        compared: dict[str, Any] = {"more": self.more, "same": self.same, "less": self.less}
        compared |= {"cost_difference": float(to_major(self.ours.cost - self.other.cost, cash))}
        compared |= {"gains": told(self.gains), "losses": told(self.losses)}
        return {"against": self.other.as_json(), "compared": compared}


def compare(ours: BackTest, other: BackTest) -> Comparison:
    """``ours`` beside ``other``, both walked over the same customers."""
    if ours.told.customers != other.told.customers:
        raise ValueError("the two were not walked over the same customers")
    pairs = zip(ours.given.tolist(), other.given.tolist(), strict=True)
    changed = [int(Fraction(a, ours.denominator) - Fraction(b, other.denominator)) for a, b in pairs]
    order = sorted(range(len(changed)), key=lambda member: (changed[member], ours.told.customers[member]))

    def named(members: Sequence[int]) -> tuple[Member, ...]:
        return tuple(Member(ours.told.customers[m], changed[m], _why(ours, other, m, changed[m])) for m in members)

    losing = [member for member in order if changed[member] < 0]
    gaining = sorted((m for m in order if changed[m] > 0), key=lambda m: (-changed[m], ours.told.customers[m]))
    return Comparison(
        ours,
        other,
        more=len(gaining),
        same=len(changed) - len(gaining) - len(losing),
        less=len(losing),
        gains=named(gaining[:NAMED]),
        losses=named(losing[:NAMED]),
    )


EXPIRED = ""  # instead of a rule's name


def _brought(found: BackTest, member: int) -> dict[tuple[str, str], int]:
    """Units by (rule, unit) that each rule brought a member, less what was taken back; and what expired, below 0."""
    log, names = found.log, found.plan.course.names
    by_rule = (log.reason < len(names.rules)) & (log.kind != batch.TIER)
    over = np.isin(log.kind, (batch.EXPIRE, batch.FORFEIT))
    brought: dict[tuple[str, str], int] = {}
    for place in np.flatnonzero((log.member == member) & (by_rule | over)):
        key = EXPIRED if over[place] else names.rules[log.reason[place]], names.units[log.unit[place]]
        brought[key] = brought.get(key, 0) + int(log.amount[place])
    return brought


def _why(ours: BackTest, other: BackTest, member: int, difference: int) -> str:
    """What makes most of the difference: a rule, or what expired; with its units under both."""
    mine, theirs = _brought(ours, member), _brought(other, member)
    worths = [{u: unit_worth(found.plan, u) for u in found.plan.units.ids} for found in (ours, other)]
    sign = 1 if difference > 0 else -1
    differs = {
        key: sign * (mine.get(key, 0) * worths[0].get(key[1], 0) - theirs.get(key, 0) * worths[1].get(key[1], 0))
        for key in dict.fromkeys((*mine, *theirs))
    }
    key = max(differs, key=lambda name: Fraction(differs[name]), default=("", ""))
    if differs.get(key, 0) <= 0:
        return _("what they used is not worth the same")
    now, then = mine.get(key, 0), theirs.get(key, 0)
    unit = (ours if key[1] in ours.plan.units.ids else other).programme.unit(key[1])
    told = {"now": counted(unit, abs(now), ours.currency), "then": counted(unit, abs(then), ours.currency)}
    if key[0] == EXPIRED:
        return _("%(now)s expired instead of %(then)s") % told
    if now == then:
        told["units"] = told["now"]
        for name, worth in zip(("now", "then"), worths, strict=True):
            told[name] = money(int(now * worth.get(key[1], 0)), ours.currency)
        return _("%(units)s are worth %(now)s instead of %(then)s") % told
    rule = next(e for found in (ours, other) for e in found.programme.earns if e.id == key[0])
    return _("%(rule)s: %(now)s instead of %(then)s") % (told | {"rule": title(rule)})


# What each cap does ---------------------------------------------------------------------------


class CapEffect(NamedTuple):
    """What a rule would give without its cap; money in minor units."""

    rule: str
    cap: str  # in words
    unit: str
    units: int  # so many more in all
    members: int  # so many members would get more or less
    cost: int  # so much more it would cost

    def as_json(self, currency: str) -> dict[str, Any]:
        return self._asdict() | {"cost": float(to_major(self.cost, currency))}


def caps(found: BackTest, simulate: Callable[[Programme], BackTest]) -> list[CapEffect]:
    """For each cap: the same programme without it, on the same history."""
    effects = []
    for earn in found.programme.earns:
        if earn.cap is not None:
            free = simulate(_without(found.programme, earn))
            touched = found.given.astype(object) * free.denominator != free.given.astype(object) * found.denominator
            units = free.earned[earn.unit] - found.earned[earn.unit]
            most = counted(found.programme.unit(earn.unit), earn.cap.max, found.currency)
            words = title(earn) + ": " + capped(earn.cap) % {"most": most}
            effects.append(CapEffect(earn.id, words, earn.unit, units, int(touched.sum()), free.cost - found.cost))
    return effects


def _without(programme: Programme, capped: Earn) -> Programme:
    earns = tuple(replace(earn, cap=None) if earn.id == capped.id else earn for earn in programme.earns)
    return replace(programme, earns=earns)


# In words -------------------------------------------------------------------------------------


def headline(compared: Comparison, other: str = "") -> str:
    """Who would get less than today, or than under the programme called ``other``."""
    told = {"n": figures.number(compared.less or compared.more), "other": other}
    if not compared.less and not compared.more:
        return (
            _("Everybody would get the same as under %(other)s") % told
            if other
            else _("Everybody would get the same as today")
        )
    if not compared.less:
        return (
            _("Nobody would get less than under %(other)s") % told if other else _("Nobody would get less than today")
        )
    if other:
        words = ngettext(
            "%(n)s member would get less than under %(other)s",
            "%(n)s members would get less than under %(other)s",
            compared.less,
        )
    else:
        words = ngettext(
            "%(n)s member would get less than today", "%(n)s members would get less than today", compared.less
        )
    return words % told


def counts(compared: Comparison) -> list[tuple[str, str]]:
    """How many get more, the same, less."""
    told = ((_("get more"), compared.more), (_("get the same"), compared.same), (_("get less"), compared.less))
    return [(label, figures.number(count)) for label, count in told]


def cap_sentence(effect: CapEffect, found: BackTest) -> str:
    """ "Earn: At most 300 points in a month. Without it: 1,204 points more for 12 members, $24 more." """
    told = {
        "cap": effect.cap,
        "units": counted(found.programme.unit(effect.unit), effect.units, found.currency),
        "members": figures.number(effect.members),
        "cost": money(effect.cost, found.currency),
    }
    if not effect.units and not effect.members:
        return _("%(cap)s Nobody ever reached it.") % told
    words = ngettext(
        "%(cap)s Without it: %(units)s more, for %(members)s member; it would cost %(cost)s more.",
        "%(cap)s Without it: %(units)s more, for %(members)s members; it would cost %(cost)s more.",
        effect.members,
    )
    return words % told


def table(compared: Comparison) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: the figures of both, and how much one is above the other."""
    ours, other = compared.ours, compared.other
    cash = ours.currency

    def row(label: str, mine: int, theirs: int) -> list[str]:
        pair = [figures.money(amount, cash, whole=True) for amount in (mine, theirs)]
        return [label, *pair, signed(mine - theirs, cash, whole=True)]

    rows = [
        row(_("Cost"), ours.cost, other.cost),
        row(_("Used"), ours.cost_redeemed, other.cost_redeemed),
        row(_("Still owed"), ours.cost_owed, other.cost_owed),
        row(_("Most owed at once"), ours.liability_peak, other.liability_peak),
        row(_("Earned, at its worth"), *(sum(m.earned for m in found.months) for found in (ours, other))),
        row(_("Expired, at its worth"), *(sum(m.expired for m in found.months) for found in (ours, other))),
    ]
    people = [figures.number(found.reached) for found in (ours, other)]
    gap = figures.signed(ours.reached - other.reached, 0)
    return [_("Figure"), _("This one"), _("The other"), _("Difference")], [
        *rows,
        [_("People it reaches"), *people, gap],
    ]


def month_table(compared: Comparison) -> tuple[list[str], list[list[str]]]:
    """Month by month, the last twelve: what each gives and owes, and how many members it moves."""
    cash, sides = compared.ours.currency, (compared.ours, compared.other)
    known = [{month.month: month for month in found.months} for found in sides]
    rows = []
    for month in sorted({*known[0], *known[1]})[-12:]:
        both = [side.get(month) for side in known]
        cells = [figures.month(month, year=True)]
        for name in ("earned", "redeemed", "outstanding"):
            cells += ["–" if m is None else figures.money(getattr(m, name), cash, whole=True) for m in both]
        cells += ["–" if m is None else figures.number(m.active) for m in both]
        rows.append(cells)
    heads = [_("Month")]
    for name in (_("Earned"), _("Used"), _("Owed at its end"), _("Active")):
        heads += [name, _("the other")]
    return heads, rows


def signed(amount: int, currency: str, *, whole: bool = False) -> str:
    """ "+$31", "\u2212$38.50" """
    sign = "+" if amount > 0 else "\u2212" if amount < 0 else ""
    return sign + (figures.money(abs(amount), currency, whole=True) if whole else money(abs(amount), currency))
