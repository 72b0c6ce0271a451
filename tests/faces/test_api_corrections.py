"""Corrections and merges over the API; confirm and cancel with a key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import NOW, Api, balance, findings, new_key, problem, row_counts, sell
from vafa.core import clock
from vafa.loop import adjust
from vafa.reward.models import Redemption
from vafa.shop.access import SYSTEM

GIVE = {"act": "give", "unit": "point", "units": 40, "reason": "complaint", "note": "the coffee was cold"}
WANTED = {"customer_id": "C1", "reward": "five_off"}


@pytest.fixture
def api(shop):
    return Api(new_key("purchases:write", "members:read", "rewards:write", "adjustments:write", "merges:write"))


def test_units_are_given_once_under_a_key(club, api):
    made = [api.post("members/C1/adjustments", GIVE, key="a1") for _time in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    told = made[0].json()
    assert (told["status"], told["customer_id"], told["balances"]) == ("made", "C1", {"point": 65})
    problem(api.post("members/C1/adjustments", GIVE | {"units": 41}, key="a1"), 409, "key_reused")
    problem(api.post("members/C1/adjustments", GIVE), 400, "no_idempotency_key")
    before = row_counts()
    assert api.post("members/C1/adjustments?dry_run=true", GIVE, key="a2").json()["balances"] == {"point": 105}
    assert (row_counts(), balance("Ada")) == (before, 65)


def test_over_the_limit_a_machine_only_asks(club, api):
    told = api.post("members/C1/adjustments", GIVE | {"units": 5000}, key="a1").json()
    assert (told["status"], told["balances"]) == ("waiting", {"point": 25})
    adjust.decide(told["adjustment_id"], approve=True, actor=SYSTEM, now=NOW)
    now = api.get(f"adjustments/{told['adjustment_id']}").json()
    assert (now["status"], now["balances"]) == ("made", {"point": 5025})
    problem(api.get("adjustments/4711"), 404, "no_adjustment")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (GIVE | {"act": "take", "units": 26}, 422, "not_enough"),
        (GIVE | {"act": "forgive", "units": 1}, 422, "not_owed"),
        (GIVE | {"unit": "gold"}, 422, "no_unit"),
        (GIVE | {"units": 0}, 422, "bad_body"),
        (GIVE | {"reason": "because"}, 422, "bad_body"),
        (GIVE | {"note": "   "}, 422, "no_note"),
        (GIVE | {"surprise": 1}, 422, "bad_body"),
    ],
)
def test_what_can_not_be_is_told_and_writes_nothing(club, api, body, status, code):
    api.get("rewards")
    before = row_counts()
    problem(api.post("members/C1/adjustments", body, key="a1"), status, code)
    assert row_counts() == before


def test_two_cards_become_one_and_two_again(club, api):
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-02", "b")
    asked = api.post("members/C1/merge?dry_run=true", {"gone": "C2"}, key="m0").json()
    assert (asked["balances"], balance("Ada")) == ({"point": 200, "stamp": 1}, 75)
    made = [api.post("members/C1/merge", {"gone": "C2"}, key=key) for key in ("m1", "m1", "m2")]
    assert [answer.status_code for answer in made] == [201] * 3
    told = made[0].json()
    assert all(answer.json() == told for answer in made)
    assert (told["customer_id"], told["gone"], told["balances"]) == ("C1", "C2", {"point": 200, "stamp": 1})
    assert told["undo_until"] > (NOW + timedelta(days=29)).isoformat()
    assert api.get("members/C2").json()["customer_id"] == "C1"
    problem(api.post("members/C2/merge", {"gone": "C1"}, key="m3"), 422, "same_card")
    problem(api.post("members/C1/merge", {"gone": "C99"}, key="m4"), 404, "no_customer")
    undone = [api.post(f"merges/{told['merge_id']}/undo", key=key) for key in ("u1", "u1", None)]
    assert [answer.status_code for answer in undone] == [200] * 3
    assert undone[0].json() == undone[1].json()
    assert undone[0].json()["balances"] == {"point": 75}
    assert api.get(f"merges/{told['merge_id']}").json()["undone_at"] is not None
    assert api.get("members/C2/balances").json() == {"point": 125, "stamp": 1}
    assert findings() == []


def test_other_keys_may_neither(club):
    weak = Api(new_key("purchases:write", "members:read", "members:write", "rewards:write"))
    for path, body in (("members/C1/adjustments", GIVE), ("members/C1/merge", {"gone": "C2"}), ("merges/1/undo", None)):
        problem(weak.post(path, body, key="x"), 403, "forbidden")


# Holds with a key ---------------------------------------------------------------------------


def test_confirming_with_a_key_has_one_answer_for_ever(club, api):
    sell("Ada", "600.00", "2026-11-01", "a")
    one, other = (api.post("redemptions/hold", WANTED, key=key).json()["redemption_id"] for key in ("h1", "h2"))
    first = api.post(f"redemptions/{one}/confirm", key="c1")
    sell("Ada", "10.00", "2026-11-20 11:00", "b")
    assert first.status_code == 200
    assert api.post(f"redemptions/{one}/confirm", key="c1").json() == first.json()
    problem(api.post(f"redemptions/{other}/confirm", key="c1"), 409, "key_reused")
    cancelled = api.post(f"redemptions/{other}/cancel", key="x1")
    assert cancelled.json()["status"] == "cancelled"
    assert api.post(f"redemptions/{other}/cancel", key="x1").json() == cancelled.json()
    problem(api.post(f"redemptions/{other}/cancel?only_held=true", key="x1"), 409, "key_reused")
    problem(api.post(f"redemptions/{other}/confirm", key="c2"), 409, "hold_cancelled")
    assert findings() == []


def test_a_confirmation_that_comes_too_late_leaves_the_units_free_and_the_key_too(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    held = api.post("redemptions/hold", WANTED, key="h1").json()["redemption_id"]
    with clock.frozen(NOW + timedelta(minutes=15)):
        problem(api.post(f"redemptions/{held}/confirm", key="c1"), 409, "hold_expired")
        assert Redemption.objects.get(pk=held).status == "expired"
    with clock.frozen(NOW + timedelta(minutes=14)):
        problem(api.post(f"redemptions/{held}/confirm", key="c1"), 409, "hold_expired")
