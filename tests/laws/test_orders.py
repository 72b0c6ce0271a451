"""P11, P12: the same purchases and returns in any order, in batches of any size and with doubles: the same ledger."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from counts import COUNTS, how
from django.db import transaction
from hypothesis import given, seed
from hypothesis import strategies as st
from shop_machine import NAMES, open_cafe

from cast import NOW, TODAY, bought, findings, member
from vafa.core.records import Line, Purchase
from vafa.know.models import Purchase as Row
from vafa.ledger import queries as ledger
from vafa.loop import purchase
from vafa.reward import actions
from vafa.reward.history import JOINING, activity_id
from vafa.shop.access import SYSTEM

parts = st.tuples(st.sampled_from(NAMES), st.integers(0, 90), st.integers(100, 6_000), st.sampled_from((0, 0, 1, 2)))


def told(pieces: list[tuple[str, int, int, int]]) -> list[Purchase]:
    """Sales some days ago; some of them given back a day later, wholly (1) or by half (2)."""
    found = []
    for n, (who, days, cents, back) in enumerate(pieces):
        at = NOW - timedelta(days=days + 1, microseconds=n)
        lines = (Line(cents // 2, category="coffee"), Line(cents - cents // 2))
        found.append(bought(who, f"{cents / 100:.2f}", at, f"s{n}", lines=lines))
        if back:
            lines = tuple(line._replace(amount=-(-line.amount // back)) for line in lines)
            amount = sum(line.amount for line in lines)
            later = at + timedelta(hours=20)
            more = {"kind": "return", "returns": f"s{n}", "lines": lines}
            found.append(bought(who, f"{amount / 100:.2f}", later, f"r{n}", **more))
    return found


def digest() -> Counter[tuple[str, ...]]:
    """Every movement by what names it outside: the purchase's key, whatever number it has."""
    keys = {activity_id(0, pk): key for pk, key in Row.objects.values_list("pk", "key")}
    keys |= {activity_id(JOINING, member(who)): who for who in NAMES} | {0: ""}
    found: Counter[tuple[str, ...]] = Counter()
    for who in NAMES:
        for key, amount in ledger.standing(member(who)):
            found[who, keys[key.activity], key.kind, key.unit, keys[key.lot], key.reason] += amount
    return Counter({name: amount for name, amount in found.items() if amount})


def outcome(batches: list[list[Purchase]]) -> Counter[tuple[str, ...]]:
    """What the ledger holds after these batches; then as if nothing had been."""
    with transaction.atomic():
        for batch in batches:
            assert purchase.record(batch, actor=SYSTEM, now=NOW).conflicts == []
        actions.expire(TODAY, actor=SYSTEM, now=NOW)
        assert findings() == []
        found = digest()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def cafe(shop: object) -> None:
    open_cafe()


def test_any_order_and_any_batches_make_the_same_ledger(cafe: None) -> None:
    @seed(11)
    @how(COUNTS.orders)
    @given(st.lists(parts, min_size=3, max_size=10), st.integers(0, 2**32), st.integers(2, 4))
    def law(pieces: list[tuple[str, int, int, int]], chance: int, size: int) -> None:
        facts = told(pieces)
        in_time = sorted(facts, key=lambda one: one.at)
        wanted = outcome([[one] for one in in_time])
        shuffled = facts + random.Random(chance).choices(facts, k=3)  # some of them twice
        random.Random(chance).shuffle(shuffled)
        assert outcome([[one] for one in shuffled]) == wanted
        assert outcome([shuffled[n : n + size] for n in range(0, len(shuffled), size)]) == wanted
        assert outcome([facts]) == wanted

    law()
