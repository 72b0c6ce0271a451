"""From TOML's tables to a programme's values, with the line of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vafa.core.words import gettext_noop as _
from vafa.reward.checking import Checks
from vafa.reward.programme import (
    SPANS,
    STREAKS,
    WINDOWS,
    Budget,
    Cap,
    Chosen,
    Counter,
    Earn,
    Factor,
    Money,
    Programme,
    Referral,
    Reward,
    Tier,
    Unit,
    When,
    rolling,
    term,
    validity,
)
from vafa.reward.rules import MONEY
from vafa.reward.values import LARGEST, Values

LONGEST = {"days": 36_500, "months": 1_200}  # of a rolling window
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")


class Reader(Values):
    """Reads the nouns of one document."""

    def programme(self, document: dict[str, Any]) -> Programme:
        self._keys(document, {"programme", "unit", "counter", "tier", "earn", "reward", "referral"}, "the document")
        head = self._table(document.get("programme", {}), "programme")
        self._keys(head, {"name", "crossing", "assess", "downgrade", "stacking", "budget"}, "[programme]")
        units = self._table(document.get("unit", {}), "unit")
        made = Programme(
            name=self._text(head.get("name", ""), "name"),
            crossing=self._one_of(head.get("crossing", "old"), ("old", "new"), "crossing"),
            assess=self._one_of(head.get("assess", "at end"), ("at end", "continuous"), "assess"),
            downgrade=self._one_of(head.get("downgrade", "reassess"), ("reassess", "one step", "keep"), "downgrade"),
            stacking=self._one_of(head.get("stacking", "multiply"), ("multiply", "add", "best"), "stacking"),
            units=tuple(self._unit(name, unit) for name, unit in units.items()),
            counters=tuple(self._counter(t) for t in self._list(document, "counter")),
            tiers=tuple(self._tier(t, head) for t in self._list(document, "tier")),
            earns=tuple(self._earn(t) for t in self._list(document, "earn")),
            rewards=tuple(self._reward(t) for t in self._list(document, "reward")),
            referral=self._referral(self._table(document.get("referral", {}), "referral")),
            budget=self._budget(head, "budget") if "budget" in head else None,
            text=self.text,
        )
        Checks(self, made).all()
        return made

    def _referral(self, table: dict[str, Any]) -> Referral:
        self.enter("[referral]")
        self._known(table, Referral, "[referral]")
        return Referral(
            purchase=self._whole(table.get("purchase", 1), "purchase", 1, 1000),
            after_days=self._whole(table.get("after_days", 0), "after_days", 0, 3650),
        )

    # One noun each

    def _unit(self, name: str, told: Any) -> Unit:
        self.enter(f"[unit.{name}]")
        table = self._table(told, name)
        self._known(table, Unit, f"[unit.{name}]")
        activity = self._texts(table.get("activity", ["earn", "burn"]), "activity")
        for what in activity:
            self._one_of(what, ("earn", "burn"), "activity")
        return Unit(
            id=self._id(name),
            name=self._text(table.get("name", name), "name"),
            expires=self._expiry(table.get("expires", "never")),
            activity=activity,
            pending_days=self._whole(table.get("pending_days", 0), "pending_days", 0, 3650),
            returns=self._one_of(table.get("returns", "owed"), ("owed", "within balance", "only pending"), "returns"),
            round=self._one_of(table.get("round", "floor"), ("floor", "half up", "up"), "round"),
            round_at=self._one_of(table.get("round_at", "purchase"), ("purchase", "rule", "line"), "round_at"),
            money=self._flag(table, "money"),
            worth=self._money(table["worth"], "worth") if "worth" in table else None,
            gift=self._flag(table, "gift"),
        )

    def _expiry(self, told: Any) -> str | dict[str, str]:
        """One term, or one for each tier; units that activity keeps alive have no other terms beside."""
        terms = list(told.values()) if isinstance(told, dict) else [told]
        for text in terms:
            found = term(text) if isinstance(text, str) else None
            if not found or len(found["n"] or found["years"] or "") > 5:
                self.refuse(
                    "bad_expiry",
                    _("“%(what)s” is no term of expiry."),
                    _(
                        "Write “60 days”, “12 months”, “6 months after the month”, “18 months without activity”, "
                        "“end of year +1” or “never”."
                    ),
                    at=str(text),
                    what=text,
                )
        if len({text.endswith("without activity") for text in terms if text != "never"}) > 1:
            self.refuse(
                "mixed_expiry",
                _("A unit expires “without activity” in every tier, or in none."),
                _("Use one way; a tier may say “never”."),
                at="expires",
            )
        expires: str | dict[str, str] = told
        return expires

    def _counter(self, table: dict[str, Any]) -> Counter:
        self._known(table, Counter, "[[counter]]")
        window = self._text(table.get("window", "life"), "window")
        moving = rolling(window)
        fixed = window in WINDOWS or window in STREAKS
        if not fixed and (moving is None or not 1 <= moving[0] <= LONGEST[moving[1]]):
            self.refuse(
                "bad_window",
                _("“%(what)s” is no window."),
                _(
                    "Write life, year, month, week, day, “member year”, tier, “rolling 12 months”, "
                    "“rolling 365 days” or “streak of months”."
                ),
                at=window,
                what=window,
            )
        return Counter(
            id=self._id(table.get("id")),
            of=self._text(table.get("of", "amount"), "of"),
            window=window,
            where=self._where(table),
            unless=self._where(table, "unless"),
            goal=self._money(table.get("goal", 0), "goal"),
            balance=self._flag(table, "balance"),
        )

    def _tier(self, table: dict[str, Any], head: dict[str, Any]) -> Tier:
        self._known(table, Tier, "[[tier]]")
        reach = self._clauses(table.get("reach"))
        keep = self._clauses(table["keep"]) if "keep" in table else ()
        watched = head.get("assess") == "continuous"
        valid = self._text(table.get("valid", "while it holds" if watched else "end of year +1"), "valid")
        found = validity(valid)
        if not found or len(found["n"] or found["years"] or "") > 5:
            self.refuse(
                "bad_validity",
                _("“%(what)s” is no validity."),
                _("Write “end of year +1”, “end of year +1 and 1 month”, “12 months”, “30 days” or “always”."),
                at=valid,
                what=valid,
            )
        if valid == ("always" if watched else "while it holds"):
            self.refuse(
                "bad_validity",
                _("“%(what)s” does not go with assess = “%(assess)s”."),
                _("At the end of a term: “always”; continuous: “while it holds”, or the shortest stay, as “30 days”."),
                at="valid",
                what=valid,
                assess=head.get("assess", "at end"),
            )
        tier_id = self._id(table.get("id"))
        if tier_id == "member":
            self.refuse("bad_id", _("Everybody is a “member” already."), _("Give the tier another id."), at=tier_id)
        return Tier(
            tier_id, reach, self._text(table.get("name", tier_id.replace("_", " ").capitalize()), "name"), valid, keep
        )

    def _clauses(self, told: Any) -> tuple[Mapping[str, Money], ...]:
        clauses = [told] if isinstance(told, dict) else told
        if not isinstance(clauses, list) or not clauses or not all(isinstance(c, dict) and c for c in clauses):
            self.refuse("bad_reach", _("A tier needs “reach”."), _("Write reach = [{spend = 2500.00}]."), at="[[tier]]")
        return tuple({name: self._money(value, name) for name, value in clause.items()} for clause in clauses)

    def _earn(self, table: dict[str, Any]) -> Earn:
        self._known(table, Earn, "[[earn]]")
        cap = None
        if "cap" in table:
            told = self._table(table["cap"], "cap")
            self._keys(told, {"per", "max"}, "cap")
            window = self._one_of(
                told.get("per"), ("purchase", "day", "week", "month", "year", "member year", "life"), "cap"
            )
            cap = Cap(window, self._whole(told.get("max"), "max", 0, LARGEST))
        per = self._money(table.get("per", 1), "per")
        if per <= 0:
            self.refuse("bad_per", _("“per” must be more than 0."), "", at="per")
        of = self._text(table.get("of", "amount"), "of")
        if of not in MONEY and per != int(per):
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
            unless=self._where(table, "unless"),
            factor=self._factor(self._table(table["factor"], "factor")) if "factor" in table else None,
            min_basket=self._money(table.get("min_basket", 0), "min_basket"),
            cap=cap,
            when=self._when(self._table(table["when"], "when")) if "when" in table else None,
            bonus=self._flag(table, "bonus"),
            budget=self._budget(table, "budget") if "budget" in table else None,
            first=self._whole(table["first"], "first", 1, LARGEST) if "first" in table else 0,
        )

    def _factor(self, table: dict[str, Any]) -> Factor:
        if len(table) != 1:
            self.refuse(
                "bad_factor", _("“factor” looks at one column."), _("Write {category = {wine = 2}}."), at="factor"
            )
        by, told = next(iter(table.items()))
        self._one_of(by, ("category", "brand", "product"), "factor")
        return Factor(by, {name: self._fraction(rate, name) for name, rate in self._table(told, by).items()})

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
            when=self._one_of(table.get("when", "asked"), ("asked", "auto", "yearly"), "when"),
            on=self._month_day(table.get("on", "12-31")),
            remainder=self._one_of(table.get("remainder", "keep"), ("keep", "forfeit"), "remainder"),
            tiers=self._texts(table.get("tiers", []), "tiers"),
            stock=self._budget(table, "stock") if "stock" in table else None,
            thresholds=self._thresholds(table),
            chosen=self._chosen(self._table(table["chosen"], "chosen"), table) if "chosen" in table else None,
        )

    def _thresholds(self, table: dict[str, Any]) -> tuple[int, ...]:
        told, price = table.get("thresholds", []), table.get("price", 1)
        whole = isinstance(told, list) and all(isinstance(one, int) and one > 0 and one % price == 0 for one in told)
        if not whole or told != sorted(set(told)) or ("thresholds" in table and not told):
            self.refuse(
                "bad_thresholds",
                _("“thresholds” are multiples of the price, the smallest first."),
                _("Write thresholds = [250, 500, 1000]."),
                at="thresholds",
            )
        return tuple(told)

    def _chosen(self, told: dict[str, Any], table: dict[str, Any]) -> Chosen:
        self._known(told, Chosen, "chosen")
        step = self._whole(told.get("step", table.get("price")), "step", 1, LARGEST)
        least = self._whole(told.get("min", step), "min", step, LARGEST)
        share = self._fraction(told.get("share", 1), "share")
        if least % step or not 0 < share <= 1:
            self.refuse(
                "bad_chosen",
                _("“chosen” needs a “min” of whole steps and a “share” of the bill up to 1."),
                _("Write chosen = { min = 500, step = 100, share = 0.5 }."),
                at="chosen",
            )
        return Chosen(least, step, share)

    def _budget(self, table: dict[str, Any], name: str) -> Budget:
        """``stock = 50``, or a table with the span of time that it is for."""
        told = {"max": table[name]} if not isinstance(table[name], dict) else table[name]
        self._known(told, Budget, name)
        most = self._money(told.get("max"), "max")
        if most <= 0 or (name == "stock" and most != int(most)):
            self.refuse("bad_budget", _("“%(name)s” needs a “max” of 1 or more."), "", at=name, name=name)
        return Budget(
            most,
            self._one_of(told.get("per", "life"), SPANS, "per"),
            self._one_of(told.get("returned", "spent"), ("spent", "free"), "returned"),
        )

    def _month_day(self, value: Any) -> str:
        if not isinstance(value, str) or not _MONTH_DAY.match(value):
            self.refuse("bad_day", _("“%(what)s” is no day of a year."), _('Write on = "12-31".'), at="on", what=value)
        return value
