"""Text files brought to UTF-8, their separator found, their cells read as text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

import charset_normalizer
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from vafa.core.errors import BadFile
from vafa.core.words import gettext_noop as _

SAMPLE = 1 << 18  # bytes that are looked at to find encoding and separator
BLOCK = 1 << 26  # a single row can't be longer
SEPARATORS = ",;\t|"
# what shops' old programmes write; a free guess among all encodings errs on short files
ENCODINGS = ["cp1256", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1257", "gb18030", "cp932"]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))


class Broken(NamedTuple):
    """A row with too few or too many cells."""

    row: int
    cells: tuple[str, ...]


class Raw(NamedTuple):
    """The cells of a file, by the names of its columns."""

    table: pa.Table
    rows: NDArray[np.int64]  # the number of each row, as a spreadsheet counts it
    broken: list[Broken]
    sheets: tuple[tuple[int, str], ...] = ()  # (index of the first row, name), where there are several


class Shape(NamedTuple):
    """How a text is laid out."""

    separator: str
    skipped: int  # lines before the first row that says something
    header: tuple[str, ...]


def to_utf8(data: bytes, name: str) -> bytes:
    """``data`` as UTF-8 without mark; a BadFile where it is no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _recoded(data[len(mark) :], encoding, name)
    if b"\0" in data:
        even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
        few = min(len(data), SAMPLE) // 10
        if max(even, odd) > few and min(even, odd) <= few // 4:
            return _recoded(data, "utf-16-le" if odd > even else "utf-16-be", name)
        raise _binary(name)
    if (cut := _utf8_length(data)) is not None:
        data = data[:cut]
    else:
        data = _recoded(data, _guessed(data, name), name)
    sample = data[:SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 100:
        raise _binary(name)
    return data


def _utf8_length(data: bytes) -> int | None:
    """How far ``data`` is UTF-8: its length (less a letter cut off at the end), or None."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), BLOCK):
            decoder.decode(data[start : start + BLOCK])
    except UnicodeDecodeError:
        return None
    return len(data) - len(decoder.getstate()[0])


def _guessed(data: bytes, name: str) -> str:
    telling = bytearray()
    for line in io.BytesIO(data):
        if not line.isascii():
            telling += line
        if len(telling) > SAMPLE:
            break
    best = charset_normalizer.from_bytes(bytes(telling), cp_isolation=ENCODINGS, threshold=0.4).best()
    if best is None:
        raise _binary(name)
    return best.encoding


def _recoded(data: bytes, encoding: str, name: str) -> bytes:
    width = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    try:
        text = data[: len(data) // width * width].decode(encoding)
    except UnicodeDecodeError:
        raise _binary(name) from None
    if "\0" in text:
        raise _binary(name)
    return text.encode()


def _binary(name: str) -> BadFile:
    return BadFile(
        "not_text",
        _("“%(file)s” can't be read: it is neither a table of text, Excel nor Parquet."),
        _("Export it again as CSV in UTF-8."),
        file=name,
    )


def shape(data: bytes, *, names: Sequence[str] = (), separator: str = "") -> Shape:
    """Separator and header; ``names`` and ``separator`` where they are known beforehand."""
    sample = data[:SAMPLE].decode("utf-8", "ignore")
    if len(data) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    lines = sample.splitlines()
    skipped = 0
    while skipped < len(lines) and (not lines[skipped].strip() or lines[skipped].lower().startswith("sep=")):
        if lines[skipped].lower().startswith("sep=") and len(lines[skipped]) > 4:
            separator = separator or lines[skipped][4]
        skipped += 1
    body = "\n".join(lines[skipped:])
    if not separator:
        separator = max(SEPARATORS, key=lambda candidate: _fit(body, candidate))
    header = names or (_records(body, separator, 1) or [[]])[0]
    return Shape(separator, skipped, unique_names(header))


def _records(text: str, separator: str, most: int) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            found.append(record)
            if len(found) == most:
                break
    except csv.Error:  # a cell longer than it takes: what was read so far tells enough
        pass
    return found


def _fit(text: str, separator: str) -> tuple[float, int]:
    """How well rows agree on their number of cells, and that number."""
    records = [record for record in _records(text, separator, 60) if record]
    width = len(records[0]) if records else 0
    if width < 2:
        return (0.0, 0)
    return (round(sum(len(record) == width for record in records) / len(records), 1), width)


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Names without blanks around them, none empty, none twice."""
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = cell.strip(" \t\r\n\ufeff\u200e\u200f") or f"column {number}"
        again = 2
        while name in names:
            name = f"{cell.strip()} ({again})"
            again += 1
        names.append(name)
    return tuple(names)


def parted_by_tabs(data: bytes) -> bytes:
    """Cells parted by runs of blanks, parted by tabs instead."""
    return re.sub(rb"[ \t]+", b"\t", re.sub(rb"(?m)^[ \t]+|[ \t\r\x1a]+$", b"", data))


def cells(data: bytes, form: Shape, *, headed: bool, wanted: Sequence[str], name: str) -> Raw:
    """The cells of the columns ``wanted``; rows with a wrong number of cells apart."""
    broken: list[Broken] = []

    def put_aside(row: pa_csv.InvalidRow) -> str:
        number = row.number + form.skipped
        broken.append(Broken(number, tuple((_records(row.text, form.separator, 1) or [[]])[0])))
        return "skip"

    if not data.endswith(b"\n"):
        data += b"\n"
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            read_options=pa_csv.ReadOptions(
                use_threads=False,  # else rows are not numbered
                block_size=BLOCK,
                column_names=form.header,
                skip_rows=form.skipped,
                skip_rows_after_names=int(headed),
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=form.separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=put_aside,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(form.header, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                include_columns=[column for column in form.header if column in wanted],
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadFile(
            "broken_table",
            _("“%(file)s” breaks off or has a quotation mark that is never closed (%(why)s)."),
            _("Export it again."),
            file=name,
            why=str(error)[:80],
        ) from None
    first = form.skipped + int(headed) + 1
    numbers = np.arange(first, first + table.num_rows + len(broken), dtype=np.int64)
    kept = numbers[~np.isin(numbers, [row.row for row in broken])] if broken else numbers
    return _without_cut_row(Raw(table, kept, [b for b in broken if any(b.cells)]), data, form, name)


def _without_cut_row(raw: Raw, data: bytes, form: Shape, name: str) -> Raw:
    """A file cut off within a quoted last cell has a last row that only looks whole."""
    tail = data[data.rfind(b"\n", 0, -1) + 1 : -1]
    opened = re.search(rb"(?:^|" + re.escape(form.separator.encode()) + rb')"(?:[^"]|"")*$', tail)
    if opened is None or data.count(b'"') % 2 == 0 or not raw.table.num_rows:
        return raw
    last = raw.table.num_rows - 1
    if raw.broken and raw.broken[-1].row > raw.rows[last]:
        return raw
    whole = {column: raw.table[column][last].as_py() for column in raw.table.column_names}
    cells_of_it = tuple(whole.get(column, "") for column in form.header)
    del name
    return Raw(raw.table.slice(0, last), raw.rows[:last], [*raw.broken, Broken(int(raw.rows[last]), cells_of_it)])
