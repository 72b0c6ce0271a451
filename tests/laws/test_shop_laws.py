"""The laws through the doors of a real shop, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from counts import COUNTS, SHARES, try_machine
from shop_machine import Shop, open_cafe


@pytest.fixture
def cafe(shop: object) -> None:
    open_cafe()


@pytest.mark.parametrize("share", range(SHARES))
def test_the_shop_shows_the_tokens_whatever_happens(cafe: None, share: int) -> None:
    examples, steps = COUNTS.shop
    try_machine(Shop, examples // SHARES, steps, share)
