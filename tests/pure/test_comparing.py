"""Two programmes on the same sales: who gains, who loses and why, and what a cap takes; worked by hand."""

from __future__ import annotations

from test_engine import BASE, OFF, POINT
from test_simulate import lines, run

from vafa.measure import comparing
from vafa.reward import programme

TODAYS = POINT + BASE + OFF  # 10 points: 1.00
# a point for each 2.00, but three for each 1.00 of tea, at most 100 in a month; ten points are worth 2.00
TRIED = POINT + BASE.replace("1.00", "2.00") + OFF.replace("amount = 1.00", "amount = 2.00")
TRIED += '[[earn]]\nid = "tea"\nunit = "point"\nper = 1.00\ngives = 3\nwhere = { category = "tea" }\n'
TRIED += 'cap = { per = "month", max = 100 }\n'
SALES = lines(
    [
        {"customer_id": "ann", "day": "2026-01-10", "amount": 6000, "category": "tea"},
        {"customer_id": "bob", "day": "2026-01-11", "amount": 4000, "category": "oil"},
        {"customer_id": "cid", "day": "2026-01-12", "amount": 50, "category": "oil"},
        {"customer_id": "dan", "day": "2026-02-12", "amount": 6010, "category": "oil"},
    ]
)


def walked(text: str) -> comparing.BackTest:
    return run(programme.load(text), SALES, redemption="none")


def test_who_gets_more_who_less_and_why() -> None:
    found = comparing.compare(walked(TRIED), walked(TODAYS))
    # ann: 30 + 100 points at 0.20 instead of 60 at 0.10; bob, dan: half the points at twice the worth; cid: nothing
    assert (found.more, found.same, found.less) == (1, 3, 0)
    assert found.gains == (comparing.Member("ann", 2600 - 600, "Earn: 100 points instead of 0 points"),)
    assert found.losses == ()
    assert comparing.headline(found) == "Nobody would get less than today"
    back = comparing.compare(walked(TODAYS), walked(TRIED))
    assert back.losses == (comparing.Member("ann", -2000, "Earn: 0 points instead of 100 points"),)
    assert comparing.headline(back, "Tea") == "1 member would get less than under Tea"


def test_the_figures_of_both_stand_side_by_side() -> None:
    found = comparing.compare(walked(TRIED), walked(TODAYS))
    heads, rows = comparing.table(found)
    assert heads == ["Figure", "This one", "The other", "Difference"]
    assert rows[0] == ["Cost", "$36", "$16", "+$20"]  # (130 + 20 + 30) × 0.20; (60 + 40 + 60) × 0.10
    assert rows[-1] == ["People it reaches", "3", "3", "0"]
    heads, rows = comparing.month_table(found)
    assert rows[0] == ["Jan 2026", "$30", "$10", "$0", "$0", "$30", "$10", "2", "2"]
    document = found.as_json()
    assert document["compared"] | {"gains": [], "losses": []} == {
        "more": 1,
        "same": 3,
        "less": 0,
        "cost_difference": 20.0,
        "gains": [],
        "losses": [],
    }
    assert document["against"]["months"][0] == {
        "month": "2026-01",
        "earned": 10.0,
        "redeemed": 0.0,
        "expired": 0.0,
        "outstanding": 10.0,
        "active_members": 2,
    }


def test_what_a_cap_takes() -> None:
    found = walked(TRIED)
    effects = comparing.caps(found, lambda made: run(made, SALES, redemption="none"))
    assert [effect[2:] for effect in effects] == [("point", 180 - 100, 1, 1600)]
    assert comparing.cap_sentence(effects[0], found) == (
        "Earn: At most 100 points in a calendar month. "
        "Without it: 80 points more, for 1 member; it would cost $16 more."
    )
    never = TRIED.replace("max = 100", "max = 1000")
    free = comparing.caps(walked(never), lambda made: run(made, SALES, redemption="none"))
    assert comparing.cap_sentence(free[0], found).endswith("Nobody ever reached it.")


def test_what_expired_is_a_reason_too() -> None:
    dies = TODAYS.replace('name = "points"\n', 'name = "points"\nexpires = "10 days"\n')
    found = comparing.compare(walked(dies), walked(TODAYS))
    assert found.losses[0] == comparing.Member("ann", -600, "60 points expired instead of 0 points")
    worth = comparing.compare(walked(TODAYS.replace("amount = 1.00", "amount = 3.00")), walked(TODAYS))
    assert worth.gains[0].why == "60 points are worth $18 instead of $6"
