"""P1–P13, P15 and P16 on the pure engine and postings: a member at a till without a database.

Which law an assertion is of stands beside it. P14, the merging of two cards, belongs here as one more
rule (two lives become one) once members can be merged; P15 tries the caps that a rule can carry.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import facts as places
import numpy as np
from clubs import CLUBS, plan, rulebook
from desk import Desk
from facts import Fact
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rulebook import NEVER, as_date, as_day
from tokens import Life

from vafa.core.records import Line
from vafa.ledger.posting import contra_side
from vafa.reward import engine
from vafa.reward.engine import UNKNOWN_SALE, Effect, batch
from vafa.reward.engine.account import KINDS
from vafa.reward.engine.measuring import bare, measure_all
from vafa.reward.engine.timelines import Timelines

FIRST = as_day(date(2025, 10, 20))
CATEGORIES = ("coffee", "tea", "novel", "")


def as_line(told: tuple[int, str]) -> Line:
    return Line(told[0], category=told[1])


line = st.tuples(st.integers(1, 3_000), st.sampled_from(CATEGORIES)).map(as_line)
lines = st.lists(line, min_size=1, max_size=3)
gaps = st.sampled_from((0, 0, 1, 2, 5, 5, 12, 25, 31))
BACK = st.sampled_from((1, 3, 10, 40))  # days ago
which = st.integers(0, 7)  # the latest, the one before…


class Till(RuleBasedStateMachine):
    """One member of one club."""

    compiled = True  # planted bugs change the plain engine alone, so there the two are not compared

    @initialize(club=st.sampled_from(sorted(CLUBS)))
    def open(self, club: str) -> None:
        self.rules, self.plan = rulebook(club), plan(club)
        self.day, self.order, self.count = FIRST, 0, 0
        self.told: list[tuple[datetime, Fact]] = []
        self.desk, self.life = Desk(self.plan), Life(self.rules)
        self.tell(Fact(self.number(), self.day, "signup"))

    # What the member did

    def number(self) -> int:
        self.count += 1
        return self.count

    def tell(self, fact: Fact, at: datetime | None = None) -> None:
        """To the till, and to the model: it lives on, or again where the past has changed."""
        if at is None:
            self.order += 1
            at = datetime(1970, 1, 1, 9, tzinfo=UTC) + timedelta(days=fact.day, seconds=self.order)
        latest = not self.told or (at > self.told[-1][0] and fact.day >= (self.life.day or 0))
        self.told.append((at, fact))
        if latest:
            self.life.live([fact])
        else:
            self.told.sort(key=lambda one: (one[0], one[1].id))
            self.relive()
        self.desk.tell(fact, at)

    def relive(self) -> None:
        self.life = Life(self.rules).live(fact for _at, fact in self.told)

    def known(self, kind: str) -> list[Fact]:
        return [fact for _at, fact in self.told if fact.kind == kind]

    def later(self, gap: int) -> int:
        self.day = max(self.day + gap, self.desk.walked_day)
        return self.day

    def past(self, back: int) -> tuple[int, datetime]:
        """An instant some days ago, not before the member joined."""
        day = max(self.day - back, FIRST)
        return day, datetime(1970, 1, 1, 22, tzinfo=UTC) + timedelta(days=day, microseconds=self.count)

    @rule(gap=gaps, bought=lines)
    def sale(self, gap: int, bought: list[Line]) -> None:
        self.tell(Fact(self.number(), self.later(gap), "sale", tuple(bought)))

    @rule(back=BACK, bought=lines)
    def late_sale(self, back: int, bought: list[Line]) -> None:
        day, at = self.past(back)
        self.tell(Fact(self.number(), day, "sale", tuple(bought)), at)

    @precondition(lambda self: self.known("sale"))
    @rule(gap=gaps, which=which, cut=st.sampled_from((1, 1, 2, 3)), late=st.sampled_from((0, 0, 0, 1, 10)))
    def give_back(self, gap: int, which: int, cut: int, late: int) -> None:
        """All of a sale, or of each line a part; at once, or told some days later."""
        sales = self.known("sale")
        sale = sales[-1 - which % len(sales)]
        part = tuple(line._replace(amount=-(-line.amount // cut)) for line in sale.lines)
        day, at = self.later(gap), None
        if late:
            day, at = self.past(late)
        self.tell(Fact(self.number(), day, "return", part, returns=sale.id), at)

    @rule(gap=gaps, amount=st.integers(1, 6_000))
    def give_back_what_is_not_known(self, gap: int, amount: int) -> None:
        """A return waits for the sale that it names; until then it takes nothing (P11)."""
        self.tell(Fact(self.number(), self.later(gap), "return", (Line(amount),), returns=UNKNOWN_SALE))

    @rule(gap=gaps, amount=st.integers(1, 6_000))
    def give_back_without_receipt(self, gap: int, amount: int) -> None:
        self.tell(Fact(self.number(), self.later(gap), "return", (Line(amount),)))

    @rule(gap=gaps, which=which, taken=st.sampled_from((False, False, False, True)))
    def redeem(self, gap: int, which: int, taken: bool) -> None:
        """What is asked for is refused where the units aren't there (P2); what was ``taken`` already is a fact."""
        day = self.later(gap)
        self.desk.sweep(day)
        self.life.pass_to(day)
        asked = [reward for reward in self.rules.rewards.values() if reward.when == "asked"]
        things = [unit.id for unit in self.rules.units.values() if unit.thing]
        place = which % (len(asked) + len(things))
        if place < len(asked):
            reward = asked[place]
            if taken or self.life.can_have(reward):
                self.tell(Fact(self.number(), day, "redeem", reward=reward.id, units=reward.price))
        elif self.life.spendable(things[place - len(asked)]):
            self.tell(Fact(self.number(), day, "redeem", reward=things[place - len(asked)], units=1))

    @precondition(lambda self: self.known("redeem"))
    @rule(which=which)
    def cancel(self, which: int) -> None:
        """P10: the units go back to their lots, as if it had not been."""
        taken = self.known("redeem")
        self.forget(taken[-1 - which % len(taken)].id)

    @precondition(lambda self: self.known("sale"))
    @rule(which=which)
    def void(self, which: int) -> None:
        sales = self.known("sale")
        number = sales[-1 - which % len(sales)].id
        if not any(fact.returns == number for fact in self.known("return")):
            self.forget(number)

    def forget(self, number: int) -> None:
        self.told = [one for one in self.told if one[1].id != number]
        self.relive()
        self.desk.take_out(number)

    @precondition(lambda self: self.known("redeem"))
    @rule()
    def take_and_cancel(self) -> None:
        """P10: redeem + cancel = nothing, to the lot."""
        before = self.desk.moves(), dict(self.desk.lots.held)
        for reward in self.rules.rewards.values():
            if reward.when == "asked" and self.life.can_have(reward) and self.day == self.life.day:
                self.tell(Fact(self.number(), self.day, "redeem", reward=reward.id, units=reward.price))
                self.forget(self.count)
                assert (self.desk.moves(), dict(self.desk.lots.held)) == before
                return

    @rule(gap=gaps, times=st.integers(1, 3))
    def sweep(self, gap: int, times: int) -> None:
        """P6: as often as one likes."""
        day = self.later(gap)
        for _time in range(times):
            entries = len(self.desk.lots.entries)
            self.desk.sweep(day)
        assert times == 1 or len(self.desk.lots.entries) == entries

    @rule(ahead=st.sampled_from((0, 1, 4, 20, 60, 400)))
    def look_ahead(self, ahead: int) -> None:
        """P7, P8: what can be used on a day is the same whether or not anybody swept; the edges one by one."""
        future = Life(self.rules).live(fact for _at, fact in self.told)
        future.pass_to(max(self.day, self.desk.walked_day))
        edges = {day for token in future.tokens for day in (token.available, token.dies) if day < NEVER}
        if any(reward.when == "yearly" for reward in self.rules.rewards.values()):
            edges |= {as_day(date(as_date(self.day).year + 1, 1, 2))}  # what the year brought waits yet
        days = sorted({near for edge in edges for near in (edge - 1, edge)} | {self.day + ahead})
        for day in [day for day in days if future.day <= day <= future.day + ahead + 3]:
            future.pass_to(day)
            held = {unit: future.spendable(unit) for unit in self.rules.units}
            wanted = {unit: count for unit, count in held.items() if count}
            assert self.desk.balances(day) == wanted, f"{as_date(day)}: {self.desk.balances(day)}, not {wanted}"

    # What is compared after each step

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "life"):
            self.the_ledger_holds_the_tokens()
            self.every_unit_is_in_one_place()
            self.caps_are_kept()

    def the_ledger_holds_the_tokens(self) -> None:
        self.life.pass_to(self.desk.walked_day)
        wanted = Counter({key: amount for key, amount in self.life.moves.items() if amount})
        assert self.desk.moves() == wanted  # P1, P5, P6, P9: each movement, from its own lot
        held = {key: (left, since, None if ends == NEVER else ends) for key, (left, since, ends) in self._lots()}
        assert dict(self.desk.lots.held) == held  # P2, P8
        assert (engine.standing(self.plan, self.desk.state).tier or "member") == self.life.tier  # P16
        assert self.desk.tiers == self.life.tier_moves

    def _lots(self):
        return self.life.lots().items()

    def every_unit_is_in_one_place(self) -> None:
        """P1: issued = held + redeemed + expired + given back + netted; what is owed is told apart."""
        sums: Counter[tuple[str, str]] = Counter()
        given: Counter[tuple[str, str]] = Counter()  # to the accounts on the other side
        for move in self.desk.lots.entries:
            given[move.key.unit, contra_side(move.key)] -= move.amount
            kind = "debt" if move.key.kind == "owed" and not move.key.lot else move.key.kind
            sums[move.key.unit, kind] += move.amount
        for unit in self.rules.units:
            of = self.life.places(unit)
            brought = sums[unit, "earn"] + sums[unit, "bonus"] + sums[unit, "issue"]
            assert brought == self.life.issued[unit] == of.total()
            assert -sums[unit, "redeem"] == of[places.REDEEMED]
            assert -sums[unit, "expire"] == of[places.EXPIRED] + of[places.GONE]
            assert -sums[unit, "forfeit"] == of[places.FORFEITED]
            assert -sums[unit, "return"] == of[places.RETURNED]
            assert -sums[unit, "owed"] == of[places.NETTED]
            assert given[unit, "redeemed"] == of[places.REDEEMED]
            assert given[unit, "expired"] == of[places.EXPIRED] + of[places.GONE] + of[places.FORFEITED]
            assert given[unit, "owed"] == of[places.NETTED]
            assert -sums[unit, "debt"] - of[places.NETTED] == self.life.owed[unit] >= 0

    def caps_are_kept(self) -> None:
        """P15: no rule gives more than its cap, in whichever order things were told."""
        days = {fact.id: fact.day for _at, fact in self.told}
        for earn in self.rules.rules:
            if earn.cap and earn.cap[0] == "month":
                given: Counter[tuple[int, int]] = Counter()
                for key, amount in self.desk.lots.totals().items():
                    if key.kind in ("earn", "bonus") and key.reason.split("/")[0] == earn.id:
                        given[as_date(days[key.activity]).timetuple()[:2]] += amount
                assert all(0 <= amount <= earn.cap[1] for amount in given.values())

    # What is compared at the end

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.rebuilt()
            self.in_another_order()
            if self.compiled:
                self.by_columns()

    def rebuilt(self) -> None:
        """P3, P12: walked at once from the start, the same movements, the same memory."""
        self.desk.sweep(self.day + 1)
        result = self.desk.from_the_start()
        wanted = Counter()
        for e in result.effects:
            if e.kind not in ("tier", "extend"):
                wanted[e.activity, e.kind, e.unit, e.lot] += e.amount
        assert self.desk.moves() == Counter({key: n for key, n in wanted.items() if n})
        before, again = self.desk.state, self.desk.from_the_start().state
        assert again == result.state
        self.desk.walk_again()
        assert engine.standing(self.plan, before) == engine.standing(self.plan, self.desk.state)

    def in_another_order(self) -> None:
        """P11: however the facts are shuffled, the same ledger."""
        shuffled = list(self.told[1:])
        random.Random(self.count).shuffle(shuffled)
        other = Desk(self.plan)
        for at, fact in [self.told[0], *shuffled]:
            other.tell(fact, at)
        other.sweep(self.desk.walked_day)
        assert other.moves() == self.desk.moves()
        assert dict(other.lots.held) == dict(self.desk.lots.held)

    def by_columns(self) -> None:
        """P13: a back-test says on each purchase what the till said, plain and compiled."""
        rows = {one.activity.id: row for row, one in enumerate(self.desk.dated, 1)} | {0: 0}
        activities = [  # numbered as a file's rows are
            one.activity._replace(id=rows[one.activity.id], returns=rows.get(one.activity.returns, UNKNOWN_SALE))
            for one in self.desk.dated
        ]
        columns = as_columns(self.plan, activities)
        until, nobody = self.desk.walked_day, np.zeros(1, dtype=bool)
        effects = [e for e in engine.walk_account(self.plan, activities, None, until=until)[0] if e.kind != "extend"]
        for compiled in (False, True):
            log = batch.walk_many(self.plan, columns, nobody, until=until, compile_it=compiled)
            names = self.plan.units.ids
            said = [
                (day, batch.EFFECTS[kind], names[unit] if unit >= 0 else "", amount, balance)
                for day, kind, unit, amount, balance in zip(
                    log.day.tolist(),
                    log.kind.tolist(),
                    log.unit.tolist(),
                    log.amount.tolist(),
                    log.balance.tolist(),
                    strict=True,
                )
            ]
            assert said == [told(e) for e in effects]


def told(e: Effect) -> tuple[int, str, str, int, int]:
    return (e.day, e.kind, e.unit, e.amount, e.balance_after)


def as_columns(compiled: engine.Plan, activities: list[engine.Activity]) -> Timelines:
    """One member's activities as a back-test's columns."""
    names = [*compiled.rewards.ids, *compiled.units.ids]

    def column(values: list[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return Timelines(
        customers=["one"],
        begins=column([0, len(activities)]),
        day=column([a.day for a in activities]),
        kind=column([KINDS[a.kind] for a in activities]),
        amount=column([a.amount for a in activities]),
        returns=column([a.returns for a in activities]),
        reward=column([names.index(a.reward) if a.reward else -1 for a in activities]),
        units=column([a.units for a in activities]),
        measures=np.array([measure_all(compiled.measures, a) for a in activities], dtype=np.int64),
        bare=np.tile(column(bare(compiled.measures)), (len(activities), 1)),
        at=None,
        purchase_id=None,
        order=np.arange(len(activities)),
    )
