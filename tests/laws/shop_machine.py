"""P1–P12, P15, P17 and P18 through the shop's own doors on a real database: two members of the café.

The model is the same as at the pure till; here it is told what the doors are told. A hold is a
redemption that counts until its time is over. P14, the merging of two cards, belongs here too,
once members can be merged.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clubs import CAFE, rulebook
from django.db import DatabaseError, connection, transaction
from facts import Fact
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from rulebook import NEVER, as_date, as_day
from tokens import Life

from cast import JOINED, NOW, STARTS, ZONE, bought, customer, enrol, findings, member
from vafa.core import bulk, clock
from vafa.core.errors import Refusal
from vafa.core.records import Line, Purchase
from vafa.core.remembered import remembering
from vafa.ledger import queries as ledger
from vafa.loop import purchase, redeem
from vafa.reward import actions, holding, queries
from vafa.reward.engine import UNKNOWN_SALE
from vafa.reward.history import JOINING, PURCHASE, REDEMPTION, activity_id
from vafa.reward.models import Redemption
from vafa.shop.access import SYSTEM
from vafa.shop.queries import today

NAMES = ("Ada", "Ben")
name = st.sampled_from(NAMES)
bringer = st.sampled_from((*NAMES, None))
wishes = st.sampled_from(("", "", "off", "lounge", "mug", "paper"))
back = st.integers(0, 3)
price = st.sampled_from((150, 990, 1_700, 3_300, 5_000))
moments = st.sampled_from((0, 1, 59, 60, 120))  # seconds
pauses = st.sampled_from((1, 60, 59, 120, 86_400, 5 * 86_400, 33 * 86_400))  # seconds
TICK = timedelta(microseconds=1)


def open_cafe() -> None:
    actions.save_draft(CAFE, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    for who in NAMES:
        enrol(who)


def local(at: datetime) -> int:
    return as_day(at.astimezone(ZONE).date())


@dataclass
class Told:
    """A sale or return that the shop knows, and how it knows it."""

    who: str
    purchase: Purchase
    activity: int


@dataclass
class Taken:
    """A redemption: who took it, when, what became of it, and until when it waits."""

    who: str
    reward: str
    at: datetime
    day: int  # on which it was asked for: of two at once the second is put a moment later, perhaps after midnight
    status: str
    until: datetime


class Shop(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now, self.numbers = NOW, itertools.count(1)
        self.told: dict[str, Told] = {}
        self.taken: dict[int, Taken] = {}
        self.noted: list[tuple[datetime, int, dict[str, int]]] = []
        self.lives: dict[str, tuple[Any, Life]] = {}
        self.acted: set[str] = set()
        self.turns = itertools.count()
        self.still = False  # nothing happened that could change what is shown
        self.customers = {who: customer(who).pk for who in NAMES}
        self.members = {who: member(who) for who in NAMES}
        for who, amount in (("Ada", 48_00), ("Ben", 90_00)):
            self.tell(who, self.sale(who, amount, self.now - timedelta(days=9)))

    def teardown(self) -> None:
        try:
            self.the_ledger_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What the model says

    def life(self, who: str, day: int | None = None) -> Life:
        """The member's life up to today; a hold that is over ends by itself."""
        for each in self.taken.values():
            if each.status == "held" and each.until <= self.now:
                each.status = "expired"
        facts = sorted(self.facts(who), key=lambda one: (one[0], one[1].kind != "signup", one[1].id))
        key = (tuple(fact for _at, fact in facts), local(self.now) if day is None else day)
        if who not in self.lives or self.lives[who][0] != key:
            life = Life(rulebook("cafe")).live(fact for _at, fact in facts)
            life.pass_to(key[1])
            self.lives[who] = key, life
        return self.lives[who][1]

    def facts(self, who: str) -> list[tuple[datetime, Fact]]:
        signup = Fact(activity_id(JOINING, self.members[who]), local(JOINED), "signup")
        found = [(JOINED, signup)]
        for told in self.told.values():
            p = told.purchase
            if told.who == who:
                sale = self.told[p.returns].activity if p.returns in self.told else UNKNOWN_SALE
                returns = sale if p.returns else 0
                found.append((p.at, Fact(told.activity, local(p.at), p.kind, p.lines, returns)))
        for number, taken in self.taken.items():
            if taken.who == who and taken.status in ("held", "made"):
                held = taken.status == "held" and taken.reward == "paper"
                cost = rulebook("cafe").rewards[taken.reward].price
                fact = Fact(activity_id(REDEMPTION, number), taken.day, "redeem", units=cost)
                found.append((taken.at, fact._replace(reward="point" if held else taken.reward)))
        return found

    def later(self, pause: int) -> None:
        self.now += timedelta(seconds=pause)

    def does(self, act: Callable[[], Any]) -> Any:
        """What the real thing answers: a value, or the code of its refusal."""
        with clock.frozen(self.now):
            try:
                with transaction.atomic():
                    return act()
            except Refusal as refusal:
                return refusal.code

    def written(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_entry")
            return cursor.fetchone()[0]

    # Purchases and returns

    def tell(self, who: str, *purchases: Purchase) -> None:
        with clock.frozen(self.now):
            outcome = purchase.record(purchases, actor=SYSTEM, now=self.now)
        assert outcome.conflicts == []
        self.acted.add(who)
        sent = {one.purchase_id: one for one in purchases}
        for one in outcome.new:
            key = one.purchase.purchase_id
            self.told[key] = Told(who, sent[key], activity_id(PURCHASE, one.id))

    def sale(self, who: str, amount: int, at: datetime) -> Purchase:
        lines = (Line(amount // 3, category="coffee"), Line(amount - amount // 3))
        return bought(who, f"{amount / 100:.2f}", at, f"sale-{next(self.numbers)}", lines=lines)

    @rule(who=name, amount=price, pause=pauses, late=st.sampled_from((0, 0, 0, 2, 40)))
    def buy(self, who: str, amount: int, pause: int, late: int) -> None:
        self.later(pause)
        self.tell(who, self.sale(who, amount, self.now - timedelta(days=late)))

    @rule(who=name, amounts=st.lists(price, min_size=2, max_size=4), backwards=st.booleans())
    def import_batch(self, who: str, amounts: list[int], backwards: bool) -> None:
        """P11, P12: several at once, in any order, one of them twice."""
        self.later(60)
        sales = [self.sale(who, amount, self.now - timedelta(hours=n)) for n, amount in enumerate(amounts)]
        self.tell(who, *(reversed(sales) if backwards else sales), sales[0])

    @rule(back=back, cut=st.sampled_from((1, 1, 2, 4)), pause=pauses, bringer=bringer)
    def give_back(self, back: int, cut: int, pause: int, bringer: str | None) -> None:
        """P9: whoever brings it back, it takes from who bought it."""
        self.later(pause)
        sales = [told for told in self.told.values() if told.purchase.kind == "sale"]
        sold = sales[-1 - back % len(sales)]
        lines = tuple(line._replace(amount=-(-line.amount // cut)) for line in sold.purchase.lines)
        key, amount = f"back-{next(self.numbers)}", sum(line.amount for line in lines)
        told = {"kind": "return", "returns": sold.purchase.purchase_id, "lines": lines}
        self.tell(sold.who, bought(bringer, f"{amount / 100:.2f}", self.now, key, **told))

    @rule(who=name, amount=price, bringer=bringer)
    def give_back_first(self, who: str, amount: int, bringer: str | None) -> None:
        """P11: a return that is told before its sale waits for it."""
        self.later(60)
        sale = self.sale(who, amount, self.now)
        told = {"kind": "return", "returns": sale.purchase_id, "lines": sale.lines}
        self.tell(who, bought(bringer, f"{amount / 100:.2f}", self.now + TICK, f"back-{sale.purchase_id}", **told))
        self.agree({who})
        self.tell(who, sale)

    @rule(back=back, times=st.integers(1, 3))
    def tell_again(self, back: int, times: int) -> None:
        """P4: the same again has the same answer and changes nothing; other content is refused."""
        told = list(self.told.values())[-1 - back % len(self.told)]
        before, one = self.written(), told.purchase
        for _time in range(times):
            answer = self.does(lambda: purchase.record_one(one, actor=SYSTEM, now=self.now))
            assert (answer.fresh, activity_id(PURCHASE, answer.purchase.id)) == (False, told.activity)
        other = one._replace(amount=one.amount + 1, lines=(Line(one.amount + 1),))
        assert self.does(lambda: purchase.record_one(other, actor=SYSTEM, now=self.now)) == "purchase_differs"
        assert self.written() == before
        self.still = True

    # Rewards

    @rule(who=name, reward=wishes, pause=moments)
    def redeem(self, who: str, reward: str, pause: int) -> None:
        self.take(who, reward, None, pause)

    @rule(who=name, reward=wishes, minutes=st.sampled_from((1, 2)), pause=moments)
    def hold(self, who: str, reward: str, minutes: int, pause: int) -> None:
        self.take(who, reward, minutes, pause)

    def take(self, who: str, reward: str, minutes: int | None, pause: int) -> None:
        """P2: what isn't there can't be had, nor what is for others; never below 0."""
        self.later(pause)
        if not reward:  # the dearest that they can have
            having = [r for r in rulebook("cafe").rewards.values() if self.life(who).can_have(r)]
            reward = max(having, key=lambda r: r.price).id if having else "off"
        can = self.life(who).can_have(rulebook("cafe").rewards[reward])
        pk = self.customers[who]
        self.acted.add(who)
        with clock.frozen(self.now):
            assert (holding.quote(pk, reward, day=today()).refusal is None) == can
        if minutes is None:
            answer = self.does(lambda: redeem.redeem(pk, reward, actor=SYSTEM, now=self.now))
        else:
            answer = self.does(lambda: redeem.hold(pk, reward, minutes=minutes, actor=SYSTEM, now=self.now))
        assert isinstance(answer, Redemption) == can, answer
        if can:
            until = self.now + timedelta(minutes=minutes or 0)
            self.taken[answer.pk] = Taken(who, reward, answer.at, answer.day, "held" if minutes else "made", until)

    @precondition(lambda self: self.taken)
    @rule(back=back, pause=moments, twice=st.booleans())
    def confirm(self, back: int, pause: int, twice: bool) -> None:
        self.settle(back, "confirm", pause, twice)

    @precondition(lambda self: self.taken)
    @rule(back=back, act=st.sampled_from(("cancel", "only_held")), pause=moments, twice=st.booleans())
    def cancel(self, back: int, act: str, pause: int, twice: bool) -> None:
        self.settle(back, act, pause, twice)

    def settle(self, back: int, act: str, pause: int, twice: bool) -> None:
        """P10: once, and to the lots that the units came from; P4: asked twice, answered twice the same."""
        self.later(pause)
        number = list(self.taken)[-1 - back % len(self.taken)]
        told = self.taken[number]
        self.acted.add(told.who)
        for _time in range(1 + twice):
            self.life(told.who)
            if act == "confirm":
                answer = self.does(lambda: redeem.confirm(number, actor=SYSTEM, now=self.now))
                told.status = "made" if told.status == "held" else told.status
                wanted = {"expired": "hold_expired", "cancelled": "hold_cancelled"}.get(told.status, told.status)
            else:
                kept = act == "only_held"
                answer = self.does(lambda kept=kept: redeem.cancel(number, only_held=kept, actor=SYSTEM, now=self.now))
                wanted = "already_made" if kept and told.status == "made" else ""
                told.status = "cancelled" if told.status in ("held", "made") and not wanted else told.status
                wanted = wanted or told.status
            assert (answer.status if isinstance(answer, Redemption) else answer) == wanted

    # Time

    @rule(times=st.integers(1, 3), holds=st.booleans())
    def morning(self, times: int, holds: bool) -> None:
        """P6, P7: booked once or three times, the same."""
        for _time in range(times):
            before = self.written()
            if holds:
                holding.release(now=self.now)
            actions.expire(local(self.now), actor=SYSTEM, now=self.now)
        assert times == 1 or self.written() == before

    @rule(who=name, edge=st.integers(0, 9), tick=st.sampled_from((-1, 0, 1)))
    def to_the_edge(self, who: str, edge: int, tick: int) -> None:
        """P8: the midnight at which something can first or no longer be used, a microsecond before or after."""
        life, day = self.life(who), local(self.now)
        days = sorted({d for t in life.tokens for d in (t.available, t.dies) if t.place == "held" and day < d < NEVER})
        if days:
            begins = datetime.combine(as_date(days[edge % len(days)]), datetime.min.time(), ZONE)
            self.now = max(self.now, begins.astimezone(UTC) + tick * TICK)

    # What stays as it was

    @rule(act=st.sampled_from(("UPDATE {} SET id = id", "DELETE FROM {}")), table=st.sampled_from(("entry", "posting")))
    def note_and_tamper(self, act: str, table: str) -> None:
        """P17: what is reported can be told again; P18: what is written is neither changed nor deleted."""
        self.noted.append((self.now, local(self.now) - 1, *ledger.held_on(local(self.now) - 1)))
        self.later(1)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act.format(f"ledger_{table}"))
        self.still = True

    # What is compared after each step

    @invariant()
    def the_shop_shows_the_tokens(self) -> None:
        """Of who acted, and of one of the two in turn."""
        if not self.still:
            self.agree(self.acted | {NAMES[next(self.turns) % 2]})
        self.still, self.acted = False, set()

    def agree(self, names: set[str]) -> None:
        with clock.frozen(self.now), remembering():
            for who in names:
                life, pk, day = self.life(who), self.customers[who], local(self.now)
                shown = {unit: n for unit in life.rules.units if (n := life.spendable(unit))}
                wallet = queries.wallet(pk, day)
                assert wallet.balances == shown  # P2, P7, P8
                assert wallet.owed == {unit: n for unit, n in life.owed.items() if n}  # P9
                lots = sorted(
                    (unit, left, since, None if ends == NEVER else ends - 1)
                    for (unit, _lot), (left, since, ends) in life.lots().items()
                )
                assert sorted(queries.lots_of(pk), key=str) == sorted(lots, key=str)  # P5, P10
            waiting = [number for number, taken in self.taken.items() if taken.status in ("held", "expired")]
            said = {number: queries.redemption(number).status for number in waiting}
            assert said == {number: self.taken[number].status for number in waiting}

    def the_ledger_in_the_end(self) -> None:
        """P1, P3, P5, P6: each movement; the rebuilt ledger is the same; P17: what was reported stands."""
        with clock.frozen(self.now):
            holding.release(now=self.now)
            actions.expire(local(self.now), actor=SYSTEM, now=self.now)
            assert findings() == []
            version = queries.running()
            assert version is not None
            for who in NAMES:
                position = queries.positions(queries.running(), [self.members[who]])[self.members[who]]
                life = self.life(who, position.walked_day)
                found: Counter[tuple[int, str, str, int]] = Counter()
                for key, amount in ledger.standing(self.members[who]):
                    found[key[:4]] += amount
                assert {k: n for k, n in found.items() if n} == {k: n for k, n in life.moves.items() if n}
                assert (position.tier or "member") == life.tier  # P16
            for at, day, held in self.noted:
                assert known_then(at, day) == held


def known_then(at: datetime, day: int) -> dict[str, int]:
    """Units held at the end of ``day`` by what was recorded up to ``at``; the rest came later, and says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.unit, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
            "JOIN ledger_posting p ON p.id = e.posting_id WHERE a.kind = 'wallet' AND e.day <= %s "
            "AND p.recorded_at <= %s GROUP BY a.unit",
            [day, bulk.instant(connection, at)],
        )
        return {unit: int(held) for unit, held in cursor.fetchall()}
