"""Reading one value of a document: what it must be, and the line where it isn't."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.programme import WEEKDAYS

WHERE = ("category", "brand", "product", "tender", "store", "channel", "weekday", "date", "event")
LARGEST = 10**12
_RATIO = re.compile(r"(\d{1,9})/([1-9]\d{0,8})$")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}$")


class Values:
    """Reads values of one document; its text is kept to tell lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.begins, self.ends = 0, len(self.lines)  # the lines, from 0, of the table of the moment

    def enter(self, header: str, number: int = 0) -> None:
        """From now on lines are told from the ``number``-th table under this header; "": from the whole document."""
        found = [n for n, line in enumerate(self.lines) if header and line.replace(" ", "").startswith(header)]
        self.begins, self.ends = (found[number], len(self.lines)) if number < len(found) else (0, len(self.lines))
        inner = f"[{header.strip('[]')}."
        for n in range(self.begins + 1, len(self.lines) if found else 0):
            if self.lines[n].startswith("[") and not self.lines[n].startswith(inner):
                self.ends = n
                return

    def _where(self, table: dict[str, Any], word: str = "where") -> dict[str, tuple[str, ...]]:
        where = self._table(table.get(word, {}), word)
        self._keys(where, set(WHERE), word)
        told = {name: self._texts([v] if isinstance(v, str) else v, name) for name, v in where.items()}
        for day in told.get("weekday", ()):
            self._one_of(day, WEEKDAYS, "weekday")
        for text in told.get("date", ()):
            self._date(text)
        return told

    def _date(self, text: str) -> None:
        """ "2026-11-01" or "2026-11-01..2026-11-30"."""
        try:
            days = [date.fromisoformat(part) for part in text.split("..")]
        except ValueError:
            days = []
        if len(days) not in (1, 2) or days[0] > days[-1]:
            self.refuse(
                "bad_date",
                _("“%(what)s” is no day and no span of days."),
                _("Write “2026-11-27” or “2026-11-01..2026-11-30”."),
                at=text,
                what=text,
            )

    def _texts(self, value: Any, name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            self.refuse(
                "bad_list", _("“%(name)s” must be a list of texts."), _('Write ["one", "two"].'), at=name, name=name
            )
        return tuple(value)

    def _flag(self, table: dict[str, Any], name: str) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            self.refuse("bad_flag", _("“%(name)s” is true or false."), "", at=name, name=name)
        return value

    def _known(self, table: dict[str, Any], kind: type, where: str, extra: Iterable[str] = ()) -> None:
        self._keys(table, {f.name for f in dataclasses.fields(kind)}.union(extra), where)

    def _keys(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in table:
            if key not in known:
                self.refuse(
                    "unknown_key",
                    _("%(where)s has no “%(key)s”."),
                    _("Known are: %(known)s."),
                    at=key,
                    key=key,
                    where=where,
                    known=", ".join(sorted(known)),
                )

    def _list(self, document: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
        self.enter("")
        found = document.get(name, [])
        if not isinstance(found, list):
            self.refuse("bad_table", _("Write [[%(name)s]] with two brackets."), "", at=f"[{name}", name=name)
        for number, table in enumerate(found):
            self.enter(f"[[{name}]]", number)
            yield self._table(table, name)

    def _table(self, value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse("bad_table", _("“%(name)s” must be a table."), "", at=name, name=name)
        return dict(value)

    def _id(self, value: Any) -> str:
        if not isinstance(value, str) or not _ID.match(value):
            self.refuse(
                "bad_id", _("“%(what)s” is no id."), _("Use small letters, digits and _."), at=str(value), what=value
            )
        return value

    def _text(self, value: Any, name: str) -> str:
        if not isinstance(value, str) or len(value) > 120:
            self.refuse("bad_text", _("“%(name)s” must be a short text."), "", at=name, name=name)
        return value

    def _whole(self, value: Any, name: str, low: int, high: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(
                "bad_number",
                _("“%(name)s” must be a whole number from %(low)s to %(high)s."),
                "",
                at=name,
                name=name,
                low=low,
                high=high,
            )
        return value

    def _money(self, value: Any, name: str) -> int | Decimal:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number: int | Decimal = value
            if number == number and 0 <= number <= LARGEST:  # a NaN is not itself
                return number
        self.refuse("bad_number", _("“%(name)s” must be a number of 0 or more."), "", at=name, name=name)

    def _fraction(self, value: Any, name: str) -> Fraction:
        rate = self._ratio(value, name) if isinstance(value, str) else Fraction(self._money(value, name))
        if rate > 1000 or rate.denominator > 10**6:
            self.refuse("bad_rate", _("A rate of “%(name)s” is out of bounds."), "", at=name, name=name)
        return rate

    def _ratio(self, text: str, name: str) -> Fraction:
        """ "10/9": what decimals can't say."""
        found = _RATIO.match(text)
        if found is None:
            self.refuse(
                "bad_rate", _("A rate of “%(name)s” is out of bounds."), _('Write 1.5 or "10/9".'), at=name, name=name
            )
        return Fraction(int(found[1]), int(found[2]))

    def _one_of(self, value: Any, known: tuple[str, ...], name: str) -> str:
        if value not in known:
            self.refuse(
                "unknown_word",
                _("“%(name)s” is one of %(known)s."),
                "",
                at=str(value),
                name=name,
                known=", ".join(known),
            )
        return str(value)

    def refuse(self, code: str, message: str, hint: str, *, at: str, **params: Any) -> NoReturn:
        raise Refusal(code, _("Line %(line)s: ") + message, hint, line=self.line_of(at), **params)

    def line_of(self, word: str) -> int:
        """The first line where ``word`` stands as a word of its own; where it doesn't, the table's first."""
        wanted = re.compile(rf"(?<![\w]){re.escape(word)}(?![\w])")
        for number in range(self.begins, self.ends):
            if wanted.search(self.lines[number].partition("#")[0]):
                return number + 1
        return self.begins + 1
