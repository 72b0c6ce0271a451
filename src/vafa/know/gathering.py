"""Lines that belong to one purchase: its name, its sign, and the refusal of all of it for one fault."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.duck import connected
from vafa.core.frame import LINES
from vafa.core.money import LARGEST
from vafa.know.parsing import Rows

_KEY = ("customer_id", "at", "amount", "product_id")


def gather(lines: pa.Table, rows: Rows, *, named: bool = True) -> pa.Table:
    """``lines`` with every purchase named, of one customer and one sign, and none that has a fault.

    Not ``named``: the file's own names are kept and none are made up; a row without one is a purchase of its own.
    """
    if not named and each_its_own(lines["purchase_id"]):
        of, count = np.arange(len(lines)), len(lines)
    else:
        lines = with_names(lines)
        ids = lines["purchase_id"].combine_chunks().dictionary_encode()
        of = ids.indices.to_numpy(zero_copy_only=False)
        count = len(ids.dictionary)
    kind = lines["kind"].combine_chunks()
    returned = pc.equal(kind, "return").to_numpy(zero_copy_only=False)
    sold = pc.equal(kind, "sale").to_numpy(zero_copy_only=False)
    if count < len(lines):
        lines = _one_customer(lines, rows, of, count)
    both = _any(of, returned, count) & _any(of, sold, count)
    if both.any():
        rows.find("two_kinds", "kind", _first(of, both[of] & (returned | sold)), lines["purchase_id"])
        rows.wrong |= both[of]
    total = np.zeros(count, np.int64)
    amount = lines["amount"].to_numpy()
    np.add.at(total, of[sold | returned], amount[sold | returned])
    huge = np.abs(total) > LARGEST
    if huge.any():
        rows.find("amount_too_large", "amount", _first(of, huge[of]), pc.cast(lines["amount"], pa.string()))
    bad = _any(of, rows.wrong, count)
    negative = (total < 0)[of]
    lines = _positive(lines, kind, sold, returned, negative)
    return lines.filter(pa.array(~bad[of])) if bad.any() else lines


def each_its_own(ids: pa.ChunkedArray) -> bool:
    """Whether no two rows have the same purchase_id, or none has any."""
    if ids.null_count:
        return bool(ids.null_count == len(ids))
    named = pa.table({"id": ids})
    hashes = connected().from_arrow(named).project("hash(id) as h").fetchnumpy()["h"]
    return len(np.unique(hashes)) == len(ids)


def _any(of: np.ndarray, which: np.ndarray, count: int) -> np.ndarray:
    """Purchases of which at least one line is ``which``."""
    found = np.zeros(count, bool)
    found[of[which]] = True
    return found


def _first(of: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The first of the lines that are ``which`` in each purchase, so that one purchase is one fault."""
    places = np.flatnonzero(which)
    first = np.zeros(len(of), bool)
    first[places[np.unique(of[places], return_index=True)[1]]] = True
    return first


def _one_customer(lines: pa.Table, rows: Rows, of: np.ndarray, count: int) -> pa.Table:
    """Refuses purchases of two customers; what one line tells of the customer holds for the others."""
    people = lines["customer_id"].combine_chunks().dictionary_encode()
    codes = pc.fill_null(people.indices, -1).to_numpy(zero_copy_only=False)
    first = np.full(count, -1, np.int64)
    told = np.flatnonzero(codes >= 0)[::-1]
    first[of[told]] = codes[told]  # backwards, so that the first row's is the last written
    other = (codes >= 0) & (codes != first[of])
    if other.any():
        two = _any(of, other, count)
        rows.find("two_customers", "customer_id", _first(of, other), lines["purchase_id"])
        rows.wrong |= two[of]
    filled = first[of]
    if bool((filled == codes).all()):
        return lines
    column = people.dictionary.take(pa.array(filled, mask=filled < 0))
    return lines.set_column(lines.column_names.index("customer_id"), "customer_id", column)


def _positive(
    lines: pa.Table, kind: pa.Array, sold: np.ndarray, returned: np.ndarray, negative: np.ndarray
) -> pa.Table:
    """A sale below zero is a return, and what a return gives back is positive, its quantity too."""
    gives = returned | (sold & negative)
    if not gives.any():
        return lines
    sign = np.where(gives & negative, -1, 1)
    amount = lines["amount"].to_numpy() * sign
    changed = {"amount": pa.array(amount), "kind": pc.if_else(pa.array(gives), "return", kind)}
    for name in ("quantity_milli", "discount", "cost", "tax"):
        column = lines[name].combine_chunks()
        values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
        direction = np.where(amount < 0, -1, 1)
        turned = np.where(gives, np.abs(values) * direction, values)
        changed[name] = pa.array(turned, pa.int64(), mask=pc.is_null(column).to_numpy(zero_copy_only=False))
    return pa.table([changed.get(f.name, lines[f.name]) for f in LINES], schema=LINES)


def with_names(lines: pa.Table) -> pa.Table:
    """Rows without a purchase_id get one from their content, the same wherever the row stands in the file."""
    column = lines["purchase_id"].combine_chunks()
    nameless = pc.is_null(column)
    if column.null_count == 0:
        return lines
    chosen = lines.filter(nameless)
    parts = [pc.fill_null(pc.cast(_plain(chosen[name]), pa.string()), "\x00") for name in _KEY]
    keys = pc.binary_join_element_wise(*parts, "\x1f").combine_chunks()
    occurrence = _occurrences(keys, chosen)
    names = [
        "row-" + blake2b(f"{key}\x1f{nth}".encode(), digest_size=12).hexdigest()
        for key, nth in zip(keys.to_pylist(), occurrence.tolist(), strict=True)
    ]
    named = pc.replace_with_mask(column, nameless, pa.array(names, pa.string()))
    return lines.set_column(lines.column_names.index("purchase_id"), "purchase_id", named)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.int64()) if pa.types.is_timestamp(column.type) else column


def _occurrences(keys: pa.Array, lines: pa.Table) -> np.ndarray:
    """0 for the first row of a key, 1 for the second …, in an order that comes from the rest of the row."""
    codes = keys.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    result = np.zeros(len(codes), np.int64)
    alike = np.flatnonzero(np.bincount(codes)[codes] > 1) if len(codes) else codes
    if len(alike):
        rest = lines.drop_columns(["row", "purchase_id", *_KEY]).take(pa.array(alike))
        texts = [pc.fill_null(pc.cast(column, pa.string()), "\x00") for column in rest.columns]
        contents = pc.binary_join_element_wise(*texts, "\x1f").combine_chunks().dictionary_encode()
        rank = np.empty(len(contents.dictionary), np.int64)
        rank[pc.sort_indices(contents.dictionary).to_numpy()] = np.arange(len(rank))
        order = np.lexsort((rank[contents.indices.to_numpy()], codes[alike]))
        ordered = codes[alike][order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        lengths = np.diff(np.r_[starts, len(ordered)])
        result[alike[order]] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return result
