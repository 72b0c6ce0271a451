"""Naive twins: the same operations by reading, then writing, with no lock and no unique key.

They run on a scratch table of the same database with the same number of callers. A harness that
doesn't see a twin fail would not see Vafa fail either.
"""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from callers import CALLERS
from ground import Shop

ROWS = 50
TABLE = "CREATE TABLE scratch (round integer, name text, amount integer)"
Ask = Callable[[str], Any]


def pause() -> None:
    """The delay of a database between reading and writing."""
    time.sleep(random.uniform(0.001, 0.005))


class Twin(ABC):
    """The naive form of an operation, on rows of its round."""

    def begin(self, ask: Ask, turn: int) -> None:  # noqa: B027  # most need nothing
        """Put down what the round needs."""

    @abstractmethod
    def act(self, ask: Ask, turn: int, caller: int) -> None:
        """What each of the sixteen does."""

    @abstractmethod
    def right(self, ask: Ask, turn: int) -> bool:
        """Whether what stands afterwards is what should."""


def put(ask: Ask, turn: int, name: str, amount: int = 0) -> None:
    ask(f"INSERT INTO scratch VALUES ({turn}, '{name}', {amount})")


def change(ask: Ask, turn: int, name: str, amount: int) -> None:
    ask(f"UPDATE scratch SET amount = {amount} WHERE round = {turn} AND name = '{name}'")


def amount(ask: Ask, turn: int, name: str) -> int | None:
    """The sum of the rows of that name, None where there is none."""
    found = ask(f"SELECT sum(amount) FROM scratch WHERE round = {turn} AND name = '{name}'").fetchone()[0]
    return None if found is None else int(found)


def count(ask: Ask, turn: int) -> int:
    return int(ask(f"SELECT count(*) FROM scratch WHERE round = {turn}").fetchone()[0])


class Once(Twin):
    """Write it unless it is there."""

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        if amount(ask, turn, "it") is None:
            pause()
            put(ask, turn, "it")

    def right(self, ask: Ask, turn: int) -> bool:
        return count(ask, turn) == 1


class OnceEach(Twin):
    """Write those of many that are not there."""

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        there = {row[0] for row in ask(f"SELECT name FROM scratch WHERE round = {turn}").fetchall()}
        pause()
        fresh = [f"({turn}, 'row{n}', 0)" for n in range(ROWS) if f"row{n}" not in there]
        if fresh:
            ask(f"INSERT INTO scratch VALUES {', '.join(fresh)}")

    def right(self, ask: Ask, turn: int) -> bool:
        return count(ask, turn) == ROWS


class Spend(Twin):
    """Take what is there if it is enough."""

    def begin(self, ask: Ask, turn: int) -> None:
        put(ask, turn, "balance", 250)

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        have = amount(ask, turn, "balance") or 0
        if have >= 250:
            pause()
            change(ask, turn, "balance", have - 250)
            put(ask, turn, "reward", 250)

    def right(self, ask: Ask, turn: int) -> bool:
        return amount(ask, turn, "reward") == 250


class GiveBack(Spend):
    """Give back what was taken unless it was given back."""

    def begin(self, ask: Ask, turn: int) -> None:
        put(ask, turn, "balance", 0)
        put(ask, turn, "reward", 250)

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        if amount(ask, turn, "reward"):
            pause()
            change(ask, turn, "reward", 0)
            ask(f"UPDATE scratch SET amount = amount + 250 WHERE round = {turn} AND name = 'balance'")

    def right(self, ask: Ask, turn: int) -> bool:
        return amount(ask, turn, "balance") == 250


class SpendAndTakeBack(Spend):
    """Half of them spend, half take back what the purchase brought, once."""

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        if caller % 2:
            super().act(ask, turn, caller)
        elif amount(ask, turn, "return") is None:
            have = amount(ask, turn, "balance") or 0
            pause()
            change(ask, turn, "balance", have - 225)
            put(ask, turn, "return", 225)

    def right(self, ask: Ask, turn: int) -> bool:
        gone = (amount(ask, turn, "reward") or 0) + (amount(ask, turn, "return") or 0)
        return amount(ask, turn, "balance") == 250 - gone and gone in (225, 475)


class Add(Twin):
    """Add to what is there."""

    def begin(self, ask: Ask, turn: int) -> None:
        put(ask, turn, "balance", 0)

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        have = amount(ask, turn, "balance") or 0
        pause()
        change(ask, turn, "balance", have + 10)

    def right(self, ask: Ask, turn: int) -> bool:
        return amount(ask, turn, "balance") == 10 * CALLERS


class JoinAndBuy(Twin):
    """Who buys looks for the member, who joins looks for what was bought."""

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        member, bought = amount(ask, turn, "member"), amount(ask, turn, "bought") or 0
        pause()
        if caller % 2:
            put(ask, turn, "bought", 10)
            if member is not None:
                put(ask, turn, "points", 10)
        elif member is None:
            put(ask, turn, "member")
            put(ask, turn, "points", bought)

    def right(self, ask: Ask, turn: int) -> bool:
        members = f"SELECT count(*) FROM scratch WHERE round = {turn} AND name = 'member'"
        joined = int(ask(members).fetchone()[0])
        return joined == 1 and amount(ask, turn, "points") == amount(ask, turn, "bought")


class Share(Twin):
    """Take ten of what all share if they are there."""

    most = 50

    def begin(self, ask: Ask, turn: int) -> None:
        put(ask, turn, "used", 0)

    def act(self, ask: Ask, turn: int, caller: int) -> None:
        used = amount(ask, turn, "used") or 0
        if used + 10 <= self.most:
            pause()
            change(ask, turn, "used", used + 10)
            put(ask, turn, "share", 10)

    def right(self, ask: Ask, turn: int) -> bool:
        return amount(ask, turn, "share") == self.most


def failures(shop: Shop, twin: Twin, rounds: int) -> float:
    """In which share of ``rounds`` the twin ends wrongly."""
    lines = [shop.connect() for _caller in range(CALLERS)]
    gate = threading.Barrier(CALLERS)

    def act(turn: int, caller: int) -> None:
        gate.wait()
        twin.act(lines[caller].execute, turn, caller)

    wrong = 0
    lines[0].execute("DROP TABLE IF EXISTS scratch")
    lines[0].execute(TABLE)
    with ThreadPoolExecutor(CALLERS) as pool:
        for turn in range(rounds):
            twin.begin(lines[0].execute, turn)
            list(pool.map(act, [turn] * CALLERS, range(CALLERS)))
            wrong += not twin.right(lines[0].execute, turn)
    lines[0].execute("DROP TABLE scratch")
    for line in lines:
        line.close()
    return wrong / rounds
