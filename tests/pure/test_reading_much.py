"""Large files and folders of files are read by shorter ways, which tell the same as the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vafa.core.errors import BadFile, Question, Refusal
from vafa.core.frame import LINES, RECEIPTS
from vafa.know import delimited, moments, opening
from vafa.know.parts import Receipts, read_receipts
from vafa.know.reading import Reading, Sales, read_sales, receipts

HEAD = "customer_id,date,amount,note\n"
TEXTS = {
    "plain": HEAD + "a,2024-05-06,1.50,x\nb,2024-05-07,2,\n",
    "no end of line": HEAD + "a,2024-05-06,1.50,x",
    "windows": HEAD.replace("\n", "\r\n") + "a,2024-05-06,1,x\r\nb,2024-05-07,2,y\r\n",
    "quotes": HEAD + '"a ""b""",2024-05-06,1,"two\nlines"\nb,2024-05-07,2,\n',
    "open quote": HEAD + 'a,2024-05-06,1,"x\nb,2024-05-07,2,y\n',
    "odd rows": HEAD + "a,2024-05-06,1\nb,2024-05-07,2,y,z\nc,2024-05-08,3,\n",
    "empty rows": HEAD + "\n,,,\n,, ,\na,2024-05-06,1,x\n,,,note alone\n",
    "faults": HEAD + "a,2024-05-06,1.505,x\nb,2024-13-07,2,\nc,,3,\nd,2024-05-08,,\ne,2024-05-09,5,\n",
    "hint": "sep=;\n" + HEAD.replace(",", ";") + "a;2024-05-06;1;x\n",
    "farsi": HEAD + "وفا,۱۴۰۳-۰۲-۱۷,۱۲,x\n",
    "western": (HEAD + "Zoë,2024-05-06,1,x\n").encode("cp1252"),
    "marked": ("\ufeff" + HEAD + "é,2024-05-06,1,x\n").encode(),
    "torn letter": HEAD.encode() + b"\xd9,2024-05-06,1,x\n",
    "zero": HEAD.encode() + b"a\0,2024-05-06,1,x\n",
    "blank first": "\n\n" + HEAD + "a,2024-05-06,1,x\n",
    "cdnow": " 00001 19970101  1   11.77\n 00002 19970112  5   77.00\n",
    "months last": HEAD + "a,05/06/2024,1,x\nb,06/05/2024,1,x\nc,13/05/2024,1,x\n",
    "which order": HEAD + "a,05/06/2024,1,x\nb,06/05/2024,1,x\n",
    "many ways": HEAD
    + "a,2024-05-06,1,\nb,2024-05-06 07:08,1,\nc,2024-05-06T07:08:09,1,\nd,6.5.2024,1,\ne,20240506,1,\n",
}


def told(path: Path, **how: Any) -> Any:
    try:
        sales = read_sales(path, Reading(), **how)
    except Refusal as refused:
        return refused.code, str(refused)
    return sales.lines.to_pylist(), sales.faults, sales.rows, sales.calendar


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_large_file_tells_the_same(text: str | bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    expected = told(path)
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.setattr(delimited, "_PIECE", 7)
    monkeypatch.setattr(moments, "_PIECE", 2)
    assert told(path) == expected


DATES = (
    *("2024-05-06", "2024-05-06 07:08", "2024-05-06 07:08:09", "2024-05-06T07:08:09", "2024-05-06 07", "2024-02-30"),
    *("05/06/2024", "13/06/2024", "6/13/2024", "05/05/2024", "20240506", "1403-02-17", "۱۴۰۳/۰۲/۱۷", " 2024-05-06 "),
    *("2024-05-06 07:08:09.5", "2024-05-06T07:08:09Z", "2024-05-06 07:08+03:30", "2024-05-06 7:08 PM"),
    *("2100-12-31", "2101-01-01", "2024-05-06 24:00", "2024-05-06 23:59:60", "hello", "۰۵/۰۶/۲۰۲۴", "0000-01-01"),
    "1899-12-31",
)


@given(
    st.lists(st.none() | st.sampled_from(DATES), max_size=9), st.sampled_from([None, "dmy", "mdy"]), st.integers(1, 4)
)
def test_dates_in_pieces_are_the_dates_of_the_whole(cells: list[str | None], order: str | None, size: int) -> None:
    column = pa.chunked_array([pa.array(cells, pa.string())])

    def read(piece: int, plain: bool) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(moments, "_PIECE", piece)
            if not plain:
                patch.setattr(moments, "_plain", lambda _texts: None)
            try:
                found = moments.moments(column, "date", date_order=order)
            except Question as question:
                return str(question)
        return [found.at.tolist(), found.day.tolist(), found.status.tolist(), found.calendar]

    assert read(size, plain=True) == read(1 << 20, plain=False)


BOUGHT = [
    *(("a", "2024-05-06", 150, "1"), ("b", "2024-05-06", 250, "2"), ("a", "2024-05-16", -50, "3")),
    *(("c", "2024-06-01", 75, "4"), (None, "2024-06-02", 25, "5"), ("b", "2024-07-01", 100, "6")),
]


def poured(path: Path, room: Path) -> Receipts:
    room.mkdir()
    return read_receipts(path, Reading(), as_of=None, room=room)


def rows(found: Receipts, *without: str) -> list[dict[str, Any]]:
    table = found.source if isinstance(found.source, pa.Table) else pq.read_table([str(p) for p in found.source])
    return sorted(table.cast(RECEIPTS).drop_columns(list(without)).to_pylist(), key=lambda row: (row["at"], str(row)))


def written(path: Path, part: list[tuple[str | None, str, int, str]], *, ids: bool) -> None:
    columns = dict(zip(("customer_id", "at", "amount", "purchase_id"), map(list, zip(*part, strict=True)), strict=True))
    columns["amount"] = [cents / 100 for cents in columns["amount"]]
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns if ids else {k: v for k, v in columns.items() if k != "purchase_id"}), path)


@pytest.mark.parametrize("ids", [True, False])
def test_a_folder_is_its_files_one_after_another(tmp_path: Path, ids: bool) -> None:
    written(tmp_path / "whole.parquet", BOUGHT, ids=ids)
    written(tmp_path / "many" / "part-0.parquet", BOUGHT[:2], ids=ids)
    written(tmp_path / "many" / "part-1.parquet", BOUGHT[2:], ids=ids)
    (tmp_path / "many" / "_SUCCESS").touch()
    (tmp_path / "many" / "_old.parquet").write_bytes(b"no table")
    whole, many = poured(tmp_path / "whole.parquet", tmp_path / "1"), poured(tmp_path / "many", tmp_path / "2")
    assert isinstance(many.source, list)
    assert rows(whole) == rows(many)
    assert (many.rows, many.currency, many.calendar, many.faults) == (6, "USD", "gregorian", [])
    lines: Sales = read_sales(tmp_path / "whole.parquet", Reading())
    expected = receipts(lines.lines, "gregorian").drop_columns([] if ids else ["purchase_id"])
    assert rows(whole, *([] if ids else ["purchase_id"])) == sorted(
        expected.to_pylist(), key=lambda row: (row["at"], str(row))
    )
    assert {row["sale"] for row in rows(whole)} == {0, 1}


def test_a_fault_in_a_folder_names_its_file(tmp_path: Path) -> None:
    written(tmp_path / "many" / "a.parquet", BOUGHT[:2], ids=False)
    written(tmp_path / "many" / "b.parquet", [("a", "2024-05-06", 1, ""), ("a", "6 May", 1, "")], ids=False)
    found = poured(tmp_path / "many", tmp_path / "room")
    assert [(f.row, f.code) for f in found.faults] == [(3, "bad_date")]
    assert found.faults[0].message.startswith("b.parquet: Row 3, column “at”: “6 May” is not a date")
    assert len(rows(found)) == 3


def refused(path: Path, room: Path) -> Iterator[str]:
    with pytest.raises(BadFile) as told:
        poured(path, room)
    yield from (told.value.code, str(told.value))


def test_folders_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    code, text = refused(tmp_path / "none", tmp_path / "1")
    assert (code, text) == (
        "no_parts",
        "“none” is a folder without Parquet files. Give a file, or a folder of Parquet files.",
    )
    written(tmp_path / "torn" / "a.parquet", BOUGHT[:2], ids=True)
    written(tmp_path / "torn" / "b.parquet", BOUGHT[1:], ids=True)
    code, text = refused(tmp_path / "torn", tmp_path / "2")
    assert code == "torn_purchase"
    assert "purchase “2” lie in several files" in text
    written(tmp_path / "two" / "a.parquet", BOUGHT[:2], ids=True)
    table = pq.read_table(tmp_path / "two" / "a.parquet").append_column("currency", pa.array(["EUR", "EUR"]))
    pq.write_table(table, tmp_path / "two" / "b.parquet")
    code, text = refused(tmp_path / "two", tmp_path / "3")
    assert (code, "“b.parquet” is read with --currency EUR, “a.parquet” with USD" in text) == ("parts_differ", True)


def test_what_is_not_there_takes_no_room(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(HEAD + "a,2024-05-06,1,\n" * 200_000)
    before = pa.total_allocated_bytes()
    lines = read_sales(path, Reading(), named=False).lines
    assert lines.schema == LINES
    assert lines["purchase_id"].null_count == len(lines) == 200_000
    assert pa.total_allocated_bytes() - before < 30 << 20  # six columns; all of LINES would be 60 MiB
