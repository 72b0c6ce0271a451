"""When somebody who was brought counts for the member who brought them; pure.

Their n-th purchase counts, the so many days later that the programme waits, unless it was given back
whole by then. Purchases from before they were brought are counted too, so who bought often already
brings nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from vafa.core.calendar import midnight
from vafa.reward.programme import Referral

ADVOCATE, NEWCOMER = "referral", "referred"  # the events: of who brought, of who was brought
BIRTHDAY = "birthday"


@dataclass
class Bought:
    """A sale or a return of the one who was brought, in order of time."""

    id: int
    at: datetime
    day: int
    kind: str
    amount: int
    returns: int = 0  # the sale that a return names; 0: none

    @property
    def is_sale(self) -> bool:
        return self.kind == "sale"


def counts(
    bought: Iterable[Bought], policy: Referral, *, told_at: datetime, zone: ZoneInfo
) -> tuple[datetime, int] | None:
    """The instant and the day on which the referral counts; None: as things stand it doesn't."""
    standing: list[tuple[Bought, int]] = []
    for one in bought:
        if one.is_sale:
            standing.append((one, one.amount))
        else:
            standing = _without(standing, one, policy.after_days)
    kept = [sale for sale, left in standing if left > 0 or not sale.amount]
    if len(kept) < policy.purchase or kept[policy.purchase - 1].at < told_at:
        return None
    sale = kept[policy.purchase - 1]
    if not policy.after_days:
        return sale.at, sale.day
    day = sale.day + policy.after_days + 1
    return midnight(day, zone), day


def _without(standing: list[tuple[Bought, int]], back: Bought, days: int) -> list[tuple[Bought, int]]:
    """What stands after a return: of the sale that it names, else of the latest; too late it changes nothing."""
    amount, found = back.amount, []
    for sale, left in reversed(standing):
        part = min(amount, left) if back.returns in (0, sale.id) else 0
        amount -= part
        found.append((sale, left - part if back.day <= sale.day + days else left))
    return found[::-1]
