"""What is kept beside the entries: wrong, it is found; made anew, it is right, and the same twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from typer.testing import CliRunner

import cast
from cast import NOW, TODAY, customer, findings, give_back, member, sell
from vafa.core import clock
from vafa.faces.cli import app
from vafa.ledger.models import Entry
from vafa.loop import merge, redeem
from vafa.reward import actions as reward
from vafa.reward import queries, rebuilding
from vafa.reward.models import Position
from vafa.shop.access import SYSTEM


def run(*arguments):
    return CliRunner().invoke(app, ["rebuild-ledger", *arguments])


@pytest.fixture
def busy(club):
    """Two who bought, used and gave back, one of them with two cards; a tier; something that expired."""
    cast.walk_the_ladder()
    sell("Ada", "2600.00", "2026-03-01", "big")
    sell("Ben", "300.00", "2026-05-01", "b")
    redeem.redeem(customer("Ben").pk, "five_off", actor=SYSTEM, now=NOW - timedelta(days=20))
    give_back("Ben", "290.00", "2026-11-10", "b-back", "b")
    merge.merge("C3", "C2", actor=SYSTEM, now=NOW)
    reward.expire(TODAY, actor=SYSTEM, now=NOW)
    return club


PLANTED = {
    "a rest": 'UPDATE ledger_lot SET "left" = "left" - 1 WHERE "left" > 5',
    "a size": "UPDATE ledger_lot SET granted = granted + 1000 WHERE id % 2 = 0",
    "days": "UPDATE ledger_lot SET expires_day = expires_day + 1 WHERE expires_day IS NOT NULL",
    "a day of earning": "UPDATE ledger_lot SET earned_day = earned_day - 1",
    "a tier": "UPDATE reward_position SET tier = 'premier'",
    "a next day": "UPDATE reward_position SET due_day = 1",
    "what the engine knows": "UPDATE reward_position SET state = (SELECT state FROM reward_position LIMIT 1)",
    "tiers that came": "DELETE FROM reward_tiermove",
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_wrong_cache_is_found_and_mended(busy, what):
    assert findings() == []
    rebuilding.rebuild(actor=SYSTEM)
    right, entries = rebuilding.digest(), Entry.objects.count()
    with cast.unguarded(), connection.cursor() as cursor:
        cursor.execute(PLANTED[what])
    assert rebuilding.digest() != right
    assert findings() or what == "a size"  # larger than needed harms nobody
    mended = rebuilding.rebuild(actor=SYSTEM)
    assert mended.lots + mended.positions + mended.tiers or what == "what the engine knows"
    assert (rebuilding.digest(), findings(), Entry.objects.count()) == (right, [], entries)


def test_twice_gives_the_same_bytes_and_nothing_to_mend(busy):
    rebuilding.rebuild(actor=SYSTEM)
    first = rebuilding.digest()
    again = rebuilding.rebuild(actor=SYSTEM)
    assert (again.members, again.lots, again.positions, again.tiers) == (5, 0, 0, 0)
    assert rebuilding.digest() == first
    sell("Ada", "10.00", "2026-11-20 11:00", "next")  # and it is gone on from there
    assert findings() == []


def test_who_has_no_position_gets_one(busy):
    before = queries.wallet(customer("Ada").pk, TODAY)
    Position.objects.all().delete()
    assert rebuilding.rebuild(actor=SYSTEM).positions == 4  # one card is gone
    assert queries.wallet(customer("Ada").pk, TODAY) == before


def test_wrong_entries_are_told_and_not_touched(busy):
    entry = Entry.objects.filter(account__owner=member("Ada"), kind="earn").order_by("id").last()
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=entry.amount + 7)
    told = run("--json")
    document = json.loads(told.stdout)
    assert (told.exit_code, len(document["findings"])) == (1, 1)
    assert "differs by -7" in document["findings"][0]
    assert Entry.objects.get(pk=entry.pk).amount == entry.amount + 7


# As of any time -----------------------------------------------------------------------------


def test_what_stood_on_an_evening_is_told_from_the_entries_whatever_came_later(shop, tmp_path):
    with clock.frozen(NOW - timedelta(days=20)):
        cast.open_club()
        sell("Ada", "100.00", "2026-10-30", "a")
    with clock.frozen(NOW - timedelta(days=10)):
        sell("Ada", "60.00", "2026-10-31", "late")
    give_back("Ada", "100.00", "2026-11-20 09:00", "a-back", "a")
    evening = run("--as-of", "2026-10-31", "--json")
    assert json.loads(evening.stdout) == {
        "as_of": "2026-10-31",
        "members": 1,
        "units": {
            "point": {"held": 100, "spendable": 100, "owed": 0},
            "stamp": {"held": 1, "spendable": 1, "owed": 0},
        },
        "recorded_later": {"point": 6},
        "digest": json.loads(evening.stdout)["digest"],
    }
    files = [tmp_path / f"{n}.csv" for n in "ab"]
    told = [run("--as-of", "2026-11-10", "--out", str(file), "--json") for file in files]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert told[0].stdout == told[1].stdout
    assert json.loads(told[0].stdout)["units"]["point"]["held"] == 160
    assert '"C1","point","lot",60,"2026-10-31","2026-10-31","2027-10-31"' in files[0].read_text()
    assert json.loads(run("--as-of", "2026-01-01", "--json").stdout)["units"] == {}


def test_a_debt_stands_there_too_and_what_is_asked_wrongly_is_told(busy, tmp_path):
    told = json.loads(run("--as-of", "2026-11-20", "--json").stdout)
    assert told["units"]["point"]["owed"] == sum(queries.wallet(customer("Clara").pk, TODAY).owed.values())
    assert told["recorded_later"] == {}
    assert run("--out", str(tmp_path / "x.csv")).exit_code == 2
    assert run("--as-of", "yesterday").exit_code == 2
