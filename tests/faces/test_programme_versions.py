"""The programme's versions through the doors: the office and the command line, texts out and in unchanged."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner, Result

import cast
from cast import TODAY, findings, sell
from vafa.core import clock
from vafa.faces import cli
from vafa.reward import actions, queries
from vafa.reward.models import ProgrammeVersion
from vafa.shop.access import SYSTEM
from vafa.shop.models import Audit
from vafa.site import commands

OLD = (cast.GALLERY / "points_and_stamps.toml").read_text("utf-8")
ODD = '# bought in Yerevan – «տուն»\r\n[programme]\r\nname = "Odd"\r\n' + OLD[OLD.index("[unit.point]") :].replace(
    "per = 1.00", "per =   0.50   # two a dollar"
)


commands.register(cli.app)


def vafa(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], prog_name="vafa")


def written(folder: Path, content: str, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


@pytest.fixture
def as_sara(club, as_sara):
    return as_sara


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    page = re.sub(r"<(script|style|textarea).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def draft(text: str = ODD) -> ProgrammeVersion:
    return actions.save_draft(text, actor=SYSTEM, now=clock.now())


def test_a_text_is_imported_and_exported_byte_for_byte(as_sara):
    file = SimpleUploadedFile("mine.toml", ODD.encode())
    assert as_sara.post("/reward/import", {"file": file}).status_code == 302
    answer = as_sara.get("/reward/versions/2.toml")
    assert answer.content == ODD.encode()
    assert answer["Content-Disposition"] == 'attachment; filename="programme-2.toml"'
    assert vafa("programme", "export", "--version", "2").stdout_bytes == ODD.encode()
    assert vafa("programme", "export").stdout_bytes == OLD.encode()
    assert vafa("programme", "export", "--version", "9").exit_code == 4


def test_a_file_that_is_no_programme_is_refused(as_sara):
    for file in (SimpleUploadedFile("a.toml", b"\xff\xfe"), SimpleUploadedFile("b.toml", b"x = 1"), None):
        answer = as_sara.post("/reward/import", {"file": file} if file else {})
        assert answer.status_code == 422, file
    assert queries.draft() is None


def test_the_draft_is_read_confirmed_and_launched_for_a_day(as_sara):
    draft()
    page = text_of(as_sara.get("/reward"))
    assert "What changes against the programme that runs" in page
    assert "until now: Members get 1 point for every $1 they spend, after discounts." in page
    read = text_of(as_sara.get("/reward/from"))
    assert "2 changes for 5 members , from a day on." in read
    assert "What was bought before keeps what it brought; brought back later, it gives back just that." in read
    assert as_sara.post("/reward/launch", {"from": "2026-12-01"}).status_code == 422  # not confirmed
    assert as_sara.post("/reward/launch", {"from": "soon", "read": "1"}).status_code == 422
    assert as_sara.post("/reward/launch", {"from": "2026-11-19", "read": "1"}).status_code == 422
    assert queries.planned() is None
    assert as_sara.post("/reward/launch", {"from": "2026-12-01", "read": "1"}).status_code == 302
    audit = Audit.objects.get(act="programme.launched", subject="programme:2")
    assert (audit.details, audit.actor.endswith("Sara")) == ({"from_day": "2026-12-01"}, True)
    page = text_of(as_sara.get("/reward"))
    assert "2 planned 1 December 2026" in page
    assert "1 running 1 January 2026" in page
    assert "begins on 1 December 2026 ." in text_of(as_sara.get("/reward?version=2"))
    assert as_sara.post("/reward/versions/2/withdraw").status_code == 302
    assert (queries.planned(), queries.draft().number) == (None, 2)


def test_what_cant_follow_says_so_and_can_not_be_launched(as_sara):
    draft(ODD.replace("[unit.point]", "[unit.point]\r\nmoney = true"))
    page = text_of(as_sara.get("/reward/from"))
    assert "Give the new unit another id." in page
    assert "Launch it" not in page


def test_the_back_test_stands_beside_the_programme_that_runs(as_sara):
    cast.walk_the_ladder()
    page = text_of(as_sara.post("/reward/back-test", {"text": ODD}))
    assert "Nobody would get less than today" in page
    assert "get more 5 get the same 0 get less 0" in page
    assert "Earn: 480 points instead of 240 points" in page
    assert "Most owed at once" in page
    same = text_of(as_sara.post("/reward/back-test", {"text": OLD}))
    assert "get more" not in same
    capped = ODD.replace("two a dollar", 'two a dollar\r\ncap = { per = "month", max = 50 }')
    words = text_of(as_sara.post("/reward/caps", {"text": capped, "redemption": "none"}))
    assert words == (
        "Earn: At most 50 points in a calendar month. "
        "Without it: 540 points more, for 5 members; it would cost $11.88 more."
    )


def test_the_command_line_launches_lists_and_takes_back(club, tmp_path):
    sell("Ada", "10.00", "2026-11-20 09:00", "a")
    path = written(tmp_path, ODD, "odd.toml")
    refused = vafa("launch", path)
    assert (refused.exit_code, queries.draft()) == (5, None)
    assert "Let the new version begin on the day after." in refused.stderr
    assert vafa("launch", path, "--from", "2026-11-21").exit_code == 0
    rows = json.loads(vafa("programme", "versions", "--json").stdout)
    assert [(row["number"], row["state"], row["from"]) for row in rows] == [
        (2, "planned", "2026-11-21"),
        (1, "running", "2026-01-01"),
    ]
    assert vafa("programme", "withdraw", "2").exit_code == 0
    assert vafa("programme", "withdraw", "2").exit_code == 5
    assert queries.running(TODAY + 9).number == 1
    assert findings() == []


def test_differences_in_words_on_the_command_line(tmp_path):
    before, after = written(tmp_path, OLD, "old.toml"), written(tmp_path, ODD, "odd.toml")
    said = vafa("programme", "diff", before, after).stdout.splitlines()
    assert said[0].startswith("Changes – Earn: Members get 1 point for every $0.50 they spend, after discounts.")
    assert "What members take along:" in said
    assert vafa("programme", "diff", before, before).stdout == "Nothing changes.\n"


def test_two_programmes_are_simulated_side_by_side(tmp_path):
    sales = written(tmp_path, "customer_id,at,amount\nC1,2026-10-01,100.00\nC2,2026-10-02,0.50\n")
    before, after = written(tmp_path, OLD, "old.toml"), written(tmp_path, ODD, "odd.toml")
    told = vafa("simulate", after, sales, "--currency", "USD", "--against", before, "--caps", "--json")
    document = json.loads(told.stdout)
    assert document["compared"]["gains"][0] == {
        "customer_id": "C1",
        "difference": 2.2,
        "why": "Earn: 200 points instead of 100 points",
    }
    assert (document["compared"]["more"], document["compared"]["less"], document["caps"]) == (2, 0, [])
    assert document["against"]["earned"]["point"] == 150
    plain = vafa("simulate", after, sales, "--currency", "USD", "--against", before).stdout
    assert "Nobody would get less than under Corner Market Club" in plain
