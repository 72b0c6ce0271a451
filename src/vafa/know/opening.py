"""Opening a file: what it is by its first bytes, and its columns as they stand."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from vafa.core.errors import BadFile
from vafa.core.words import gettext_noop as _
from vafa.know import statements
from vafa.know.delimited import LARGE, Table, decode, not_a_table, read_large, read_text

UNPACKED_LIMIT = 512 << 20  # bytes that a packed file may grow to
RATIO_LIMIT = 200  # how many times larger than packed
_SMALL = 1 << 20  # below this a high ratio harms nobody

Spaced = Callable[[str], tuple[tuple[str, ...], int] | None]


def open_table(path: Path, spaced: Spaced) -> Table:
    """The table in the file at ``path``: CSV, Excel, Parquet or text without header; a BadFile else."""
    name = path.name
    try:
        with path.open("rb") as file:
            head = file.read(8)
            if head[:4] == b"PAR1":
                return _parquet(path)
            packed = head[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
            if not packed and path.stat().st_size > LARGE and (table := read_large(path, name, spaced)):
                return table
            raw = b"" if packed else head + file.read()
    except OSError as error:
        raise BadFile(
            "cannot_read",
            _("“%(file)s” can't be read (%(why)s)."),
            _("Check the path."),
            file=str(path),
            why=os.strerror(error.errno) if error.errno else type(error).__name__,
        ) from None
    if head[:2] == b"PK" and not raw:
        _refuse_bomb(path)
        return _excel(path)
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return _excel(path)
    text = decode(raw, name)
    if read := statements.reader(text):
        return Table(*statements.table(read(text, name), name), [])
    return read_text(text, name, spaced)


def _parquet(path: Path) -> Table:
    try:
        schema = pq.read_schema(path)
        flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
        table = plain_columns(pq.read_table(path, columns=flat, partitioning=None))
    except (pa.ArrowException, OSError) as error:
        raise not_a_table(path.name) from error
    return Table(table, np.arange(2, 2 + table.num_rows, dtype=np.int64), [])


def plain_columns(table: pa.Table) -> pa.Table:
    """The columns with one value a cell, bytes as text; those that are no text say nothing."""
    for place in reversed(range(table.num_columns)):
        field = table.schema.field(place)
        if pa.types.is_nested(field.type):
            table = table.remove_column(place)
        elif pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            try:
                table = table.set_column(place, field.name, table.column(place).cast(pa.string()))
            except pa.ArrowInvalid:
                table = table.remove_column(place)
    return table


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(item.file_size for item in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise not_a_table(path.name) from error
    if size > UNPACKED_LIMIT or (size > _SMALL and size > RATIO_LIMIT * path.stat().st_size):
        raise BadFile(
            "bomb",
            _("“%(file)s” unpacks to %(size)s MiB, which is more than is taken."),
            _("Save the sheet as CSV."),
            file=path.name,
            size=size >> 20,
        )


def _excel(path: Path) -> Table:
    """The first sheet with anything in it, and those after it with the same header; rows are counted on."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise not_a_table(path.name) from error
    sheets = [sheet for sheet in sheets if any(any(cell != "" for cell in row) for row in sheet)]
    if not sheets:
        raise BadFile("empty_file", _("“%(file)s” is empty."), _("Give a file with a header and rows."), file=path.name)
    cells = sheets[0]
    start = next(place for place, row in enumerate(cells) if any(cell != "" for cell in row))
    for more in sheets[1:]:  # such as one sheet a year
        again = next(place for place, row in enumerate(more) if any(cell != "" for cell in row))
        if more[again] == cells[start]:
            cells = cells + more[again + 1 :]
    header = [_text(cell).strip() for cell in cells[start]]
    body = cells[start + 1 :]
    arrays = [pa.array([_text(row[place]) for row in body], pa.string()) for place in range(len(header))]
    rows = np.arange(start + 2, start + 2 + len(body), dtype=np.int64)
    return Table(pa.Table.from_arrays(arrays, names=header), rows, [])


def _text(cell: Any) -> str:
    """A cell as it would be typed; a number as Excel shows it, with fifteen digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
