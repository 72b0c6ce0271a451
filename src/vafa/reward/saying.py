"""A programme's quantities as people write them, and sentences whose changeable values stand out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from vafa.core import figures
from vafa.core.money import digits
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.reward.engine.plan import Plan, minor
from vafa.reward.programme import Money, Unit, term, validity

_PLACE = re.compile(r"%\((\w+)\)s")


class Part(NamedTuple):
    """A piece of a sentence; ``value`` tells where a changeable value stands in the document ("earn.base.per")."""

    text: str
    value: str = ""


class Section(NamedTuple):
    """One rule in words."""

    title: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def sentence(template: str, **values: str | Part) -> tuple[Part, ...]:
    """A translated template with ``%(name)s`` places as parts."""
    return tuple(_parts(template, values))


def _parts(template: str, values: dict[str, str | Part]) -> Iterator[Part]:
    at = 0
    for place in _PLACE.finditer(template):
        if template[at : place.start()]:
            yield Part(template[at : place.start()])
        value = values[place[1]]
        yield value if isinstance(value, Part) else Part(value)
        at = place.end()
    if template[at:]:
        yield Part(template[at:])


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


def money(amount: int, currency: str) -> str:
    """Minor units, without decimals where they say nothing."""
    return figures.money(amount, currency, whole=amount % 10 ** digits(currency) == 0)


def fraction(value: Fraction, places: int = 2) -> str:
    """1.5 as "1.5", 2 as "2"; at most ``places`` decimals."""
    if value.denominator == 1:
        return figures.number(value.numerator)
    rounded = round(Decimal(value.numerator) / Decimal(value.denominator), places).normalize()
    exponent = rounded.as_tuple().exponent
    return figures.number(rounded, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def limit(plan: Plan, counter: str, value: Money) -> str:
    """A threshold of a counter: money, units or a number."""
    counts = next(c.of for c in plan.programme.counters if c.id == counter)
    if counts == "amount":
        return money(minor(value, plan.currency), plan.currency)
    for unit in plan.programme.units:
        if unit.id == counts:
            return counted(unit, int(value), plan.currency)
    told = {"n": figures.number(int(value))}
    if counts == "visit":
        return ngettext("%(n)s visit", "%(n)s visits", int(value)) % told
    return ngettext("%(n)s item", "%(n)s items", int(value)) % told


def expiry(text: str) -> str:
    """A term of expiry in words: "12 months", "the end of the next year"."""
    found = term(text)
    if found is None or text == "never":
        return _("never")
    if found["n"] and found["tail"]:
        words = ngettext("%(n)s month after their month", "%(n)s months after their month", int(found["n"]))
        return words % {"n": figures.number(int(found["n"]))}
    if found["n"]:
        return span(int(found["n"]), found["what"])
    return year_end(int(found["years"] or 0))


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
    if found["n"]:
        return _("for %(span)s") % {"span": span(int(found["n"]), "months")}
    return _("until %(when)s") % {"when": year_end(int(found["years"] or 0))}


def window(text: str) -> str:
    """The window that a counter adds up over."""
    known = {
        "life": _("since joining"),
        "year": _("in a calendar year"),
        "month": _("in a month"),
        "day": _("in a day"),
    }
    if text in known:
        return known[text]
    _rolling, count, what = text.split()
    return _("within %(span)s") % {"span": span(int(count), what)}
