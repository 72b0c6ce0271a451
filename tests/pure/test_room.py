"""The room that a step says it needs is enough: compiled, nothing else would keep it within its arrays."""

from __future__ import annotations

import random

import pytest
from clubs import CLUBS, plan
from test_policies import WIDE
from test_walks import FIRST, RICH, plan_of

from vafa.core.records import Line
from vafa.reward import engine
from vafa.reward.engine import Activity, memory
from vafa.reward.engine.account import _row
from vafa.reward.engine.fields import DONE, EFFECT_SIZE, LOT_SIZE, NOW_DAY, NOW_EAGER, NOW_EFFECTS, NOW_KEEPS, Memory
from vafa.reward.engine.kernel.walk import advance, lacking, onward, step
from vafa.reward.engine.measuring import bare, measure_all

PLANS = {"rich": lambda: plan_of(RICH), "wide": lambda: plan_of(WIDE)}
PLANS |= {name: lambda name=name: plan(name) for name in CLUBS}


def squeezed(told: engine.Plan, room: Memory, day: int) -> None:
    """No row more than the step asks for."""
    days = day - room.now[NOW_DAY]
    while (need := lacking(told.tables, room, days)) != DONE:
        memory.grow(told.tables, room, need)
    for rows, many in (
        (room.effects, 1),
        (room.entries, 1),
        (room.receipts, 1),
        *((lots, LOT_SIZE) for lots in room.lots),
    ):
        taken: list[object] = []
        while len(rows) > many and lacking(told.tables, room, days) == DONE:
            taken = [rows.pop() for _row in range(many)]
        if lacking(told.tables, room, days) != DONE:
            rows.extend(reversed(taken))


def history(told: engine.Plan, chance: random.Random) -> list[Activity]:
    found, when = [Activity(1, FIRST, "signup")], FIRST
    names = [*told.rewards.ids, *told.units.ids]
    for number in range(2, 40):
        when += chance.choice((0, 0, 1, 3, 20, 45, 400))
        kind = chance.choice(("sale", "sale", "sale", "sale", "return", "redeem"))
        lines = (Line(chance.randrange(1, 9_000), category=chance.choice(("tea", "coffee", "novel", "nuts"))),)
        if kind == "redeem":
            found.append(Activity(number, when, kind, reward=chance.choice(names), units=chance.choice((0, 3, 40))))
        else:
            returns = chance.choice((0, chance.randrange(1, number))) if kind == "return" else 0
            found.append(Activity(number, when, kind, lines[0].amount, lines, returns))
    return found


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("returning", [0, 1], ids=["no returns", "returns"])
def test_a_step_keeps_to_the_room_that_it_asked_for(name: str, returning: int) -> None:
    told = PLANS[name]()
    for seed in range(3):
        chance = random.Random(seed)
        room = memory.fresh(told.tables)._replace(effects=[[0] * EFFECT_SIZE])
        room.now[NOW_KEEPS], room.now[NOW_EAGER] = returning, seed % 2
        for one in history(told, chance):
            if one.kind == "return" and not returning:
                continue
            squeezed(told, room, one.day)
            measures = measure_all(told.measures, one)
            stack = told.course.stack
            tables = onward(stack, told.tables, room, one.day)
            step(stack, tables, room, _row(told, one), measures, bare(told.measures))
            room.now[NOW_EFFECTS] = 0  # as when the walk's caller has emptied them
        squeezed(told, room, one.day + 3_000)
        advance(told.tables, room, one.day + 3_000)


@pytest.mark.parametrize(
    ("assess", "valid"), [("continuous", ""), ("at end", 'valid = "1 months"\n')], ids=["watched", "with terms"]
)
def test_there_is_room_for_every_step_down_in_one_long_absence(assess: str, valid: str) -> None:
    """Thirty tiers, and nothing in the wallet that would need room of its own."""
    ladder = "".join(f'[[tier]]\nid = "t{n:02d}"\nreach = [{{ spent = {n}.00 }}]\n{valid}' for n in range(1, 31))
    told = plan_of(
        f'[programme]\nassess = "{assess}"\ndowngrade = "one step"\n[unit.point]\n'
        '[[earn]]\nid = "base"\nunit = "point"\nmin_basket = 900.00\n'
        f'[[counter]]\nid = "spent"\nwindow = "rolling 30 days"\n{ladder}'
    )
    room, bought = memory.fresh(told.tables)._replace(effects=[[0] * EFFECT_SIZE]), Activity(1, FIRST, "sale", 30_00)
    squeezed(told, room, FIRST)
    measures, stack = measure_all(told.measures, bought), told.course.stack
    step(stack, onward(stack, told.tables, room, FIRST), room, _row(told, bought), measures, bare(told.measures))
    squeezed(told, room, FIRST + 3_000)
    advance(told.tables, room, FIRST + 3_000)
    assert room.now[NOW_EFFECTS] == 1 + 30  # up at once, down one by one
