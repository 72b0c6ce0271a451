"""The catalogue: every operation that two may want at once, by sixteen callers, and what must come of it.

A race prepares its round (customers of its own each time), names sixteen calls that are made
together, and says of their answers what is wrong with them ("" where all is right).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import twins
from callers import CALLERS, Answer, Call, Callers

NOW = datetime.now(UTC)
JOINED = (NOW - timedelta(days=50)).isoformat()
LONG_AGO = NOW - timedelta(days=900)
LATER = (NOW - timedelta(days=10)).isoformat()  # a moment at which whoever joined is a member
WELCOME, PRICE = 25, 250  # of the programme in the gallery


def sale(customer: str, amount: str, key: str, **more: str) -> dict[str, str]:
    return {"purchase_id": key, "customer_id": customer, "at": LATER, "amount": amount} | more


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    return dict(Counter(answer.status for answer in answers))


def differs(what: str, found: Any, wanted: Any) -> str:
    return "" if found == wanted else f"{what}: {found}, not {wanted}; "


class Race(ABC):
    """One contested operation. ``who`` names the round, so that no two rounds touch each other."""

    title: str
    twin: twins.Twin

    def __init__(self, callers: Callers) -> None:
        self.api = callers

    @abstractmethod
    def calls(self, who: str) -> list[Call]:
        """Prepare the round; what the sixteen ask for."""

    @abstractmethod
    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        """What should not be, in the answers or in what stands afterwards."""

    def enrol(self, who: str) -> None:
        self.api.post("members", {"customer_id": who, "joined_at": JOINED})

    def sell(self, who: str, amount: str, key: str) -> None:
        self.api.post("purchases", sale(who, amount, key))

    def points(self, who: str) -> int:
        return int(self.api.get(f"members/{who}/balances").get("point", 0))


class SamePurchase(Race):
    title = "the same purchase under one key"
    twin = twins.Once()

    def key(self, who: str, number: int) -> str:
        return f"{who}-k"

    def calls(self, who: str) -> list[Call]:
        self.enrol(who)
        return [Call("purchases", sale(who, "48.50", f"{who}-1"), self.key(who, n)) for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = {json.dumps(answer.body, sort_keys=True) for answer in answers}
        return (
            differs("statuses", statuses(answers), {201: CALLERS})
            + differs("different answers", len(told), 1)
            + differs("points", self.points(who), WELCOME + 48)
        )


class SamePurchaseManyKeys(SamePurchase):
    title = "the same purchase, each with a key of its own"

    def key(self, who: str, number: int) -> str:
        return f"{who}-k{number}"


class OtherContent(Race):
    title = "one key, sixteen contents"
    twin = twins.Once()

    def calls(self, who: str) -> list[Call]:
        self.enrol(who)
        return [Call("purchases", sale(who, f"{n + 1}.00", f"{who}-1")) for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: 1, 409: CALLERS - 1})
        taken = [float(answer.body["amount"]) for answer in answers if answer.status == 201]
        return told + differs("points", self.points(who), WELCOME + int(sum(taken)))


class Redeem(Race):
    title = "sixteen rewards from points for one"
    twin = twins.Spend()

    def calls(self, who: str) -> list[Call]:
        self.enrol(who)
        self.sell(who, f"{PRICE - WELCOME}.00", f"{who}-1")
        body = {"customer_id": who, "reward": "five_off"}
        return [Call("redemptions", body, f"{who}-r{n}") for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: 1, 422: CALLERS - 1})
        return told + differs("points", self.points(who), 0)


class Cancel(Redeem):
    title = "one reward given back by sixteen"
    twin = twins.GiveBack()

    def calls(self, who: str) -> list[Call]:
        taken = self.api.post("redemptions", super().calls(who)[0].body, f"{who}-r")
        return [Call(f"redemptions/{taken['redemption_id']}/cancel")] * CALLERS

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {200: CALLERS})
        said = {answer.body["status"] for answer in answers if answer.status == 200}
        return told + differs("said", said, {"cancelled"}) + differs("points", self.points(who), PRICE)


class RedeemOrReturn(Redeem):
    """A reward needs the points of a purchase that is being given back: either comes first, both add up."""

    title = "a reward against the return of its purchase"
    twin = twins.SpendAndTakeBack()

    def calls(self, who: str) -> list[Call]:
        half = super().calls(who)[: CALLERS // 2]
        now = datetime.now(UTC).isoformat()
        back = sale(who, f"{PRICE - WELCOME}.00", f"{who}-back", returns=f"{who}-1", at=now)
        return [call for pair in zip(half, [Call("returns", back)] * len(half), strict=True) for call in pair]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        taken, returned = answers[::2], answers[1::2]
        first = statuses(taken).get(201, 0)
        told = differs("returns", statuses(returned), {201: CALLERS // 2})
        told += differs("rewards", statuses(taken), {201: 1, 422: CALLERS // 2 - 1} if first else {422: CALLERS // 2})
        told += differs("points", self.points(who), 0 if first else WELCOME)
        self.sell(who, "300.00", f"{who}-2")  # what was spent and given back is owed, and taken from these
        return told + differs("points in the end", self.points(who), WELCOME + 300 - PRICE * bool(first))


class Sales(Race):
    title = "sixteen sales to one member"
    twin = twins.Add()

    def calls(self, who: str) -> list[Call]:
        self.enrol(who)
        return [Call("purchases", sale(who, "10.00", f"{who}-{n}")) for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: CALLERS})
        return told + differs("points", self.points(who), WELCOME + 10 * CALLERS)


class JoinAndBuy(Race):
    title = "enrolment against purchases"
    twin = twins.JoinAndBuy()

    def calls(self, who: str) -> list[Call]:
        self.sell(who, "10.00", f"{who}-old")
        sales = [Call("purchases", sale(who, "10.00", f"{who}-{n}")) for n in range(CALLERS // 2)]
        joins = [Call("members", {"customer_id": who, "joined_at": JOINED})] * len(sales)
        return [call for pair in zip(sales, joins, strict=True) for call in pair]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: CALLERS})
        return told + differs("points", self.points(who), WELCOME + 10 + 10 * (CALLERS // 2))


class SameCustomer(Race):
    title = "one customer number enrolled by sixteen"
    twin = twins.Once()

    def calls(self, who: str) -> list[Call]:
        return [Call("members", {"customer_id": who, "customer_name": "Ada", "joined_at": JOINED})] * CALLERS

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: CALLERS})
        return told + differs("points", self.points(who), WELCOME)


class SamePhone(Race):
    title = "one phone enrolled by sixteen"
    twin = twins.Once()

    def calls(self, who: str) -> list[Call]:
        body = {"customer_name": who, "phone": f"+1212555{int(who.rpartition('-')[2]):04}"}
        return [Call("members", body, f"{who}-{n}") for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: CALLERS})
        codes = {answer.body["customer_id"] for answer in answers if answer.status == 201}
        return told + differs("customers made", len(codes), 1)


class Loads(Race):
    title = "the same fifty rows in opposite order"
    twin = twins.OnceEach()

    def calls(self, who: str) -> list[Call]:
        names = [f"{who}-{n}" for n in range(twins.ROWS)]
        rows = [
            json.dumps({"purchase_id": name, "at": LATER, "lines": [{"product_id": name, "amount": "1.00"}]})
            for name in names
        ]
        ways = ["\n".join(rows).encode(), "\n".join(reversed(rows)).encode()]
        return [Call("purchases/bulk", ways[n % 2]) for n in range(CALLERS)]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {200: CALLERS})
        new = [answer.body["new"] for answer in answers if answer.status == 200]
        return told + differs("new", sum(new), twins.ROWS)


class Shared(Race):
    title = "a budget for five, wanted by sixteen"
    twin = twins.Share()

    def members(self, who: str) -> list[str]:
        """Sixteen who have been in the club for long, so that each round has a day of its own."""
        names = [f"{who}-{n}" for n in range(CALLERS)]
        joined = LONG_AGO.isoformat()
        self.api.at_once([Call("members", {"customer_id": name, "joined_at": joined}) for name in names])
        return names

    def calls(self, who: str) -> list[Call]:
        at = (LONG_AGO + timedelta(days=1 + int(who.rpartition("-")[2]))).isoformat()
        line = {"amount": "10.00", "category": "shared"}
        return [
            Call("purchases", {"purchase_id": f"{name}-1", "customer_id": name, "at": at, "lines": [line]})
            for name in self.members(who)
        ]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: CALLERS})
        coins = [self.api.get(f"members/{who}-{n}/balances").get("coin", 0) for n in range(CALLERS)]
        return told + differs("coins", sorted(coins), [0] * (CALLERS - 5) + [10] * 5)


class Stock(Shared):
    title = "a stock of five, wanted by sixteen"

    def calls(self, who: str) -> list[Call]:
        names = [f"{who}-{n}" for n in range(CALLERS)]
        self.api.at_once([Call("members", {"customer_id": name, "joined_at": JOINED}) for name in names])
        bodies = [{"customer_id": name, "reward": "mug"} for name in names]
        return [Call("redemptions", body, f"{body['customer_id']}-r") for body in bodies]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: 5, 422: CALLERS - 5})
        points = [self.points(f"{who}-{n}") for n in range(CALLERS)]
        told += differs("points", sorted(points), [WELCOME - 10] * 5 + [WELCOME] * (CALLERS - 5))
        taken = [answer.body["redemption_id"] for answer in answers if answer.status == 201]
        back = self.api.at_once([Call(f"redemptions/{number}/cancel") for number in taken])  # for the next round
        return told + differs("cancelled", statuses(back), {200: len(taken)})


class Voucher(Race):
    title = "one voucher, claimed by sixteen"
    twin = twins.Once()

    def calls(self, who: str) -> list[Call]:
        names = [f"{who}-{n}" for n in range(CALLERS)]
        self.api.at_once([Call("members", {"customer_id": name, "joined_at": JOINED}) for name in names])
        code = self.api.vouchers[int(who.rpartition("-")[2])]
        return [Call("vouchers/claim", {"customer_id": name, "code": code}, f"{name}-v") for name in names]

    def wrong(self, who: str, answers: Sequence[Answer]) -> str:
        told = differs("statuses", statuses(answers), {201: 1, 409: CALLERS - 1})
        points = [self.points(f"{who}-{n}") for n in range(CALLERS)]
        return told + differs("points", sorted(points), [WELCOME] * (CALLERS - 1) + [WELCOME + 25])


CATALOGUE: tuple[type[Race], ...] = (
    SamePurchase,
    SamePurchaseManyKeys,
    OtherContent,
    Redeem,
    Cancel,
    RedeemOrReturn,
    Sales,
    JoinAndBuy,
    SameCustomer,
    SamePhone,
    Loads,
    Shared,
    Stock,
    Voucher,
)
