"""The plainest of models: each unit is an object with a life of its own, and is in one place at a time.

``Life`` lives one member's facts in order, from the first day on, one day after another. It knows the
documents' rules and nothing of the engine: no lots (only tokens that were issued together), no
sums (only tokens that are counted), no look ahead (only the next day).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import rulebook as book
from facts import EXPIRED, FORFEITED, GONE, HELD, NETTED, REDEEMED, RETURNED, Fact, Receipt, Rounding, Token
from rulebook import NEVER, Reward, Rule, Rulebook

from vafa.core.records import Line


@dataclass
class Life:
    """One member; ``moves`` are all movements: (fact, kind, unit, lot) → units from the member's side."""

    rules: Rulebook
    day: int | None = None
    tier: str = "member"
    until: int = NEVER
    tokens: list[Token] = field(default_factory=list)
    owed: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[int, str, str, int]] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    tier_moves: list[tuple[int, int, str]] = field(default_factory=list)
    entries: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # by counter: day, amount
    receipts: list[Receipt] = field(default_factory=list)
    capped: Counter[tuple[str, object]] = field(default_factory=Counter)
    crossed: set[tuple[str, object]] = field(default_factory=set)

    # What can be asked

    def free(self, unit: str, day: int | None = None) -> list[Token]:
        """Tokens that can be used, in the order of use."""
        when = self.day if day is None else day
        found = [t for t in self.tokens if t.place == HELD and t.unit == unit and t.available <= when < t.dies]
        return sorted(found, key=Token.order)

    def spendable(self, unit: str) -> int:
        return len(self.free(unit))

    def lots(self) -> dict[tuple[str, int], tuple[int, int, int]]:
        """(unit, lot) → how many are held, from when, and on which day they are over."""
        found: dict[tuple[str, int], tuple[int, int, int]] = {}
        for token in self.tokens:
            if token.place == HELD:
                left = found.get((token.unit, token.lot), (0, 0, 0))[0]
                found[token.unit, token.lot] = (left + 1, token.available, token.dies)
        return found

    def places(self, unit: str) -> Counter[str]:
        return Counter(token.place for token in self.tokens if token.unit == unit)

    def can_have(self, reward: Reward) -> bool:
        allowed = not reward.tiers or self.tier in reward.tiers
        return allowed and self.spendable(reward.unit) >= reward.price

    def counted(self, counter: str, day: int) -> int:
        holds = self.rules.counters[counter].holds
        return sum(amount for entry, amount in self.entries.get(counter, ()) if holds(entry, day))

    # Time

    def pass_to(self, day: int) -> None:
        """Time passes to the beginning of ``day``, one day after another."""
        if self.day is None:
            self.day = day
        while self.day < day:
            today = self.day + 1
            for reward in self.rules.settled(today):
                self._settle(reward, today)
            for token in self.tokens:
                if token.place == HELD and token.dies <= today:
                    self._put(token, EXPIRED, (token.lot, "expire"))
            self.day = today
            if self.until <= today:
                self._end_tier(today)
            self._watch(0)

    def _settle(self, reward: Reward, today: int) -> None:
        """At the end of the year's last day: whole rewards for what is there, the rest is kept or lost."""
        if reward.tiers and self.tier not in reward.tiers:
            return
        number, last = -(2**31) - today, today - 1  # no fact of a member's has such a number
        tokens = self.free(reward.unit, last)
        times = len(tokens) // reward.price
        for token in tokens[: times * reward.price]:
            self._put(token, REDEEMED, (number, "redeem"))
        self._bring("issue", number, reward.gives, times * reward.amount if reward.gives else 0, last)
        if reward.forfeits:
            for token in tokens[times * reward.price :]:
                self._put(token, FORFEITED, (number, "forfeit"))

    # Tiers

    def _named(self, number: int) -> str:
        return self.rules.tiers[number].id

    def _number(self, tier: str) -> int:
        return next(n for n, each in enumerate(self.rules.tiers) if each.id == tier)

    def _meets(self, clauses: Iterable[dict[str, int]], day: int) -> bool:
        return any(all(self.counted(name, day) >= least for name, least in clause.items()) for clause in clauses)

    def _reached(self, day: int) -> int:
        return max(n for n, tier in enumerate(self.rules.tiers) if n == 0 or self._meets(tier.reach, day))

    def _stays(self, day: int) -> bool:
        tier = self._number(self.tier)
        return self._meets(self.rules.tiers[tier].keep, day) or self._reached(day) >= tier

    def _hold(self, number: int, day: int) -> None:
        self.tier = self._named(number)
        self.until = book.over_on(day, self.rules.tiers[number].valid)

    def _climb(self, fact: int) -> None:
        assert self.day is not None
        before, reached = self._number(self.tier), self._reached(self.day)
        if reached > before or (reached == before > 0 and not self.rules.continuous):
            self._hold(reached, self.day)
        if reached > before:
            self.tier_moves.append((fact, self.day, self.tier))

    def _end_tier(self, today: int) -> None:
        if self.rules.continuous:
            self.until = NEVER  # its shortest stay is over: from now on it is watched
        elif self._stays(today - 1):
            self._hold(self._number(self.tier), today - 1)
        else:
            self._fall(0, today - 1)

    def _watch(self, fact: int) -> None:
        assert self.day is not None
        if self.rules.continuous and self.tier != "member" and self.until == NEVER and not self._stays(self.day):
            self._fall(fact, self.day)

    def _fall(self, fact: int, as_of: int) -> None:
        assert self.day is not None
        number = self._number(self.tier) - 1
        if self.rules.downgrade == "reassess":
            number = min(self._reached(as_of), number)
        self.tier, self.until = "member", NEVER
        if number:
            self._hold(number, as_of)
        self.tier_moves.append((fact, self.day, self.tier))

    # Facts

    def live(self, facts: Iterable[Fact]) -> Life:
        for fact in facts:
            self.pass_to(fact.day)
            {"sale": self._sale, "signup": self._sale, "return": self._return, "redeem": self._redeem}[fact.kind](fact)
            self._watch(fact.id)
        return self

    def _sale(self, fact: Fact) -> None:
        before = {name: self.counted(name, fact.day) for name in self.rules.counters}
        counted = {c.id: fact.amount for c in self.rules.counters.values() if c.of == "amount"}
        for name, amount in counted.items():
            self._count(name, fact.day, amount)
        if self.rules.crossing == "new":
            self._climb(fact.id)
        tier, worth, granted = self.tier, self._worth(fact.lines, self.tier), {}
        for rule, won in self._won(fact, worth, before):
            granted[rule.id] = won
            kind = "issue" if rule.unit.thing else "bonus" if rule.bonus else "earn"
            self._bring(kind, fact.id, rule.unit.id, won, fact.day)
            self._feed(rule.unit.id, fact.day, won)
        for unit in {rule.unit.id for rule in self.rules.rules if granted.get(rule.id)}:
            self._net(fact.id, unit)
            if "earn" in self.rules.units[unit].alive:
                self._refresh(unit)
        self.receipts.append(Receipt(fact.id, fact.day, tier, fact.amount, worth, counted, before, granted))
        if self.rules.crossing == "old":
            self._climb(fact.id)
        self._automatic(fact.id)

    def _worth(self, lines: Sequence[Line], tier: str) -> dict[str, Fraction]:
        return {rule.id: rule.worth(lines, tier) for rule in self.rules.rules if rule.of == "amount"}

    def _won(self, fact: Fact, worth: dict[str, Fraction], before: dict[str, int]) -> Iterable[tuple[Rule, int]]:
        """What each rule gives, one after the other: what one gives a later one may count."""
        rounding = Rounding()
        for rule in self.rules.rules:
            if (rule.of == "signup") != (fact.kind == "signup") or fact.amount < rule.min_basket:
                continue
            if rule.gate in ("every", "crosses"):
                won = self._gated(rule, before[rule.counter], self.counted(rule.counter, fact.day), fact.day)
            elif rule.gate == "between" and not _between(rule, before[rule.counter]):
                continue
            else:
                exact = Fraction(rule.gives) if rule.of == "signup" else worth[rule.id]
                won = rounding.next(rule, exact)
            if rule.cap and won > 0:
                window = fact.id if rule.cap[0] == "purchase" else book.window(fact.day, rule.cap[0])
                won = min(won, rule.cap[1] - self.capped[rule.id, window])
                self.capped[rule.id, window] += won
            if won > 0:
                yield rule, won

    def _gated(self, rule: Rule, before: int, after: int, day: int) -> int:
        if rule.gate == "every":
            return max(after // rule.low - before // rule.low, 0) * rule.gives
        window = (rule.id, book.window(day, self.rules.counters[rule.counter].window))
        if after < rule.low or window in self.crossed:
            return 0
        self.crossed.add(window)
        return rule.gives

    def _redeem(self, fact: Fact) -> None:
        reward = self.rules.rewards.get(fact.reward)
        unit = reward.unit if reward else fact.reward
        wanted = fact.units or (reward.price if reward else 1)
        taken = self.free(unit)[:wanted]
        for token in taken:
            self._put(token, REDEEMED, (fact.id, "redeem"))
        if reward:
            self._owe(fact.id, unit, fact.units - len(taken))
            if reward.gives and len(taken) >= reward.price:
                times = len(taken) // reward.price
                self._bring("issue", fact.id, reward.gives, times * reward.amount, fact.day)
        if taken and "burn" in self.rules.units[unit].alive:
            self._refresh(unit)

    def _automatic(self, fact: int) -> None:
        assert self.day is not None
        for reward in self.rules.rewards.values():
            if reward.when == "auto" and self.can_have(reward):
                tokens = self.free(reward.unit)
                times = len(tokens) // reward.price
                for token in tokens[: times * reward.price]:
                    self._put(token, REDEEMED, (fact, "redeem"))
                self._bring("issue", fact, reward.gives, times * reward.amount, self.day)

    # Returns

    def _return(self, fact: Fact) -> None:
        """From the sale that it names, or from the latest; what remains is valued as the sale was."""
        left = fact.amount
        for receipt in reversed(self.receipts):
            if left > 0 and receipt.amount > 0 and fact.returns in (0, receipt.id):
                part = min(left, receipt.amount)
                self._take_part(fact, receipt, part)
                left -= part

    def _take_part(self, fact: Fact, receipt: Receipt, part: int) -> None:
        receipt.amount -= part
        lines = fact.lines if part == fact.amount else None
        before = {name: self.counted(name, fact.day) for name in self.rules.counters}
        for name, has in receipt.counted.items():
            back = has if receipt.amount == 0 else min(has, part)
            receipt.counted[name] -= back
            self._count(name, receipt.day, -back)
        for rule in self.rules.rules:
            if rule.of == "amount":
                part_line = (Line(part),) if rule.plain else ()  # nobody knows the lines of such a part
                told = rule.worth(part_line if lines is None else lines, receipt.tier)
                has_worth = receipt.worth[rule.id]
                receipt.worth[rule.id] -= has_worth if receipt.amount == 0 else min(has_worth, told)
        rounding = Rounding()
        for rule in self.rules.rules:
            granted = receipt.granted.get(rule.id, 0)
            if rule.of == "signup":
                continue
            back = self._too_much(fact, receipt, rule, granted, before, rounding)
            if back > 0:
                receipt.granted[rule.id] = max(granted - back, 0)
                self._take(fact, receipt, rule, back)

    def _too_much(
        self,
        fact: Fact,
        receipt: Receipt,
        rule: Rule,
        granted: int,
        before: dict[str, int],
        rounding: Rounding,
    ) -> int:
        """What the rule had given and wouldn't have given for what remains."""
        if rule.gate in ("every", "crosses"):
            window = self.rules.counters[rule.counter].window
            now = self.counted(rule.counter, fact.day)
            lasts = book.window(receipt.day, window) == book.window(fact.day, window)
            if rule.gate == "crosses":
                stands = receipt.amount > 0 and (not lasts or now >= rule.low)
                return 0 if stands else granted
            if lasts:  # the counter is turned back as it stands, whichever purchases had brought it there
                return (before[rule.counter] // rule.low - now // rule.low) * rule.gives
            start = receipt.before[rule.counter]
            kept = start + receipt.counted.get(rule.counter, 0)
            return granted - (kept // rule.low - start // rule.low) * rule.gives
        if receipt.amount < rule.min_basket:
            return granted
        if rule.gate == "between" and not _between(rule, receipt.before[rule.counter]):
            return 0
        return granted - min(granted, rounding.next(rule, receipt.worth[rule.id]))

    def _take(self, fact: Fact, receipt: Receipt, rule: Rule, amount: int) -> None:
        unit, own = rule.unit, [t for t in self.tokens if t.unit == rule.unit.id and t.lot == receipt.id]
        if rule.gate == "crosses":
            window = self.rules.counters[rule.counter].window
            self.crossed.discard((rule.id, book.window(receipt.day, window)))
        self._feed(unit.id, receipt.day, -amount)
        if unit.returns == "only pending" and any(token.available <= fact.day for token in own):
            return
        takeable = [t for t in own if t.place == HELD] + [t for t in own if t.place == EXPIRED]
        if rule.gate == "every":
            takeable += sorted((t for t in self._held(unit.id) if t.lot != receipt.id), key=Token.order, reverse=True)
        for token in takeable[:amount]:
            if token.place == EXPIRED:
                token.place = GONE  # nobody has it: there is nothing to take
            else:
                self._put(token, RETURNED, (fact.id, "return"))
        if unit.returns == "owed":
            self._owe(fact.id, unit.id, amount - len(takeable))

    # Tokens

    def _held(self, unit: str) -> list[Token]:
        return [t for t in self.tokens if t.place == HELD and t.unit == unit]

    def _bring(self, kind: str, fact: int, unit: str, amount: int, day: int) -> None:
        if amount:
            told = self.rules.units[unit]
            dies = told.dies(day, self.tier)
            same = next((t for t in reversed(self.tokens) if t.unit == unit and t.lot == fact), None)
            self.tokens += [
                Token(unit, fact, day, day + told.pending, same.dies if same else dies) for _unit in range(amount)
            ]
            self.issued[unit] += amount
            self.moves[fact, kind, unit, fact] += amount

    def _put(self, token: Token, place: str, why: tuple[int, str]) -> None:
        assert token.place == HELD
        token.place = place
        self.moves[(*why, token.unit, token.lot)] -= 1

    def _owe(self, fact: int, unit: str, amount: int) -> None:
        if amount > 0 and self.rules.units[unit].returns == "owed":
            self.owed[unit] += amount
            self.moves[fact, "owed", unit, 0] -= amount

    def _net(self, fact: int, unit: str) -> None:
        """A debt is paid out of what was just earned."""
        for token in [t for t in self._held(unit) if t.lot == fact][: self.owed[unit]]:
            self._put(token, NETTED, (fact, "owed"))
            self.owed[unit] -= 1

    def _refresh(self, unit: str) -> None:
        assert self.day is not None
        for token in self._held(unit):
            token.dies = self.rules.units[unit].dies(self.day, self.tier)

    def _count(self, counter: str, day: int, amount: int) -> None:
        self.entries.setdefault(counter, []).append((day, amount))

    def _feed(self, unit: str, day: int, amount: int) -> None:
        for counter in self.rules.counters.values():
            if counter.of == unit:
                self._count(counter.id, day, amount)


def _between(rule: Rule, before: int) -> bool:
    return before >= rule.low and (rule.high is None or before < rule.high)
