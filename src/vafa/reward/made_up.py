"""Small made-up purchases that show a programme's rules: what fits a rule, what reaches a threshold. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from vafa.core.calendar import day_number, month_number, month_start
from vafa.core.records import Line
from vafa.reward import engine
from vafa.reward.engine import Activity, Effect, Plan
from vafa.reward.engine.measures import weekday
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import STREAKS, WEEKDAYS, Counter, Earn, Money
from vafa.reward.rules import APART, MONEY
from vafa.reward.rules_in_words import counter_of, is_rated

LONGEST_WAIT = 400  # days until a rule of certain days is shown
MOST = 60  # purchases that an example may need
GOODS = ("category", "brand", "product")
WAYS = ("tender", "store", "channel")
DAYS = frozenset({"weekday", "date"})
Conditions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Purchase:
    """What is bought: an amount, or so many items; of what, how, and when."""

    day: int
    amount: int
    items: int = 0  # 0: nobody counts them
    told: Mapping[str, str] = field(default_factory=dict)  # category, brand, product, tender, store, channel
    dated: bool = False  # whether the day is part of what it shows

    def activity(self, number: int, returns: int = 0) -> Activity:
        line = Line(
            self.amount,
            product_id=self.told.get("product", ""),
            category=self.told.get("category", ""),
            brand=self.told.get("brand", ""),
            quantity_milli=1000 * self.items if self.items else None,
        )
        ways: dict[str, Any] = {} if returns else {name: self.told.get(name, "") for name in WAYS}
        kind = "return" if returns else "sale"
        return Activity(number, self.day, kind, self.amount, (line,), returns=returns, **ways)


class Story:
    """A member who has just joined, and what they do, one after another."""

    def __init__(self, plan: Plan, day: int) -> None:
        self.plan = plan
        self.activities: list[Activity] = [Activity(1, day, "signup")]

    @property
    def last(self) -> int:
        return self.activities[-1].id

    def buys(self, *purchases: Purchase) -> list[Effect]:
        """What the last of them brings."""
        self.activities += [one.activity(self.last + number) for number, one in enumerate(purchases, 1)]
        return self.brought()

    def gives_back(self, purchase: Purchase, returns: int) -> list[Effect]:
        self.activities.append(purchase.activity(self.last + 1, returns))
        return self.brought()

    def takes(self, reward: str, day: int) -> list[Effect]:
        self.activities.append(Activity(self.last + 1, day, "redeem", reward=reward))
        return self.brought()

    def brought(self) -> list[Effect]:
        return [effect for effect in self.effects() if effect.activity == self.last]

    def effects(self, until: int | None = None) -> list[Effect]:
        return self._walked(until)[0]

    def held(self, unit: str, until: int | None = None) -> int:
        """What is in the wallet, usable or not yet."""
        return sum(
            effect.amount
            for effect in self.effects(until)
            if effect.unit == unit and effect.kind != "extend" and not (effect.kind == "owed" and not effect.lot)
        )

    def tier(self) -> str:
        return engine.standing(self.plan, self._walked(None)[1]).tier

    def _walked(self, until: int | None) -> tuple[list[Effect], bytes]:
        """As if nobody had used anything of the budgets."""
        whole = self.plan.budgets.limit
        return engine.walk_account(
            self.plan, self.activities, None, until=until, rooms=(lambda _one: whole) if whole else None
        )


# Purchases that fit a rule ----------------------------------------------------------------------


def fitting(plan: Plan, earn: Earn, day: int) -> Purchase | None:
    """A purchase that shows the rule, on ``day`` or the next day on which it applies; None: there is none."""
    first = _day(plan, earn.where, earn.unless, day) if earn.of not in APART else None
    if first is None:
        return None
    told = _told(earn.where)
    dated = bool(DAYS & {*earn.where, *earn.unless})
    if earn.of in MONEY:
        per, least = minor(earn.per, plan.currency), minor(earn.min_basket, plan.currency)
        amount = max(per * 97 // 2, least + per // 2)
        return Purchase(first, amount, told=told, dated=dated)
    items = 2 * int(earn.per) + 1 if earn.of.startswith("items") else 0
    amount = max(price(plan) * max(items, 1), minor(earn.min_basket, plan.currency))
    return Purchase(first, amount, items, told, dated)


def price(plan: Plan) -> int:
    """What one thing costs in an example: a few times what a point asks for, or 4.00."""
    each = [minor(earn.per, plan.currency) for earn in plan.programme.earns if earn.of in MONEY and is_rated(earn)]
    gifts = [minor(unit.worth, plan.currency) for unit in plan.programme.units if unit.worth]
    return 4 * min(each) if each else min(gifts) if gifts else minor(400, plan.currency)


def _told(where: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: values[0] for name, values in where.items() if name in (*GOODS, *WAYS)}


def _day(plan: Plan, where: Conditions, unless: Conditions, day: int) -> int | None:
    """The first day on which the conditions hold; where they name none, one on which no other rule's day is."""
    if not {*where, *unless} & DAYS:
        return next((one for one in range(day, day + 31) if not _special(plan, one)), day)
    for candidate in range(day, day + LONGEST_WAIT):
        wanted = all(_on(name, values, candidate) for name, values in where.items())
        spared = not any(_on(name, values, candidate) for name, values in unless.items() if name in DAYS)
        if wanted and spared:
            return candidate
    return None


def _special(plan: Plan, day: int) -> bool:
    dated = [earn.where for earn in plan.programme.earns if {*earn.where} & DAYS]
    return any(all(_on(name, values, day) for name, values in where.items()) for where in dated)


def _on(name: str, values: Iterable[str], day: int) -> bool:
    if name == "weekday":
        return WEEKDAYS[weekday(day)] in values
    if name != "date":
        return True
    spans = [[day_number(date.fromisoformat(end)) for end in text.split("..")] for text in values]
    return any(span[0] <= day <= span[-1] for span in spans)


# Purchases that reach a threshold ---------------------------------------------------------------


def reaching(plan: Plan, thresholds: Mapping[str, Money], day: int) -> list[Purchase]:
    """Purchases after which the counters should have come to their thresholds; the caller looks whether they have."""
    found: list[Purchase] = []
    for name, value in thresholds.items():
        found += _reaching(plan, counter_of(plan, name), value, day)
    return sorted(found, key=lambda one: one.day) if 0 < len(found) <= MOST else []


def _reaching(plan: Plan, counter: Counter, value: Money, day: int) -> list[Purchase]:
    if counter.window in STREAKS:
        goal, starts = counter_of(plan, counter.of), _periods(plan, STREAKS[counter.window], day, int(value))
        return [one for start in starts for one in _reaching(plan, goal, counter.goal, start)]
    first = _day(plan, counter.where, counter.unless, day) if counter.of not in APART else None
    if first is None:
        return []
    told = _told(counter.where)
    if counter.of in MONEY:
        return [Purchase(first, minor(value, plan.currency), told=told)]
    count = int(value)
    if counter.of == "visit":
        return [Purchase(first, price(plan), told=told)] * min(count, MOST + 1)
    if counter.of.startswith("items"):
        return [Purchase(first, price(plan) * count, count, told)]
    return earning(plan, counter.of, count, day)


def _periods(plan: Plan, what: str, day: int, count: int) -> list[int]:
    if what in ("day", "week"):
        return [day + (7 if what == "week" else 1) * number for number in range(count)]
    step, month = (12 if what == "year" else 1), month_number(day, plan.calendar)
    return [day, *(month_start(month + step * number, plan.calendar) for number in range(1, count))]


def earning(plan: Plan, unit: str, count: int, day: int) -> list[Purchase]:
    """Purchases that bring so many of a unit or a little more, by its first rule that values purchases."""
    for earn in plan.programme.earns:
        if earn.unit != unit or earn.of in APART or earn.cap is not None:
            continue
        if not is_rated(earn):
            if earn.when is not None and earn.when.every is not None:
                times = -(-count // earn.gives)
                return _reaching(plan, counter_of(plan, earn.when.counter), earn.when.every * times, day)
            continue
        made = fitting(plan, earn, day)
        if made is None or earn.when is not None:
            continue
        each = -(-count * (minor(earn.per, plan.currency) if earn.of in MONEY else int(earn.per)) // earn.gives)
        if earn.of in MONEY:
            return [replace(made, amount=max(each, minor(earn.min_basket, plan.currency)))]
        if earn.of == "visit":
            return [made] * min(each, MOST + 1)
        return [replace(made, amount=price(plan) * each, items=each)]
    return []
