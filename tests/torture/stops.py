"""PostgreSQL stopped at once under sixteen callers who try again with their keys: what was acknowledged stands."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from callers import CALLERS, Answer, Call, Callers
from ground import Cluster, Shop, ground, served
from races import WELCOME, sale

MEMBERS = 20
CALM = (0.5, 2.0)  # seconds between two stops
AWAY = (0.0, 1.0)  # seconds until it is started again
COMES_BACK_IN = 60.0


@dataclass
class Traffic:
    """What the callers sent and were told."""

    over: threading.Event = field(default_factory=threading.Event)
    sold: dict[str, tuple[str, int]] = field(default_factory=dict)  # acknowledged: key → member, amount
    failed: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    most_tries: int = 0
    last: float = 0.0  # when something was acknowledged last


@dataclass
class Outcome:
    stops: int = 0
    acknowledged: int = 0
    failed: int = 0
    most_tries: int = 0
    slowest: float = 0.0  # seconds from the server's start to the first acknowledgement
    wrong: list[str] = field(default_factory=list)


def sell(callers: Callers, traffic: Traffic, caller: int) -> None:
    """One till: sale after sale, each sent until it is acknowledged."""
    dice, number = random.Random(caller), 0
    while not traffic.over.is_set():
        number += 1
        key, who, amount = f"t{caller}-{number}", f"M{dice.randrange(MEMBERS) + 1}", dice.randrange(1, 10)
        answer, failed = callers.until_acknowledged(Call("purchases", sale(who, f"{amount}.00", key), key))
        traffic.failed += failed
        traffic.most_tries = max(traffic.most_tries, len(failed) + 1)
        _note(traffic, answer, key, who, amount)


def _note(traffic: Traffic, answer: Answer, key: str, who: str, amount: int) -> None:
    if answer.status != 201:
        traffic.refused.append(f"{key}: {answer}")
        return
    if [move["amount"] for move in answer.body["points"] if move["unit"] == "point"] != [amount]:
        traffic.refused.append(f"{key}: {amount} points were due, told was {answer.body['points']}")
    traffic.sold[key] = (who, amount)
    traffic.last = time.monotonic()


def stop_servers(stops: int, seed: int) -> Outcome:
    """Stop PostgreSQL ``stops`` times under traffic, start it again each time."""
    dice, outcome, traffic = random.Random(seed), Outcome(), Traffic()
    with ground("postgresql") as shop:
        key = shop.open(MEMBERS)
        cluster = shop.cluster
        assert cluster is not None
        with served(shop) as port, ThreadPoolExecutor(CALLERS) as pool:
            callers = Callers(port, key)
            tills = [pool.submit(sell, callers, traffic, n) for n in range(CALLERS)]
            try:
                while outcome.stops < stops:
                    _stop(cluster, traffic, dice, outcome)
                time.sleep(CALM[0])
            finally:
                traffic.over.set()
            for till in tills:
                till.result()
        outcome.acknowledged, outcome.failed = len(traffic.sold), len(traffic.failed)
        outcome.most_tries = traffic.most_tries
        outcome.wrong = [*_differences(shop, traffic), *shop.findings()[:3]]
        traffic.sold["never sent"] = ("M1", 1)
        if not _differences(shop, traffic):
            raise RuntimeError("a lost purchase is not seen")
    return outcome


def _stop(cluster: Cluster, traffic: Traffic, dice: random.Random, outcome: Outcome) -> None:
    time.sleep(dice.uniform(*CALM))
    cluster.stop_at_once()
    time.sleep(dice.uniform(*AWAY))
    cluster.start_again()
    began = time.monotonic()
    while traffic.last < began:
        if time.monotonic() - began > COMES_BACK_IN:
            raise RuntimeError(f"nothing is acknowledged {COMES_BACK_IN:.0f} s after stop {outcome.stops + 1}")
        time.sleep(0.01)
    outcome.stops += 1
    outcome.slowest = max(outcome.slowest, traffic.last - began)


def _differences(shop: Shop, traffic: Traffic) -> list[str]:
    """Where the shop does not hold what the callers were told."""
    keys = [row[0] for row in shop.ask("SELECT key FROM know_purchase")]
    lost, doubled = traffic.sold.keys() - set(keys), len(keys) - len(set(keys))
    wrong = [f"acknowledged and not there: {key}" for key in sorted(lost)[:3]]
    wrong += [f"{doubled} purchases are there twice"] if doubled else []
    unknown = set(keys) - traffic.sold.keys()
    wrong += [f"there and never acknowledged: {key}" for key in sorted(unknown)[:3]]
    wrong += traffic.refused[:3]
    wanted = {f"M{n + 1}": WELCOME for n in range(MEMBERS)}
    for who, amount in traffic.sold.values():
        wanted[who] += amount
    points = dict(
        shop.ask(
            'SELECT c.code, sum(l."left") FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id '
            "JOIN reward_member m ON m.id = a.owner JOIN know_customer c ON c.id = m.customer_id "
            "WHERE a.unit = 'point' AND a.kind = 'wallet' GROUP BY c.code"
        )
    )
    return wrong + [
        f"{who} has {points.get(who)} points, not {due}" for who, due in wanted.items() if points.get(who) != due
    ]
