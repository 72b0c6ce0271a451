"""Known exports come into the shop by one command, and again without doubling anything."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from typer.testing import CliRunner

import cast
from vafa.faces import cli
from vafa.site import commands

commands.register(cli.app)

STATEMENT = """:20:START
:25:37040044/0532013000
:28C:1/1
:60F:C260901USD1000,00
:61:2609020902C49,90NTRFNONREF
:86:166?00GUTSCHRIFT?20SVWZ+Rechnung?31DE89370400440532013000?32Berg, Anna
:62F:C260904USD1049,90
"""
ANNA: Mapping[str, object] = {
    "Name": "#1001",
    "Email": "anna@example.com",
    "Financial Status": "partially_refunded",
    "Currency": "USD",
    "Subtotal": "45.00",
    "Created at": "2026-10-07 10:50:26 +0000",
    "Lineitem quantity": 2,
    "Lineitem name": "Green tea",
    "Lineitem price": "25.00",
    "Billing Name": "Anna Berg",
    "Refunded Amount": "20.00",
}


def brought(path: Path, *words: str) -> dict[str, object]:
    result = CliRunner().invoke(cli.app, ["import", str(path), "--json", *words], prog_name="vafa")
    assert result.exit_code == 0, result.stderr
    document: dict[str, object] = json.loads(result.stdout)
    return document


def export(folder: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path = folder / "orders_export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_shopify_orders_and_customers_meet_in_one_card(club, tmp_path):
    path = export(tmp_path, [ANNA])
    first, again = brought(path), brought(path)
    assert (first["preset"], first["purchases"], first["returns"], first["new"]) == ("shopify_orders", 1, 1, 2)
    assert (again["new"], again["unchanged"]) == (0, 2)
    anna = cast.know.customer("anna@example.com")
    assert [(p.kind, p.amount, p.returns_id is not None) for p in anna.purchase_set.order_by("id")] == [
        ("sale", 4500, False),
        ("return", 2000, True),
    ]
    people = {"First Name": "Anna", "Last Name": "Bergmann", "Email": "anna@example.com", "Total Spent": "25",
              "Total Orders": "1"}  # fmt: skip
    listed = brought(export(tmp_path, [people]))
    assert (listed["new"], listed["updated"]) == (0, 1)
    anna.refresh_from_db()
    assert anna.name == "Anna Bergmann"


def test_a_statement_makes_payers_known(club, tmp_path):
    path = tmp_path / "statement.sta"
    path.write_text(STATEMENT, encoding="utf-8")
    document = brought(path, "--as", "statement")
    assert (document["preset"], document["purchases"], document["new"]) == ("bank_statement", 1, 1)
    assert brought(path)["unchanged"] == 1


def test_sales_are_no_statement(club, tmp_path):
    result = CliRunner().invoke(cli.app, ["import", str(export(tmp_path, [ANNA])), "--as", "statement"])
    assert (result.exit_code, "no bank statement" in result.stderr) == (1, True)
