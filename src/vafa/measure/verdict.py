"""Whether a programme should be launched: its costs against stated limits, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from vafa.core import figures
from vafa.core.words import gettext as _


@dataclass(frozen=True)
class Limits:
    """What the shop can bear. Shares are of revenue, or of members for ``reach``."""

    cost_share: Fraction = Fraction(5, 100)
    reach: Fraction = Fraction(5, 100)  # so many members must be able to take a reward at least once
    liability: int | None = None  # minor units owed at once


@dataclass(frozen=True)
class Verdict:
    launch: bool
    reasons: tuple[str, ...]


def judge(
    cost: int,
    revenue: int,
    peak: int,
    reached: int,
    members: int,
    worst: Sequence[Any],
    margin: Fraction | None,
    limits: Limits,
    currency: str,
) -> Verdict:
    """The verdict with its reasons, those against it first; amounts in minor units."""
    if not members or revenue <= 0:
        return Verdict(False, (_("There are no sales of known customers to try it on."),))
    checks = [
        _cost(Fraction(cost, revenue), limits.cost_share, margin),
        _reach(reached, members, limits.reach),
        _single(worst, margin, currency),
    ]
    if limits.liability is not None:
        told = {"peak": figures.money(peak, currency, whole=True), "limit": figures.money(limits.liability, currency)}
        words = _("At most %(peak)s is owed at once; the limit is %(limit)s.")
        checks.append((peak <= limits.liability, words % told))
    reasons = [words for good, words in checks if not good] + [words for good, words in checks if good]
    return Verdict(all(good for good, _words in checks), tuple(reasons))


def _cost(share: Fraction, limit: Fraction, margin: Fraction | None) -> tuple[bool, str]:
    told = {"cost": figures.percent(float(share), 1), "limit": figures.percent(float(limit), 1)}
    if margin is not None and share >= margin:
        return False, _("It costs %(cost)s of sales, more than the margin of %(margin)s.") % (
            told | {"margin": figures.percent(float(margin), 1)}
        )
    if share > limit:
        return False, _("It costs %(cost)s of sales, above the limit of %(limit)s.") % told
    return True, _("It costs %(cost)s of sales, below the limit of %(limit)s.") % told


def _reach(reached: int, members: int, limit: Fraction) -> tuple[bool, str]:
    share = Fraction(reached, members)
    told = {"share": figures.percent(float(share)), "limit": figures.percent(float(limit))}
    if share < limit:
        return False, _("Only %(share)s of members would ever reach a reward; at least %(limit)s should.") % told
    return True, _("%(share)s of members buy often enough to reach a reward.") % told


def _single(worst: Sequence[Any], margin: Fraction | None, currency: str) -> tuple[bool, str]:
    if not worst:
        return True, _("No single customer costs more than is earned with them.")
    dearest = worst[0]
    told = {
        "cost": figures.money(dearest.cost, currency),
        "revenue": figures.money(dearest.revenue, currency),
        "customer": dearest.customer_id,
    }
    if dearest.cost > dearest.revenue * (1 if margin is None else margin):
        return False, _("One customer (%(customer)s) costs %(cost)s on sales of %(revenue)s.") % told
    if margin is None:
        return True, _("The dearest customer costs %(cost)s on sales of %(revenue)s.") % told
    return True, _("No customer costs more than the margin; the dearest costs %(cost)s on sales of %(revenue)s.") % told
