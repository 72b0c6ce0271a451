"""Columns of a file to the canonical lines, and the faults of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import zone
from vafa.core.frame import LINES
from vafa.core.money import digits
from vafa.know import amounts, moments
from vafa.know.faults import CELL_LIMIT, Fault, fault

KINDS = ("sale", "return", "redeem", "choose", "signup", "visit", "referral", "review", "survey")
EVENT = "event:"  # before the name of any other event
BOUGHT = ("sale", "return")
_PIECE = 1 << 16
PRICE_PLACES = 4  # decimals of a unit price beyond the currency's, kept until the line is summed
TEXTS: tuple[str, ...] = (
    "reward",
    "returns",
    "product_id",
    "product_name",
    "category",
    "brand",
    "tender",
    "store",
    "channel",
)
TEXTS += ("seller", "customer_name", "phone", "email", "referred_by")


@dataclass
class Rows:
    """The rows of a file while they are read: its columns by target, and what is wrong with which row."""

    columns: dict[str, pa.ChunkedArray]  # by target
    sources: Mapping[str, str]  # target → name in the file
    rows: np.ndarray
    currency: str
    faults: list[Fault] = field(default_factory=list)
    wrong: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        self.wrong = np.zeros(len(self.rows), bool)

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, code: str, target: str, where: np.ndarray, text: pa.ChunkedArray | None = None) -> None:
        """A fault ``code`` in the column of ``target`` for every row where ``where`` holds, once a row and column."""
        places = np.flatnonzero(where)
        self.wrong[places] = True
        cells = self.columns.get(target) if text is None else text
        texts = cells.take(pa.array(places)).to_pylist() if cells is not None and len(places) else [""] * len(places)
        column = self.sources.get(target, target)
        for place, cell in zip(places.tolist(), texts, strict=True):
            self.faults.append(fault(code, int(self.rows[place]), column, "" if cell is None else cell))

    def keep(self, where: np.ndarray) -> None:
        """Only the rows where ``where`` holds stay, with their faults."""
        if where.all():
            return
        mask = pa.array(where)
        self.columns = {target: column.filter(mask) for target, column in self.columns.items()}
        gone = set(self.rows[~where].tolist())
        self.faults = [f for f in self.faults if f.row not in gone]
        self.rows, self.wrong = self.rows[where], self.wrong[where]


def tidy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without spaces at their ends, null where nothing is left; other types as they are."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = pc.cast(column, kind.value_type), kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column, kind = pc.cast(column, pa.string()), pa.string()
    if not pa.types.is_string(kind):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    if not pc.any(pc.equal(pc.binary_length(trimmed), 0)).as_py():
        return trimmed
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Any column as text; whole numbers without “.0”."""
    if pa.types.is_floating(column.type):
        raw = pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy()
        finite = raw[np.isfinite(raw)]
        if bool((finite == np.rint(finite)).all()) and bool((np.abs(finite) < 1e15).all()):
            whole = np.where(np.isfinite(raw), raw, 0).astype(np.int64)
            return pc.cast(pa.chunked_array([pa.array(whole, mask=~np.isfinite(raw))]), pa.string())
        return pc.if_else(pa.array(np.isnan(raw)), pa.scalar(None, pa.string()), pc.cast(column, pa.string()))
    return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())


def refuse_long_cells(rows: Rows) -> None:
    for target, column in rows.columns.items():
        if pa.types.is_string(column.type):
            sizes = pc.fill_null(pc.binary_length(column), 0).to_numpy()
            if bool((sizes > CELL_LIMIT).any()):
                rows.find("cell_too_long", target, sizes > CELL_LIMIT)


def written_in(rows: Rows) -> list[str]:
    """The zones in which the file says that its times are written; none where it doesn't say."""
    column = rows.columns.get("zone")
    return [] if column is None else sorted(name for name in pc.unique(column).to_pylist() if name)


def when(
    rows: Rows,
    where: ZoneInfo | None,
    written_in: Sequence[str],
    date_order: str | None,
    fallback_order: str | None,
    calendar: str | None,
) -> moments.Moments:
    """The instants of the rows and their days in ``where``; each row's time is read in its own zone."""
    read = partial(
        moments.moments,
        rows.columns["at"],
        rows.sources["at"],
        zone=where,
        date_order=date_order,
        fallback_order=fallback_order,
        calendar=calendar,
    )
    found = read(written_in=zone(written_in[0]) if written_in else None)
    for name in written_in[1:]:
        there = pc.fill_null(pc.equal(rows.columns["zone"], name), False).to_numpy()
        other = read(written_in=zone(name))
        found = found._replace(at=np.where(there, other.at, found.at), day=np.where(there, other.day, found.day))
    rows.find("missing_date", "at", found.status == moments.ABSENT)
    rows.find("bad_date", "at", found.status == moments.BAD)
    return found


def kinds(rows: Rows) -> pa.Array:
    """The kind of every row, a sale where nothing is said."""
    column = rows.columns.get("kind")
    if column is None:
        return pa.repeat("sale", len(rows))
    lower = pc.fill_null(pc.utf8_lower(text(column)), "sale").combine_chunks()
    event = pc.match_substring_regex(lower, f"^{EVENT}[a-z][a-z0-9_]{{0,39}}$")
    lower = pc.if_else(event, pc.utf8_slice_codeunits(lower, len(EVENT)), lower)
    known = pc.or_(pc.is_in(lower, pa.array(KINDS)), event).to_numpy(zero_copy_only=False)
    rows.find("unknown_kind", "kind", ~known)
    return pc.if_else(pa.array(known), lower, "sale")


def money(rows: Rows, target: str, *, extra: int = 0) -> amounts.Numbers | None:
    """A column of amounts in minor units (times 10 ** ``extra``, rounded), or None where the file has none."""
    column = rows.columns.get(target)
    if column is None:
        return None
    places = digits(rows.currency) + extra
    found = amounts.integers(column, places, currency=rows.currency, exact=not extra)
    for status, code in amounts.CODES.items():
        if (found.status == status).any():
            rows.find(code, target, found.status == status)
    return found


def quantities(rows: Rows, target: str, places: int) -> amounts.Numbers | None:
    column = rows.columns.get(target)
    if column is None:
        return None
    found = amounts.integers(column, places, exact=not places)
    if (found.status > amounts.ABSENT).any():
        rows.find("bad_quantity", target, found.status > amounts.ABSENT)
    return found


def paid(rows: Rows, bought: np.ndarray, quantity: amounts.Numbers | None, price: amounts.Numbers | None) -> np.ndarray:
    """What was paid for each row: its amount, else quantity × unit price rounded half up at the line."""
    given = money(rows, "amount")
    values = np.zeros(len(rows), np.int64) if given is None else given.values.copy()
    absent = np.ones(len(rows), bool) if given is None else given.status == amounts.ABSENT
    if price is not None:
        rows.find("negative_unit_price", "unit_price", price.values < 0)
    if quantity is not None and price is not None and absent.any():
        known = absent & (quantity.status != amounts.ABSENT) & (price.status != amounts.ABSENT)
        line, large = amounts.product(quantity.values, price.values, 1000 * 10**PRICE_PLACES)
        rows.find("amount_too_large", "unit_price", large & known)
        values = np.where(known, line, values)
        absent = absent & ~known
    absent &= bought
    if given is not None or price is None:
        rows.find("missing_amount", "amount", absent)
    else:
        unpriced = absent & (price.status == amounts.ABSENT)
        rows.find("missing_amount", "unit_price", unpriced)
        rows.find("missing_quantity", "quantity", absent & ~unpriced)
    return values


def birthdays(rows: Rows, date_order: str | None, calendar: str | None) -> pa.Array:
    column = rows.columns["birthday"]
    found = moments.moments(column, rows.sources["birthday"], date_order=date_order, calendar=calendar or "gregorian")
    rows.find("bad_date", "birthday", found.status == moments.BAD)
    return pa.array(found.day, pa.int32(), mask=found.status != moments.GOOD).cast(pa.date32())


def optional(numbers: amounts.Numbers | None, length: int) -> pa.Array | pa.ChunkedArray:
    if numbers is None:
        return nothing(length, pa.int64())
    return pa.array(numbers.values, pa.int64(), mask=numbers.status != amounts.GOOD)


def lines(rows: Rows, found: moments.Moments, date_order: str | None, calendar: str | None) -> pa.Table:
    """The rows as ``core.frame.LINES``; amounts still signed as written, purchase_id null where not told."""
    length = len(rows)
    kind = kinds(rows)
    bought = pc.is_in(kind, pa.array(BOUGHT)).to_numpy(zero_copy_only=False)
    quantity, price = quantities(rows, "quantity", 3), money(rows, "unit_price", extra=PRICE_PLACES)
    amount = paid(rows, bought, quantity, price)
    if price is not None:
        half = 10**PRICE_PLACES // 2
        price = price._replace(values=(price.values + half) // 10**PRICE_PLACES)
    made = {
        "row": pa.array(rows.rows, pa.int64()),
        "at": pa.array(found.at, pa.int64()).cast(pa.timestamp("us", tz="UTC")),
        "day": pa.array(found.day, pa.int32()),
        "kind": kind,
        "amount": pa.array(amount, pa.int64()),
        "units": optional(quantities(rows, "units", 0), length),
        "quantity_milli": optional(quantity, length),
        "unit_price": optional(price, length),
        **{name: optional(money(rows, name), length) for name in ("discount", "cost", "tax")},
    }
    if "birthday" in rows.columns:
        made["birthday"] = birthdays(rows, date_order, calendar)
    for name in ("customer_id", "purchase_id", *TEXTS):
        if name in rows.columns:
            made[name] = text(rows.columns[name])
    return pa.table([made[f.name] if f.name in made else nothing(length, f.type) for f in LINES], schema=LINES)


def nothing(length: int, kind: pa.DataType) -> pa.ChunkedArray:
    """A column in which nothing stands: one short piece, many times over."""
    piece = pa.nulls(min(length, _PIECE), kind)
    whole, rest = divmod(length, _PIECE)
    return pa.chunked_array([piece] * whole + ([piece.slice(0, rest)] if rest else []), kind)
