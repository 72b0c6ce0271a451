"""The API as an integrator meets it: keys, purchases, members, rewards, and one answer for ever."""

from __future__ import annotations

import json

import pytest
from django.test import Client

import cast
from cast import PEOPLE, Api, balance, findings, new_key, problem, row_counts, sell
from vafa.core import clock
from vafa.shop import actions, queries
from vafa.shop.access import SYSTEM

SALE = {"purchase_id": "R-1001", "customer_id": "C1", "at": "2026-11-19T17:30:00", "amount": "148.50"}


# Keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "code"), [(None, "no_key"), ("vafa_ab.cd", "bad_key"), ("hunter2", "bad_key")])
def test_without_a_good_key_there_is_a_problem_document(club, key, code):
    answer = Api(key).post("purchases", SALE)
    assert problem(answer, 401, code)["hint"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_nobody_s(club):
    key = new_key("purchases:write")
    machine = Api(key)
    assert machine.post("purchases", SALE).status_code == 201
    actions.revoke_key(prefix=queries.key_actor(key)[0].prefix, actor=SYSTEM, now=clock.now())
    problem(machine.post("purchases", SALE), 401, "bad_key")


@pytest.mark.parametrize(
    ("scope", "path", "body"),
    [
        ("members:read", "purchases", SALE),
        ("members:read", "purchases/bulk", SALE),
        ("members:read", "returns", SALE),
        ("purchases:write", "members", {"customer_id": "C9"}),
        ("members:write", "redemptions", {"customer_id": "C1", "reward": "five_off"}),
        ("members:write", "redemptions/hold", {"customer_id": "C1", "reward": "five_off"}),
        ("members:write", "redemptions/quote?customer_id=C1&reward=five_off", "GET"),
        ("members:write", "redemptions/1", "GET"),
        ("members:write", "redemptions/1/confirm", None),
        ("members:write", "redemptions/1/cancel", None),
        ("rewards:write", "members/C1", "GET"),
        ("purchases:write", "members/C1/balances", "GET"),
        ("purchases:write", "purchases/R-1001", "GET"),
        ("purchases:write", "rewards", "GET"),
        ("members:write", "segments", "GET"),
        ("members:write", "segments/columns", "GET"),
        ("members:write", "segments/of-all", "GET"),
        ("members:write", "segments/count", {"definition": "late"}),
        ("segments:write", "segments/of-all/members", "GET"),
        ("segments:read", "segments", {"name": "Late", "definition": "late"}),
        ("segments:read", "segments/of-all/refresh", None),
        ("segments:read", "segments/of-all/copy", {"name": "Late"}),
    ],
)
def test_a_key_does_what_its_scopes_say_and_no_more(club, scope, path, body):
    machine = Api(new_key(scope))
    before = row_counts()
    answer = machine.get(path) if body == "GET" else machine.post(path, body, key="k")
    problem(answer, 403, "forbidden")
    assert row_counts() == before


def test_a_browser_s_session_opens_nothing_here(club, as_sara):
    answer = as_sara.get("/api/v1/members/C1")
    problem(answer, 401, "no_key")


# Purchases --------------------------------------------------------------------------------


def test_a_purchase_tells_its_points_with_their_reasons(club, api):
    answer = api.post("purchases", SALE)
    assert answer.status_code == 201
    assert answer.json() == {
        "purchase_id": "R-1001",
        "kind": "sale",
        "customer_id": "C1",
        "amount": "148.50",
        "currency": "USD",
        "at": "2026-11-19T17:30:00-05:00",
        "member": True,
        "points": [
            {"unit": "point", "amount": 148, "reasons": ["148 points: 1 for each $1 after discount"]},
            {"unit": "stamp", "amount": 1, "reasons": ["1 stamp: 1 for each full $100 spent"]},
        ],
        "balances": {"point": 173, "stamp": 1},
        "tier": "",
    }


def test_the_same_again_has_the_same_answer_and_no_effect(club, api):
    first = api.post("purchases", SALE, key="k1")
    before = row_counts()
    again = api.post("purchases", SALE, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert row_counts() == before
    without = api.post("purchases", SALE)  # no key: the purchase_id is the key
    assert (without.status_code, without.json()) == (201, first.json())
    assert balance("Ada") == 25 + 148


def test_the_first_answer_stays_when_more_happened_since(club, api):
    first = api.post("purchases", SALE)
    sell("Ada", "100.00", "2026-11-20 09:00", "later")
    assert api.post("purchases", SALE).content == first.content


@pytest.mark.parametrize("key", [None, "k1"])
@pytest.mark.parametrize("other", [{"amount": "148.51"}, {"customer_id": "C2"}, {"at": "2026-11-19T17:31:00"}], ids=str)
def test_other_content_under_a_used_key_changes_nothing(club, api, key, other):
    api.post("purchases", SALE, key=key)
    before, points = row_counts(), cast.totals()
    problem(api.post("purchases", SALE | other, key=key), 409, "key_reused")
    assert (row_counts(), cast.totals()) == (before, points)


def test_a_new_key_does_not_make_a_second_purchase_of_one_name(club, api):
    first = api.post("purchases", SALE, key="k1")
    assert api.post("purchases", SALE, key="k2").json() == first.json()
    problem(api.post("purchases", SALE | {"amount": "1.00"}, key="k3"), 409, "purchase_differs")
    assert api.post("purchases", SALE | {"purchase_id": "R-1002", "amount": "1.00"}, key="k3").status_code == 201
    assert balance("Ada") == 25 + 148 + 1


def test_a_purchase_without_any_name_is_refused(club, api):
    body = {k: v for k, v in SALE.items() if k != "purchase_id"}
    problem(api.post("purchases", body), 400, "no_idempotency_key")
    assert api.post("purchases", body, key="till-7").json()["purchase_id"] == "till-7"


def test_a_purchase_can_be_asked_for(club, api):
    sent = api.post("purchases", SALE).json()
    assert api.get("purchases/R-1001").json() | {"at": sent["at"]} == sent
    problem(api.get("purchases/R-9"), 404, "no_purchase")


def test_lines_add_up_or_are_refused(club, api):
    lines = [{"amount": "20.00", "product_id": "P1", "quantity": "2", "unit_price": "10.00"}, {"amount": "28.50"}]
    body = {k: v for k, v in SALE.items() if k != "amount"} | {"lines": lines}
    assert api.post("purchases", body).json()["amount"] == "48.50"
    problem(api.post("purchases", body | {"purchase_id": "2", "amount": "48.00"}), 422, "lines_differ")


def test_a_dry_run_tells_all_and_leaves_no_trace(club, api):
    api.get("rewards")  # the key's last use is noted once a minute
    before, points = row_counts(), cast.totals()
    dry = api.post("purchases?dry_run=true", SALE)
    assert (row_counts(), cast.totals()) == (before, points)
    assert dry.json()["balances"] == {"point": 173, "stamp": 1}
    joined = api.post("members?dry_run=true", {"customer_id": "C9", "phone": "+12125550109"})
    assert (joined.status_code, joined.json()["balances"]) == (201, {"point": 25})
    assert row_counts() == before
    assert api.post("purchases", SALE).json() == dry.json()


# Returns ----------------------------------------------------------------------------------


def test_what_is_given_back_takes_its_points_along(club, api):
    api.post("purchases", SALE)
    back = {"purchase_id": "R-1002", "customer_id": "C1", "at": "2026-11-20T09:00:00", "returns": "R-1001"}
    answer = api.post("returns", back | {"amount": "48.50"})
    assert answer.json()["kind"] == "return"
    assert answer.json()["points"] == [
        {"unit": "point", "amount": -48, "reasons": ["48 points taken back with the returned goods"]}
    ]
    assert answer.json()["balances"] == {"point": 125, "stamp": 1}
    other = api.post("purchases", back | {"purchase_id": "R-1003", "amount": "-100.00"}).json()  # as in files
    assert (other["kind"], other["amount"], other["balances"]) == ("return", "100.00", {"point": 25})
    assert findings() == []


def test_a_return_may_be_sent_before_its_sale(club, api):
    back = {"purchase_id": "R-2", "customer_id": "C1", "at": "2026-11-20T09:00:00", "returns": "R-1001"}
    assert api.post("returns", back | {"amount": "148.50"}).json()["points"] == []
    assert api.post("purchases", SALE).json()["balances"] == {"point": 25}
    assert findings() == []


# Many at once -----------------------------------------------------------------------------


def bulk(api: Api, *lines: object):
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return api.post("purchases/bulk", raw=raw)


def test_many_lines_are_recorded_and_the_faulty_ones_told_by_number(club, api):
    answer = bulk(
        api,
        SALE,
        b"",
        b"{",
        SALE | {"purchase_id": "R-2", "amount": "ten"},
        SALE | {"purchase_id": "R-3", "colour": "red"},
        {k: v for k, v in SALE.items() if k != "purchase_id"},
        SALE | {"purchase_id": "R-4", "amount": "40.00"},
        SALE | {"amount": "1.00"},
        b"[" * 100_000,
        b"\xff\xfe",
        b'"text"',
    )
    assert answer.status_code == 200
    document = answer.json()
    assert (document["new"], document["unchanged"], document["rejected"]) == (2, 0, 8)
    assert [(e["row"], e["code"]) for e in document["errors"]] == [
        (3, "bad_line"),
        (4, "bad_amount"),
        (5, "bad_line"),
        (6, "no_purchase_id"),
        (8, "purchase_differs"),
        (9, "bad_line"),
        (10, "bad_line"),
        (11, "bad_line"),
    ]
    assert all(e["message"] for e in document["errors"])
    assert balance("Ada") == 25 + 148 + 40
    again = bulk(api, SALE).json()
    assert (again["new"], again["unchanged"], again["rejected"]) == (0, 1, 0)


def test_one_by_one_and_in_bulk_is_the_same(club, api):
    api.post("purchases", SALE)
    assert bulk(api, SALE).json()["unchanged"] == 1
    bulk(api, SALE | {"purchase_id": "R-2"})
    assert api.post("purchases", SALE | {"purchase_id": "R-2"}).json()["balances"] == {"point": 321, "stamp": 2}


def test_too_many_lines_are_refused_whole(club, api):
    before = row_counts()
    answer = api.post("purchases/bulk", raw=b"\n".join([json.dumps(SALE).encode()] * 10_001))
    problem(answer, 422, "too_many_lines")
    assert row_counts() == before


# Members ----------------------------------------------------------------------------------


def test_a_member_is_enrolled_found_and_told(club, api):
    body = {"customer_name": "Finn Gray", "phone": "(212) 555-0199", "birthday": "1999-02-28"}
    made = api.post("members", body, key="m1").json()
    assert made["balances"] == {"point": 25}
    assert made["joined_at"] == "2026-11-20T15:00:00Z"
    assert api.get(f"members/{made['customer_id']}").json() == made
    assert api.get(f"members/{made['customer_id']}/balances").json() == {"point": 25}
    again = api.post("members", body, key="m2").json()  # found by the phone
    assert again == made


def test_a_member_s_card_is_completed(club, api):
    answer = api.post("members", {"customer_id": "C1", "customer_name": "Ada Birch-Elm"}, key="m1").json()
    assert (answer["customer_name"], answer["balances"]) == ("Ada Birch-Elm", {"point": 25})
    assert api.post("members", {"customer_id": "C1", "customer_name": "Ada"}).json()["customer_name"] == "Ada"
    assert api.post("members", {"customer_id": "C1", "customer_name": "Ada B"}).json()["customer_name"] == "Ada B"
    problem(api.post("members", {"customer_id": "C1", "card": "9002"}, key="m2"), 409, "card_taken")


def test_joined_at_without_a_zone_is_the_shop_s_time(club, api):
    answer = api.post("members", {"customer_id": "C9", "joined_at": "2026-03-01T23:30:00"})
    assert answer.json()["joined_at"] == "2026-03-02T04:30:00Z"
    assert balance_of("C9", cast.day_number(cast.date(2027, 3, 1))) == 25
    assert balance_of("C9", cast.day_number(cast.date(2027, 3, 2))) == 0


def balance_of(code: str, day: int) -> int:
    member = cast.reward_queries.member_of(cast.know.customer(code).pk)
    assert member is not None
    return cast.ledger.balances(member.pk, day).get("point", 0)


def test_who_is_unknown_is_not_found(club, api):
    problem(api.get("members/C99"), 404, "no_customer")
    problem(api.get("members/C99/balances"), 404, "no_customer")
    problem(api.post("redemptions", {"customer_id": "C99", "reward": "five_off"}, key="r"), 404, "no_customer")


# Rewards ----------------------------------------------------------------------------------


def test_a_reward_is_taken_and_given_back(club, api):
    sell("Ada", "300.00", "2026-11-01", "a")
    assert [(r["reward"], r["price"], r["worth"]) for r in api.get("rewards").json()] == [
        ("twenty_off", 1000, "22.00"),
        ("five_off", 250, "5.00"),
    ]
    body = {"customer_id": "C1", "reward": "five_off"}
    taken = api.post("redemptions", body, key="r1")
    assert taken.status_code == 201
    number = taken.json()["redemption_id"]
    assert taken.json() == {
        "redemption_id": number,
        "customer_id": "C1",
        "reward": "five_off",
        "unit": "point",
        "units": 250,
        "worth": "5.00",
        "gives": None,
        "status": "made",
        "held_until": None,
        "balances": {"point": 75, "stamp": 3},
    }
    assert api.post("redemptions", body, key="r1").content == taken.content
    problem(api.post("redemptions", body, key="r2"), 422, "not_enough")
    problem(api.post("redemptions", body), 400, "no_idempotency_key")
    for _time in range(2):
        back = api.post(f"redemptions/{number}/cancel").json()
        assert (back["status"], back["balances"]) == ("cancelled", {"point": 325, "stamp": 3})
    problem(api.post("redemptions/4711/cancel"), 404, "no_redemption")
    problem(api.post("redemptions", {"customer_id": "C1", "reward": "a_car"}, key="r3"), 404, "no_reward")
    assert findings() == []


# The description --------------------------------------------------------------------------


def test_what_the_api_shows_a_browser_is_under_the_same_policy_as_a_page(club):
    browser = Client()
    for address in ("/api/v1/docs", "/api/v1/nothing", "/api/v1/members/C1", "/accounts/login/"):
        answer = browser.get(address)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"], address
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_description_is_openapi_3_1_and_lists_everything(club, api):
    document = Api(None).get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    told = {f"{m.upper()} {path}" for path, item in document["paths"].items() for m in item}
    assert told == {
        "POST /api/v1/purchases",
        "POST /api/v1/purchases/bulk",
        "GET /api/v1/purchases/{purchase_id}",
        "POST /api/v1/returns",
        "POST /api/v1/members",
        "POST /api/v1/events",
        "GET /api/v1/members/{customer_id}/thresholds",
        "POST /api/v1/members/{customer_id}/thresholds",
        "GET /api/v1/members/{customer_id}",
        "GET /api/v1/members/{customer_id}/balances",
        "GET /api/v1/rewards",
        "POST /api/v1/redemptions",
        "GET /api/v1/redemptions/quote",
        "POST /api/v1/redemptions/hold",
        "GET /api/v1/redemptions/{redemption_id}",
        "POST /api/v1/redemptions/{redemption_id}/confirm",
        "POST /api/v1/redemptions/{redemption_id}/cancel",
        "POST /api/v1/members/{customer_id}/adjustments",
        "POST /api/v1/vouchers/claim",
        "GET /api/v1/adjustments/{adjustment_id}",
        "POST /api/v1/members/{customer_id}/merge",
        "GET /api/v1/merges/{merge_id}",
        "POST /api/v1/merges/{merge_id}/undo",
        "GET /api/v1/segments",
        "POST /api/v1/segments",
        "GET /api/v1/segments/columns",
        "POST /api/v1/segments/count",
        "GET /api/v1/segments/{code}",
        "PUT /api/v1/segments/{code}",
        "DELETE /api/v1/segments/{code}",
        "GET /api/v1/segments/{code}/members",
        "POST /api/v1/segments/{code}/refresh",
        "POST /api/v1/segments/{code}/copy",
    }
    assert PEOPLE["Ada"].customer_id not in json.dumps(document)
