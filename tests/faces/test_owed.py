"""What the shop owes, as people and machines meet it: the page, its table as CSV, the command."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from typer.testing import CliRunner

import cast
from cast import customer, give_back, member, sell
from vafa.core import clock
from vafa.faces.cli import app
from vafa.ledger.models import Entry
from vafa.loop import redeem
from vafa.loop.daily import every_morning
from vafa.measure import liability_table, owing
from vafa.shop import actions as shop_actions


@pytest.fixture(autouse=True)
def nothing_kept():
    owing._histories.cache_clear()


@pytest.fixture
def traded(club):
    sell("Ada", "300.00", "2026-03-10", "a1")
    sell("Ben", "100.00", "2026-04-02", "b1")
    give_back("Ben", "40.00", "2026-04-20", "b2", "b1")
    redeem.redeem(customer("Ada").pk, "five_off", actor=cast.SYSTEM, now=clock.now())
    return club


def text_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_page_says_what_is_owed_and_why(traded, as_sara):
    page = text_of(as_sara.get("/measure/owed"))
    assert "You owe members $5.17 today: 235 points, 3 stamps." in page
    assert "We can't tell yet how much will be used: 0 members used any, it takes 30." in page
    assert "At most all are used: 235 points." in page
    assert "Apr 2026 425 +100 – −40 485" in page
    assert "together 0 +525 −250 −40 235" in page
    assert "agrees with the lots to the unit" in page
    assert "does not reconcile" not in page


def test_with_history_the_page_draws_the_forecast(club, as_sara):
    cast.regulars(44)
    page = as_sara.get("/measure/owed")
    assert "will be used" in text_of(page)
    assert 'data-chart="fate"' in page.content.decode()
    assert "By the end of used range expired range 30 November 2026" in text_of(page)


def test_a_shop_that_owes_nothing_says_so(shop, as_sara):
    assert "You owe members nothing today." in text_of(as_sara.get("/measure/owed"))


def test_a_planted_fault_stands_above_the_figures(traded, as_sara):
    entry = Entry.objects.get(account__owner=member("Ben"), kind="earn", amount=100)
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=90)
    page = text_of(as_sara.get("/measure/owed"))
    assert "The ledger does not reconcile" in page
    assert "The entries of points add up to 225, the lots hold 235; lots that differ: 1." in page
    assert "agrees with the lots" not in page


def test_the_assumption_stands_beside_what_is_expected(traded, as_sara):
    shop_actions.change_settings(actor=cast.SYSTEM, now=clock.now(), breakage_percent=20)
    page = text_of(as_sara.get("/measure/owed"))
    assert "20 % assumed in the settings" in page
    assert "100 % − 20 % = 80.0 %" in page


def test_an_assumption_over_all_is_refused(shop):
    from vafa.core.errors import Refusal

    with pytest.raises(Refusal) as refused:
        shop_actions.change_settings(actor=cast.SYSTEM, now=clock.now(), breakage_percent=101)
    assert refused.value.code == "bad_breakage"


def test_the_table_comes_as_csv_and_is_noted(traded, as_sara):
    answer = as_sara.get("/measure/owed.csv?span=all")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == liability_table.HEAD
    april = next(row for row in rows if row["from"] == "2026-04-01" and row["unit"] == "point")
    assert {k: v for k, v in april.items() if v != "0"} == {
        "from": "2026-04-01",
        "until": "2026-04-30",
        "unit": "point",
        "opening": "425",
        "earned": "100",
        "returned": "-40",
        "closing": "485",
    }
    assert cast.row_counts()["shop_audit"] > 0


def test_the_overview_and_the_measure_page_lead_there(traded, as_sara):
    every_morning(clock.now())
    assert 'href="/measure/owed"' in as_sara.get("/measure").content.decode()
    assert 'href="/measure/owed"' in as_sara.get("/figure/owed").content.decode()


# The command --------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["liability", *arguments])


def test_the_command_gives_one_document(traded):
    ran = run("--from", "2026-04-01", "--until", "2026-04-30", "--json")
    found = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert (found["from"], found["until"], found["reconciled"], found["owed"]) == (
        "2026-04-01",
        "2026-04-30",
        True,
        "5.17",
    )
    point = next(row for row in found["total"] if row["unit"] == "point")
    assert (point["opening"], point["earned"], point["returned"], point["closing"]) == (425, 100, -40, 485)
    assert found["forecast"]["point"]["told"] is False
    assert [row["month"] for row in found["ifrs15"]] == ["2026-04"]


def test_the_command_speaks(traded):
    ran = run()
    assert ran.stdout.startswith("You owe members $5.17 today: 235 points, 3 stamps.")
    assert re.search(r"Nov 2026 +485 +– +−250 +– +235", ran.stdout)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--from", "31/02/2026"], "--from “31/02/2026” is not a day"), (["--from", "2027-01-01"], "--from is after")],
)
def test_a_day_that_is_none_is_refused(traded, arguments, says):
    ran = run(*arguments)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert says in ran.stderr


def test_the_command_fails_where_the_ledger_does_not_reconcile(traded):
    entry = Entry.objects.get(account__owner=member("Ben"), kind="earn", amount=100)
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=90)
    ran = run("--json")
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["differences"] == [
        {"code": "lots", "unit": "point", "entries": 225, "other": 235, "detail": "1"}
    ]
    assert "add up to 225" in ran.stderr
