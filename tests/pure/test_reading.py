"""Files of every known kind become the same columns."""

from __future__ import annotations

import codecs
import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vafa.core.calendar import day_number
from vafa.core.errors import BadFile, Question, Refusal
from vafa.core.frame import LINES, RECEIPTS
from vafa.core.records import Person
from vafa.know import rollup
from vafa.know.importers import IMPORTERS
from vafa.know.reading import Reading, Sales, people, purchases, read_customers, read_sales, receipts


def written(folder: Path, text: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder: Path, text: str | bytes, **told: object) -> Sales:
    return read_sales(written(folder, text), Reading(**told))  # type: ignore[arg-type]  # tests name the fields


def rows(sales: Sales, *columns: str) -> list[tuple[object, ...]]:
    return list(zip(*(sales.lines[name].to_pylist() for name in columns), strict=True))


@pytest.mark.parametrize("kind", sorted(IMPORTERS))
def test_every_preset_keeps_its_examples(kind: str) -> None:
    item = IMPORTERS[kind]
    assert item.explain(item.Params())
    for columns, expected in item.EXAMPLES:
        assert item.mapping(columns) == expected


def test_cdnow_sample(cdnow: Path) -> None:
    sales = read_sales(cdnow, Reading())
    found = receipts(sales.lines, sales.calendar)
    assert (sales.preset, sales.rows, sales.faults, sales.currency) == ("cdnow_text", 6919, [], "USD")
    assert sales.lines.schema == LINES
    assert found.schema == RECEIPTS
    assert found.num_rows == 6919
    assert len(found["customer_id"].unique()) == 2357
    first = sales.lines.slice(0, 1).to_pylist()[0]
    assert (first["row"], first["customer_id"], first["amount"], first["quantity_milli"]) == (1, "00004", 2933, 2000)
    assert first["day"] == day_number(date(1997, 1, 1))


def test_the_whole_cdnow_file_goes_with_its_header_and_without(tmp_path: Path) -> None:
    bare = " 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n"
    headed = " customer_id  date number_of_cds  dollar_value\r\n" + bare
    assert rows(read(tmp_path, bare), "row", "customer_id", "amount") == [(1, "00001", 1177), (2, "00002", 7700)]
    assert rows(read(tmp_path, headed), "row", "customer_id", "amount") == [(2, "00001", 1177), (3, "00002", 7700)]


def test_complete_journey_keeps_new_york_days_and_finds_the_products(tmp_path: Path) -> None:
    at = pa.array([datetime(2017, 1, 1, 3, 0), datetime(2017, 1, 1, 12, 0)], pa.timestamp("ns"))
    bought = {
        "household_id": [900, 7],
        "basket_id": [31198570044, 31198570045],
        "transaction_timestamp": at,
        "sales_value": [0.1 + 0.2, 2.5],
        "quantity": [1, 2],
        "store_id": [330, 406],
        "product_id": [11, 99],
        "retail_disc": [0.1, 0.0],
        "coupon_disc": [0.2, 0.0],
        "coupon_match_disc": [0.0, 0.05],
    }
    products = {"product_id": [11], "product_type": ["BAGELS"], "product_category": ["ROLLS"], "brand": ["National"]}
    pq.write_table(pa.table(bought), tmp_path / "transactions.parquet")
    pq.write_table(pa.table(products), tmp_path / "products.parquet")
    sales = read_sales(tmp_path / "transactions.parquet", Reading())
    assert (sales.preset, sales.currency, sales.time_zone) == ("complete_journey", "USD", "America/New_York")
    assert rows(sales, "customer_id", "purchase_id", "amount", "discount", "store") == [
        ("900", "31198570044", 30, 30, "330"),
        ("7", "31198570045", 250, 5, "406"),
    ]
    assert rows(sales, "product_name", "category", "brand") == [("BAGELS", "ROLLS", "National"), (None, None, None)]
    assert sales.lines["day"].to_pylist() == [day_number(date(2016, 12, 31)), day_number(date(2017, 1, 1))]
    assert sales.lines["at"][0].as_py() == datetime(2017, 1, 1, 3, tzinfo=UTC)


UCI = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,HEART HOLDER,6,12/1/2010 8:26,2.55,17850.0,United Kingdom
536365,71053,LANTERN,3,12/1/2010 8:26,0.125,17850.0,United Kingdom
C536379,D,Discount,-1,12/1/2010 9:41,27.50,14527.0,United Kingdom
536414,22139,,56,12/1/2010 11:52,0,,United Kingdom
A563185,B,Adjust bad debt,1,12/1/2010 14:50,-11062.06,,United Kingdom
"""


def test_uci_online_retail(tmp_path: Path) -> None:
    sales = read(tmp_path, UCI)
    assert sales.preset == "uci_online_retail"
    assert rows(sales, "customer_id", "purchase_id", "kind", "amount", "quantity_milli") == [
        ("17850", "536365", "sale", 1530, 6000),
        ("17850", "536365", "sale", 38, 3000),  # 0.375, half up
        ("14527", "C536379", "return", 2750, 1000),
        (None, "536414", "sale", 0, 56000),
    ]
    assert sales.lines["at"][0].as_py() == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert [(f.row, f.column, f.code) for f in sales.faults] == [(6, "UnitPrice", "negative_unit_price")]
    assert [(p.purchase_id, p.kind, p.amount, len(p.lines)) for p in bought(sales)] == [
        ("536365", "sale", 1568, 2),
        ("C536379", "return", 2750, 1),
        ("536414", "sale", 0, 1),
    ]
    second = UCI.replace("InvoiceNo", "Invoice").replace("UnitPrice", "Price").replace("CustomerID", "Customer ID")
    assert read(tmp_path, second).lines == sales.lines


def bought(sales: Sales, zone: str = "UTC") -> list[object]:
    return list(purchases(sales.lines, source="test", zone=ZoneInfo(zone)))


def test_names_are_found_whatever_their_letters(tmp_path: Path) -> None:
    text = "Client-ID;Order Date;TOTAL;Order_ID;SKU;Branch\n7;2024-05-06;12.5;A1;p;North\n"
    sales = read(tmp_path, text)
    assert sales.preset == "generic"
    assert rows(sales, "customer_id", "amount", "purchase_id", "product_id", "store") == [
        ("7", 1250, "A1", "p", "North")
    ]


@pytest.mark.parametrize("separator", list(",;\t|"))
def test_any_separator(tmp_path: Path, separator: str) -> None:
    text = f'customer_id{separator}at{separator}amount\n"a{separator}b"{separator}2024-05-06{separator}3\n'
    assert rows(read(tmp_path, text), "customer_id", "amount") == [(f"a{separator}b", 300)]


FARSI = "customer_id,date,amount,store\n1,2024-05-06,2,تهران\n2,2024-05-07,3,شيراز و كرمان\n"


@pytest.mark.parametrize(
    "raw",
    [
        FARSI.encode(),
        codecs.BOM_UTF8 + FARSI.encode(),
        FARSI.encode("utf-16"),
        FARSI.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + FARSI.encode("utf-16-be"),
        FARSI.encode("cp1256"),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16 bare", "utf-16-be", "cp1256"],
)
def test_any_letters(tmp_path: Path, raw: bytes) -> None:
    assert read(tmp_path, raw).lines["store"].to_pylist() == ["تهران", "شيراز و كرمان"]


def test_western_letters_of_an_old_spreadsheet(tmp_path: Path) -> None:
    text = "customer_id,date,amount,store\n1,2024-05-06,2,Café Zürich\n"
    assert read(tmp_path, text.encode("cp1252")).lines["store"].to_pylist() == ["Café Zürich"]


SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>customer_id</t></is></c><c r="B1" t="inlineStr"><is><t>date</t></is></c>
<c r="C1" t="inlineStr"><is><t>amount</t></is></c></row>
<row r="3"><c r="A3"><v>17850</v></c><c r="B3" t="inlineStr"><is><t>2024-05-06</t></is></c>
<c r="C3"><v>0.30000000000000004</v></c></row></sheetData></worksheet>"""


def workbook(path: Path, sheet: str) -> Path:
    kinds = "http://schemas.openxmlformats.org"
    main, office = f"{kinds}/spreadsheetml/2006/main", f"{kinds}/officeDocument/2006/relationships"
    rels = f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r1" Type="{office}/'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{kinds}/package/2006/content-types"/>')
        book.writestr("_rels/.rels", rels + 'officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        book.writestr("xl/_rels/workbook.xml.rels", rels + 'worksheet" Target="worksheets/s.xml"/></Relationships>')
        book.writestr("xl/worksheets/s.xml", sheet)
    return path


def test_excel_keeps_its_row_numbers_and_shows_numbers_as_the_sheet_does(tmp_path: Path) -> None:
    sales = read_sales(workbook(tmp_path / "s.xlsx", SHEET), Reading())
    assert rows(sales, "row", "customer_id", "amount") == [(3, "17850", 30)]


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        read_sales(workbook(tmp_path / "s.xlsx", SHEET + " " * (8 << 20)), Reading())
    assert refused.value.code == "bomb"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        (bytes(range(256)) * 9, "not_a_table"),
        (b"PK\3\4no", "not_a_table"),
        (b"hello", "missing_column"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, raw: bytes, code: str) -> None:
    with pytest.raises(BadFile) as refused:
        read(tmp_path, raw)
    assert (refused.value.code, refused.value.exit_code) == (code, 1)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"nowhere.csv"):
        read_sales(tmp_path / "nowhere.csv", Reading())


def test_a_missing_column_is_named_with_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        read(tmp_path, "customer_id,date,colour\n1,2024-05-06,red\n")
    assert str(refused.value) == (
        "“sales.csv” has no column for amount; it has “customer_id”, “date”, “colour”. Name it by --map column=amount."
    )


def test_columns_are_named_by_the_reader(tmp_path: Path) -> None:
    text = "wer,date,name,amount\n1,2024-05-06,Tea,2\n"
    with pytest.raises(Question, match="customer's name or the product's"):
        read(tmp_path, text, mapping={"wer": "customer_id"})
    sales = read(tmp_path, text, mapping={"wer": "customer_id", "name": "product_name"})
    assert rows(sales, "customer_id", "product_name") == [("1", "Tea")]
    for mapping in ({"who": "customer_id"}, {"wer": "boss"}):
        with pytest.raises(Question) as asked:
            read(tmp_path, text, mapping=mapping)
        assert asked.value.exit_code == 2


def test_an_unknown_preset_is_a_question(tmp_path: Path) -> None:
    with pytest.raises(Question, match="generic"):
        read(tmp_path, "customer_id,date,amount\n", preset="nope")
    with pytest.raises(BadFile, match="cdnow_text"):
        read(tmp_path, "customer_id,date,amount\n", preset="cdnow_text")


def test_the_currency_is_the_files_own(tmp_path: Path) -> None:
    text = "customer_id,date,amount,currency\n1,2024-05-06,2,eur\n2,2024-05-06,3,{}\n"
    assert read(tmp_path, text.format("EUR")).currency == "EUR"
    assert read(tmp_path, "customer_id,date,amount\n1,2024-05-06,2\n", currency="IRR").lines["amount"][0].as_py() == 2
    with pytest.raises(BadFile, match="several currencies"):
        read(tmp_path, text.format("USD"))
    with pytest.raises(BadFile, match="not in USD"):
        read(tmp_path, text.format("EUR"), currency="USD")
    with pytest.raises(Refusal, match="no currency"):
        read(tmp_path, text.format("EUR"), currency="ZZZ")


ANONYMOUS = "customer_id,date,amount,sku,store\n" + "".join(
    f"{person},2024-05-0{day},{price},tea,{store}\n"
    for person, day, price, store in [("", 1, 2, "N"), ("", 1, 2, "S"), ("", 1, 2, "N"), (7, 1, 2, "N"), (7, 2, 2, "N")]
)


def test_ids_made_from_the_content_stay_when_the_rows_are_shuffled(tmp_path: Path) -> None:
    def named(text: str) -> set[tuple[object, ...]]:
        return set(rows(read(tmp_path, text), "purchase_id", "customer_id", "day", "amount", "store"))

    header, *body = ANONYMOUS.splitlines(keepends=True)
    expected = named(ANONYMOUS)
    assert len({key for key, *_ in expected}) == 5
    assert all(str(key).startswith("row-") for key, *_ in expected)
    for seed in range(5):
        random.Random(seed).shuffle(body)
        assert named(header + "".join(body)) == expected


def test_a_purchase_is_all_its_lines_in_order_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "customer_id,at,amount,order_id,sku,kind,returns,store\n"
        "1,2024-05-06 10:00,5,B,tea,sale,,\n"
        "1,2024-05-06 09:00,3,A,tea,,,N\n"
        ",2024-05-06 09:00,-1,A,voucher,,,\n"
        "1,2024-05-07 09:00,-4,C,tea,return,B,\n"
        "2,2024-05-07 09:30,-6,D,tea,,,\n"
        "2,2024-05-08,,E,,signup,,\n"
        "3,2024-05-09,0,F,,,,\n"
    )
    sales = read(tmp_path, text)
    assert sales.faults == []
    made = list(purchases(sales.lines, source="s", zone=ZoneInfo("Asia/Tehran")))
    assert [(p.purchase_id, p.kind, p.customer_id, p.amount, p.returns, p.store) for p in made] == [
        ("A", "sale", "1", 200, None, "N"),
        ("B", "sale", "1", 500, None, ""),
        ("C", "return", "1", 400, "B", ""),
        ("D", "return", "2", 600, None, ""),
        ("F", "sale", "3", 0, None, ""),
    ]
    assert [line.amount for line in made[0].lines] == [300, -100]
    assert made[0].at == datetime(2024, 5, 6, 9, tzinfo=UTC)
    monkeypatch.setattr(rollup, "_TOGETHER", 2)  # lines are made for so many purchases at once
    assert list(purchases(sales.lines, source="s", zone=ZoneInfo("Asia/Tehran"))) == made
    found = receipts(sales.lines, "gregorian")
    assert found["amount"].to_pylist() == [200, 500, -400, -600, 0]
    assert found["sale"].to_pylist() == [1, 1, 0, 0, 1]
    assert set(found["month"].to_pylist()) == {2024 * 12 + 4}
    assert sales.lines["kind"].to_pylist().count("signup") == 1


def test_rows_after_the_day_looked_from_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id,date,amount\n1,2024-05-06,2\n1,2024-05-07,3\n1,2024-05-08,x\n")
    sales = read_sales(path, Reading(), as_of=day_number(date(2024, 5, 6)))
    assert (rows(sales, "amount"), sales.faults, sales.rows) == ([(200,)], [], 3)


def test_a_header_alone_is_a_file_without_sales(tmp_path: Path) -> None:
    sales = read(tmp_path, "customer_id,date,amount\n")
    assert (sales.lines.num_rows, sales.rows) == (0, 0)
    assert receipts(sales.lines, "gregorian").schema == RECEIPTS
    assert bought(sales) == []
    assert list(people(sales.lines)) == []


def test_people_are_told_by_their_newest_rows(tmp_path: Path) -> None:
    text = (
        "customer_id,date,amount,customer_name,phone,birthday\n"
        "1,2024-05-07,1,Ada,,1990-01-02\n1,2024-05-06,1,Eve,0912,\n2,2024-05-06,1,,,\n,2024-05-06,1,Nobody,,\n"
    )
    told = list(people(read(tmp_path, text).lines))
    assert told == [Person(customer_id="1", name="Ada", phone="0912", birthday=date(1990, 1, 2))]


def test_a_file_of_customers(tmp_path: Path) -> None:
    text = "Name,Mobile,Birth Date,card\nAda,0912 345,1990-01-02,\nBob,,,77 1\nEve,,,\nJim,1,2099-13-01,\n"
    told, faults, count = read_customers(written(tmp_path, text), Reading())
    assert told == [
        (2, Person(name="Ada", phone="0912 345", birthday=date(1990, 1, 2))),
        (3, Person(name="Bob", card="77 1")),
    ]
    assert [(f.row, f.code) for f in faults] == [(4, "nobody"), (5, "bad_date")]
    assert count == 4
