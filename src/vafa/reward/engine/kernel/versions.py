"""One version after another: which tables hold, and what a member takes along."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    C_WINDOW,
    CONTINUOUS,
    CROSSES,
    E_COUNTER,
    E_GATE,
    E_LOW,
    E_NEW_CAP,
    E_NEW_GATE,
    E_SLOT,
    EARNS,
    FAR,
    NEW_TIERS,
    NOW_SINCE,
    NOW_TIER,
    NOW_UNTIL,
    RULE_CAP_USED,
    RULE_CAP_WINDOW,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    RULE_GOT,
    T_HERE,
    WATCHED_BEFORE,
    Memory,
    Stack,
    Tables,
)

from .counting import counter_now
from .days import window_of
from .mode import jit
from .saying import say_tier
from .tiers import highest_tier, hold_tier, watch_tier


@jit
def tables_at(stack: Stack, version: int) -> Tables:
    return Tables(
        stack.sizes[version],
        stack.units[version],
        stack.terms,
        stack.counters[version],
        stack.conditions[version],
        stack.keeps[version],
        stack.tiers[version],
        stack.earns[version],
        stack.measured[version],
        stack.rates[version],
        stack.rewards[version],
        stack.allowed[version],
        stack.budgets[version],
        stack.shares[version],
        stack.months,
        stack.starts,
        stack.begins,
    )


@jit
def take_over(tables: Tables, memory: Memory, day: int) -> None:
    """From the beginning of ``day`` on this version holds; wallets, counters and what it knows stay as they are."""
    for rule in range(tables.sizes[EARNS]):
        begin_rule(tables, memory, rule, day)
    take_tier_over(tables, memory, day)
    if tables.sizes[NEW_TIERS] == 1 or tables.sizes[WATCHED_BEFORE] == 0:
        watch_tier(tables, memory, 0, day)


@jit
def begin_rule(tables: Tables, memory: Memory, rule: int, day: int) -> None:
    """A new cap starts unused; a limit that was passed before it was named is not crossed any more."""
    told = tables.earns[rule]
    knows = memory.rules[told[E_SLOT]]
    knows[RULE_GOT] = 0  # a version has budgets of its own
    if told[E_NEW_CAP] == 1:
        knows[RULE_CAP_WINDOW], knows[RULE_CAP_USED] = -1, 0
    if told[E_NEW_GATE] == 1:
        knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = -1, 0
        if told[E_GATE] == CROSSES and counter_now(tables, memory, told[E_COUNTER], day) >= told[E_LOW]:
            window = tables.counters[told[E_COUNTER]][C_WINDOW]
            knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = window_of(tables, memory, day, window), 1


@jit
def no_longer_watched(tables: Tables) -> bool:
    return tables.sizes[WATCHED_BEFORE] == 1 and tables.sizes[CONTINUOUS] == 0


@jit
def take_tier_over(tables: Tables, memory: Memory, day: int) -> None:
    """A tier is kept for the term that was promised; one that ended gives way to what the new conditions give."""
    now = memory.now
    before, reached = now[NOW_TIER], 0
    ended = tables.tiers[before][T_HERE] == 0
    if ended or tables.sizes[NEW_TIERS] == 1:
        reached = highest_tier(tables, memory, tables.conditions, day, 0)
    if ended:
        now[NOW_TIER], now[NOW_UNTIL] = 0, FAR
    if reached > now[NOW_TIER]:
        hold_tier(tables, memory, reached, day)
    elif now[NOW_TIER] > 0 and now[NOW_UNTIL] == FAR and no_longer_watched(tables):
        hold_tier(tables, memory, before, day)  # from now on it has a term
    if now[NOW_TIER] != before:
        now[NOW_SINCE] = day
        say_tier(tables, memory, 0, day)
