"""Made-up receipts: six to a customer in the mean, few of many and many of few, joining over twenty months."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FIRST, JOINING, STAYING = 18_993, 600, 500  # days since 1970: from the first of 2022 on


def sales(count: int, seed: int = 1) -> pa.Table:
    """``customer_id, at, amount`` as a shop would hand them over, in no order."""
    chance = np.random.default_rng(seed)
    customers = max(1, count // 6)
    weight = chance.gamma(0.5, 1.0, customers) + 0.02
    who = chance.choice(customers, count, p=weight / weight.sum())
    joined = chance.integers(0, JOINING, customers) * 86_400
    seconds = FIRST * 86_400 + joined[who] + chance.integers(0, STAYING * 86_400, count)
    names = pc.utf8_lpad(pc.cast(pa.array(who), pa.string()), 8, "0")
    return pa.table(
        {
            "customer_id": pc.binary_join_element_wise(pa.scalar("c"), names, ""),
            "at": pa.array(seconds).cast(pa.timestamp("s")),
            "amount": pa.array(chance.integers(100, 30_000, count) / 100),
        }
    )
