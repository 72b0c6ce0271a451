"""Vouchers at every door: issued in the office and on the command line, claimed at the till and over the API."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cast import Api, balance, new_key, problem, sign_in
from vafa.core import clock
from vafa.faces import cli
from vafa.loop import voucher
from vafa.reward.models import Voucher, VoucherBatch
from vafa.reward.voucher_codes import fold, grouped
from vafa.reward.vouchers import Order
from vafa.shop import queries as shop
from vafa.shop.access import SYSTEM

HTMX = {"HX-Request": "true"}
FORM = {"name": "Spring flyer", "quantity": "3", "units": "25", "unit": "point", "until": "2026-12-31"}


def vafa(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], prog_name="vafa")


def see(answer) -> str:
    assert answer.status_code == 200, answer.content
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


@pytest.fixture
def codes(club) -> list[str]:
    made: list[str] = []
    order = Order("flyer", "point", 25, 3, shop.today() + 5)
    voucher.issue(order, deliver=made.extend, actor=SYSTEM, now=clock.now())
    return made


# The API ------------------------------------------------------------------------------------


def test_a_program_claims_a_voucher_once(codes, api):
    body = {"customer_id": "C1", "code": grouped(codes[0]).lower()}
    told = api.post("vouchers/claim", body, key="k1")
    assert told.status_code == 201
    wanted = {"customer_id": "C1", "name": "flyer", "unit": "point", "units": 25, "fresh": True}
    assert told.json() == wanted | {"balances": {"point": 50}}
    assert api.post("vouchers/claim", body, key="k1").json() == told.json()
    assert api.post("vouchers/claim", body, key="k2").json() == told.json() | {"fresh": False}
    problem(api.post("vouchers/claim", body | {"customer_id": "C2"}, key="k3"), 409, "voucher_claimed")
    assert (balance("Ada"), balance("Ben")) == (50, 25)


def test_what_is_wrong_with_a_code_is_told(codes, api):
    wrong = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")
    assert problem(api.post("vouchers/claim", {"customer_id": "C1", "code": wrong}, key="k1"), 422, "mistyped_voucher")[
        "hint"
    ]
    problem(api.post("vouchers/claim", {"customer_id": "C1", "code": "0" * 16}, key="k2"), 404, "no_voucher")
    problem(api.post("vouchers/claim", {"customer_id": "C99", "code": codes[0]}, key="k3"), 404, "no_customer")
    problem(api.post("vouchers/claim", {"customer_id": "C1", "code": codes[0]}), 400, "no_idempotency_key")
    machine = Api(new_key("purchases:write"))
    problem(machine.post("vouchers/claim", {"customer_id": "C1", "code": codes[0]}, key="k4"), 403, "forbidden")
    assert balance("Ada") == 25


def test_a_dry_run_claims_nothing(codes, api):
    told = api.post("vouchers/claim?dry_run=true", {"customer_id": "C1", "code": codes[0]}, key="k1")
    assert (told.json()["balances"], balance("Ada")) == ({"point": 50}, 25)


# The till -----------------------------------------------------------------------------------


def test_a_cashier_types_the_code(codes, as_reza):
    assert "Code of a voucher" in as_reza.get("/till/customer/C1", headers=HTMX).content.decode()
    typed = {"customer": "C1", "q": "ada", "code": grouped(codes[0]).translate(str.maketrans("01", "۰۱"))}
    assert "The voucher gave 25 points." in see(as_reza.post("/till/voucher", typed, headers=HTMX))
    assert "has claimed this voucher before: 25 points" in see(as_reza.post("/till/voucher", typed, headers=HTMX))
    page = see(as_reza.post("/till/voucher", typed | {"customer": "C2"}, headers=HTMX))
    assert "claimed by somebody else already" in page
    assert "Ben Cole" in page
    assert (balance("Ada"), balance("Ben")) == (50, 25)


def test_a_mistyped_code_is_told_where_it_was_typed(codes, as_reza):
    page = see(as_reza.post("/till/voucher", {"customer": "C1", "code": "4F7K"}, headers=HTMX))
    assert "at least one of these is wrong. Look at it again, sign by sign." in page
    assert "Ada Birch" in page


def test_where_there_are_none_nobody_is_asked_for_a_code(club, as_reza):
    assert "Code of a voucher" not in as_reza.get("/till/customer/C1", headers=HTMX).content.decode()


# The office ---------------------------------------------------------------------------------


def test_an_owner_issues_and_gets_the_file_once(club, as_sara, as_reza):
    assert "No voucher can be claimed now." in see(as_sara.get("/reward/vouchers"))
    answer = as_sara.post("/reward/vouchers/issue", FORM)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="spring-flyer.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    head, *lines = answer.content.decode("utf-8-sig").split()
    assert (head, len({fold(line) for line in lines} - {None})) == ("code", 3)
    as_reza.post("/till/voucher", {"customer": "C1", "code": lines[0]}, headers=HTMX)
    page = see(as_sara.get("/reward/vouchers"))
    assert "2 vouchers can still be claimed." in page
    assert "Spring flyer 25 points 3 $1.65 1 2" in page
    assert lines[1] not in page


def test_what_is_wrong_with_the_form_is_told_and_nothing_is_issued(club, team, as_sara, as_reza):
    for wrong in ({"quantity": "many"}, {"until": ""}, {"until": "2026-11-01"}, {"unit": "cup"}, {"name": " "}):
        assert as_sara.post("/reward/vouchers/issue", FORM | wrong).status_code == 422
    assert as_reza.post("/reward/vouchers/issue", FORM).status_code == 403
    nina = sign_in(team.nina)
    assert "Issue vouchers" not in see(nina.get("/reward/vouchers"))
    assert not VoucherBatch.objects.exists()


# The command line ---------------------------------------------------------------------------


def test_vouchers_by_command(club, tmp_path):
    out = tmp_path / "codes.csv"
    options = ["--name", "parcel", "--unit", "point", "--units", "10", "--quantity", "200", "--until", "2026-12-31"]
    done = vafa("voucher", "issue", *options, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert "200 vouchers are in" in done.stderr
    assert "They cost at most $44.00." in done.stderr
    lines = out.read_text("utf-8-sig").split()
    assert (lines[0], len({fold(line) for line in lines[1:]})) == ("code", 200)
    listed = json.loads(vafa("voucher", "list", "--json").stdout)["vouchers"]
    wanted = {"name": "parcel", "unit": "point", "units": 10, "quantity": 200, "claimed": 0, "until": "2026-12-31"}
    assert listed == [wanted]
    assert "parcel" in vafa("voucher", "list").stdout


def test_a_file_that_is_there_is_never_written_over(club, tmp_path):
    out = tmp_path / "codes.csv"
    out.write_text("the only copy")
    options = ["--name", "parcel", "--unit", "point", "--units", "10", "--quantity", "2", "--until", "2026-12-31"]
    assert vafa("voucher", "issue", *options, "--out", out).exit_code == 1
    assert vafa("voucher", "issue", *options, "--out", tmp_path / "nowhere" / "codes.csv").exit_code == 1
    assert (out.read_text(), Voucher.objects.count()) == ("the only copy", 0)
