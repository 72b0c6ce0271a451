"""The shop changes its programme while it runs: what was promised holds, what is new begins on its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

import cast
from cast import NOW, TODAY, ZONE, balance, customer, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.errors import Conflict, Refusal
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import redeem
from vafa.reward import actions, moves, queries
from vafa.reward.models import Position, ProgrammeVersion
from vafa.shop.access import SYSTEM

OLD = (cast.GALLERY / "points_and_stamps.toml").read_text("utf-8")
# from the 21st two points a dollar that die after half a year; no stamps any more
NEW = """
[programme]
name = "Two points"

[unit.point]
name = "points"
expires = "6 months"

[unit.gift]
name = "Gift"
gift = true
worth = 15.00

[[counter]]
id = "spent_this_year"
of = "amount"
window = "year"

[[tier]]
id = "premier"
name = "Premier"
reach = [{ spent_this_year = 3000.00 }]

[[earn]]
id = "base"
unit = "point"
of = "amount"
per = 0.50
by_tier = { premier = 1.5 }

[[reward]]
id = "five_off"
name = "5 off"
unit = "point"
price = 250
amount = 5.00
"""
TOMORROW = TODAY + 1


@pytest.fixture(autouse=True)
def whole_in_the_end(club):
    yield
    assert findings() == []


def launch(day: int = TOMORROW, text: str = NEW) -> ProgrammeVersion:
    actions.save_draft(text, actor=SYSTEM, now=clock.now())
    return actions.launch(starts_day=day, actor=SYSTEM, now=clock.now())


def on(day: str):
    """The clock stands at noon of a day."""
    return clock.frozen(cast.moment(day))


def expiries(name: str) -> list[tuple[int, int | None]]:
    rows = Lot.objects.filter(account__owner=member(name), account__unit="point", left__gt=0)
    return list(rows.order_by("earned_day").values_list("left", "expires_day"))


def day(text: str) -> int:
    return cast.day_number(date.fromisoformat(text))


def test_purchases_before_and_after_and_what_is_brought_back():
    sell("Ada", "60.00", "2026-11-19", "a")
    launch()
    assert balance("Ada") == 25 + 60
    with on("2026-11-23"):
        after = sell("Ada", "60.00", "2026-11-23", "b")
        assert [(unit, amount) for unit, amount, _why in after.points.moves] == [("point", 120)]
        assert after.points.moves[0][2] == "120 points: 1 for each $0.50 after discount"
        give_back("Ada", "40.00", "2026-11-23 13:00", "c", "a")  # bought for a point a dollar, it goes back for one
        assert balance("Ada", day=TODAY + 3) == 25 + 60 + 120 - 40
        late = sell("Ada", "10.00", "2026-11-20 11:00", "late")  # told late: by the rules of its own day
        assert [amount for unit, amount, _why in late.points.moves if unit == "point"] == [10]
        told = {move["why"] for move in moves.moves_of(customer("Ada").pk)}
        assert {"60 points: 1 for each $1 after discount", "120 points: 1 for each $0.50 after discount"} <= told


def test_lots_keep_their_last_day_and_the_dropped_stamps_what_they_buy():
    sell("Ben", "5010.00", "2026-11-19", "a")
    stamps, gifts = balance("Ben", "stamp"), balance("Ben", "gift")
    before = expiries("Ben")
    launch()
    assert expiries("Ben") == before
    with on("2026-11-24"):
        sell("Ben", "1.00", "2026-11-24", "b")
        assert balance("Ben", "stamp", TODAY + 4) == stamps
        assert balance("Ben", "gift", TODAY + 4) == gifts
        assert expiries("Ben") == [*before, (3, day("2027-05-25"))]  # premier is kept, half as much again


def test_the_tier_is_carried_though_it_takes_more_now():
    sell("Clara", "2600.00", "2026-03-01", "a")
    launch()
    with on("2026-11-23"):
        assert queries.wallet(customer("Clara").pk, TODAY + 3).tier == "Premier"
        assert [amount for _unit, amount, _why in sell("Clara", "10.00", "2026-11-23", "b").points.moves] == [30]
    with on("2028-01-02"):
        assert queries.wallet(customer("Clara").pk, day("2028-01-02")).tier == ""


def test_a_version_for_a_later_day_is_planned_and_can_be_taken_back():
    version = launch()
    assert (queries.running().number, queries.planned().number) == (1, 2)
    with pytest.raises(Conflict) as refused:
        launch(TODAY + 9)
    assert refused.value.code == "version_planned"
    actions.withdraw(version.number, actor=SYSTEM, now=NOW)  # beside the newer draft that stays
    assert (queries.planned(), queries.draft().number) == (None, 3)
    assert launch(TODAY + 2).number == 3
    with on("2026-11-23"), pytest.raises(Conflict) as too_late:
        actions.withdraw(3, actor=SYSTEM, now=clock.now())
    assert too_late.value.code == "version_runs"


def test_the_past_is_not_changed_nor_a_day_that_has_begun():
    with pytest.raises(Refusal) as past:
        launch(TODAY - 1)
    assert past.value.code == "day_is_past"
    sell("Ada", "1.00", "2026-11-20 09:00", "a")
    with pytest.raises(Conflict) as begun:
        launch(TODAY)
    assert begun.value.code == "day_has_begun"
    assert queries.running().number == 1


def test_today_is_free_while_nobody_bought_anything():
    launch(TODAY)
    assert queries.running().number == 2
    assert [amount for _unit, amount, _why in sell("Ada", "1.00", "2026-11-20 10:00", "a").points.moves] == [2]


def test_what_cant_be_carried_leaves_everything_as_it_was():
    entries, positions = Entry.objects.count(), list(Position.objects.values_list("version__number", "state"))
    with pytest.raises(Refusal) as refused:
        launch(text=NEW.replace("[unit.point]", "[unit.point]\nmoney = true"))
    assert refused.value.code == "unit_of_another_kind"
    assert (queries.planned(), Entry.objects.count()) == (None, entries)
    assert list(Position.objects.values_list("version__number", "state")) == positions
    assert launch(text=OLD).number == 2


def test_the_same_programme_again_changes_no_entry():
    cast.walk_the_ladder()
    before, totals = Entry.objects.count(), cast.totals()
    launch(text=OLD)
    with on("2026-12-30"):
        actions.expire(day("2026-12-30"), actor=SYSTEM, now=clock.now())
        assert cast.totals() == totals
    assert Entry.objects.count() == before


def test_a_reward_held_before_the_change_is_confirmed_after_it():
    sell("Dora", "300.00", "2026-11-19", "a")
    with clock.frozen(datetime(2026, 11, 20, 23, 50, tzinfo=ZONE)):
        held = redeem.hold(customer("Dora").pk, "five_off", minutes=60, actor=SYSTEM, now=clock.now())
    with clock.frozen(datetime(2026, 11, 20, 23, 55, tzinfo=ZONE)):
        launch(text=NEW.replace('id = "five_off"', 'id = "ten_off"').replace("price = 250", "price = 100"))
    with clock.frozen(datetime(2026, 11, 21, 0, 10, tzinfo=ZONE)):
        assert redeem.confirm(held.pk, actor=SYSTEM, now=clock.now()).status == "made"
        assert [offer.id for offer in queries.offers()] == ["ten_off"]
        assert ledger.balances(member("Dora"), TODAY + 1)["point"] == 25 + 300 - 250


def test_every_position_is_of_the_newest_version():
    cast.walk_the_ladder()
    launch()
    assert set(Position.objects.values_list("version__number", flat=True)) == {2}
    with clock.frozen(NOW + timedelta(days=3)):  # the day of the change is everybody's due day
        assert actions.expire(TODAY + 3, actor=SYSTEM, now=clock.now()) == 5
