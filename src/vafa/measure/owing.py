"""What the shop owes today, how that came about and what will become of it: read in a few passes over the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from itertools import batched

from django.db import connection

from vafa.core.calendar import month_number, month_start
from vafa.ledger import queries as ledger
from vafa.measure import queries
from vafa.measure.deferred import Month, Split, course
from vafa.measure.liability import Difference, Flow, Held, Movement, by_month, differences, movement, span
from vafa.measure.redemption import Forecast, History, Passage, Standing, forecast
from vafa.reward import queries as reward
from vafa.reward.engine import Plan
from vafa.reward.worth import unit_worth
from vafa.shop import queries as shop

PART = 20_000
MOST_MONTHS, LEAST_MONTHS = 36, 12  # of a forecast; the least where something never expires
FROM_HISTORY, FROM_SETTINGS, NOTHING = "history", "settings", "nothing"


@dataclass(frozen=True)
class Owing:
    """The whole account; amounts are minor units, worths exact minor units of one unit of each kind."""

    today: int
    since: int
    until: int
    calendar: str
    currency: str
    outstanding: Mapping[str, int]
    worths: Mapping[str, Fraction]
    whole: Sequence[Movement]  # one a unit
    months: Sequence[Movement]
    differences: Sequence[Difference]
    forecasts: Mapping[str, Forecast]
    used: Mapping[str, Usage]
    assumed: Fraction | None  # the share that stays unused, as the settings assume it
    splits: Sequence[Split]

    def worth(self, unit: str, count: int | float) -> int:
        """Minor units that ``count`` units are worth, rounded down."""
        return int(self.worths.get(unit, Fraction(0)) * Fraction(count))

    @property
    def total(self) -> int:
        return sum(self.worth(unit, count) for unit, count in self.outstanding.items())

    @property
    def chief(self) -> str | None:
        """The unit that most is owed in."""
        held = [unit for unit, count in self.outstanding.items() if count]
        return max(held, key=lambda unit: (self.worth(unit, self.outstanding[unit]), unit), default=None)


@dataclass(frozen=True)
class Usage:
    """Of all units of a kind that were ever granted: what was used, what is gone, what will be used in the end."""

    granted: int  # used + gone + held
    redeemed: int
    gone: int  # expired, forfeited
    held: int
    expires: tuple[float, float, float] | None  # of what is held, as the forecast says
    assumed: Fraction | None

    @property
    def share(self) -> Fraction:
        """The share of all granted units that is used in the end, to a hundredth of a percent."""
        low_high = self.interval
        if low_high is not None:
            return Fraction(round(low_high[1] * 10_000), 10_000)
        return 1 - self.assumed if self.assumed is not None else Fraction(1)

    @property
    def origin(self) -> str:
        """Where ``share`` comes from: the shop's history, its settings, or nothing is known and all is expected."""
        if self.expires is not None:
            return FROM_HISTORY
        return FROM_SETTINGS if self.assumed is not None else NOTHING

    @property
    def interval(self) -> tuple[float, float, float] | None:
        """Low, expected and high of the share, where the history tells it."""
        if self.expires is None or self.granted <= 0:
            return None
        low, expected, high = ((self.redeemed + self.held - gone) / self.granted for gone in reversed(self.expires))
        return low, expected, high


def read(name: str = "year", *, since: int | None = None, until: int | None = None) -> Owing:
    """The account of a span by name (see liability.span), or of the days ``since`` … ``until``, today at the latest."""
    club, today = shop.club(), shop.today()
    booked = [Flow(*row) for row in ledger.flows()]
    flows = booked + [
        Flow(unit, "wallet", "expired", "expire", "expired", day, -left)
        for unit, day, left in ledger.expired_unbooked(today)
    ]
    first = min((flow.day for flow in flows), default=today)
    named = span(name, today, first, club.calendar)
    since, until = (named[0] if since is None else since), min(today, named[1] if until is None else until)
    plan = reward.running_plan()
    worths = {unit: _worth(plan, unit) for unit in sorted({flow.unit for flow in flows})}
    forecasts = _forecasts(today, club.calendar)
    assumed = None if club.breakage_percent is None else Fraction(club.breakage_percent, 100)
    used = {row.unit: _usage(row, forecasts.get(row.unit), assumed) for row in movement(flows, first, today)}
    return Owing(
        today=today,
        since=since,
        until=until,
        calendar=club.calendar,
        currency=club.currency,
        outstanding=_dearest_first(ledger.outstanding(today), worths),
        worths=worths,
        whole=movement(flows, since, until),
        months=by_month(flows, since, until, club.calendar),
        differences=differences(booked, [Held(*row) for row in ledger.held_by_lots()]),
        forecasts=forecasts,
        used=used,
        assumed=assumed,
        splits=_splits(flows, worths, used, plan, (since, until), club.calendar),
    )


def _dearest_first(held: Mapping[str, int], worths: Mapping[str, Fraction]) -> dict[str, int]:
    return dict(sorted(held.items(), key=lambda row: (-worths.get(row[0], Fraction(0)) * row[1], row[0])))


def _worth(plan: Plan | None, unit: str) -> Fraction:
    return unit_worth(plan, unit) if plan is not None and unit in plan.units.ids else Fraction(0)


def _usage(row: Movement, told: Forecast | None, assumed: Fraction | None) -> Usage:
    """``row``: the movement of a unit from its beginning to today."""
    redeemed, gone = -row.moved["redeemed"], -row.moved["expired"] - row.moved["forfeited"]
    expires = told.expired if told is not None and told.is_told else None
    return Usage(redeemed + gone + row.closing, redeemed, gone, row.closing, expires, assumed)


# The forecast -------------------------------------------------------------------------------


def _forecasts(today: int, calendar: str) -> dict[str, Forecast]:
    standing: dict[str, list[Standing]] = {}
    for unit, left, earned, available, expires in ledger.standing_lots(today):
        standing.setdefault(unit, []).append(Standing(left, earned, available, expires))
    newest = queries.newest()
    histories = _histories(today - 1, newest.made_at) if newest else _histories.__wrapped__(today - 1, None)
    return {
        unit: forecast(histories.get(unit, History()), lots, today, _month_ends(lots, today, calendar))
        for unit, lots in standing.items()
    }


@lru_cache(maxsize=2)
def _histories(day: int, _made_at: datetime | None) -> dict[str, History]:
    """What members did to the end of ``day``, by unit; kept in memory until the next morning's figures."""
    found: dict[str, History] = {}
    for part in batched(ledger.passages(day), PART):
        rows: dict[str, list[Passage]] = {}
        for unit, owner, earned, available, expires, kind, on, amount in part:
            ends = None if expires is None else expires - earned
            used = kind == "redeem" and amount < 0
            passage = Passage(
                owner, amount, used, max(on - earned, 0), max(available - earned, 0), ends, max(day - earned, 0)
            )
            rows.setdefault(unit, []).append(passage)
        for unit, passages in rows.items():
            found.setdefault(unit, History()).add(passages)
    return found


def _month_ends(lots: Sequence[Standing], today: int, calendar: str) -> list[int]:
    """Last days of this month and those to come, until the last lot expired (or a year where one never does)."""
    this = month_number(today + 1, calendar)
    dies = [lot.expires_day for lot in lots if lot.expires_day is not None]
    last = month_number(max(dies), calendar) if dies else this
    if len(dies) < len(lots):
        last = max(last, this + LEAST_MONTHS - 1)
    return [month_start(n + 1, calendar) - 1 for n in range(this, min(last, this + MOST_MONTHS - 1) + 1)]


# Deferred revenue ---------------------------------------------------------------------------


def _splits(
    flows: Sequence[Flow],
    worths: Mapping[str, Fraction],
    used: Mapping[str, Usage],
    plan: Plan | None,
    shown: tuple[int, int],
    calendar: str,
) -> list[Split]:
    """The months of ``shown``, each whole; counted from the first entry on, as what is deferred carries over."""
    if not flows:
        return []
    since, until = shown
    sales = _sales(until, calendar)
    first = min([month_number(min(flow.day for flow in flows), calendar), *sales])
    last = month_number(until, calendar)
    sums: dict[str, dict[int, Fraction]] = {"expected": {}, "redeemed": {}, "held": {}}
    for flow in flows:
        if flow.account != "wallet" or flow.day > until:
            continue
        month, amount = month_number(flow.day, calendar), worths[flow.unit] * flow.amount
        told = {"held": amount}
        if not _is_exchange(flow, plan):
            if flow.kind in ("redeem", "cancel"):
                told["redeemed"] = -amount
            elif flow.kind not in ("expire", "forfeit"):
                told["expected"] = amount * used[flow.unit].share
        for name, value in told.items():
            sums[name][month] = sums[name].get(month, Fraction(0)) + value
    months, held = [], Fraction(0)
    for month in range(first, last + 1):
        held += sums["held"].get(month, 0)
        expected, redeemed = (sums[name].get(month, Fraction(0)) for name in ("expected", "redeemed"))
        months.append(Month(month, sales.get(month, 0), expected, redeemed, held))
    return [row for row in course(months) if row.month >= month_number(since, calendar)]


def _is_exchange(flow: Flow, plan: Plan | None) -> bool:
    """Whether units only became others, such as points a certificate: nothing was granted or used by that."""
    if plan is None or flow.kind not in ("redeem", "issue", "cancel"):
        return False
    return plan.course.converts(flow.reason.partition("/")[0])


def _sales(until: int, calendar: str) -> dict[int, int]:
    """Net sales to members while the programme ran, by month, in minor units."""
    version = reward.running()
    if version is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.day, sum(CASE WHEN p.kind = 'sale' THEN p.amount ELSE -p.amount END) FROM know_purchase p "
            "JOIN reward_member m ON m.customer_id = p.customer_id WHERE p.voided_at IS NULL "
            "AND p.at >= m.joined_at AND p.day BETWEEN %s AND %s GROUP BY p.day",
            [reward.first_day(version), until],
        )
        found: dict[int, int] = {}
        for day, amount in cursor.fetchall():
            month = month_number(day, calendar)
            found[month] = found.get(month, 0) + int(amount)
    return found
