"""What all members together may get: as much as this activity is told that there is room for."""

from __future__ import annotations

from vafa.reward.engine.fields import B_FREE, B_MEMBERS, B_WINDOW, BUDGETS, RULE_GOT, VERSION, Memory, Tables

from .days import version_on, window_of
from .mode import jit


@jit
def within_budgets(tables: Tables, memory: Memory, slot: int, rule: int, wanted: int) -> int:
    """How many of ``wanted`` there is room for; the room is used.

    Where a budget gives less than wanted, it has run out: a rest that is too small for one is gone too.
    """
    if tables.sizes[BUDGETS] == 0 or wanted <= 0:
        return wanted
    won, shares = wanted, tables.shares[slot]
    for budget in range(tables.sizes[BUDGETS]):
        won = min(won, room_for(tables, memory, budget, shares[budget], rule, wanted))
    for budget in range(tables.sizes[BUDGETS]):
        if shares[budget] == 0:
            continue
        if tables.budgets[budget][B_MEMBERS] == 1:
            if won > 0 and memory.rules[rule][RULE_GOT] == 0:
                memory.rooms[budget] -= 1
                memory.rules[rule][RULE_GOT] = 1
        elif won < wanted and won == memory.rooms[budget] // shares[budget]:
            memory.rooms[budget] = 0
        else:
            memory.rooms[budget] -= won * shares[budget]
    return won


@jit
def room_for(tables: Tables, memory: Memory, budget: int, share: int, rule: int, wanted: int) -> int:
    if share == 0:
        return wanted
    if tables.budgets[budget][B_MEMBERS] == 1:
        return wanted if memory.rules[rule][RULE_GOT] == 1 or memory.rooms[budget] > 0 else 0
    return memory.rooms[budget] // share


@jit
def give_room_back(tables: Tables, memory: Memory, rule: int, amount: int, earned: int, day: int) -> None:
    """What a return takes back can be given again, where the budget says so and its window is still the same."""
    for budget in range(tables.sizes[BUDGETS]):
        told, share = tables.budgets[budget], tables.shares[rule][budget]
        if told[B_FREE] == 0 or share == 0:
            continue
        if version_on(tables.begins, day) != tables.sizes[VERSION]:
            continue  # the later version has budgets of its own
        if window_of(tables, memory, earned, told[B_WINDOW]) == window_of(tables, memory, day, told[B_WINDOW]):
            memory.rooms[budget] += amount * share
