"""From TOML's tables to a programme's values, with the line of whatever is wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
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
from vafa.reward.rules import RULES

WHERE = ("category", "brand", "product", "tender", "store", "channel")
LARGEST = 10**12
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}$")


class Reader:
    """Reads one document; ``text`` is kept to tell lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()

    def programme(self, document: dict[str, Any]) -> Programme:
        self._keys(document, {"programme", "unit", "counter", "tier", "earn", "reward"}, "the document")
        head = self._table(document.get("programme", {}), "programme")
        self._keys(head, {"name", "crossing"}, "[programme]")
        units = self._table(document.get("unit", {}), "unit")
        made = Programme(
            name=self._text(head.get("name", ""), "name"),
            crossing=self._one_of(head.get("crossing", "old"), ("old", "new"), "crossing"),
            units=tuple(self._unit(name, self._table(unit, name)) for name, unit in units.items()),
            counters=tuple(self._counter(t) for t in self._list(document, "counter")),
            tiers=tuple(self._tier(t) for t in self._list(document, "tier")),
            earns=tuple(self._earn(t) for t in self._list(document, "earn")),
            rewards=tuple(self._reward(t) for t in self._list(document, "reward")),
            text=self.text,
        )
        Checks(self, made).all()
        return made

    # One noun each

    def _unit(self, name: str, table: dict[str, Any]) -> Unit:
        self._known(table, Unit, f"[unit.{name}]", extra={"round_at"})
        expires = table.get("expires", "never")
        for text in expires.values() if isinstance(expires, dict) else [expires]:
            if not isinstance(text, str) or not term(text):
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
            money=bool(table.get("money", False)),
            worth=self._money(table["worth"], "worth") if "worth" in table else None,
            gift=bool(table.get("gift", False)),
        )

    def _counter(self, table: dict[str, Any]) -> Counter:
        self._known(table, Counter, "[[counter]]")
        window = self._text(table.get("window", "life"), "window")
        if window not in WINDOWS and not rolling(window):
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
        if not validity(valid):
            self.refuse(
                "bad_validity",
                _("“%(what)s” is no validity."),
                _("Write “end of year”, “end of year +1”, “12 months” or “always”."),
                at=valid,
                what=valid,
            )
        reach = tuple({name: self._money(value, name) for name, value in clause.items()} for clause in clauses)
        tier_id = self._id(table.get("id"))
        return Tier(tier_id, reach, self._text(table.get("name", tier_id.capitalize()), "name"), valid)

    def _earn(self, table: dict[str, Any]) -> Earn:
        self._known(table, Earn, "[[earn]]")
        cap = when = None
        if "cap" in table:
            told = self._table(table["cap"], "cap")
            self._keys(told, {"per", "max"}, "cap")
            window = self._one_of(told.get("per"), ("purchase", "day", "month", "year", "life"), "cap")
            cap = Cap(window, self._whole(told.get("max"), "max", 0, LARGEST))
        if "when" in table:
            told = self._table(table["when"], "when")
            self._keys(told, {"counter", "every", "crosses", "min", "below"}, "when")
            limits = {name: self._money(value, name) for name, value in told.items() if name != "counter"}
            when = When(self._text(told.get("counter", ""), "when"), **limits)
        per = self._money(table.get("per", 1), "per")
        if per <= 0:
            self.refuse("bad_per", _("“per” must be more than 0."), "", at="per")
        return Earn(
            id=self._id(table.get("id")),
            unit=self._text(table.get("unit", ""), "unit"),
            of=self._text(table.get("of", "amount"), "of"),
            per=per,
            gives=self._whole(table.get("gives", 1), "gives", 1, LARGEST),
            by_tier={tier: self._fraction(rate, tier) for tier, rate in table.get("by_tier", {}).items()},
            where=self._where(table),
            min_basket=self._money(table.get("min_basket", 0), "min_basket"),
            cap=cap,
            when=when,
            bonus=bool(table.get("bonus", False)),
        )

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
            tiers=tuple(table.get("tiers", ())),
        )

    # Values

    def _where(self, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        where = self._table(table.get("where", {}), "where")
        self._keys(where, set(WHERE), "where")
        return {name: tuple(v) if isinstance(v, list) else (str(v),) for name, v in where.items()}

    def _known(self, table: dict[str, Any], kind: type, where: str, extra: set[str] = frozenset()) -> None:  # type: ignore[assignment]  # an empty set
        self._keys(table, {f.name for f in dataclasses.fields(kind)} | extra, where)

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

    def _list(self, document: dict[str, Any], name: str) -> list[dict[str, Any]]:
        found = document.get(name, [])
        if not isinstance(found, list):
            self.refuse("bad_table", _("Write [[%(name)s]] with two brackets."), "", at=f"[{name}", name=name)
        return found

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
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= LARGEST:
            self.refuse("bad_number", _("“%(name)s” must be a number of 0 or more."), "", at=name, name=name)
        return value

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
        """The first line where ``word`` stands as a word of its own (1 where it does not)."""
        wanted = re.compile(rf"(?<![\w]){re.escape(word)}(?![\w])")
        return next((number for number, line in enumerate(self.lines, 1) if wanted.search(line.partition("#")[0])), 1)


class Checks:
    """What must fit together across the nouns."""

    def __init__(self, reader: Reader, made: Programme) -> None:
        self.reader, self.made = reader, made
        self.units = {unit.id for unit in made.units}
        self.counters = {counter.id: counter for counter in made.counters}
        self.tiers = {tier.id for tier in made.tiers}

    def all(self) -> None:
        if not self.made.units:
            self.reader.refuse("no_unit", _("A programme needs a unit."), _("Write [unit.point]."), at="programme")
        if not self.made.earns:
            self.reader.refuse("no_earn", _("Nothing earns."), _("Write an [[earn]]."), at="programme")
        self._once([c.id for c in self.made.counters])
        self._once([t.id for t in self.made.tiers])
        self._once([e.id for e in self.made.earns])
        self._once([r.id for r in self.made.rewards])
        for counter in self.made.counters:
            if counter.of not in RULES and counter.of not in self.units:
                self._missing(counter.of, [*RULES, *self.units])
        for tier in self.made.tiers:
            for name in {name for clause in tier.reach for name in clause}:
                self._counter(name)
                if self.made.crossing == "new" and self.counters[name].of in self.units:
                    self.reader.refuse(
                        "circular_tier",
                        _("Tier “%(tier)s” needs units that need the tier."),
                        _("Count an amount instead, or let the crossing purchase earn at the old tier."),
                        at=tier.id,
                        tier=tier.id,
                    )
        self._earns()
        for reward in self.made.rewards:
            self._unit(reward.unit)
            if reward.gives:
                self._unit(reward.gives)
            if reward.gives == reward.unit and reward.when == "auto":
                self.reader.refuse(
                    "endless_reward", _("Reward “%(id)s” gives what it costs."), "", at=reward.id, id=reward.id
                )
            for tier_id in reward.tiers:
                self._tier(tier_id)
        for unit in self.made.units:
            for tier_id in unit.expires if isinstance(unit.expires, Mapping) else ():
                self._tier(tier_id)

    def _earns(self) -> None:
        fed: set[str] = set()
        for earn in reversed(self.made.earns):
            self._unit(earn.unit)
            if earn.of not in RULES:
                self._missing(earn.of, list(RULES))
            for tier_id in earn.by_tier:
                self._tier(tier_id)
            if earn.when is None:
                fed.add(earn.unit)
                continue
            counter = self._counter(earn.when.counter)
            if counter.of in fed:
                self.reader.refuse(
                    "late_counter",
                    _("“%(id)s” looks at units that a later rule gives."),
                    _("Put it after the rules that give “%(unit)s”."),
                    at=earn.id,
                    id=earn.id,
                    unit=counter.of,
                )
            if earn.when.every is not None and earn.when.every <= 0:
                self.reader.refuse("bad_every", _("“every” must be more than 0."), "", at="every")
            fed.add(earn.unit)

    def _once(self, ids: list[str]) -> None:
        for name in ids:
            if ids.count(name) > 1:
                self.reader.refuse("twice", _("“%(id)s” stands twice."), _("Give each its own id."), at=name, id=name)

    def _unit(self, name: str) -> None:
        if name not in self.units:
            self._missing(name, sorted(self.units))

    def _tier(self, name: str) -> None:
        if name not in self.tiers and name != "member":
            self._missing(name, ["member", *sorted(self.tiers)])

    def _counter(self, name: str) -> Counter:
        if name not in self.counters:
            self._missing(name, sorted(self.counters))
        return self.counters[name]

    def _missing(self, name: str, known: list[str]) -> NoReturn:
        self.reader.refuse(
            "unknown_name",
            _("“%(name)s” is nowhere described."),
            _("Known here: %(known)s."),
            at=name or "[[",
            name=name,
            known=", ".join(known) or "–",
        )
