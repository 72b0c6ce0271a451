"""Text files as columns of text: which letters, which separator, which rows have another number of cells."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
from charset_normalizer import from_bytes

from vafa.core.errors import BadFile
from vafa.core.words import gettext_noop as _

SEPARATORS = ",;\t|"
LARGE = 32 << 20  # bytes from which on a file is read where it lies, without copies of it
_PIECE = 16 << 20
CODEPAGES = ("cp1252", "cp1256", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1257")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEP_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class Odd(NamedTuple):
    """A row with another number of cells than the header."""

    row: int
    cells: tuple[str, ...]
    expected: int


class Table(NamedTuple):
    """A file as columns, ``rows`` as a spreadsheet counts them, and the rows that did not fit."""

    columns: pa.Table
    rows: np.ndarray
    odd: list[Odd]


def decode(raw: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 or a code page; a BadFile where it is no text."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], encoding, name)
    head = raw[:4096]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) // 4 or min(even, odd) > len(head) // 16:
            raise not_a_table(name)
        return _strictly(raw, "utf-16-be" if even > odd else "utf-16-le", name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(raw, _code_page(raw), name)
    if "\0" in text or sum(ord(c) < 32 and c not in "\t\r\n\f\x1a" for c in text[:4096]) > len(text[:4096]) // 100:
        raise not_a_table(name)
    return text


def _code_page(raw: bytes) -> str:
    """The code page in which the lines that are not ASCII read best."""
    lines = [line for line in raw[: 4 << 20].splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[: 1 << 16]
    found = {m.encoding: m.chaos for m in from_bytes(sample, cp_isolation=list(CODEPAGES))}
    return min(CODEPAGES, key=lambda page: (found.get(page, 9.0), CODEPAGES.index(page)))


def _strictly(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile(
            "bad_encoding",
            _("“%(file)s” has letters that can't be read, near line %(line)s."),
            _("Save it again as CSV UTF-8."),
            file=name,
            line=raw[: error.start].count(b"\n") + 1,
        ) from None


def not_a_table(name: str) -> BadFile:
    return BadFile(
        "not_a_table",
        _("“%(file)s” is not a table that can be read."),
        _("Give a CSV, Excel (.xlsx) or Parquet file."),
        file=name,
    )


def read_text(text: str, name: str, spaced: Callable[[str], tuple[tuple[str, ...], int] | None]) -> Table:
    """The table in ``text``; ``spaced`` knows one with spaces between its cells by its first line."""
    skipped = 0
    if hint := _SEP_HINT.match(text):
        text, skipped = text[hint.end() :], 1
    if not text.endswith(("\n", "\r")):
        text += "\n"
    bare = text.lstrip("\r\n")
    leading = text[: len(text) - len(bare)]
    skipped += leading.count("\n") or leading.count("\r")
    if not bare.strip():
        raise BadFile("empty_file", _("“%(file)s” is empty."), _("Give a file with a header and rows."), file=name)
    first = bare.split("\n", 1)[0].rstrip("\r")
    if known := spaced(first):
        return _spaced(bare, *known, skipped)
    separator = hint.group(1) if hint and hint.group(1) in SEPARATORS else separator_of(bare)
    return _separated(pa.BufferReader(bare.encode()), bare, bare.count('"'), separator, skipped, name)


def read_large(path: Path, name: str, spaced: Callable[[str], tuple[tuple[str, ...], int] | None]) -> Table | None:
    """The table in a large file of plain UTF-8, as ``read_text`` gives it; None where it needs all of its care."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
        if head.startswith(tuple(mark for mark, _name in _BOMS)) or head[:1] in b"\r\n" or b"\0" in head:
            return None
        file.seek(0)
        reader = codecs.getincrementaldecoder("utf-8")()
        quotes = 0
        last = b""
        try:
            while piece := file.read(_PIECE):
                if not piece.isascii():
                    reader.decode(piece)
                elif reader.getstate()[0]:
                    return None  # a letter that was begun is broken off
                if b"\0" in piece:
                    return None
                quotes += piece.count(b'"')
                last = piece[-1:]
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    text = head.decode("utf-8", errors="ignore")
    first = text.split("\n", 1)[0].rstrip("\r")
    if last not in (b"\n", b"\r") or _SEP_HINT.match(text) or spaced(first):
        return None
    return _separated(pa.memory_map(str(path)), text, quotes, separator_of(text), 0, name)


def separator_of(text: str) -> str:
    """What stands between the cells: that which cuts the header and the rows into the same number of them."""
    lines = text[: 1 << 16].splitlines()[:30]

    def score(separator: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        head = counts[0] if counts else 1
        return (sum(count == head for count in counts) if head > 1 else 0, head)

    return max(SEPARATORS, key=score)


def _separated(source: pa.NativeFile, head: str, quotes: int, separator: str, skipped: int, name: str) -> Table:
    """The table in ``source``; ``head``: its beginning, ``quotes``: how many quotation marks stand in it."""
    header = next(csv.reader(head[: 1 << 20].splitlines(keepends=True), delimiter=separator))
    table, misfits = _cut(source, header, separator, quotes > 0, name, threads=True)
    if misfits:  # only one thread tells the numbers of their rows
        source.seek(0)
        table, misfits = _cut(source, header, separator, quotes > 0, name, threads=False)
    if quotes % 2 and (row := _unclosed(table, misfits)):
        raise BadFile(
            "open_quote",
            _("“%(file)s”, row %(row)s: a quotation mark is opened and never closed."),
            _("Close it, or take it out."),
            file=name,
            row=row + skipped,
        )
    odd = [
        Odd(int(row.number) + skipped, _cells(row.text, separator), len(header))
        for row in misfits
        if row.text.strip(separator + " \r\n")
    ]
    rows = np.arange(2, 2 + table.num_rows + len(misfits), dtype=np.int64)
    if misfits:
        rows = np.delete(rows, [int(row.number) - 2 for row in misfits])
    rows += skipped
    return Table(table.rename_columns([cell.strip().lstrip("\ufeff") for cell in header]), rows, odd)


def _cut(
    source: pa.NativeFile, header: Sequence[str], separator: str, quoted: bool, name: str, *, threads: bool
) -> tuple[pa.Table, list[pcsv.InvalidRow]]:
    """Rows and cells as text, and the rows that have another number of cells than the header."""
    misfits: list[pcsv.InvalidRow] = []

    def put_aside(row: pcsv.InvalidRow) -> str:
        misfits.append(row)
        return "skip"

    try:
        table = pcsv.read_csv(
            source,
            read_options=pcsv.ReadOptions(
                use_threads=threads, block_size=1 << 24, skip_rows_after_names=1, column_names=_positions(header)
            ),
            parse_options=pcsv.ParseOptions(
                delimiter=separator, newlines_in_values=quoted, ignore_empty_lines=False, invalid_row_handler=put_aside
            ),
            convert_options=pcsv.ConvertOptions(
                column_types=dict.fromkeys(_positions(header), pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadFile(
            "bad_csv",
            _("“%(file)s” can't be cut into rows and cells (%(why)s)."),
            _("Look for a quotation mark that is not closed."),
            file=name,
            why=str(error).splitlines()[0][:120],
        ) from None
    return table, misfits


def _unclosed(table: pa.Table, misfits: list[pcsv.InvalidRow]) -> int:
    """The last row, where a quotation mark in it swallows the rest of the file; 0 where none does."""
    count = table.num_rows + len(misfits) + 1
    if misfits and int(misfits[-1].number) == count:
        return count if "\n" in misfits[-1].text.rstrip("\r\n") else 0
    last = table.slice(table.num_rows - 1).to_pylist() if table.num_rows else []
    return count if any(str(cell).endswith(("\n", "\r")) for row in last for cell in row.values()) else 0


def _positions(header: Sequence[str]) -> list[str]:
    return [f"c{place}" for place in range(len(header))]


def _cells(text: str, separator: str) -> tuple[str, ...]:
    return tuple(next(csv.reader([text[: 1 << 16]], delimiter=separator), ()))


def _spaced(text: str, columns: tuple[str, ...], header: int, skipped: int) -> Table:
    """Cells between spaces; without a header the first line is row 1 already."""
    rows: list[int] = []
    cells: list[list[str]] = []
    odd: list[Odd] = []
    for row, line in enumerate(text.split("\n")[header:], 1 + header + skipped):
        parts = line.split()
        if len(parts) == len(columns):
            rows.append(row)
            cells.append(parts)
        elif parts and parts != ["\x1a"]:
            odd.append(Odd(row, tuple(parts), len(columns)))
    arrays = [pa.array([row[place] for row in cells], pa.string()) for place in range(len(columns))]
    return Table(pa.table(dict(zip(columns, arrays, strict=True))), np.array(rows, np.int64), odd)
