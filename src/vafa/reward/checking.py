"""What must fit together across a programme's nouns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from vafa.core.words import gettext_noop as _
from vafa.reward.programme import STREAKS, Counter, Earn, Money, Programme, Reward, Tier
from vafa.reward.rules import APART, RULES

if TYPE_CHECKING:
    from vafa.reward.reading import Reader


class Checks:
    """What must fit together across the nouns."""

    def __init__(self, reader: Reader, made: Programme) -> None:
        self.reader, self.made = reader, made
        self.units = {unit.id for unit in made.units}
        self.counters = {counter.id: counter for counter in made.counters}
        self.tiers = {tier.id for tier in made.tiers}

    def all(self) -> None:
        self.reader.enter("")
        if not self.made.units:
            self.reader.refuse("no_unit", _("A programme needs a unit."), _("Write [unit.point]."), at="programme")
        if not self.made.earns:
            self.reader.refuse("no_earn", _("Nothing earns."), _("Write an [[earn]]."), at="programme")
        for number, counter in enumerate(self.made.counters):
            self.reader.enter("[[counter]]", number)
            self._once(counter.id, [c.id for c in self.made.counters[:number]])
            self._counted(counter)
        for number, tier in enumerate(self.made.tiers):
            self.reader.enter("[[tier]]", number)
            self._once(tier.id, [t.id for t in self.made.tiers[:number]])
            self._tier_reached(tier, self.made.tiers[number + 1 :])
        self._earns()
        for number, reward in enumerate(self.made.rewards):
            self.reader.enter("[[reward]]", number)
            self._once(reward.id, [r.id for r in self.made.rewards[:number]])
            self._reward(reward)
        for unit in self.made.units:
            self.reader.enter(f"[unit.{unit.id}]")
            for tier_id in unit.expires if isinstance(unit.expires, Mapping) else ():
                self._tier(tier_id)

    def _counted(self, counter: Counter) -> None:
        if counter.window in STREAKS:
            self._streak(counter)
        elif counter.of not in RULES and counter.of not in self.units:
            self._missing(counter.of, [*RULES, *self.units])
        if counter.balance and (counter.of not in self.units or counter.window != "life"):
            self.reader.refuse(
                "bad_balance",
                _("“%(id)s” can count a balance of a unit only, and without a window."),
                _('Write of = "point" and balance = true.'),
                at="balance",
                id=counter.id,
            )
        self._events(counter)
        if (counter.where or counter.unless) and counter.of not in RULES:
            self.reader.refuse(
                "where_without_lines",
                _("“%(id)s” counts no lines, so “where” says nothing."),
                _("Leave it out, or count a measure: %(known)s."),
                at=counter.id,
                id=counter.id,
                known=", ".join(RULES),
            )

    def _streak(self, counter: Counter) -> None:
        wanted = STREAKS[counter.window]
        followed = self.counters.get(counter.of)
        if followed is None or followed.window != wanted or followed.balance or counter.goal <= 0:
            self.reader.refuse(
                "bad_streak",
                _("A %(streak)s follows a counter of each %(window)s that reaches a goal."),
                _('Write of = "visits" and goal = 4, where “visits” is a counter with window = "%(window)s".'),
                at=counter.id,
                streak=counter.window,
                window=wanted,
            )

    def _tier_reached(self, tier: Tier, higher: Sequence[Tier]) -> None:
        for name in sorted({name for clause in (*tier.reach, *tier.keep) for name in clause}):
            if self._counter(name).of in self.units and self.made.crossing == "new":
                self.reader.refuse(
                    "circular_tier",
                    _("Tier “%(tier)s” needs units that need the tier."),
                    _("Count an amount instead, or let the crossing purchase earn at the old tier."),
                    at=tier.id,
                    tier=tier.id,
                )
        for other in higher:
            if all(any(_implies(clause, easier) for easier in other.reach) for clause in tier.reach):
                self.reader.refuse(
                    "unreachable_tier",
                    _("Nobody ever stands on “%(tier)s”: who reaches it has reached “%(other)s” too."),
                    _("Put the lowest tier first, and ask more for each that follows."),
                    at=tier.id,
                    tier=tier.id,
                    other=other.id,
                )

    def _reward(self, reward: Reward) -> None:
        self._unit(reward.unit)
        if reward.gives:
            self._unit(reward.gives)
        if reward.gives == reward.unit:
            self.reader.refuse(
                "endless_reward", _("Reward “%(id)s” gives what it costs."), "", at=reward.id, id=reward.id
            )
        for tier_id in reward.tiers:
            self._tier(tier_id)
        if reward.thresholds and reward.when != "auto":
            self.reader.refuse(
                "threshold_by_itself",
                _("Only a reward that comes by itself has thresholds."),
                _('Write when = "auto", or leave “thresholds” out.'),
                at="thresholds",
            )
        if reward.chosen is not None and (reward.when != "asked" or reward.gives):
            self.reader.refuse(
                "chosen_off_the_bill",
                _("Only what is taken off the bill when it is asked for can be chosen."),
                _("Leave “when” and “gives” out, or leave “chosen” out."),
                at="chosen",
            )
        if reward.stock is not None and reward.when == "yearly":
            self.reader.refuse(
                "yearly_stock",
                _("A yearly reward comes to all at once, so its stock can't be shared out."),
                _('Leave “stock” out, or write when = "auto".'),
                at="stock",
            )
        if reward.stock is not None and reward.stock.returned == "free":
            self.reader.refuse(
                "stock_returns",
                _("What is cancelled is in stock again anyway; “returned” says nothing here."),
                _("Leave it out."),
                at="returned",
            )
        if reward.remainder == "forfeit" and reward.when != "yearly":
            self.reader.refuse(
                "no_remainder",
                _("Only a yearly reward forfeits what is left."),
                _('Write when = "yearly", or leave “remainder” out.'),
                at="remainder",
            )

    def _earns(self) -> None:
        later: set[str] = set()
        for number in range(len(self.made.earns) - 1, -1, -1):
            earn = self.made.earns[number]
            self.reader.enter("[[earn]]", number)
            self._once(earn.id, [e.id for e in self.made.earns[:number]])
            self._earn(earn, later)
            later.add(earn.unit)

    def _earn(self, earn: Earn, later: set[str]) -> None:
        self._unit(earn.unit)
        if earn.of not in RULES:
            self._missing(earn.of, list(RULES))
        for tier_id in earn.by_tier:
            self._tier(tier_id)
        self._events(earn)
        if earn.of in APART and (earn.factor or earn.min_basket):
            self.reader.refuse(
                "no_purchase",
                _("“%(id)s” looks at no purchase, so neither “factor” nor “min_basket” says anything."),
                _("Leave them out, or count an amount."),
                at="factor" if earn.factor else "min_basket",
                id=earn.id,
            )
        if earn.when is None:
            return
        counter = self._counter(earn.when.counter)
        if counter.of in later:
            self.reader.refuse(
                "late_counter",
                _("“%(id)s” looks at units that a later rule gives."),
                _("Put it after the rules that give “%(unit)s”."),
                at=earn.id,
                id=earn.id,
                unit=counter.of,
            )
        for name, limit in (("every", earn.when.every), ("crosses", earn.when.crosses)):
            if limit is not None and limit <= 0:
                self.reader.refuse("bad_limit", _("“%(name)s” must be more than 0."), "", at=name, name=name)

    def _events(self, told: Counter | Earn) -> None:
        """Who counts events says which; other measures know of none."""
        if told.of == "event" and "event" not in told.where:
            self.reader.refuse(
                "which_event",
                _("“%(id)s” does not say which event."),
                _('Write where = { event = "birthday" }, “referral”, “referred”, or an event that you send.'),
                at=told.id,
                id=told.id,
            )
        names = {*told.where, *told.unless}
        if told.of != "event" and "event" in names:
            self.reader.refuse(
                "no_event",
                _("“%(id)s” counts %(of)s, which no event brings."),
                _('Write of = "event", or leave “event” out.'),
                at="event",
                id=told.id,
                of=told.of,
            )
        if told.of == "event" and (names - {"event", "weekday", "date"} or "event" in told.unless):
            self.reader.refuse(
                "event_without_lines",
                _("An event has a name and a day; “%(id)s” asks for more."),
                _("Keep event, weekday and date in “where”."),
                at=min(names - {"event", "weekday", "date"}, default="unless"),
                id=told.id,
            )

    def _once(self, name: str, before: Sequence[str]) -> None:
        if name in before:
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
            at=name or "when",
            name=name,
            known=", ".join(known) or "–",
        )


def _implies(clause: Mapping[str, Money], easier: Mapping[str, Money]) -> bool:
    """Whether whoever fulfils ``clause`` fulfils ``easier``; whole and decimal amounts are not compared."""
    return all(
        name in clause and isinstance(clause[name], int) == isinstance(least, int) and clause[name] >= least
        for name, least in easier.items()
    )
