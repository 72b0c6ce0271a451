"""A condition in plain words, and what of somebody fulfils it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from vafa.core import figures
from vafa.core.columns import DAY, FLAG, MONEY, SEGMENT, Catalogue, Column
from vafa.core.money import to_minor
from vafa.core.words import gettext as _
from vafa.segment.definition import Condition, Either, Every, Test, Value, Without, tests

WHY = 4  # figures of one person are told at most


class Teller:
    def __init__(self, catalogue: Catalogue, currency: str) -> None:
        self.catalogue = catalogue
        self.currency = currency

    def sentence(self, condition: Condition, inner: bool = False) -> str:
        """The whole of it; what stands within another is put in brackets where it must be."""
        match condition:
            case Test():
                return self._test(condition)
            case Without(part):
                return _("not: %(what)s") % {"what": self.sentence(part, True)}
            case Every(parts):
                text = self._chained(parts)
            case Either(parts):
                text = _(" or ").join(self.sentence(part, True) for part in parts)
        return f"({text})" if inner else text

    def _chained(self, parts: Iterable[Condition]) -> str:
        text = ""
        for part in parts:
            told = self.sentence(part.part if isinstance(part, Without) else part, True)
            if isinstance(part, Without):
                text += (_(", but not: %(what)s") if text else _("not: %(what)s")) % {"what": told}
            else:
                text += (_(" and ") if text else "") + told
        return text

    def _test(self, test: Test) -> str:
        column = self.catalogue[test.column]
        told = {"what": _(column.title), "value": "", "low": "", "high": ""}
        values = [self.written(column, value) for value in test.values]
        if column.kind == FLAG and test.op == "=":
            return told["what"]
        if test.op == "between":
            return _("%(what)s from %(low)s to %(high)s") % (told | {"low": values[0], "high": values[1]})
        told["value"] = _(" or ").join(values)
        match test.op:
            case "known":
                return _("%(what)s is known") % told
            case "<":
                return _("%(what)s below %(value)s") % told
            case "<=":
                return _("%(what)s at most %(value)s") % told
            case ">":
                return _("%(what)s above %(value)s") % told
            case ">=":
                return _("%(what)s at least %(value)s") % told
        return _("%(what)s is %(value)s") % told

    def written(self, column: Column, value: Value) -> str:
        """A value out of a definition as people write it."""
        if isinstance(value, Decimal):
            return self.figure(column, to_minor(format(value, "f"), self.currency) if column.kind == MONEY else value)
        if isinstance(value, date):
            return figures.day(value)
        return self.named(column, str(value))

    def named(self, column: Column, value: str) -> str:
        known = column.choices.get(value, value)
        return known if column.kind == SEGMENT else _(known) if known else value

    def figure(self, column: Column, value: Any) -> str:
        """A figure as it stands in the database."""
        match column.kind:
            case "money":
                return figures.money(value, self.currency, whole=value % 100 == 0)
            case "share":
                return figures.percent(float(value))
        number = Decimal(str(value))
        places = 0 if number == int(number) else 1 if abs(number) >= 1 else 2
        return figures.number(number, places)

    def why(self, condition: Condition, own: Mapping[str, Any]) -> str:
        """What of somebody is asked for, with their own figures: “the volume: A; days late: 12”."""
        parts = []
        for name in asked(condition):
            column, value = self.catalogue[name], own.get(name)
            if column.kind == FLAG:
                parts += [_(column.title)] if value else []
            elif value is not None and value != "":
                parts.append(_("%(what)s: %(value)s") % {"what": _(column.title), "value": self._own(column, value)})
        return _("; ").join(parts[:WHY])

    def _own(self, column: Column, value: Any) -> str:
        if column.kind == DAY:
            return figures.day(int(value))
        return self.named(column, value) if isinstance(value, str) else self.figure(column, value)


def asked(condition: Condition) -> list[str]:
    """The columns that it asks for and that somebody has a value of, in order."""
    return list(dict.fromkeys(test.column for test in tests(condition) if test.column != "segment"))
