"""What presets share when an export's own shape is made plain: a row for each line, every row complete.

Amounts are whole numbers of 1/10,000 of the file's currency until they are put into a column again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.money import digits
from vafa.know.amounts import ABSENT, GOOD, integers

ROW = "\x00row"  # the column of a sheet that tells which row of the file each of its rows stands for
PLACES = 4
_UNIT = 10**PLACES


def column(table: pa.Table, *names: str) -> pa.Array:
    """The first of the columns ``names`` that is there, as text without spaces at its ends; empty cells are null."""
    for name in names:
        if name in table.column_names:
            text = pc.utf8_trim_whitespace(pc.cast(table[name], pa.string())).combine_chunks()
            return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return pa.nulls(table.num_rows, pa.string())


def put(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """``table`` with ``values`` as its column ``name``."""
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, values)
    return table.append_column(name, values)


def orders(ids: pa.Array) -> tuple[np.ndarray, int]:
    """Which order each row belongs to, and how many there are; a row without an id is an order of its own."""
    encoded = ids.dictionary_encode()
    count = len(encoded.dictionary)
    of = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    alone = np.flatnonzero(of < 0)
    of[alone] = count + np.arange(len(alone))
    return of, count + len(alone)


def filled(values: pa.Array, of: np.ndarray, count: int) -> pa.Array:
    """Each row's value, or where it has none the first one that its order tells."""
    told = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))[::-1]
    first = np.full(count, -1, np.int64)
    first[of[told]] = told
    places = first[of]
    return pc.coalesce(values, values.take(pa.array(places, mask=places < 0)))


def firsts(of: np.ndarray, count: int) -> np.ndarray:
    """The first row of each order."""
    first = np.full(count, -1, np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    return first


def numbers(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Amounts in 1/10,000, 0 where there is none, and which cells can't be read."""
    found = integers(pa.chunked_array([values]), PLACES, exact=False)
    return found.values, (found.status != GOOD) & (found.status != ABSENT)


def times(quantity: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Quantity × price, both and the result in 1/10,000, half up; 0 where it would be too large."""
    small = np.abs(quantity.astype(float) * price) < 4e18
    product: np.ndarray = np.where(small, quantity, 0) * np.where(small, price, 0)
    rounded: np.ndarray = np.sign(product) * ((np.abs(product) + _UNIT // 2) // _UNIT)
    return rounded


def amounts(values: np.ndarray, known: np.ndarray) -> pa.Array:
    """1/10,000 as decimal text that a column of amounts is read from; null where nothing is ``known``."""
    distinct, places = np.unique(values, return_inverse=True)
    texts = pa.array([_written(value) for value in distinct.tolist()], pa.string())
    return texts.take(pa.array(places, mask=~known))


def _written(value: int) -> str:
    whole, rest = divmod(abs(value), _UNIT)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:04}".rstrip("0") if rest else "")


def share_out(lines: np.ndarray, of: np.ndarray, totals: np.ndarray, told: np.ndarray, currency: str) -> np.ndarray:
    """``lines`` of each order so that they add up to its total: the difference goes by the size of each line.

    ``totals``, ``told``: one an order; an order whose total isn't told keeps its lines. No part is finer than the
    ``currency``'s minor unit (hundredths where no currency is told).
    """
    step = 10 ** (PLACES - min(digits(currency or "USD"), PLACES))
    differs = told & (summed(lines, of, len(totals)) != totals)
    differs[of[lines % step != 0]] |= told[of[lines % step != 0]]
    result = lines.copy()
    members: dict[int, list[int]] = {}
    for row in np.flatnonzero(differs[of]).tolist():
        members.setdefault(int(of[row]), []).append(row)
    for order, rows in members.items():
        result[rows] = np.array(parts(lines[rows].tolist(), int(totals[order]) // step), np.int64) * step
    return result


def summed(lines: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    """The sum of each order."""
    sums = np.zeros(count, np.int64)
    np.add.at(sums, of, lines)
    return sums


def parts(weights: Iterable[int], total: int) -> list[int]:
    """``total`` in whole parts in proportion to ``weights``; the first one takes all where they weigh nothing."""
    weights = [abs(weight) for weight in weights]
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)]
    made, given, weighed = [], 0, 0
    for weight in weights:
        weighed += weight
        upto = (2 * total * weighed + whole) // (2 * whole)
        made.append(upto - given)
        given = upto
    return made


def given_back(
    table: pa.Table, places: np.ndarray, columns: Mapping[str, pa.Array], nothing: Iterable[str]
) -> pa.Table:
    """``table`` with a row more for each of ``places``: a copy of that row with ``columns``, ``nothing`` in others."""
    more = table.take(pa.array(places))
    for name, values in columns.items():
        more = put(more, name, values)
    for name in nothing:
        if name in more.column_names:
            more = put(more, name, pa.nulls(len(more), more.schema.field(name).type))
    return pa.concat_tables([table, more.select(table.column_names)])
