"""Reading files: any known export of sales or customers becomes the canonical columns.

Everything the file leaves open is asked (``Question``) or refused (``BadFile``); a row that can't be
read is a ``Fault`` and takes its whole purchase with it. Amounts come out in minor units.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import CALENDARS, zone
from vafa.core.errors import BadFile, Question
from vafa.core.money import digits
from vafa.core.records import Person
from vafa.core.words import gettext_noop as _
from vafa.know import moments, naming, parsing
from vafa.know.delimited import Odd, Table
from vafa.know.faults import Fault, fault
from vafa.know.gathering import gather
from vafa.know.importers import generic
from vafa.know.opening import open_table, plain_columns
from vafa.know.parting import parted
from vafa.know.rollup import brought, happenings, people, products, purchases, receipts
from vafa.know.sheet import ROW

__all__ = [
    "Fault",
    "Reading",
    "Sales",
    "brought",
    "happenings",
    "parted",
    "people",
    "products",
    "purchases",
    "read_customers",
    "read_frame",
    "read_sales",
    "receipts",
]
DATE_ORDERS = ("dmy", "mdy", "ymd")
DEFAULT_CURRENCY = "USD"
_PRODUCT = {"product_id", "product_name", "category", "brand"}
_NOWHERE = Path(os.devnull)  # a preset that looks for files beside a frame finds none
_WHO = ("customer_id", "phone", "email", "card")


@dataclass(frozen=True)
class Reading:
    """What the reader is told about a file; None means: see for yourself."""

    preset: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)  # column of the file → field
    time_zone: str | None = None
    currency: str | None = None
    date_order: str | None = None  # dmy, mdy or ymd
    calendar: str | None = None  # gregorian or jalali


@dataclass(frozen=True)
class Sales:
    """What a file of activities holds."""

    lines: pa.Table  # core.frame.LINES without the purchases that have a fault
    faults: list[Fault]
    preset: str
    rows: int  # of the file that are not empty
    currency: str
    time_zone: str  # "UTC" where times stand as written
    calendar: str


def read_sales(path: Path, reading: Reading, *, as_of: int | None = None, named: bool = True) -> Sales:
    """The activities in the file at ``path``; rows later than the day ``as_of`` are left out.

    ``named`` off: where the file has no purchase_id and tells of no products, each row is a purchase and stays
    without a name.

    Raises BadFile where nothing of the file can be read, Question where an answer is missing.
    """
    _check(reading)
    return _sales(open_table(path, naming.spaced), path, reading, as_of, named)


def read_frame(frame: Any, reading: Reading, *, as_of: int | None = None, named: bool = True) -> Sales:
    """The activities in a frame of any library that hands its columns over by Arrow, as ``read_sales``.

    ``frame``: a pandas or Polars frame, an Arrow table, a DuckDB relation …; rows count as in a sheet with a header.
    """
    _check(reading)
    table = plain_columns(pa.table(frame))
    return _sales(Table(table, np.arange(2, 2 + len(table)), []), _NOWHERE / "frame", reading, as_of, named)


def _sales(table: Table, path: Path, reading: Reading, as_of: int | None, named: bool) -> Sales:
    columns = table.columns.column_names
    preset, found = naming.recognise(columns, reading.preset, path.name)
    found = _names(preset, found, columns, reading, path.name)
    rows = _prepared(preset, table, path, found)
    known = preset.Params()
    total = (len(np.unique(rows.rows)) if hasattr(preset, "prepare") else len(rows)) + len(table.odd)
    rows.currency = _currency(rows, reading.currency, known.currency, path.name)
    parsing.refuse_long_cells(rows)
    written_in = parsing.written_in(rows) or ([known.written_in] if known.written_in else [])
    label = reading.time_zone or known.time_zone or (written_in[0] if len(written_in) == 1 else None)
    where = None if label is None else zone(label)
    when = parsing.when(rows, where, written_in, reading.date_order, known.date_order, reading.calendar)
    if as_of is not None:
        early = (when.status != moments.GOOD) | (when.day <= as_of)
        rows.keep(early)
        when = when._replace(at=when.at[early], day=when.day[early], status=when.status[early])
    lines = parsing.lines(rows, when, reading.date_order, reading.calendar)
    _refuse_odd(table.odd, columns, found, lines, rows)
    lines = gather(lines, rows, named=named or not _PRODUCT.isdisjoint(rows.columns))
    faults = sorted(rows.faults, key=lambda f: f.row)
    return Sales(lines, faults, preset.KIND, total, rows.currency, label or "UTC", when.calendar)


def _check(reading: Reading) -> None:
    """Answers that mean nothing are asked again, before the file is opened."""
    for option, value, allowed in (
        ("--date-order", reading.date_order, DATE_ORDERS),
        ("--calendar", reading.calendar, CALENDARS),
    ):
        if value is not None and value not in allowed:
            raise Question(
                "bad_option",
                _("%(option)s can't be “%(value)s”."),
                _("Use one of: %(allowed)s."),
                option=option,
                value=value[:40],
                allowed=", ".join(allowed),
            )
    if reading.currency is not None:
        digits(reading.currency.strip().upper())
    if reading.time_zone is not None:
        zone(reading.time_zone)


def _names(preset: Any, found: dict[str, str], columns: list[str], reading: Reading, file: str) -> dict[str, str]:
    """Source → target, with what was told, and all that is needed."""
    names = naming.apply(reading.mapping, columns, found)
    if preset is generic:
        naming.ask_about_name(columns, reading.mapping)
    naming.refuse_twins(names, columns, file)
    naming.require("at", names, columns, file)
    if not {"quantity", "unit_price"} <= set(names.values()):
        naming.require("amount", names, columns, file)
    if preset is generic:
        naming.require("customer_id", names, columns, file)
    return names


def _prepared(preset: Any, table: Table, path: Path, found: dict[str, str]) -> parsing.Rows:
    """The rows as the preset makes them plain; ``found`` gets what it adds and nobody told otherwise."""
    cells = table.columns.append_column(ROW, pa.array(table.rows))
    if hasattr(preset, "prepare"):
        cells, extra = preset.prepare(cells, path)
        found |= {source: target for source, target in extra.items() if target not in found.values()}
    return _rows(cells, found)


def _rows(sheet: pa.Table, found: Mapping[str, str]) -> parsing.Rows:
    """The columns that mean something, without rows in which nothing stands."""
    numbers, sheet = sheet[ROW].to_numpy(), sheet.drop_columns([ROW])
    columns = {target: parsing.tidy(sheet[source]) for source, target in found.items()}
    sources = {target: source for source, target in found.items()}
    rows = parsing.Rows(columns, sources, numbers, "")
    some = np.zeros(len(rows), bool)
    for name, column in zip(sheet.column_names, sheet.columns, strict=True):
        target = found.get(name, "")
        some |= pc.is_valid(columns[target] if target in columns else parsing.tidy(column)).to_numpy()
        if some.all():
            break
    rows.keep(some)
    return rows


def _currency(rows: parsing.Rows, told: str | None, default: str | None, file: str) -> str:
    """The one currency of the file; a BadFile where it tells several, or another than was asked for."""
    wanted = told.strip().upper() if told else None
    column = rows.columns.get("currency")
    inside = [] if column is None else sorted({str(c).upper() for c in pc.unique(column).to_pylist() if c})
    if len(inside) > 1:
        raise BadFile(
            "mixed_currencies",
            _("“%(file)s”, column “%(column)s”: amounts are in several currencies (%(found)s)."),
            _("Split the file by currency."),
            file=file,
            column=rows.sources["currency"],
            found=", ".join(inside[:5]),
        )
    if inside and wanted and inside != [wanted]:
        raise BadFile(
            "other_currency",
            _("“%(file)s”, column “%(column)s”: amounts are in %(found)s, not in %(wanted)s."),
            _("Convert them first, or ask for %(found)s."),
            file=file,
            column=rows.sources["currency"],
            found=inside[0][:20],
            wanted=wanted,
        )
    if not (wanted or inside or default):
        _ask_for_foreign_signs(rows, file)
    currency = wanted or (inside[0] if inside else default or DEFAULT_CURRENCY)
    digits(currency)
    return currency


def _ask_for_foreign_signs(rows: parsing.Rows, file: str) -> None:
    """Amounts that carry the sign of another currency than the default are never read as it."""
    for target in ("amount", "unit_price"):
        column = rows.columns.get(target)
        if column is None or not pa.types.is_string(column.type):
            continue
        texts = "".join(text for text in pc.unique(column).to_pylist()[:1000] if text)
        if found := [sign for sign in "€£¥₹₽₺₩₪﷼֏" if sign in texts]:
            raise Question(
                "which_currency",
                _("In which currency are the amounts of “%(file)s” (%(sign)s)?"),
                _("Say it: --currency EUR, or whichever it is."),
                file=file,
                sign=found[0],
            )


def _refuse_odd(
    odd: list[Odd], columns: list[str], found: Mapping[str, str], lines: pa.Table, rows: parsing.Rows
) -> None:
    """Faults of rows with another number of cells; the purchase that such a row names goes with it."""
    if not odd:
        return
    place = next((index for index, name in enumerate(columns) if found.get(name) == "purchase_id"), None)
    named: set[str] = set()
    for row in odd:
        rows.faults.append(fault("wrong_cells", row.row, str(row.expected), len(row.cells)))
        if place is not None and place < len(row.cells) and row.cells[place].strip():
            named.add(row.cells[place].strip())
    hit = pc.is_in(lines["purchase_id"], pa.array(sorted(named), pa.string()))
    rows.wrong |= hit.to_numpy()


def read_customers(path: Path, reading: Reading) -> tuple[list[tuple[int, Person]], list[Fault], int]:
    """The people in the file at ``path`` by row, the rows refused, and how many rows there are."""
    _check(reading)
    table = open_table(path, lambda _line: None)
    columns = table.columns.column_names
    preset, found = naming.recognise(columns, reading.preset, path.name, people=True)
    if preset is generic and "customer_name" not in found.values():
        found |= {c: "customer_name" for c in columns if generic.fold(c) in ("name", "نام")}
    found = naming.apply(reading.mapping, columns, found)
    naming.refuse_twins(found, columns, path.name)
    if not set(_WHO) & set(found.values()):
        naming.require("customer_id", found, columns, path.name)
    told = {*_WHO, "customer_name", "birthday", "language"}
    rows = _prepared(preset, table, path, {source: target for source, target in found.items() if target in told})
    parsing.refuse_long_cells(rows)
    texts = {t: parsing.text(c).to_pylist() for t, c in rows.columns.items() if t != "birthday"}
    nobody = np.array([not any(texts[t][i] for t in _WHO if t in texts) for i in range(len(rows))], bool)
    rows.find("nobody", next(t for t in _WHO if t in texts), nobody)
    if "birthday" in rows.columns:
        texts["birthday"] = parsing.birthdays(rows, reading.date_order, reading.calendar).to_pylist()
    rows.faults += [fault("wrong_cells", row.row, str(row.expected), len(row.cells)) for row in table.odd]
    texts["name"] = texts.pop("customer_name", [None] * len(rows))
    persons = [
        (int(rows.rows[i]), Person(**{target: column[i] for target, column in texts.items()}))
        for i in np.flatnonzero(~rows.wrong).tolist()
    ]
    return persons, sorted(rows.faults, key=lambda f: f.row), len(rows) + len(table.odd)
