"""An earning rule as members read it: what it gives, for what, and within which limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from vafa.core import figures
from vafa.core.calendar import day_number
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, ngettext
from vafa.reward.engine import Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import STREAKS, Cap, Counter, Earn, Money
from vafa.reward.rules import APART, MONEY
from vafa.reward.saying import Part, counted, fraction, limit, money, sentence, window
from vafa.reward.shared_in_words import for_all, happening

WEEKDAY_NAMES = {
    "mon": gettext_noop("Mondays"),
    "tue": gettext_noop("Tuesdays"),
    "wed": gettext_noop("Wednesdays"),
    "thu": gettext_noop("Thursdays"),
    "fri": gettext_noop("Fridays"),
    "sat": gettext_noop("Saturdays"),
    "sun": gettext_noop("Sundays"),
}


def title(earn: Earn) -> str:
    if earn.of == "signup":
        return _("Welcome")
    if earn.of == "event" and earn.when is None:
        return _("Birthday") if earn.where["event"] == ("birthday",) else _("Thanks")
    if earn.when is not None and earn.when.crosses is not None:
        return _("Gift")
    return _("Bonus") if earn.bonus else _("Earn")


def _unit_part(plan: Plan, earn: Earn) -> Part:
    """What the rule gives for one; where ``per`` purchases or joinings bring it, the fraction of one."""
    unit, key = plan.programme.unit(earn.unit), f"earn.{earn.id}.gives"
    each = int(earn.per) if earn.of in ("visit", *APART) and earn.when is None else 1
    if earn.gives % each:
        return Part(f"{fraction(Fraction(earn.gives, each))} {_(unit.name)}", key)
    return Part(counted(unit, earn.gives // each, plan.currency), key)


def earning(plan: Plan, earn: Earn) -> tuple[Part, ...]:
    units, when = _unit_part(plan, earn), earn.when
    if earn.of == "event" and (when is None or (when.every is None and when.crosses is None)):
        return tuple(part for name in earn.where["event"] for part in happening(plan, name, units))
    if when is not None and (when.every is not None or when.crosses is not None):
        return _counting(plan, earn, units)
    if earn.of == "signup":
        return sentence(_("Whoever joins gets %(units)s on the first day, with no obligation."), units=units)
    if earn.of == "visit":
        return sentence(_("Members get %(units)s for each purchase."), units=units)
    if earn.of not in MONEY:
        each = Part(figures.number(int(earn.per)), f"earn.{earn.id}.per")
        return sentence(_buying(earn.of, int(earn.per)), units=units, each=each)
    per = Part(money(minor(earn.per, plan.currency), plan.currency), f"earn.{earn.id}.per")
    return sentence(_spending(earn.of), units=units, per=per)


def _counting(plan: Plan, earn: Earn, units: Part) -> tuple[Part, ...]:
    """A rule that a counter fires: for each so much, or once for so much."""
    when = earn.when
    assert when is not None
    counter = counter_of(plan, when.counter)
    key = f"earn.{earn.id}.when." + ("every" if when.every is not None else "crosses")
    value = when.every if when.every is not None else when.crosses
    values: dict[str, str | Part] = {"units": units, "window": window(counter.window)}
    values["limit"] = Part(limit(plan, counter.id, value or 0), key)
    if when.every is not None:
        told = sentence(_for_each(counter), **values)
    else:
        told = (*sentence(_for_once(counter), **values), Part(" " + _how_often(counter)))
        if any(unit.id == counter.of for unit in plan.programme.units) and not counter.balance:
            told += (Part(" " + _("Nothing is used up.")),)
    return told + tuple(counting_only(plan, counter))


def _for_each(counter: Counter) -> str:
    if counter.window in STREAKS or counter.balance:
        return _("Members get %(units)s for each %(limit)s.")
    if counter.of in MONEY:
        return _("Members get %(units)s for each full %(limit)s spent, added up %(window)s.")
    return _("Members get %(units)s for each %(limit)s, added up %(window)s.")


def _for_once(counter: Counter) -> str:
    if counter.window in STREAKS or counter.balance:
        return _("Who has %(limit)s gets: %(units)s.")
    if counter.of in MONEY:
        return _("Who has spent %(limit)s %(window)s gets: %(units)s.")
    return _("Who has collected %(limit)s %(window)s gets: %(units)s.")


def _how_often(counter: Counter) -> str:
    """A limit is crossed once in each window that begins anew; a rolling one and a streak never do."""
    known = {
        "year": _("Once in each calendar year."),
        "month": _("Once in each month."),
        "week": _("Once in each week."),
        "day": _("Once in each day."),
        "member year": _("Once in each year of membership."),
        "tier": _("Once in each tier."),
    }
    return known.get(counter.window, _("Once only."))


def counter_of(plan: Plan, name: str) -> Counter:
    return next(counter for counter in plan.programme.counters if counter.id == name)


def counting_only(plan: Plan, counter: Counter) -> Iterator[Part]:
    """Which lines a counter adds up, where not all count; of a streak: those that it follows."""
    if counter.window in STREAKS:
        yield from counting_only(plan, counter_of(plan, counter.of))
    for field, told, words in (
        ("where", counter.where, _("What counts towards it: %(name)s %(values)s.")),
        ("unless", counter.unless, _("What does not count towards it: %(name)s %(values)s.")),
    ):
        for name, values in told.items():
            shown = Part(_values(name, values), f"counter.{counter.id}.{field}.{name}")
            yield from sentence(" " + words, name=column_name(name), values=shown)


def column_name(name: str) -> str:
    known = {
        "category": _("category"),
        "brand": _("brand"),
        "product": _("product"),
        "tender": _("payment by"),
        "store": _("the shop"),
        "channel": _("the way"),
        "weekday": _("the weekday"),
        "date": _("on these days:"),
    }
    return known[name]


def _buying(of: str, each: int) -> str:
    if of == "items_at_full_price":
        return ngettext(
            "Members get %(units)s for each item they buy at full price.",
            "Members get %(units)s for every %(each)s items they buy at full price.",
            each,
        )
    return ngettext(
        "Members get %(units)s for each item they buy.",
        "Members get %(units)s for every %(each)s items they buy.",
        each,
    )


def _spending(of: str) -> str:
    if of == "amount_before_tax":
        return _("Members get %(units)s for every %(per)s they spend, after discounts and without tax.")
    if of == "amount_before_discount":
        return _("Members get %(units)s for every %(per)s of what they buy, before discounts.")
    return _("Members get %(units)s for every %(per)s they spend, after discounts.")


def limits(plan: Plan, earn: Earn) -> Iterator[Part]:
    """What narrows a rule: which lines, which tiers, which purchases, at most how much."""
    for name, values in earn.where.items():
        if name == "event":
            continue  # said already
        told = Part(_values(name, values), f"earn.{earn.id}.where.{name}")
        yield from sentence(" " + _where(name), values=told)
    for name, values in earn.unless.items():
        told = Part(_values(name, values), f"earn.{earn.id}.unless.{name}")
        yield from sentence(" " + _("Not for: %(name)s %(values)s."), name=column_name(name), values=told)
    if is_rated(earn):
        yield from _factors(earn)
        yield from _rates(plan, earn)
    if earn.min_basket:
        least = Part(money(minor(earn.min_basket, plan.currency), plan.currency), f"earn.{earn.id}.min_basket")
        yield from sentence(" " + _("Only for purchases of %(least)s or more."), least=least)
    yield from _between(plan, earn)
    if earn.cap is not None:
        most = Part(counted(plan.programme.unit(earn.unit), earn.cap.max, plan.currency), f"earn.{earn.id}.cap.max")
        yield from sentence(" " + capped(earn.cap), most=most)
    yield from for_all(plan, earn)


def is_rated(earn: Earn) -> bool:
    """Whether the rule values what was bought; one that a counter fires gives its units whatever the rate."""
    return earn.when is None or (earn.when.every is None and earn.when.crosses is None)


def _between(plan: Plan, earn: Earn) -> Iterator[Part]:
    if earn.when is None or not is_rated(earn):
        return
    counter = counter_of(plan, earn.when.counter)
    for name, value, words in (
        ("min", earn.when.min, _("Only for those who had at least %(limit)s before the purchase.")),
        ("below", earn.when.below, _("Only for those who had less than %(limit)s before the purchase.")),
    ):
        if value:
            told = Part(reached(plan, counter, value), f"earn.{earn.id}.when.{name}")
            yield from sentence(" " + words, limit=told)
    yield from counting_only(plan, counter)


def reached(plan: Plan, counter: Counter, value: Money) -> str:
    """A threshold with the window that it is counted in: "$2,500 in a calendar year"."""
    told = limit(plan, counter.id, value)
    return told if counter.balance else f"{told} {window(counter.window)}".rstrip()


def _factors(earn: Earn) -> Iterator[Part]:
    if earn.factor is None:
        return
    for name, factor in earn.factor.table.items():
        times = Part(fraction(factor), f"earn.{earn.id}.factor.{earn.factor.by}.{name}")
        words = " " + _("Counted %(times)s times: %(name)s %(what)s.")
        yield from sentence(words, name=column_name(earn.factor.by), what=name, times=times)


def shared_rate(plan: Plan, unit: str, tier: str) -> Fraction | None:
    """The rate of a tier that all rules of a unit share; None where they differ."""
    rates = {
        earn.by_tier.get(tier, Fraction(1))
        for earn in plan.programme.earns
        if earn.unit == unit and earn.of not in APART and is_rated(earn)
    }
    return rates.pop() if len(rates) == 1 else None


def _rates(plan: Plan, earn: Earn) -> Iterator[Part]:
    """The tiers' rates that are this rule's alone, and that of members without a tier."""
    if earn.by_tier.get("member") == 0:
        yield Part(" " + _("Only for those on a tier."))
    names = {"member": _("Without a tier"), **{tier.id: _(tier.name) for tier in plan.programme.tiers}}
    for tier, name in names.items():
        rate = earn.by_tier.get(tier)
        alone = tier == "member" and rate != 0
        if rate is not None and (alone or (tier != "member" and shared_rate(plan, earn.unit, tier) is None)):
            times = Part(fraction(rate), f"earn.{earn.id}.by_tier.{tier}")
            yield from sentence(" " + _("%(tier)s: %(times)s times that."), tier=name, times=times)


def _values(name: str, values: Sequence[str]) -> str:
    if name == "weekday":
        return _(", ").join(_(WEEKDAY_NAMES[day]) for day in values)
    if name == "date":
        return _(", ").join(_span(text) for text in values)
    return _(", ").join(values)


def _span(text: str) -> str:
    days = [figures.day(day_number(date.fromisoformat(part))) for part in text.split("..")]
    return days[0] if len(days) == 1 else _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def _where(name: str) -> str:
    known = {
        "category": _("Only for the category %(values)s."),
        "brand": _("Only for the brand %(values)s."),
        "product": _("Only for the product %(values)s."),
        "tender": _("Only when paid by %(values)s."),
        "store": _("Only in the shop %(values)s."),
        "channel": _("Only through %(values)s."),
        "weekday": _("Only on %(values)s."),
        "date": _("Only on these days: %(values)s."),
    }
    return known[name]


def capped(cap: Cap) -> str:
    """The limit in words, with a place for %(most)s."""
    known = {
        "purchase": _("At most %(most)s in one purchase."),
        "day": _("At most %(most)s in a day."),
        "week": _("At most %(most)s in a week from Monday on."),
        "month": _("At most %(most)s in a calendar month."),
        "member year": _("At most %(most)s in a year from the day of joining."),
        "year": _("At most %(most)s in a calendar year."),
        "life": _("At most %(most)s in all."),
    }
    return known[cap.per]
