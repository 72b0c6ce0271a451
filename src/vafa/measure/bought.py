"""What is bought and whether a club is right, in words: for the office's page and the report's last sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from babel.dates import get_day_names

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, language
from vafa.segment.analysis import Analysis
from vafa.segment.assortment import Assortment
from vafa.segment.labels import TYPE_NAMES, TYPE_TREATMENTS
from vafa.segment.suitability import Suitability

KIND_NAMES = {"category": gettext_noop("Category"), "brand": gettext_noop("Brand")}
TRAIT_NAMES = KIND_NAMES | {
    "product": gettext_noop("Product"),
    "weekday": gettext_noop("Weekday"),
    "size": gettext_noop("Basket"),
}
SIZE_NAMES = {
    "1": gettext_noop("one product at a time"),
    "2-4": gettext_noop("2 to 4 products at a time"),
    "5-9": gettext_noop("5 to 9 products at a time"),
    "10+": gettext_noop("10 products or more at a time"),
}


class Suits(NamedTuple):
    """A verdict as a heading, and its reasons: the way they speak, that in words, the reason."""

    says: str
    reasons: tuple[tuple[str, str, str], ...]


def suits(found: Suitability) -> Suits:
    """Whether a club is right for this shop."""
    says = {
        "yes": _("A club is right for this shop"),
        "no": _("A club won't bring customers back here"),
        "unsure": _("It can't be said yet whether a club is right for this shop"),
    }
    words = {"for": _("speaks for it"), "against": _("speaks against it"), "open": _("is open")}
    return Suits(says[found.verdict], tuple((one.way, words[one.way], one.text) for one in found.reasons))


def trait(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A trait of the portrait in words; ``names``: of products, by code."""
    value = str(row["value"])
    match row["trait"]:
        case "product":
            return names.get(value, value)
        case "weekday":
            return str(get_day_names("wide", "stand-alone", locale=language())[int(value) - 1])
        case "size":
            return _(SIZE_NAMES[value])
    return value


def types_table(analysis: Analysis) -> tuple[str, list[str], list[list[str]], str] | None:
    """How customers buy; None where no products are told."""
    if analysis.buying_types is None:
        return None
    rows = [
        [f"{_(TYPE_NAMES[kind])}: {_(TYPE_TREATMENTS[kind])}", figures.number(part.customers)]
        for kind, part in analysis.buying_types.items()
        if part.customers
    ]
    definition = _("By regularity, things bought again, breadth and the share paid for reduced goods.")
    return _("By the way they buy"), [_("What to do for them"), _("Customers")], rows, definition


def portrait_table(found: Assortment) -> tuple[str, list[str], list[list[str]], str] | None:
    """In what the best differ; products without a name are left out. None where nothing is sure."""
    rows = list(_differ(found))
    if not rows:
        return None
    heads = [_("What"), _("The best %(share)s") % {"share": figures.percent(0.2)}, _("Others")]
    definition = _("Share of their days. Each customer has one voice; differences of four standard errors and more.")
    return _("In what the best differ"), heads, rows, definition


def _differ(found: Assortment) -> Iterator[list[str]]:
    for row in found.portrait.to_pylist():
        if row["trait"] != "product":
            yield [trait(row, {}), figures.percent(row["best_share"]), figures.percent(row["other_share"])]
