"""Published programmes: what their terms promise, by the till's engine and by the back-test's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from programmes.cases import Case, Given, cases
from vafa.core.frame import LINES
from vafa.reward import engine, programme
from vafa.reward.engine import Activity, batch
from vafa.reward.engine.timelines import timelines

CASES = cases()
NAMED = [f"{case.programme}: {case.says}" for case in CASES]


def plan_of(case: Case) -> engine.Plan:
    return engine.compile(programme.load(case.text), calendar="gregorian", currency="USD")


def happened(case: Case, day: int) -> list[Given]:
    return [one for one in case.given if one.day <= day and not one.refused]


def activities(told: list[Given]) -> list[Activity]:
    sales = [number for number, one in enumerate(told, 1) if one.kind == "sale"]
    return [
        Activity(
            number,
            one.day,
            one.kind,
            one.amount,
            one.lines,
            returns=sales[one.sale - 1] if one.kind == "return" else 0,
            reward=one.reward,
            tender=one.tender,
        )
        for number, one in enumerate(told, 1)
    ]


def columns(told: list[Given]) -> pa.Table:
    sales = [number for number, one in enumerate(told, 1) if one.kind == "sale"]
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(told, 1):
        for line in one.lines or [None]:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=one.day, seconds=number)
            row = {"customer_id": "one", "at": at, "day": one.day, "kind": one.kind, "purchase_id": str(number)}
            row |= {"row": len(rows) + 2, "amount": 0, "tender": one.tender or None, "reward": one.reward or None}
            if one.kind == "return":
                row["returns"] = str(sales[one.sale - 1])
            if line is not None:
                row |= {name: getattr(line, name) or None for name in ("product_id", "category", "discount", "tax")}
                row |= {"amount": line.amount, "quantity_milli": line.quantity_milli}
            rows.append(row)
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in LINES], schema=LINES)


def check(plan: engine.Plan, held: Counter[str], owed: Counter[str], tier: str, then: dict[str, Any]) -> None:
    for name, wanted in then.items():
        if name == "tier":
            assert tier == wanted
        elif name == "owed":
            assert {unit: count for unit, count in owed.items() if count} == wanted
        else:
            assert name in plan.units.ids
            assert held[name] == wanted, name


@pytest.mark.parametrize("case", CASES, ids=NAMED)
def test_the_tills_engine_gives_what_the_terms_promise(case: Case) -> None:
    plan = plan_of(case)
    for day, then in case.then:
        effects, state = engine.walk_account(plan, activities(happened(case, day)), None, until=day)
        held, owed = Counter[str](), Counter[str]()
        for effect in effects:
            debt = effect.kind == "owed" and not effect.lot
            if effect.kind == "owed":
                owed[effect.unit] += -effect.amount if debt else effect.amount
            if effect.kind != "tier" and not debt:
                held[effect.unit] += effect.amount
        check(plan, held, owed, engine.standing(plan, state).tier, then)


@pytest.mark.parametrize("case", CASES, ids=NAMED)
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_the_back_test_gives_what_the_terms_promise(case: Case, compiled: bool) -> None:
    plan = plan_of(case)
    for day, then in case.then:
        told = timelines(plan, columns(happened(case, day)))
        log = batch.walk_many(plan, told, np.array([False]), until=day, compile_it=compiled)
        held, owed, tier = Counter[str](), Counter[str](), 0
        for kind, unit, amount, lot, now in zip(log.kind, log.unit, log.amount, log.lot, log.tier, strict=True):
            debt = kind == batch.OWED and not lot
            if kind == batch.OWED:
                owed[plan.units.ids[unit]] += -int(amount) if debt else int(amount)
            if kind != batch.TIER and not debt:
                held[plan.units.ids[unit]] += int(amount)
            tier = int(now)
        check(plan, held, owed, plan.tiers.ids[tier] if tier else "", then)


@pytest.mark.parametrize(
    "case", [case for case in CASES if any(one.refused for one in case.given)], ids=lambda c: c.says
)
def test_what_must_be_refused_is_not_affordable_or_not_for_this_tier(case: Case) -> None:
    plan = plan_of(case)
    refused = next(one for one in case.given if one.refused)
    reward = plan.rewards.ids.index(refused.reward)
    effects, state = engine.walk_account(plan, activities(happened(case, refused.day)), None, until=refused.day)
    unit = plan.units.ids[plan.rewards.unit[reward]]
    held = sum(effect.amount for effect in effects if effect.unit == unit)
    tier = plan.tiers.ids.index(engine.standing(plan, state).tier or "member")
    assert held < plan.rewards.price[reward] or not plan.tables.allowed[reward][tier]
