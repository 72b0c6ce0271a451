"""Three ways to walk say the same: one account, columns in plain Python, columns compiled."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from test_engine_laws import RICH
from test_simulate import lines

from vafa.core.calendar import day_number
from vafa.reward import engine
from vafa.reward.engine import Activity, Effect, batch
from vafa.reward.engine.fields import ADJUST, FORGIVES
from vafa.reward.engine.timelines import KINDS, Timelines, timelines

BEGIN = date(2025, 11, 1)
UNTIL = day_number(BEGIN + timedelta(days=700))


def invented(people: int, seed: int) -> pa.Table:
    """Sales, returns with and without a receipt, and redemptions, in no order."""
    dice, rows = random.Random(seed), []
    for person in range(people):
        known: list[str] = []
        for number in range(dice.randrange(1, 40)):
            when = BEGIN + timedelta(days=dice.randrange(600))
            row: dict[str, Any] = {"customer_id": f"c{person}", "day": str(when), "hour": dice.randrange(24)}
            kind = dice.choice(["sale"] * 6 + ["return", "redeem"])
            row |= {"kind": kind, "purchase_id": f"{person}-{number}"}
            if kind == "redeem":
                row |= {"reward": dice.choice(["off", "gift"]), "units": dice.choice([None, 1, 7])}
            else:
                row["amount"] = dice.randrange(40_000)
            if kind == "return" and known:
                row["returns"] = dice.choice([None, dice.choice(known)])
            if kind == "sale":
                known.append(row["purchase_id"])
            rows.append(row)
    return lines(rows)


def by_hand(told: Timelines) -> Timelines:
    """Every third redemption is a correction instead: given, taken, with and without a debt, forgiven."""
    places = np.flatnonzero(told.kind == KINDS.index("redeem"))[::3]
    kind, amount, reward, units = (a.copy() for a in (told.kind, told.amount, told.reward, told.units))
    number = np.arange(len(places))
    kind[places], amount[places] = ADJUST, number % 3
    reward[places] = len(RICH.rewards.ids) + number % len(RICH.units.ids)
    units[places] = np.where((number % 3 == FORGIVES) | (number % 4 == 0), 1, -1) * (number % 400 + 1)
    return dataclasses.replace(told, kind=kind, amount=amount, reward=reward, units=units)


def of_account(told: Timelines, member: int) -> list[Activity]:
    names = [*RICH.rewards.ids, *RICH.units.ids]
    kinds = (*KINDS, "adjust")
    return [
        Activity(
            row + 1,
            int(told.day[row]),
            kinds[told.kind[row]],
            int(told.amount[row]),
            returns=int(told.returns[row]),
            reward=names[told.reward[row]] if told.reward[row] >= 0 else "",
            units=int(told.units[row]),
            unit=names[told.reward[row]],
            how=int(told.amount[row]),
        )
        for row in range(told.begins[member], told.begins[member + 1])
    ]


def as_said(log: batch.Log, place: int) -> tuple[Any, ...]:
    return (
        int(log.day[place]),
        batch.EFFECTS[log.kind[place]],
        RICH.units.ids[log.unit[place]] if log.unit[place] >= 0 else "",
        int(log.amount[place]),
        batch.reasons(RICH)[log.reason[place]],
        RICH.tiers.ids[log.tier[place]],
        int(log.lot[place]),
        int(log.balance[place]),
    )


def as_effect(e: Effect) -> tuple[Any, ...]:
    return (e.day, e.kind, e.unit, e.amount, e.reason, e.tier, e.lot, e.balance_after)


def test_one_account_says_what_the_columns_say() -> None:
    told = by_hand(timelines(RICH, invented(150, seed=1)))
    log = batch.walk_many(RICH, told, np.zeros(150, dtype=bool), until=UNTIL, compile_it=False)
    assert {batch.EFFECTS[kind] for kind in np.unique(log.kind)} >= {
        "earn",
        "issue",
        "redeem",
        "return",
        "owed",
        "tier",
        "adjust",
    }
    for member in range(150):
        alone = engine.walk_account(RICH, of_account(told, member), None, until=UNTIL)[0]
        together = [as_said(log, int(place)) for place in np.flatnonzero(log.member == member)]
        assert [as_effect(e) for e in alone] == together


def test_compiled_and_plain_columns_are_the_same() -> None:
    told = by_hand(timelines(RICH, invented(400, seed=2)))
    takes = np.arange(400) % 2 == 0
    plain, quick = (batch.walk_many(RICH, told, takes, until=UNTIL, compile_it=it) for it in (False, True))
    assert len(plain.day) > 5_000
    assert all((a == b).all() for a, b in zip(plain, quick, strict=True))
