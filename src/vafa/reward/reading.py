"""From TOML's tables to a programme's values, with the line of whatever is wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.checking import Checks
from vafa.reward.programme import (
    WINDOWS,
    Cap,
    Counter,
    Earn,
    Programme,
    Reward,
    Tier,
    Unit,
    When,
    rolling,
    term,
    validity,
)

WHERE = ("category", "brand", "product", "tender", "store", "channel")
LARGEST = 10**12
LONGEST = {"days": 36_500, "months": 1_200}  # of a rolling window
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}$")


class Reader:
    """Reads one document; ``text`` is kept to tell lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.begins, self.ends = 0, len(self.lines)  # the lines, from 0, of the table of the moment

    def programme(self, document: dict[str, Any]) -> Programme:
        self._keys(document, {"programme", "unit", "counter", "tier", "earn", "reward"}, "the document")
        head = self._table(document.get("programme", {}), "programme")
        self._keys(head, {"name", "crossing"}, "[programme]")
        units = self._table(document.get("unit", {}), "unit")
        made = Programme(
            name=self._text(head.get("name", ""), "name"),
            crossing=self._one_of(head.get("crossing", "old"), ("old", "new"), "crossing"),
            units=tuple(self._unit(name, unit) for name, unit in units.items()),
            counters=tuple(self._counter(t) for t in self._list(document, "counter")),
            tiers=tuple(self._tier(t) for t in self._list(document, "tier")),
            earns=tuple(self._earn(t) for t in self._list(document, "earn")),
            rewards=tuple(self._reward(t) for t in self._list(document, "reward")),
            text=self.text,
        )
        Checks(self, made).all()
        return made

    def enter(self, header: str, number: int = 0) -> None:
        """From now on lines are told from the ``number``-th table under this header; "": from the whole document."""
        found = [n for n, line in enumerate(self.lines) if header and line.replace(" ", "").startswith(header)]
        self.begins, self.ends = (found[number], len(self.lines)) if number < len(found) else (0, len(self.lines))
        inner = f"[{header.strip('[]')}."
        for n in range(self.begins + 1, len(self.lines) if found else 0):
            if self.lines[n].startswith("[") and not self.lines[n].startswith(inner):
                self.ends = n
                return

    # One noun each

    def _unit(self, name: str, told: Any) -> Unit:
        self.enter(f"[unit.{name}]")
        table = self._table(told, name)
        self._known(table, Unit, f"[unit.{name}]", extra={"round_at"})
        expires = table.get("expires", "never")
        for text in expires.values() if isinstance(expires, dict) else [expires]:
            found = term(text) if isinstance(text, str) else None
            if not found or len(found["n"] or found["years"] or "") > 5:
                self.refuse(
                    "bad_expiry",
                    _("“%(what)s” is no term of expiry."),
                    _("Write “60 days”, “12 months”, “6 months after the month”, “end of year +1” or “never”."),
                    at=str(text),
                    what=text,
                )
        if table.get("round_at", "purchase") != "purchase":
            self.refuse("bad_rounding", _("Rounding is done once a purchase."), "", at="round_at")
        return Unit(
            id=self._id(name),
            name=self._text(table.get("name", name), "name"),
            expires=expires,
            pending_days=self._whole(table.get("pending_days", 0), "pending_days", 0, 3650),
            returns=self._one_of(table.get("returns", "owed"), ("owed", "within balance", "only pending"), "returns"),
            round=self._one_of(table.get("round", "floor"), ("floor", "half up"), "round"),
            money=self._flag(table, "money"),
            worth=self._money(table["worth"], "worth") if "worth" in table else None,
            gift=self._flag(table, "gift"),
        )

    def _counter(self, table: dict[str, Any]) -> Counter:
        self._known(table, Counter, "[[counter]]")
        window = self._text(table.get("window", "life"), "window")
        moving = rolling(window)
        if window not in WINDOWS and (moving is None or not 1 <= moving[0] <= LONGEST[moving[1]]):
            self.refuse(
                "bad_window",
                _("“%(what)s” is no window."),
                _("Write life, year, month, day, “rolling 12 months” or “rolling 365 days”."),
                at=window,
                what=window,
            )
        return Counter(
            self._id(table.get("id")), self._text(table.get("of", "amount"), "of"), window, self._where(table)
        )

    def _tier(self, table: dict[str, Any]) -> Tier:
        self._known(table, Tier, "[[tier]]")
        clauses = table.get("reach")
        if isinstance(clauses, dict):
            clauses = [clauses]
        if not isinstance(clauses, list) or not clauses or not all(isinstance(c, dict) and c for c in clauses):
            self.refuse("bad_reach", _("A tier needs “reach”."), _("Write reach = [{spend = 2500.00}]."), at="[[tier]]")
        valid = self._text(table.get("valid", "end of year +1"), "valid")
        found = validity(valid)
        if not found or len(found["n"] or found["years"] or "") > 5:
            self.refuse(
                "bad_validity",
                _("“%(what)s” is no validity."),
                _("Write “end of year”, “end of year +1”, “12 months” or “always”."),
                at=valid,
                what=valid,
            )
        reach = tuple({name: self._money(value, name) for name, value in clause.items()} for clause in clauses)
        tier_id = self._id(table.get("id"))
        if tier_id == "member":
            self.refuse("bad_id", _("Everybody is a “member” already."), _("Give the tier another id."), at=tier_id)
        return Tier(tier_id, reach, self._text(table.get("name", tier_id.capitalize()), "name"), valid)

    def _earn(self, table: dict[str, Any]) -> Earn:
        self._known(table, Earn, "[[earn]]")
        cap = None
        if "cap" in table:
            told = self._table(table["cap"], "cap")
            self._keys(told, {"per", "max"}, "cap")
            window = self._one_of(told.get("per"), ("purchase", "day", "month", "year", "life"), "cap")
            cap = Cap(window, self._whole(told.get("max"), "max", 0, LARGEST))
        per = self._money(table.get("per", 1), "per")
        if per <= 0:
            self.refuse("bad_per", _("“per” must be more than 0."), "", at="per")
        of = self._text(table.get("of", "amount"), "of")
        if of != "amount" and per != int(per):
            self.refuse("bad_per", _("“per” counts whole “%(of)s” here."), _("Write a whole number."), at="per", of=of)
        return Earn(
            id=self._id(table.get("id")),
            unit=self._text(table.get("unit", ""), "unit"),
            of=of,
            per=per,
            gives=self._whole(table.get("gives", 1), "gives", 1, LARGEST),
            by_tier={
                tier: self._fraction(rate, tier)
                for tier, rate in self._table(table.get("by_tier", {}), "by_tier").items()
            },
            where=self._where(table),
            min_basket=self._money(table.get("min_basket", 0), "min_basket"),
            cap=cap,
            when=self._when(self._table(table["when"], "when")) if "when" in table else None,
            bonus=self._flag(table, "bonus"),
        )

    def _when(self, table: dict[str, Any]) -> When:
        self._keys(table, {"counter", "every", "crosses", "min", "below"}, "when")
        limits = {name: self._money(value, name) for name, value in table.items() if name != "counter"}
        if len(limits) != 1 and set(limits) != {"min", "below"}:
            self.refuse(
                "bad_when",
                _("“when” needs one condition."),
                _("Write every, or crosses, or min and below."),
                at="when",
            )
        if set(limits) == {"min", "below"} and limits["min"] >= limits["below"]:
            self.refuse("bad_when", _("“min” must be less than “below”."), "", at="min")
        return When(self._text(table.get("counter", ""), "when"), **limits)

    def _reward(self, table: dict[str, Any]) -> Reward:
        self._known(table, Reward, "[[reward]]")
        reward_id = self._id(table.get("id"))
        return Reward(
            id=reward_id,
            unit=self._text(table.get("unit", ""), "unit"),
            price=self._whole(table.get("price"), "price", 1, LARGEST),
            name=self._text(table.get("name", reward_id.replace("_", " ").capitalize()), "name"),
            gives=self._text(table.get("gives", ""), "gives"),
            amount=self._money(table.get("amount", 1), "amount"),
            when=self._one_of(table.get("when", "asked"), ("asked", "auto"), "when"),
            tiers=self._texts(table.get("tiers", []), "tiers"),
        )

    # Values

    def _where(self, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        where = self._table(table.get("where", {}), "where")
        self._keys(where, set(WHERE), "where")
        return {name: self._texts([v] if isinstance(v, str) else v, name) for name, v in where.items()}

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
        rate = Fraction(self._money(value, name))
        if rate > 1000 or rate.denominator > 10**6:
            self.refuse("bad_rate", _("A rate of “%(name)s” is out of bounds."), "", at=name, name=name)
        return rate

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
