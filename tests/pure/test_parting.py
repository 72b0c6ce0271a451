"""A file in parts: who and what stays together."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from vafa.core.frame import LINES
from vafa.know.parting import parted


def lines(*rows: tuple[str | None, str, str | None]) -> pa.Table:
    """(customer, purchase, what it gives back), a line each."""
    told = [{"row": n, "customer_id": c, "purchase_id": p, "returns": r} for n, (c, p, r) in enumerate(rows)]
    return pa.table([pa.array([row.get(f.name) for row in told], f.type) for f in LINES], schema=LINES)


def of(parts: list[pa.Table], key: str) -> int:
    (found,) = {n for n, part in enumerate(parts) if key in part["purchase_id"].to_pylist()}
    return found


def test_a_customer_is_in_one_part_and_a_return_without_a_card_beside_its_sale():
    ada_and_ben = [("ada", "a", None), ("ben", "b", None), ("ada", "a2", None), ("ben", "b2", None)]
    told = [*ada_and_ben, (None, "x", "b"), (None, "y", "a"), (None, "y", "b"), ("ada", "z", "b2")]
    parts = parted(lines(*told), 2)
    assert of(parts, "a") == of(parts, "a2") != of(parts, "b") == of(parts, "b2")
    assert of(parts, "x") == of(parts, "z") == of(parts, "b")
    assert of(parts, "y") == of(parts, "a")  # the sale that is named first


def test_a_purchase_whose_lines_tell_different_customers_stays_whole():
    parts = parted(lines(("ada", "a", None), ("ben", "b", None), (None, "a", None), ("ben", "a", None)), 2)
    assert [part["purchase_id"].to_pylist() for part in parts] == [["a", "a", "a"], ["b"]]


NAMES = st.none() | st.sampled_from(["ada", "ben", "clara", "dora"])
KEYS = st.sampled_from([f"p{n}" for n in range(8)])


@given(st.lists(st.tuples(NAMES, KEYS, st.none() | KEYS), max_size=30), st.integers(1, 4))
def test_each_line_is_in_one_part_in_the_files_order(told, count):
    parts = parted(lines(*told), count)
    rows = [part["row"].to_pylist() for part in parts]
    assert sorted(row for part in rows for row in part) == list(range(len(told)))
    assert all(part == sorted(part) for part in rows)
    for key in {key for _who, key, _back in told}:
        of(parts, key)
