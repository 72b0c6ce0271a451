"""Bad input at every door: one clear sentence, the right exit code, and nothing half-written."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cast
from vafa.faces import cli
from vafa.site import commands

commands.register(cli.app)

GOOD = "customer_id,at,amount,purchase_id\nC1,2026-10-01,10.00,g1\nC2,2026-10-02,20.00,g2\n"
HEAD = "customer_id,at,amount,purchase_id\n"
PROGRAMME = (cast.GALLERY / "points.toml").read_text("utf-8")


def vafa(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], prog_name="vafa")


def written(folder: Path, content: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(result: Result, code: int, says: str) -> None:
    """The exit code, and on standard error one sentence that says ``says``; no traceback."""
    assert result.exit_code == code, (result.exit_code, result.stderr, result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert re.search(says, result.stderr), result.stderr
    assert len(result.stderr) < 700


def half_a_parquet() -> bytes:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"customer_id": ["C1"] * 1000, "at": ["2026-10-01"] * 1000, "amount": [1.0] * 1000}), out)
    return out.getvalue()[: len(out.getvalue()) // 2]


def bomb() -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _part in range(150):
                sheet.write(b"0" * 2**20)
    return out.getvalue()


# what the file holds, its name, further options, exit code, what is said
FILES = {
    "no rows": ("", "sales.csv", (), 1, "“sales.csv” is empty"),
    "only blanks": ("\n\n \n", "sales.csv", (), 1, "empty|no column"),
    "no column for the date": ("customer_id,amount\nC1,5\n", "sales.csv", (), 1, "no column for at"),
    "no column for the amount": ("customer_id,at\nC1,2026-10-01\n", "sales.csv", (), 1, "no column for amount"),
    "no header": ("C1,2026-10-01,5.00\nC2,2026-10-02,6.00\n", "sales.csv", (), 1, "no column|header"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "sales.csv", (), 1, "“sales.csv”"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 8, "sales.csv", (), 1, "“sales.csv”"),
    "half an Excel file": (b"PK\x03\x04" + b"\x00" * 200, "sales.xlsx", (), 1, "“sales.xlsx” is not a table"),
    "half a Parquet file": (half_a_parquet(), "sales.parquet", (), 1, "“sales.parquet” is not a table"),
    "a quotation mark left open": (HEAD + 'C1,2026-10-01,5.00,"g1\n' + "C2,2026-10-02,6.00,g2\n" * 20, "sales.csv",
                                   (), 1, "row 2: a quotation mark"),
    "one column twice": ("customer_id,at,amount,amount\nC1,2026-10-01,5,6\n", "sales.csv", (), 1, "2 times"),
    "two currencies": ("customer_id,at,amount,currency\nC1,2026-10-01,5,USD\nC2,2026-10-01,5,EUR\n", "sales.csv", (), 1,
                       "several currencies"),
    "an unknown currency": (GOOD, "sales.csv", ("--currency", "XQQ"), 1, "no currency “XQQ”"),
    "another currency than the shop's": (GOOD, "sales.csv", ("--currency", "EUR"), 1, "shop's currency is USD"),
    "an unknown zone": (GOOD, "sales.csv", ("--time-zone", "Mars/Olympus"), 1, "no time zone “Mars/Olympus”"),
    "an unknown preset": (GOOD, "sales.csv", ("--preset", "nosuch"), 2, "no preset “nosuch”"),
    "a preset that does not fit": (GOOD, "sales.csv", ("--preset", "complete_journey"), 1, "preset complete_journey"),
    "a map from nowhere": (GOOD, "sales.csv", ("--map", "betrag=amount"), 2, "no column “betrag”"),
    "a map to nowhere": (GOOD, "sales.csv", ("--map", "amount=sum"), 2, "no field “sum”"),
    "a map that is none": (GOOD, "sales.csv", ("--map", "amount"), 2, "--map “amount” is not understood"),
    "a map to two fields": (GOOD, "sales.csv", ("--map", "at=at", "--map", "at=amount"), 2, "twice"),
    "an unknown order of dates": (GOOD, "sales.csv", ("--date-order", "myd"), 2, "myd"),
    "an unknown calendar": (GOOD, "sales.csv", ("--calendar", "mayan"), 2, "mayan|calendar"),
    "an unknown kind of file": (GOOD, "sales.csv", ("--as", "poems"), 2, "purchases, customers or statement"),
    "an option that is none": (GOOD, "sales.csv", ("--frobnicate",), 2, "frobnicate"),
    "days and months that may be either": (HEAD + "C1,03/04/2026,5,g1\nC2,05/06/2026,6,g2\n", "sales.csv", (), 2,
                                           "day/month or month/day"),
    "whose name": ("customer_id,at,amount,name\nC1,2026-10-01,5,Ada\n", "sales.csv", (), 2, "customer's name or the"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_fault_of_the_file_writes_nothing(club, tmp_path, case):
    content, name, options, code, says = FILES[case]
    path = written(tmp_path, content, name)
    before = cast.row_counts()
    told(vafa("import", path, *options), code, says)
    assert cast.row_counts() == before


def test_a_bomb_is_not_unpacked(club, tmp_path):
    before = cast.row_counts()
    told(vafa("import", written(tmp_path, bomb(), "sales.xlsx")), 1, "unpacks to")
    assert cast.row_counts() == before


def test_a_file_that_is_not_there_and_one_that_is_a_folder(club, tmp_path):
    told(vafa("import", tmp_path / "nosuch.csv"), 1, "nosuch.csv")
    told(vafa("import", tmp_path), 1, "can't be read")


@pytest.mark.skipif("os.geteuid() == 0", reason="root reads everything")
def test_a_file_that_may_not_be_read(club, tmp_path):
    path = written(tmp_path, GOOD)
    os.chmod(path, 0)
    told(vafa("import", path), 1, "can't be read")


# the faulty row of three, its column, the code, what is said
ROWS = {
    "no date": ("C3,,5.00,b", "at", "missing_date", "write it like 2026-11-23"),
    "a day that is none": ("C3,2026-02-30,5.00,b", "at", "bad_date", "“2026-02-30” is not a date"),
    "a word for a date": ("C3,yesterday,5.00,b", "at", "bad_date", "“yesterday” is not a date"),
    "no amount": ("C3,2026-10-01,,b", "amount", "missing_amount", "the amount is missing"),
    "a word for an amount": ("C3,2026-10-01,ten,b", "amount", "bad_amount", "“ten” is not an amount"),
    "not a number": ("C3,2026-10-01,NaN,b", "amount", "bad_amount", "“NaN” is not an amount"),
    "tenths of a cent": ("C3,2026-10-01,5.005,b", "amount", "too_many_decimals", "more decimals"),
    "more than there is": (f"C3,2026-10-01,{'9' * 25},b", "amount", "amount_too_large", "too large"),
    "a cell too many": ("C3,2026-10-01,5.00,b,extra,extra", "", "wrong_cells", "6 cells, the header has 4"),
    "a huge cell": (f"{'C' * 40_000},2026-10-01,5.00,b", "customer_id", "cell_too_long", "longer than 32 kB"),
    "a formula": ("C3,2026-10-01,=1+1,b", "amount", "bad_amount", "is not an amount"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_fault_of_a_row_is_told_with_row_and_column_and_the_others_are_kept(club, tmp_path, case):
    row, column, code, says = ROWS[case]
    path = written(tmp_path, GOOD + row + "\n")
    result = vafa("import", path, "--json")
    told(result, 3, says)
    document = json.loads(result.stdout)
    (error,) = document["errors"]
    assert (error["row"], error["column"], error["code"]) == (4, column, code)
    assert (document["new"], document["rejected"], document["rows"]) == (2, 1, 3)
    assert (cast.balance("Ada"), cast.balance("Ben"), cast.balance("Clara")) == (35, 45, 25)


@pytest.mark.parametrize("case", ROWS)
def test_strict_writes_nothing_then(club, tmp_path, case):
    path = written(tmp_path, GOOD + ROWS[case][0] + "\n")
    before = cast.row_counts()
    told(vafa("import", path, "--strict"), 3, ROWS[case][3])
    assert cast.row_counts() == before


MORE = {
    "a negative unit price": ("customer_id,at,amount,unit_price\nC1,2026-10-01,5,-5\n", "unit_price",
                              "negative_unit_price"),
    "an unknown kind": ("customer_id,at,amount,kind\nC1,2026-10-01,5,gift\n", "kind", "unknown_kind"),
    "a quantity that is none": ("customer_id,at,amount,quantity\nC1,2026-10-01,5,two\n", "quantity", "bad_quantity"),
    "one purchase of two customers": (HEAD + "C1,2026-10-01,5,x\nC2,2026-10-01,5,x\n", "customer_id", "two_customers"),
    "a sale that is a return too": ("customer_id,at,amount,purchase_id,kind\nC1,2026-10-01,5,x,sale\n"
                                    "C1,2026-10-01,5,x,return\n", "kind", "two_kinds"),
}  # fmt: skip


@pytest.mark.parametrize("case", MORE)
def test_a_fault_takes_its_whole_purchase_with_it(club, tmp_path, case):
    content, column, code = MORE[case]
    before = cast.row_counts() | {"know_importrun": 1}
    result = vafa("import", written(tmp_path, content), "--json")
    assert result.exit_code == 3, result.stderr
    errors = json.loads(result.stdout)["errors"]
    assert {(e["column"], e["code"]) for e in errors} == {(column, code)}
    after = cast.row_counts()
    assert {k: after[k] for k in before if k != "events_event"} == {k: before[k] for k in before if k != "events_event"}


def test_other_content_under_a_purchase_id_that_stands_is_told_by_row(club, tmp_path):
    assert vafa("import", written(tmp_path, GOOD)).exit_code == 0
    points = cast.totals()
    result = vafa("import", written(tmp_path, GOOD.replace("20.00", "21.00")), "--json")
    told(result, 3, "Row 3: purchase “g2” is recorded already with other content")
    assert [(e["row"], e["code"]) for e in json.loads(result.stdout)["errors"]] == [(3, "conflict")]
    assert cast.totals() == points


def test_the_same_file_again_changes_nothing(club, tmp_path):
    path = written(tmp_path, GOOD)
    first, again = (json.loads(vafa("import", path, "--json").stdout) for _time in range(2))
    assert (first["new"], first["unchanged"]) == (2, 0)
    assert (again["new"], again["unchanged"]) == (0, 2)
    assert cast.balance("Ada") == 35


@pytest.mark.parametrize("name", ["sales.xlsx", "sales.parquet", "sales", "sales.exe"])
def test_a_file_is_what_it_holds_whatever_it_is_called(club, tmp_path, name):
    assert vafa("import", written(tmp_path, GOOD, name)).exit_code == 0
    assert cast.balance("Ada") == 35


def test_a_dry_run_leaves_no_trace(club, tmp_path):
    before = cast.row_counts()
    result = vafa("import", written(tmp_path, GOOD), "--dry-run", "--json")
    assert (result.exit_code, json.loads(result.stdout)["new"]) == (0, 2)
    assert cast.row_counts() == before


def test_faulty_cards_are_refused_by_row(club, tmp_path):
    text = "customer_id,customer_name,phone,email,birthday\n"
    text += "C7,Gil,12,,\nC8,Hana,,no mail,\nC9,Ivo,,,1990-13-01\nC6,Jo,,,\n"
    result = vafa("import", written(tmp_path, text), "--as", "customers", "--json")
    assert result.exit_code == 3, result.stderr
    document = json.loads(result.stdout)
    assert sorted(e["row"] for e in document["errors"]) == [2, 3, 4]
    assert document["new"] == 1
    assert cast.know.customer("C6").name == "Jo"


# Other commands ---------------------------------------------------------------------------


def bad_programme(change: tuple[str, str]) -> str:
    assert change[0] in PROGRAMME
    return PROGRAMME.replace(*change, 1)


COMMANDS = {
    "a programme that is no TOML": (("programme", "check"), "[programme\n", 1, "line 1"),
    "a programme with an unknown key": (("programme", "check"), PROGRAMME + "\n[colour]\nx = 1\n", 1, "colour"),
    "a programme that is empty": (("programme", "check"), "", 1, "programme"),
    "a draft that is none": (("launch",), "x = 1\n", 1, "x"),
    "a programme for a day that is past": (("launch", "--from", "2026-01-02"), PROGRAMME, 1, "days that are past"),
    "a day that is none": (("launch", "--from", "soon"), PROGRAMME, 2, "--from is a day"),
    "a backup that is none": (("restore",), "no backup", 1, "no backup of a shop|PostgreSQL|not installed|archive"),
    "an analysis of nothing": (("analyse",), "", 1, "is empty"),
    "an analysis as of no day": (("analyse", "--as-of", "soon"), GOOD, 2, "soon"),
    "an analysis with a margin of 40": (("analyse", "--margin", "40"), GOOD, 2, "margin"),
    "an analysis in no language": (("analyse", "--lang", "tlh"), GOOD, 2, "tlh|lang"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_commands_that_can_not_be_done(club, tmp_path, case):
    command, content, code, says = COMMANDS[case]
    path = written(tmp_path, content, "file.toml" if "programme" in case or "launch" in command else "file.csv")
    if command == ("restore",) and cast.connection.vendor != "sqlite":
        pytest.skip("pg_restore says it in its own words")
    before = cast.row_counts()
    if command == ("restore",):
        from vafa.site import copies

        with pytest.raises(Exception, match=says):
            copies._refuse_other_files(path)  # the command closes the connection that this test holds
        return
    told(vafa(*command, path), code, says)
    assert cast.row_counts() == before


PEOPLE = {
    "a role that is none": (("staff", "add", "kim@example.com", "--role", "king"), 1, "role is one of"),
    "no address": (("staff", "add", "kim", "--role", "cashier"), 1, "“kim” is no e-mail"),
    "someone who is here already": (("staff", "add", "sara@example.com", "--role", "cashier"), 5, "already"),
    "someone who is not here": (("staff", "reset", "kim@example.com"), 4, "Nobody on the staff"),
    "a scope that is none": (("key", "create", "--scope", "everything"), 1, "no scope “everything”"),
    "a command that is none": (("frobnicate",), 2, "frobnicate"),
    "a file that is missing": (("import",), 2, "Missing argument"),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_words_that_mean_nothing(team, case):
    arguments, code, says = PEOPLE[case]
    before = cast.row_counts()
    told(vafa(*arguments), code, says)
    assert cast.row_counts() == before


def test_before_there_is_a_shop_every_command_names_the_first_one(db, present, home, tmp_path):
    for arguments in (("import", written(tmp_path, GOOD)), ("verify-ledger",), ("staff", "reset", "x@example.com")):
        told(vafa(*arguments), 1, "vafa init")


def test_a_ledger_with_findings_is_an_error(club):
    with cast.unguarded(), cast.connection.cursor() as cursor:
        cursor.execute('UPDATE ledger_lot SET "left" = 24')
    result = vafa("verify-ledger")
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 10)
    assert "10 findings." in result.stderr
