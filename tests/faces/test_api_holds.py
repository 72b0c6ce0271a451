"""Quote, hold, confirm, cancel over the API; and sixteen tills that settle one hold at once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

import cast
from cast import NOW, Api, balance, findings, new_key, problem, row_counts, sell
from vafa.core import clock
from vafa.reward import holding
from vafa.reward.models import Redemption

WANTED = {"customer_id": "C1", "reward": "five_off"}
OVER = NOW + timedelta(minutes=15)


def test_a_quote_tells_what_it_would_cost_and_writes_nothing(club, api):
    api.get("rewards")  # the key's last use is noted once a minute
    before = row_counts()
    short = {
        "customer_id": "C1",
        "reward": "five_off",
        "unit": "point",
        "units": 250,
        "worth": "5.00",
        "gives": None,
        "available": False,
        "code": "not_enough",
        "reason": "25 of 250 point are there; nothing was taken.",
        "balance": 25,
        "balance_after": None,
    }
    assert api.get("redemptions/quote?customer_id=C1&reward=five_off").json() == short
    assert row_counts() == before
    sell("Ada", "300.00", "2026-11-01", "a")
    told = api.get("redemptions/quote?customer_id=C1&reward=five_off").json()
    assert told == short | {"available": True, "code": "", "reason": "", "balance": 325, "balance_after": 75}
    problem(api.get("redemptions/quote?customer_id=C1&reward=a_car"), 404, "no_reward")
    problem(api.get("redemptions/quote?customer_id=C9&reward=five_off"), 404, "no_customer")
    problem(api.get("redemptions/quote?customer_id=C1"), 422, "bad_body")


def test_a_hold_is_made_once_and_confirmed(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    held = api.post("redemptions/hold", WANTED, key="h1")
    assert held.status_code == 201
    number = held.json()["redemption_id"]
    told = {
        "redemption_id": number,
        "customer_id": "C1",
        "reward": "five_off",
        "unit": "point",
        "units": 250,
        "worth": "5.00",
        "gives": None,
        "status": "held",
        "held_until": "2026-11-20T15:15:00Z",
        "balances": {"point": 75, "stamp": 3},
    }
    assert held.json() == told
    assert api.post("redemptions/hold", WANTED, key="h1").content == held.content
    assert api.get(f"redemptions/{number}").json() == told
    problem(api.post("redemptions/hold", WANTED | {"minutes": 20}, key="h1"), 409, "key_reused")
    problem(api.post("redemptions/hold", WANTED, key="h2"), 422, "not_enough")
    problem(api.post("redemptions/hold", WANTED), 400, "no_idempotency_key")
    first = api.post(f"redemptions/{number}/confirm")
    assert (first.status_code, first.json()) == (200, told | {"status": "made"})
    assert api.post(f"redemptions/{number}/confirm").content == first.content
    problem(api.post(f"redemptions/{number}/cancel?only_held=true"), 409, "already_made")
    assert Redemption.objects.count() == 1
    assert findings() == []


def test_a_cancelled_hold_can_not_be_confirmed(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    number = api.post("redemptions/hold", WANTED | {"minutes": 1}, key="h1").json()["redemption_id"]
    back = [api.post(f"redemptions/{number}/cancel") for _time in range(2)]
    assert back[0].content == back[1].content
    assert (back[0].json()["status"], back[0].json()["balances"]) == ("cancelled", {"point": 325, "stamp": 3})
    problem(api.post(f"redemptions/{number}/confirm"), 409, "hold_cancelled")
    for path in ("redemptions/4711/confirm", "redemptions/4711/cancel"):
        problem(api.post(path), 404, "no_redemption")
    problem(api.get("redemptions/4711"), 404, "no_redemption")


def test_a_hold_whose_time_is_over_is_over_for_everybody(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    number = api.post("redemptions/hold", WANTED, key="h1").json()["redemption_id"]
    with clock.frozen(OVER):
        assert api.get("members/C1/balances").json() == {"point": 325, "stamp": 3}
        assert api.get(f"redemptions/{number}").json()["status"] == "expired"
        hint = problem(api.post(f"redemptions/{number}/confirm"), 409, "hold_expired")["hint"]
        assert hint == "Take the reward anew, while the units are there."
        assert api.post(f"redemptions/{number}/cancel").json()["status"] == "expired"
    assert findings() == []


def test_a_dry_run_holds_nothing(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    api.get("rewards")
    before = row_counts()
    assert api.post("redemptions/hold?dry_run=true", WANTED, key="h1").json()["balances"] == {"point": 75, "stamp": 3}
    assert (row_counts(), balance("Ada")) == (before, 325)


def test_a_certificate_is_told_and_comes_with_the_confirmation(larger_club, api):
    sell("Ada", "100.00", "2026-11-01", "a")
    told = {r["reward"]: (r["worth"], r["gives"], r["tiers"]) for r in api.get("rewards").json()}
    assert (told["paper"], told["five_off"]) == (("5.00", "certificate", []), ("5.00", None, []))
    held = api.post("redemptions/hold", {"customer_id": "C1", "reward": "paper"}, key="h1").json()
    assert (held["gives"], held["worth"], held["balances"]) == ("certificate", "5.00", {"point": 25, "stamp": 1})
    made = api.post(f"redemptions/{held['redemption_id']}/confirm").json()
    assert made["balances"] == {"point": 25, "stamp": 1, "certificate": 500}
    assert findings() == []


def test_a_reward_of_a_tier_is_refused_below_it(larger_club, api):
    sell("Ada", "100.00", "2026-11-01", "a")
    wanted = {"customer_id": "C1", "reward": "lounge"}
    told = api.get("redemptions/quote?customer_id=C1&reward=lounge").json()
    assert (told["available"], told["code"], told["balance"]) == (False, "tier_too_low", 125)
    for path in ("redemptions", "redemptions/hold"):
        document = problem(api.post(path, wanted, key="k"), 422, "tier_too_low")
        assert document["detail"] == "“Lounge” is only for: Premier. Nothing was taken."
    sell("Ada", "2500.00", "2026-11-02", "b")
    assert api.post("redemptions/hold", wanted, key="k").json()["units"] == 50


@pytest.mark.parametrize("minutes", [0, -1, 1441, 10**30, "many", None, True, 1.5])
def test_other_minutes_are_refused(club, api, minutes):
    sell("Ada", "300.00", "2026-11-01", "a")
    before = row_counts()
    answer = api.post("redemptions/hold", WANTED | {"minutes": minutes}, key="h1")
    if minutes is not True:  # read as 1, as everywhere
        problem(answer, 422, "bad_body")
        assert row_counts()["reward_redemption"] == before["reward_redemption"]


@pytest.mark.parametrize("text", ["%00", "%F0%9F%8E%81", "'; DROP TABLE know_customer; --", "A" * 9000, "", "%s%(x)s"])
def test_hostile_questions_are_answered(club, api, text):
    for question in (f"customer_id={text}&reward=five_off", f"customer_id=C1&reward={text}"):
        assert api.get(f"redemptions/quote?{question}").status_code in (400, 404, 422)
    for number in ("0", "9" * 40, text):
        assert api.get(f"redemptions/{number}").status_code in (400, 404, 405, 422)
        for act in ("confirm", "cancel"):
            assert api.post(f"redemptions/{number}/{act}").status_code in (400, 404, 405, 422)


# At once ------------------------------------------------------------------------------------


def test_sixteen_tills_hold_the_same_points_and_one_succeeds(busy_shop):
    key = new_key("rewards:write")
    sell("Ada", "275.00", "2026-11-01", "a")
    answers = busy_shop(*[lambda n=n: Api(key).post("redemptions/hold", WANTED, key=f"k{n}") for n in range(16)])
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 15]
    same = busy_shop(*[lambda: Api(key).post("redemptions/hold", WANTED | {"customer_id": "C2"}, key="k")] * 16)
    assert {answer.json()["code"] for answer in same} == {"not_enough"}
    assert (balance("Ada"), findings()) == (50, [])


def test_sixteen_settle_one_hold_and_it_has_one_end(busy_shop):
    """Confirm, cancel, the worker after the time is over, and another till that wants the units then."""
    key = new_key("rewards:write")
    seen = set()
    for name, person in cast.PEOPLE.items():
        sell(name, "275.00", "2026-11-01", f"{name}-rich")  # 300 points
        wanted = {"customer_id": person.customer_id, "reward": "five_off"}
        number = Api(key).post("redemptions/hold", wanted, key=f"{name}-hold").json()["redemption_id"]
        seen.add(settle(busy_shop, key, number, wanted))
        assert balance(name) == 50
        taken = Redemption.objects.filter(member_id=cast.member(name), status="made")
        assert taken.count() == 1
        assert findings() == []
    assert seen <= {"made", "cancelled", "expired"}


def settle(busy_shop, key: str, number: int, wanted: dict[str, str]) -> str:
    """How the hold ended; every answer must agree with it."""

    def post(path: str, at=NOW, body=None, once: str | None = None):
        with clock.frozen(at):
            document = Api(key).post(f"redemptions{path}", body, key=once).json()
        return document.get("code") or document["status"]

    acts = {
        "confirm": [lambda: post(f"/{number}/confirm")] * 5,
        "cancel": [lambda: post(f"/{number}/cancel?only_held=true")] * 5,
        "redeem": [lambda n=n: post("", OVER, wanted, f"{number}-{n}") for n in range(4)],
        "worker": [lambda: holding.release(now=OVER)] * 2,
    }
    order = [(name, act) for name, same in acts.items() for act in same]
    random.Random(number).shuffle(order)
    answers = list(zip((name for name, _act in order), busy_shop(*(act for _name, act in order)), strict=True))
    ended = Redemption.objects.get(pk=number).status
    told = {name: sorted(answer for which, answer in answers if which == name) for name in acts}
    assert told["confirm"] == [{"made": "made", "cancelled": "hold_cancelled", "expired": "hold_expired"}[ended]] * 5
    assert told["cancel"] == [{"made": "already_made", "cancelled": "cancelled", "expired": "expired"}[ended]] * 5
    assert told["redeem"] == (["not_enough"] * 4 if ended == "made" else ["made", *["not_enough"] * 3])
    assert sum(told["worker"]) <= 2
    return ended
