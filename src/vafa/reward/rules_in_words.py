"""An earning rule as members read it: what it gives, for what, and within which limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from vafa.core import figures
from vafa.core.calendar import day_number
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, ngettext
from vafa.reward.engine import Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import STREAKS, Budget, Cap, Earn
from vafa.reward.referral import ADVOCATE, NEWCOMER
from vafa.reward.rules import MONEY
from vafa.reward.saying import Part, counted, fraction, limit, money, sentence, span, window

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
    return Part(counted(plan.programme.unit(earn.unit), earn.gives, plan.currency), f"earn.{earn.id}.gives")


def earning(plan: Plan, earn: Earn) -> tuple[Part, ...]:
    units, when = _unit_part(plan, earn), earn.when
    if earn.of == "signup":
        return sentence(_("Whoever joins gets %(units)s on the first day, with no obligation."), units=units)
    if earn.of == "event" and (when is None or (when.every is None and when.crosses is None)):
        return tuple(part for name in earn.where["event"] for part in _happening(plan, name, units))
    if when is not None and (when.every is not None or when.crosses is not None):
        return _counting(plan, earn, units)
    if earn.of == "visit":
        return sentence(_("Members get %(units)s for each purchase."), units=units)
    if earn.of not in MONEY:
        each = Part(figures.number(int(earn.per)), f"earn.{earn.id}.per")
        return sentence(_buying(earn.of, int(earn.per)), units=units, each=each)
    per = Part(money(minor(earn.per, plan.currency), plan.currency), f"earn.{earn.id}.per")
    return sentence(_spending(earn.of), units=units, per=per)


def _happening(plan: Plan, event: str, units: Part) -> tuple[Part, ...]:
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


def _counting(plan: Plan, earn: Earn, units: Part) -> tuple[Part, ...]:
    """A rule that a counter fires: for each so much, or once for so much."""
    when = earn.when
    assert when is not None
    counter = next(c for c in plan.programme.counters if c.id == when.counter)
    key = f"earn.{earn.id}.when." + ("every" if when.every is not None else "crosses")
    value = when.every if when.every is not None else when.crosses
    values: dict[str, str | Part] = {"units": units, "window": window(counter.window)}
    values["limit"] = Part(limit(plan, counter.id, value or 0), key)
    if counter.window in STREAKS:
        words = _("Members get %(units)s for each %(limit)s.") if when.every is not None else _("%(limit)s: %(units)s.")
        return sentence(words, **values)
    if when.every is not None and counter.of in MONEY:
        return sentence(_("Members get %(units)s for each full %(limit)s spent, added up %(window)s."), **values)
    if when.every is not None:
        return sentence(_("Members get %(units)s for each %(limit)s, added up %(window)s."), **values)
    if counter.of in MONEY:
        return sentence(_("Who has spent %(limit)s %(window)s gets: %(units)s."), **values)
    used = "" if counter.of == "visit" else " " + _("Nothing is used up.")
    return (*sentence(_("Who has collected %(limit)s %(window)s gets: %(units)s."), **values), Part(used))


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
    for name, values in earn.where.items():
        if name == "event":
            continue  # said already
        told = Part(_values(name, values), f"earn.{earn.id}.where.{name}")
        yield from sentence(" " + _where(name), values=told)
    for name, values in earn.unless.items():
        told = Part(_values(name, values), f"earn.{earn.id}.unless.{name}")
        yield from sentence(" " + _("Not for: %(values)s."), values=told)
    if earn.factor is not None:
        yield from _factors(earn)
    if earn.by_tier.get("member") == 0:
        yield Part(" " + _("Only for those on a tier."))
    if earn.min_basket:
        least = Part(money(minor(earn.min_basket, plan.currency), plan.currency), f"earn.{earn.id}.min_basket")
        yield from sentence(" " + _("Only for purchases of %(least)s or more."), least=least)
    if earn.when is not None and (earn.when.min is not None or earn.when.below is not None):
        for name, value, words in (
            ("min", earn.when.min, _("Only from %(limit)s on.")),
            ("below", earn.when.below, _("Only below %(limit)s.")),
        ):
            if value:
                told = Part(limit(plan, earn.when.counter, value), f"earn.{earn.id}.when.{name}")
                yield from sentence(" " + words, limit=told)
    if earn.cap is not None:
        most = Part(counted(plan.programme.unit(earn.unit), earn.cap.max, plan.currency), f"earn.{earn.id}.cap.max")
        yield from sentence(" " + _capped(earn.cap), most=most)
    if earn.budget is not None:
        most = Part(_of_budget(plan, earn, earn.budget), f"earn.{earn.id}.budget.max")
        yield from sentence(" " + shared(earn.budget), most=most)
    if earn.first:
        count = Part(figures.number(earn.first), f"earn.{earn.id}.first")
        words = ngettext("Only for the first member.", "Only for the first %(n)s members.", earn.first)
        yield from sentence(" " + words, n=count)


def _of_budget(plan: Plan, earn: Earn, budget: Budget) -> str:
    if isinstance(budget.max, int):
        return counted(plan.programme.unit(earn.unit), budget.max, plan.currency)
    return money(minor(budget.max, plan.currency), plan.currency)


def shared(budget: Budget) -> str:
    """What all members together get."""
    known = {
        "day": _("All members together get at most %(most)s in a day; who comes first is served first."),
        "week": _("All members together get at most %(most)s in a week; who comes first is served first."),
        "month": _("All members together get at most %(most)s in a month; who comes first is served first."),
        "year": _("All members together get at most %(most)s in a year; who comes first is served first."),
        "life": _("All members together get at most %(most)s; who comes first is served first."),
    }
    return known[budget.per]


def stocked(budget: Budget) -> str:
    """How many of a reward there are."""
    known = {
        "day": _("There are %(n)s a day."),
        "week": _("There are %(n)s a week."),
        "month": _("There are %(n)s a month."),
        "year": _("There are %(n)s a year."),
        "life": _("There are %(n)s in all."),
    }
    return known[budget.per]


def _factors(earn: Earn) -> Iterator[Part]:
    assert earn.factor is not None
    for name, factor in earn.factor.table.items():
        times = Part(fraction(factor), f"earn.{earn.id}.factor.{earn.factor.by}.{name}")
        yield from sentence(" " + _("%(what)s counts %(times)s times."), what=name, times=times)


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


def _capped(cap: Cap) -> str:
    known = {
        "purchase": _("At most %(most)s in one purchase."),
        "day": _("At most %(most)s in a day."),
        "week": _("At most %(most)s in a week."),
        "month": _("At most %(most)s in a month."),
        "member year": _("At most %(most)s in a year from the day of joining."),
        "year": _("At most %(most)s in a year."),
        "life": _("At most %(most)s in all."),
    }
    return known[cap.per]
