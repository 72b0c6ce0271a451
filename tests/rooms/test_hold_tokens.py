"""Holds against the plainest of models: each unit is a token, and a token is in one place.

Whatever is bought, taken, held, confirmed, cancelled, waited for or swept, in whichever order: what
is shown, lot by lot, are the free tokens, and the ledger is whole at every moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cast import NOW, STARTS, customer, enrol, findings, sell
from vafa.core import clock
from vafa.core.errors import Refusal
from vafa.loop import redeem
from vafa.reward import actions, holding, queries
from vafa.reward.models import Redemption
from vafa.shop.access import SYSTEM
from vafa.shop.queries import today

PROGRAMME = """
[programme]
name = "Cups"
[unit.point]
[[earn]]
id = "base"
unit = "point"
per = 1.00
[[reward]]
id = "cup"
unit = "point"
price = 5
"""
PRICE = 5
NAMES = ("Ada", "Ben")
PAUSES = st.sampled_from([0, 60, 120, 59, 1])  # seconds that pass before an act


@dataclass
class Taken:
    """A redemption of the model: who took it, what became of it, and until when it waits."""

    name: str
    status: str
    until: datetime


@dataclass
class Tokens:
    """A member's units: for each the purchase that brought it, and the redemption that has it."""

    lot: list[int] = field(default_factory=list)
    place: list[int | None] = field(default_factory=list)

    def settle(self, live: list[int]) -> None:
        """As if from the start: each redemption that counts takes the oldest free tokens."""
        self.place = [None] * len(self.lot)
        for number in live:
            free = [n for n, place in enumerate(self.place) if place is None]
            for n in free[:PRICE]:
                self.place[n] = number

    def free(self) -> list[tuple[int, int]]:
        """(purchase, free units) where there are some, oldest first."""
        lots = [lot for lot, place in zip(self.lot, self.place, strict=True) if place is None]
        return [(lot, lots.count(lot)) for lot in dict.fromkeys(lots)]


class Holds(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.sold = 0
        self.tokens = {name: Tokens() for name in NAMES}
        self.taken: dict[int, Taken] = {}
        for name in NAMES:
            self.buy(name, 9)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # What the model says

    def live(self, name: str) -> list[int]:
        """The redemptions that count, oldest first; a hold that is over ends here, by itself."""
        for each in self.taken.values():
            if each.status == "held" and each.until <= self.now:
                each.status = "expired"
        return [n for n, each in self.taken.items() if each.name == name and each.status in ("held", "made")]

    def enough(self, name: str) -> bool:
        self.tokens[name].settle(self.live(name))
        return sum(count for _lot, count in self.tokens[name].free()) >= PRICE

    def does(self, act: Callable[[], Redemption]) -> Redemption | str:
        """What the real thing answers: a redemption, or the code of its refusal."""
        with clock.frozen(self.now):
            try:
                with transaction.atomic():
                    return act()
            except Refusal as refusal:
                return refusal.code

    # What happens

    @rule(name=st.sampled_from(NAMES), amount=st.integers(1, 9))
    def buy(self, name: str, amount: int) -> None:
        self.sold += 1
        with clock.frozen(self.now):
            sell(name, f"{amount}.00", self.now, f"sale-{self.sold}")  # type: ignore[arg-type]
        self.tokens[name].lot += [self.sold] * amount

    @rule(name=st.sampled_from(NAMES), minutes=st.sampled_from([1, 2, None]), pause=PAUSES)
    def take(self, name: str, minutes: int | None, pause: int) -> None:
        self.now += timedelta(seconds=pause)
        enough, pk = self.enough(name), customer(name).pk
        with clock.frozen(self.now):
            assert (holding.quote(pk, "cup", day=today()).refusal is None) == enough
        if minutes is None:
            answer = self.does(lambda: redeem.redeem(pk, "cup", actor=SYSTEM, now=self.now))
        else:
            answer = self.does(lambda: redeem.hold(pk, "cup", minutes=minutes, actor=SYSTEM, now=self.now))
        assert isinstance(answer, Redemption) == enough, answer
        if isinstance(answer, Redemption):
            until = self.now + timedelta(minutes=minutes or 0)
            self.taken[answer.pk] = Taken(name, "held" if minutes else "made", until)

    @precondition(lambda self: self.taken)
    @rule(back=st.integers(0, 3), act=st.sampled_from(["confirm", "cancel", "only_held"]), pause=PAUSES)
    def settle(self, back: int, act: str, pause: int) -> None:
        self.now += timedelta(seconds=pause)
        number = list(self.taken)[-1 - back % len(self.taken)]
        told = self.taken[number]
        self.live(told.name)
        if act == "confirm":
            answer = self.does(lambda: redeem.confirm(number, actor=SYSTEM, now=self.now))
            told.status = "made" if told.status == "held" else told.status
            wanted = {"expired": "hold_expired", "cancelled": "hold_cancelled"}.get(told.status, told.status)
        else:
            kept = act == "only_held"
            answer = self.does(lambda: redeem.cancel(number, only_held=kept, actor=SYSTEM, now=self.now))
            wanted = "already_made" if kept and told.status == "made" else ""
            told.status = "cancelled" if told.status in ("held", "made") and not wanted else told.status
            wanted = wanted or told.status
        assert (answer.status if isinstance(answer, Redemption) else answer) == wanted

    @rule(pause=PAUSES)
    def sweep(self, pause: int) -> None:
        self.now += timedelta(seconds=pause)
        holding.release(now=self.now)

    # What is compared

    @invariant()
    def tokens_are_what_is_shown(self) -> None:
        with clock.frozen(self.now):
            for name in NAMES:
                self.tokens[name].settle(self.live(name))
                free = [count for _lot, count in self.tokens[name].free()]
                pk = customer(name).pk
                assert [lot[1] for lot in queries.lots_of(pk)] == free
                assert queries.wallet(pk, today()).balances == ({"point": sum(free)} if free else {})
            assert {n: queries.redemption(n).status for n in self.taken} == {
                n: each.status for n, each in self.taken.items()
            }
            assert findings() == []


def run(examples: int) -> None:
    told = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Holds, settings=told)


@pytest.fixture
def cups(shop) -> None:
    actions.save_draft(PROGRAMME, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    for name in NAMES:
        enrol(name)


def test_tokens_and_the_ledger_agree_whatever_happens(cups):
    run(8)


def _no_walk(*_args: object, **_told: object) -> None:
    """Planted: units stay where they are."""


@pytest.mark.parametrize(
    ("where", "what", "planted"),
    [
        (holding, "let_go", lambda _members, **_now: {}),  # only the worker would release
        (queries, "_as_released", lambda _members: {}),  # a late worker would be seen
        (holding, "walk_again", _no_walk),  # a cancelled hold would keep its units
        (Redemption, "COUNTING", ("made",)),  # held units could be had by others
    ],
    ids=["acts forget the time", "pages forget the time", "cancelling keeps the units", "holds hold nothing"],
)
def test_a_planted_fault_is_found(cups, monkeypatch, where, what, planted):
    monkeypatch.setattr(where, what, planted)
    with pytest.raises(AssertionError):
        run(40)
