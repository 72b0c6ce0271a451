"""Cells: dates, amounts and faults, each told by row, column and remedy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer

from vafa.core.errors import BadFile, Question
from vafa.faces.cli import reading_options as options
from vafa.know.reading import Reading, Sales, read_sales


def dated(folder: Path, *dates: str, **told: object) -> Sales:
    path = folder / "sales.csv"
    path.write_text("customer_id;when;amount\n" + "".join(f"1;{d};1\n" for d in dates), "utf-8")
    return read_sales(path, Reading(mapping={"when": "at"}, **told))  # type: ignore[arg-type]  # fields by name


def priced(folder: Path, *amounts: str, **told: object) -> Sales:
    path = folder / "sales.csv"
    path.write_text("customer_id;at;amount\n" + "".join(f"1;2024-05-06;{a}\n" for a in amounts), "utf-8")
    return read_sales(path, Reading(**told))  # type: ignore[arg-type]  # fields by name


def days(sales: Sales) -> list[str]:
    return [str(date.fromordinal(719163 + day)) for day in sales.lines["day"].to_pylist()]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-06", "2024-05-06"),
        ("2024/5/6 7:08", "2024-05-06"),
        ("20240506", "2024-05-06"),
        ("2024-05-06T23:30:00.123+03:30", "2024-05-06"),
        ("2024-05-06 23:30:00 -0500", "2024-05-06"),
        ("2024-05-06T23:30:00Z", "2024-05-06"),
        ("۱۴۰۳/۰۲/۱۷", "2024-05-06"),
        ("14030217", "2024-05-06"),
        ("١٤٠٣-٢-١٧", "2024-05-06"),
        ("1403-12-30", "2025-03-20"),
        ("25.12.2024", "2024-12-25"),
        ("12/25/2024 2:30 PM", "2024-12-25"),
    ],
)
def test_dates_as_people_write_them(tmp_path: Path, text: str, day: str) -> None:
    assert days(dated(tmp_path, text)) == [day]


@pytest.mark.parametrize("text", ["2024-02-30", "1404-12-30", "24-05-06", "soon", "2024-05-06 25:00", "0024-05-06"])
def test_what_is_no_date_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    sales = dated(tmp_path, "2024-05-06", text)
    assert sales.lines.num_rows == 1
    (fault,) = sales.faults
    assert fault.message == f"Row 3, column “when”: “{text}” is not a date; write it like 2026-11-23."


def test_an_instant_keeps_its_offset_and_falls_on_the_day_of_the_zone(tmp_path: Path) -> None:
    written = dated(tmp_path, "2024-05-06 01:30 +0330", "2024-05-06 01:30")
    assert [at.hour for at in written.lines["at"].to_pylist()] == [22, 1]
    assert days(written) == ["2024-05-06", "2024-05-06"]
    york = dated(tmp_path, "2024-05-06 01:30 +0330", "2024-07-01 00:00", time_zone="America/New_York")
    assert days(york) == ["2024-05-05", "2024-07-01"]
    assert york.lines["at"][1].as_py() == datetime(2024, 7, 1, 4, tzinfo=UTC)


def test_one_date_above_twelve_decides_for_the_column(tmp_path: Path) -> None:
    assert days(dated(tmp_path, "05/06/2024", "25/12/2024")) == ["2024-06-05", "2024-12-25"]
    assert days(dated(tmp_path, "05/06/2024", "12/25/2024")) == ["2024-05-06", "2024-12-25"]


def test_undecided_dates_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(Question, match="--date-order") as asked:
        dated(tmp_path, "05/06/2024", "07/08/2024")
    assert "5/6" in str(asked.value)
    assert days(dated(tmp_path, "05/06/2024", date_order="dmy")) == ["2024-06-05"]
    assert days(dated(tmp_path, "05/06/2024", date_order="mdy")) == ["2024-05-06"]
    with pytest.raises(Question, match="--date-order"):
        dated(tmp_path, "25/12/2024", "12/25/2024")
    assert [f.row for f in dated(tmp_path, "25/12/2024", "12/25/2024", date_order="dmy").faults] == [3]


def test_two_calendars_in_one_column_are_asked_about(tmp_path: Path) -> None:
    assert dated(tmp_path, "1403-02-17").calendar == "jalali"
    assert dated(tmp_path, "2024-05-06").calendar == "gregorian"
    with pytest.raises(Question, match="--calendar"):
        dated(tmp_path, "1403-02-17", "2024-05-06")
    both = dated(tmp_path, "1403-02-17", "2024-05-06", calendar="jalali")
    assert (days(both), both.calendar) == (["2024-05-06"] * 2, "jalali")


@pytest.mark.parametrize(
    ("texts", "minor"),
    [
        (["48.50", "1,234.5", "$7", "-3", "(2.00)", "9.99-", "+1"], [4850, 123450, 700, 300, 200, 999, 100]),
        (["1.234,50", "2,5", "3"], [123450, 250, 300]),
        (["1,234", "12,34,567.00"], [123400, 123456700]),
        (["۱۲۳٫۵", "۱٬۲۳۴"], [12350, 123400]),
        (["12 345.00", "1’000", "USD 5"], [1234500, 100000, 500]),
        (["0", ".5"], [0, 50]),
    ],
)
def test_amounts_as_people_write_them(tmp_path: Path, texts: list[str], minor: list[int]) -> None:
    sales = priced(tmp_path, *texts)
    assert sales.faults == []
    assert sales.lines["amount"].to_pylist() == minor


def test_a_foreign_sign_is_asked_about_and_never_read_as_dollars(tmp_path: Path) -> None:
    with pytest.raises(Question, match="--currency"):
        priced(tmp_path, "€12")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.005", "too_many_decimals"),
        ("lots", "bad_amount"),
        ("1,2,3", "bad_amount"),
        ("", "missing_amount"),
        ("99999999999999.00", "amount_too_large"),
        ("1e5", "bad_amount"),
    ],
)
def test_an_amount_that_is_none_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (fault,) = priced(tmp_path, "2.50", text).faults
    assert (fault.row, fault.column, fault.code) == (3, "amount", code)
    assert fault.message.startswith("Row 3, column “amount”: ")


def faulty(folder: Path, text: str) -> Sales:
    path = folder / "sales.csv"
    path.write_text(text, "utf-8")
    return read_sales(path, Reading())


def test_one_fault_refuses_the_whole_purchase_and_no_other(tmp_path: Path) -> None:
    text = "customer_id,at,amount,order_id\n1,2024-05-06,2,A\n1,2024-05-06,x,A\n1,2024-05-06,3,B\n1,2024-05-06,4,A\n"
    sales = faulty(tmp_path, text)
    assert sales.lines["purchase_id"].to_pylist() == ["B"]
    assert [(f.row, f.code) for f in sales.faults] == [(3, "bad_amount")]


def test_rows_with_other_numbers_of_cells(tmp_path: Path) -> None:
    text = (
        "order_id,customer_id,at,amount\n"
        "A,1,2024-05-06,2\n"
        "\n"
        "A,1,2024-05-06\n"
        '"B\nb",1,2024-05-06,3\n'
        "C,1,2024-05-06,4,5\n"
    )
    sales = faulty(tmp_path, text)
    assert sales.lines["purchase_id"].to_pylist() == ["B\nb"]
    assert sales.lines["row"].to_pylist() == [5]
    assert [f.message for f in sales.faults] == [
        "Row 4: it has 3 cells, the header has 4; look for a separator or a quote too many.",
        "Row 6: it has 5 cells, the header has 4; look for a separator or a quote too many.",
    ]
    assert sales.rows == 4


def test_a_quotation_mark_that_is_never_closed_is_a_fault_of_the_file(tmp_path: Path) -> None:
    text = 'customer_id,at,amount\n1,2024-05-06,2\n1,2024-05-06,"2\n1,2024-05-07,2\n'
    with pytest.raises(BadFile, match="row 3"):
        faulty(tmp_path, text)
    assert [f.row for f in faulty(tmp_path, text.replace('"2', '2"')).faults] == [3]


def test_quantity_and_price_must_both_be_there(tmp_path: Path) -> None:
    text = "customer_id,at,quantity,price\n1,2024-05-06,2,\n1,2024-05-06,,3\n1,2024-05-06,2,1.255\n"
    sales = faulty(tmp_path, text)
    assert [(f.row, f.column, f.code) for f in sales.faults] == [
        (2, "price", "missing_amount"),
        (3, "quantity", "missing_quantity"),
    ]
    assert sales.lines["amount"].to_pylist() == [251]


def test_other_faults_of_rows(tmp_path: Path) -> None:
    long = "x" * (33 * 1024)
    text = (
        "customer_id,at,amount,order_id,kind,sku,unit_price,quantity\n"
        "1,2024-05-06,2,A,,,,\n"
        "2,2024-05-06,2,A,,,,\n"
        "1,2024-05-06,2,B,dance,,,\n"
        f"1,2024-05-06,2,C,,{long},,\n"
        "1,2024-05-06,2,D,sale,,,\n"
        "1,2024-05-06,2,D,Return,,,\n"
        "1,2024-05-06,2,E,,,-1,\n"
        "1,2024-05-06,2,F,,,,some\n"
        "1,2024-05-06,,G,,,2.5,3\n"
        ",,,,,,,\n"
        "1,,2,H,,,,\n"
    )
    sales = faulty(tmp_path, text)
    assert [(f.row, f.column, f.code) for f in sales.faults] == [
        (3, "customer_id", "two_customers"),
        (4, "kind", "unknown_kind"),
        (5, "sku", "cell_too_long"),
        (6, "kind", "two_kinds"),
        (8, "unit_price", "negative_unit_price"),
        (9, "quantity", "bad_quantity"),
        (12, "at", "missing_date"),
    ]
    assert sales.lines.select(["purchase_id", "amount"]).to_pylist() == [{"purchase_id": "G", "amount": 750}]
    assert sales.rows == 10


def test_a_negative_row_in_a_purchase_stays_a_line_of_the_sale(tmp_path: Path) -> None:
    sales = faulty(tmp_path, "customer_id,at,amount,order_id\n1,2024-05-06,5,A\n1,2024-05-06,-2,A\n")
    assert sales.lines["amount"].to_pylist() == [500, -200]
    assert sales.lines["kind"].to_pylist() == ["sale", "sale"]


def test_options_become_a_reading() -> None:
    told = options.reading("generic", ["a=b=customer_id", "x = at"], "UTC", "usd", "DMY", None)
    assert told == Reading("generic", {"a=b": "customer_id", "x": "at"}, "UTC", "USD", "dmy", None)
    for wrong in (["x"], ["=at"], ["x="], ["x=at", "x=amount"]):
        with pytest.raises(options.Usage):
            options.reading(None, wrong, None, None, None, None)


def test_a_refusal_is_a_sentence_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as left, options.speaking_plainly():
        raise BadFile("x", "No such %(thing)s.", "Look again.", thing="file")
    assert left.value.exit_code == 1
    assert capsys.readouterr() == ("", "No such file. Look again.\n")
    with pytest.raises(typer.Exit) as left, options.speaking_plainly():
        raise options.Usage("x", "What?")
    assert left.value.exit_code == 2
    with pytest.raises(typer.Exit) as left, options.speaking_plainly():
        raise typer.Exit(3)
    assert left.value.exit_code == 3


def test_one_document_on_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    options.print_json({"نام": 1})
    assert capsysbinary.readouterr().out.decode() == '{\n  "نام": 1\n}\n'
