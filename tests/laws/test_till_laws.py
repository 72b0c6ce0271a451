"""The laws on the pure engine and postings, against a token for each unit."""

from __future__ import annotations

import pytest
from counts import COUNTS, SHARES, try_machine
from till_machine import Till


@pytest.mark.parametrize("share", range(SHARES))
def test_the_ledger_holds_the_tokens_whatever_happens(share: int) -> None:
    examples, steps = COUNTS.pure
    try_machine(Till, examples // SHARES, steps, share)
