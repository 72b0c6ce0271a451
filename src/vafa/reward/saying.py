"""A programme's quantities as people write them, and sentences whose changeable values stand out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from vafa.core import figures
from vafa.core.money import digits
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.reward.engine.plan import AFTER_MONTH, Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import STREAKS, Money, Unit, term, validity
from vafa.reward.rules import MONEY

_PLACE = re.compile(r"%\((\w+)\)s")


class Part(NamedTuple):
    """A piece of a sentence; ``value`` tells where a changeable value stands in the document ("earn.base.per")."""

    text: str
    value: str = ""


class Section(NamedTuple):
    """One rule in words."""

    title: str
    parts: tuple[Part, ...]
    key: str = ""  # what of the document it tells: "earn.base"

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def sentence(template: str, **values: str | Part | tuple[Part, ...]) -> tuple[Part, ...]:
    """A translated template with ``%(name)s`` places as parts."""
    return tuple(_parts(template, values))


def _parts(template: str, values: Mapping[str, str | Part | tuple[Part, ...]]) -> Iterator[Part]:
    at = 0
    for place in _PLACE.finditer(template):
        if template[at : place.start()]:
            yield Part(template[at : place.start()])
        value = values[place[1]]
        if isinstance(value, str):
            yield Part(value)
        else:
            yield from (value,) if isinstance(value, Part) else value
        at = place.end()
    if template[at:]:
        yield Part(template[at:])


def begun(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The sentence with a capital at its beginning."""
    first = parts[0]
    return (Part(first.text[:1].upper() + first.text[1:], first.value), *parts[1:])


def joined(pieces: Sequence[tuple[Part, ...]], between: str) -> tuple[Part, ...]:
    """Phrases in a row, parted by ``between``."""
    found: list[Part] = []
    for number, piece in enumerate(pieces):
        found += [Part(between)] if number else []
        found += piece
    return tuple(found)


def counted(unit: Unit, count: int, currency: str) -> str:
    """ "46 points", "$5.00" of a certificate, "gift" where it is one."""
    if unit.money:
        return money(count, currency)
    if unit.gift:
        return _(unit.name) if count == 1 else f"{figures.number(count)} \u00d7 {_(unit.name)}"
    told = {"n": figures.number(count)}
    known = {
        "points": ngettext("%(n)s point", "%(n)s points", count),
        "stamps": ngettext("%(n)s stamp", "%(n)s stamps", count),
        "stars": ngettext("%(n)s star", "%(n)s stars", count),
        "miles": ngettext("%(n)s mile", "%(n)s miles", count),
    }
    return known[unit.name] % told if unit.name in known else f"{told['n']} {_(unit.name)}"


def given(unit: Unit, amount: int, currency: str) -> str:
    """What is given of a unit, with its name: "20 points", "certificate of $5"."""
    told = counted(unit, amount, currency)
    return _("%(unit)s of %(money)s") % {"unit": _(unit.name), "money": told} if unit.money else told


def money(amount: int, currency: str) -> str:
    """Minor units, without decimals where they say nothing."""
    return figures.money(amount, currency, whole=amount % 10 ** digits(currency) == 0)


def fraction(value: Fraction, places: int = 2) -> str:
    """1.5 as "1.5", 2 as "2", 10/9 as "10/9": what ``places`` decimals can't say exactly is told as it is."""
    if value.denominator == 1:
        return figures.number(value.numerator)
    if 10**places % value.denominator:
        return f"{figures.number(value.numerator)}/{figures.number(value.denominator)}"
    rounded = round(Decimal(value.numerator) / Decimal(value.denominator), places).normalize()
    exponent = rounded.as_tuple().exponent
    return figures.number(rounded, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def limit(plan: Plan, counter: str, value: Money) -> str:
    """A threshold of a counter: money, units or a number; of a streak: how many in a row, with what in each."""
    told = next(c for c in plan.programme.counters if c.id == counter)
    counts = told.of
    if told.window in STREAKS:
        row = {"row": _in_a_row(STREAKS[told.window], int(value)), "goal": limit(plan, counts, told.goal)}
        return _("%(row)s with %(goal)s in each") % row
    if counts in MONEY:
        return measured(counts, money(minor(value, plan.currency), plan.currency))
    for unit in plan.programme.units:
        if unit.id == counts:
            units = counted(unit, int(value), plan.currency)
            return _("%(units)s in the wallet") % {"units": units} if told.balance else units
    return _number_of(counts, int(value))


def measured(measure: str, told: str) -> str:
    """An amount of money with what is left out of it."""
    if measure == "amount_before_tax":
        return _("%(amount)s (without tax)") % {"amount": told}
    return _("%(amount)s (before discounts)") % {"amount": told} if measure == "amount_before_discount" else told


def _number_of(measure: str, count: int) -> str:
    number = {"n": figures.number(count)}
    if measure == "visit":
        return ngettext("%(n)s visit", "%(n)s visits", count) % number
    if measure == "event":
        return ngettext("%(n)s event", "%(n)s events", count) % number
    if measure == "signup":
        return _("joining")
    if measure == "items_at_full_price":
        return ngettext("%(n)s item at full price", "%(n)s items at full price", count) % number
    return ngettext("%(n)s item", "%(n)s items", count) % number


def _in_a_row(what: str, count: int) -> str:
    known = {
        "day": ngettext("%(n)s day in a row", "%(n)s days in a row", count),
        "week": ngettext("%(n)s week in a row", "%(n)s weeks in a row", count),
        "month": ngettext("%(n)s month in a row", "%(n)s months in a row", count),
        "year": ngettext("%(n)s year in a row", "%(n)s years in a row", count),
    }
    return known[what] % {"n": figures.number(count)}


def last_moment(unit: Unit, told: str) -> str:
    """Until when a unit can be used: "the end of the day 12 months after receipt"."""
    found = term(told)
    assert found is not None  # read and checked before
    if not found["n"]:
        return _year_of_receipt(int(found["years"] or 0))
    count = int(found["n"])
    if found["tail"] == AFTER_MONTH:
        words = ngettext(
            "the end of the month after the month of receipt",
            "the end of month %(n)s after the month of receipt",
            count,
        )
        return words % {"n": figures.number(count)}
    words = _("the end of the day %(span)s after receipt")
    if found["tail"]:
        known: dict[tuple[str, ...], str] = {
            ("earn",): _("the end of the day %(span)s after some were last earned"),
            ("burn",): _("the end of the day %(span)s after receipt or, if later, after some were last used"),
        }
        both = _("the end of the day %(span)s after some were last earned or used")
        words = known.get(unit.activity, both if unit.activity else words)
    return words % {"span": span(count, found["what"])}


def _year_of_receipt(years: int) -> str:
    if years == 0:
        return _("the end of the year of receipt")
    if years == 1:
        return _("the end of the year after that of receipt")
    return _("the end of the year %(n)s years after that of receipt") % {"n": figures.number(years)}


def span(count: int, what: str) -> str:
    months = ngettext("%(n)s month", "%(n)s months", count)
    words = ngettext("%(n)s day", "%(n)s days", count) if what == "days" else months
    return words % {"n": figures.number(count)}


def year_end(years: int) -> str:
    if years == 0:
        return _("the end of the year")
    if years == 1:
        return _("the end of the next year")
    return _("the end of the year %(n)s years later") % {"n": figures.number(years)}


def stays(text: str) -> str:
    """How long a tier is kept."""
    found = validity(text)
    if found is None or text == "always":
        return _("for good")
    if text == "while it holds":
        return _("as long as this holds")
    if found["n"] and found["tail"]:
        count = int(found["n"])
        words = ngettext("until the end of the month after", "until the end of the month %(n)s months after", count)
        return words % {"n": figures.number(count)}
    if found["n"]:
        return _("for %(span)s") % {"span": span(int(found["n"]), found["what"])}
    until = {"when": year_end(int(found["years"] or 0))}
    if found["extra"]:
        told = until | {"span": span(int(found["extra"]), "months")}
        return _("until %(span)s after %(when)s") % told
    return _("until %(when)s") % until


def window(text: str) -> str:
    """The window that a counter adds up over."""
    known = {
        "life": _("since joining"),
        "year": _("in a calendar year"),
        "month": _("in a calendar month"),
        "day": _("in a day"),
        "week": _("in a week from Monday on"),
        "member year": _("in a year of their own, from the day of joining"),
        "tier": _("since the present tier began"),
    }
    if text in known or text in STREAKS:
        return known.get(text, "")
    _rolling, count, what = text.split()
    return _("within %(span)s") % {"span": span(int(count), what)}
