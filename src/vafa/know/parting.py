"""A file in parts that connections write side by side."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def parted(lines: pa.Table, parts: int) -> list[pa.Table]:
    """``core.frame.LINES`` by customer into so many tables, each in the file's order.

    A purchase is where its first line's customer is, a return where the sale is that it names: of two
    connections neither sees what the other has not committed, so they would not find each other.
    """
    ids = lines["purchase_id"].combine_chunks().dictionary_encode()
    of = ids.indices.to_numpy()
    count = len(ids.dictionary)
    first = np.empty(count, np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    who = lines["customer_id"].combine_chunks().dictionary_encode().indices
    known = who.is_valid().to_numpy(zero_copy_only=False)[first]
    part = np.where(known, pc.fill_null(who, 0).to_numpy()[first], np.arange(count)) % parts
    named = pc.index_in(lines["returns"].combine_chunks(), ids.dictionary)
    back = np.flatnonzero(named.is_valid())[::-1]  # of several the first one told holds
    part[of[back]] = part[pc.fill_null(named, 0).to_numpy()[back]]
    return [lines.filter(pa.array(part[of] == one)) for one in range(parts)]
