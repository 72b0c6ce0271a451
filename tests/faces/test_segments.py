"""Segments at every door: the office's editor, the API, the command line."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

import cast
from cast import NOW, TODAY, Api, customer, new_key, problem, row_counts, sell, sign_in
from vafa.core import clock
from vafa.faces import cli
from vafa.loop import segments
from vafa.loop.daily import every_morning, figures_as_of
from vafa.segment import queries
from vafa.shop.access import SYSTEM

HTMX = {"HX-Request": "true"}
ROWS = {"r0-was": "purchases", "r0-column": "purchases", "r0-op": ">=", "r0-value": "4"}


@pytest.fixture
def counted(club):
    cast.walk_the_ladder()
    figures_as_of(TODAY - 1, now=NOW)
    return club


def see(answer, status=200) -> str:
    assert answer.status_code == status, answer.content
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def rows_in(answer) -> list[tuple[str, str, list[str]]]:
    """The editor's rows: join, column, values that are chosen or filled in."""
    page, found = answer.content.decode(), []
    for n in range(60):
        chosen = re.search(rf'id="r{n}-column".*?<option value="(\w+)" selected>', page, re.S)
        if chosen is None:
            return found
        join = re.search(rf'id="r{n}-join".*?<option value="(\w+)" selected>', page, re.S)
        values = re.findall(rf'name="r{n}-value" (?:type="\w+" value="([^"]*)"|value="([^"]*)" checked)', page)
        found.append((join[1] if join else "and", chosen[1], ["".join(value) for value in values]))
    return found


# The office ---------------------------------------------------------------------------------


def test_a_segment_is_written_in_rows_counted_and_saved(counted, as_sara):
    page = as_sara.get("/segment/new")
    assert rows_in(page) == [("and", "purchases", ["2"]), ("and", "late", [])]
    tried = as_sara.post("/segment/asked", ROWS, headers=HTMX)
    assert "3 customers belong here now: 60 % of all, worth $600 a year." in see(tried)
    added = as_sara.post("/segment/asked", ROWS | {"turn": "not"}, headers=HTMX)
    assert rows_in(added) == [("and", "purchases", ["4"]), ("not", "purchases", ["2"])]
    form = ROWS | {"name": "Often", "r1-join": "not", "r1-was": "purchases", "r1-column": "rung"}
    changed = as_sara.post("/segment/asked", form, headers=HTMX)
    assert rows_in(changed)[1] == ("not", "rung", ["buyer"])
    assert queries.segments() == []
    form |= {"r1-was": "rung", "r1-value": ["buyer", "adherent"]}
    saved = as_sara.post("/segment/save", form)
    assert (saved.status_code, saved.headers["Location"]) == (302, "/segment/of/often")
    [made] = queries.segments()
    assert made.definition == "purchases >= 4 AND NOT rung IN ('buyer', 'adherent')"
    page = as_sara.get("/segment/of/often")
    told = see(page)
    assert "The last 3 who entered, and why" in told
    assert "20 Nov" in told
    assert "Emil Fox purchases: 6; the rung of the ladder: Regular" in told
    assert "Nobody left in the last 30 days" in told
    assert rows_in(page) == [("and", "purchases", ["4"]), ("not", "rung", ["buyer", "adherent"])]


def test_each_part_tells_how_many_it_takes_out(counted, as_sara):
    form = ROWS | {"r1-join": "not", "r1-was": "rung", "r1-column": "rung", "r1-op": "in", "r1-value": ["regular"]}
    told = see(as_sara.post("/segment/asked", form, headers=HTMX))
    assert "purchases at least 4 (2 taken out) 3" in told
    assert "but not: the rung of the ladder is Regular (3 taken out) 0" in told


def test_rows_become_text_and_text_rows(counted, as_sara):
    text = as_sara.post("/segment/asked", ROWS | {"turn": "text", "name": "Often"}, headers=HTMX)
    assert "purchases &gt;= 4</textarea>" in text.content.decode()
    assert 'value="Often"' in text.content.decode()
    rows = as_sara.post("/segment/asked", {"text": "purchases >= 4 OR late", "turn": "rows"}, headers=HTMX)
    assert rows_in(rows) == [("and", "purchases", ["4"]), ("or", "late", [])]
    deep = as_sara.post("/segment/asked", {"text": "late OR (purchases > 1 AND late)", "turn": "rows"}, headers=HTMX)
    assert "It is nested more deeply than rows can show." in see(deep)
    assert "</textarea>" in deep.content.decode()


def test_a_row_goes_and_the_first_joins_nothing(counted, as_sara):
    form = ROWS | {"r1-join": "or", "r1-was": "late", "r1-column": "late", "drop": "0"}
    assert rows_in(as_sara.post("/segment/asked", form, headers=HTMX)) == [("and", "late", [])]
    alone = as_sara.post("/segment/asked", ROWS | {"drop": "0"}, headers=HTMX)
    assert "Nothing is asked for yet." in see(alone)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"r0-value": "many"}, "“purchases” can't be compared with 'many'."),
        ({"r0-value": "1 OR late"}, "“purchases” can't be compared with '1 OR late'."),
        ({"r0-value": ""}, "“purchases” can't be compared with ''."),
        ({"name": " "}, "A segment needs a name."),
        ({"r0-op": "between"}, None),
        ({"r0-op": "DROP TABLE"}, None),
        ({"r0-column": "nothing"}, "Nothing is asked for yet."),
        ({"r0-was": "rung", "r0-column": "rung", "r0-value": "king"}, "“rung” can't be compared with 'king'."),
    ],
)
def test_what_makes_no_sense_is_said_beside_what_was_filled_in(counted, as_sara, more, says):
    answer = as_sara.post("/segment/save", ROWS | {"name": "Mine"} | more)
    if says is None:
        assert answer.status_code == 302
        return
    assert says in see(answer, 422)
    assert queries.segments() == []


def test_without_a_script_the_editor_is_a_page(counted, as_sara):
    page = as_sara.post("/segment/asked", ROWS | {"turn": "and"})
    assert "<html" in page.content.decode()
    assert "<html" not in as_sara.post("/segment/asked", ROWS, headers=HTMX).content.decode()


def test_the_people_of_a_segment_the_most_valuable_first(counted, as_sara):
    cast.loop_join.join(cast.Person("C9", "=Gil"), actor=SYSTEM, now=NOW)
    segments.define("Some", "purchases >= 5 OR NOT purchases >= 1", actor=SYSTEM, now=NOW)
    page = see(as_sara.get("/segment/of/some/people"))
    assert "3 customers in “Some”" in page
    assert re.search(r"Emil.*Dora.*=Gil", page)
    told = b"".join(as_sara.get("/segment/of/some/people.csv").streaming_content).decode()
    assert told.replace("\r", "") == (
        "\ufeffcustomer_id,customer_name,entered\nC4,Dora Elm,2026-11-20\nC5,Emil Fox,2026-11-20\nC9,'=Gil,2026-11-20\n"
    )


def test_who_left_and_how_it_grew(counted, as_sara):
    segments.define("Once", "purchases = 1", actor=SYSTEM, now=NOW)
    later = NOW + timedelta(days=40)
    with clock.frozen(later):
        sell("Ada", "40.00", "2026-12-28", "ada-2")
        every_morning(later)
        told = see(sign_in_anew(as_sara).get("/segment/of/once"))
    assert "1 customer left in the last 30 days" in told
    assert "It shrank from 1 to 0" in told
    assert "0 customers belong here now" in told


def sign_in_anew(browser):
    """Sessions end while the shop is closed."""
    from vafa.shop.models import Staff

    return sign_in(Staff.objects.get(pk=browser.session["_auth_user_id"]))


def test_a_copy_a_count_and_an_end(counted, as_sara):
    segments.define("Often", "purchases >= 5", actor=SYSTEM, now=NOW)
    made = as_sara.post("/segment/of/often/copy")
    assert made.headers["Location"] == "/segment/of/often-20-november-2026"
    copied = see(as_sara.get(made.headers["Location"]))
    assert "This copy keeps the people who were in the segment when it was made." in copied
    assert "Save the segment" not in copied
    sell("Ben", "40.00", "2026-11-20", "ben-3")
    assert as_sara.post("/segment/of/often/refresh").status_code == 302
    assert as_sara.post("/segment/of/often/remove").headers["Location"] == "/segment"
    assert [one.code for one in queries.segments()] == ["often-20-november-2026"]
    assert "There is no segment “often”." in see(as_sara.get("/segment/of/often"), 404)


def test_the_card_and_the_search_know_segments(counted, as_sara):
    segments.define("Often here", "purchases >= 5", actor=SYSTEM, now=NOW)
    card = see(as_sara.get(f"/know/customer/{customer('Emil').code}"))
    assert "Often here since 20 November 2026" in card
    assert "Often here" not in see(as_sara.get("/know/customer/C1"))
    assert "/segment/of/often-here" in as_sara.get("/find?q=OFTEN").content.decode()


# The API ------------------------------------------------------------------------------------


def put(machine, path, body):
    return machine.client.put(f"/api/v1/{path}", body, content_type="application/json", headers=machine.headers)


LATE = {"name": "Often", "definition": "purchases >= 4"}


def test_a_program_makes_a_segment_and_reads_its_people(counted):
    machine = Api(new_key("segments:read", "segments:write"))
    tried = machine.post("segments/count", {"definition": "purchases >= 4 AND NOT revenue > 200"})
    assert tried.json() == {
        "says": "purchases at least 4, but not: sales in all above $200",
        "people": 2,
        "of": 5,
        "year_revenue": "360.00",
        "steps": [
            {"says": "purchases at least 4", "people": 3},
            {"says": "not: sales in all above $200", "people": 2},
        ],
    }
    made = machine.post("segments", LATE, key="k1")
    assert made.status_code == 201
    told = made.json()
    assert (told["segment"], told["people"], told["live"], told["fault"]) == ("often", 3, True, "")
    assert machine.post("segments", LATE, key="k1").json() == told
    assert len(queries.segments()) == 1
    first = machine.get("segments/often/members?limit=2").json()
    assert [one["customer_id"] for one in first["members"]] == ["C3", "C4"]
    rest = machine.get(f"segments/often/members?limit=2&after={first['next']}").json()
    assert rest == {"members": [{"customer_id": "C5", "entered": "2026-11-20"}], "next": None}
    changed = put(machine, "segments/often", LATE | {"definition": "purchases >= 6"})
    assert (changed.status_code, changed.json()["people"]) == (200, 1)
    copied = machine.post("segments/often/copy", {"name": "Kept"}, key="k2")
    assert (copied.status_code, copied.json()["live"]) == (201, False)
    assert machine.post("segments/often/refresh").json()["people"] == 1
    assert [one["segment"] for one in machine.get("segments").json()] == ["kept", "often"]
    assert machine.client.delete("/api/v1/segments/often", headers=machine.headers).status_code == 204
    problem(machine.get("segments/often"), 404, "no_segment")
    kinds = {one["column"]: one["kind"] for one in machine.get("segments/columns").json()}
    assert (kinds["purchases"], kinds["late"], kinds["clv"]) == ("number", "flag", "money")


def test_a_program_is_told_what_is_wrong_and_nothing_is_kept(counted):
    machine = Api(new_key("segments:read", "segments:write"))
    segments.define("Often", "purchases >= 4", actor=SYSTEM, now=NOW)
    before = row_counts()
    problem(machine.post("segments", LATE | {"definition": "purchase > 1"}, key="k"), 422, "bad_definition")
    problem(machine.post("segments", LATE), 400, "no_idempotency_key")
    problem(machine.post("segments/count", {"definition": ""}), 422, "bad_definition")
    problem(put(machine, "segments/nothing", LATE), 404, "no_segment")
    problem(put(machine, "segments/often", LATE | {"definition": "segment = 'often'"}), 422, "circle")
    problem(machine.get("segments/often/members?after=x"), 422, "bad_cursor")
    problem(machine.get("segments/often/members?limit=0"), 422, "bad_body")
    assert machine.post("segments?dry_run=true", LATE | {"name": "Dry"}, key="k").status_code == 201
    assert row_counts() == before


# The command line ---------------------------------------------------------------------------


def vafa(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["segment", *arguments], prog_name="vafa")


def test_segments_on_the_command_line(counted):
    assert vafa("count", "purchases >= 4 AND revenue > 200").stdout == (
        "3\tpurchases at least 4\n1\tsales in all above $200\n"
    )
    assert json.loads(vafa("count", "purchases >= 4", "--json").stdout)["people"] == 3
    assert vafa("save", "Often", "purchases >= 4").stderr == "often: 3 customers.\n"
    assert vafa("save", "Often", "purchases >= 5", "--code", "often").stderr == "often: 2 customers.\n"
    assert vafa("members", "often").stdout == "customer_id,entered\nC4,2026-11-20\nC5,2026-11-20\n"
    assert vafa("refresh").stdout == "often\t2\t0 entered, 0 left\n"
    assert vafa("copy", "often", "Kept").stderr == "kept: 2 customers.\n"
    assert vafa("list").stdout == "kept\t2\tKept\noften\t2\tOften\n"
    assert json.loads(vafa("list", "--json").stdout)["segments"][1]["definition"] == "purchases >= 5"
    assert "purchases\tnumber\tpurchases\n" in vafa("columns").stdout
    assert vafa("remove", "often").exit_code == 0
    refused = vafa("count", "purchase >= 4")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Do you mean purchases?" in refused.stderr
