"""What no client should send, and sixteen tills at once: never a crash, never half an effect."""

from __future__ import annotations

import json
from collections import Counter

import pytest

import cast
from cast import Api, balance, findings, new_key, row_counts, sell
from vafa.know.models import Purchase
from vafa.reward.models import Redemption

SALE = {"purchase_id": "R-1001", "customer_id": "C1", "at": "2026-11-19T17:30:00", "amount": "148.50"}
DEEP = "[" * 50_000 + "]" * 50_000
HOSTILE = [
    "\x00",
    "C1\x00",
    "\ud800",
    "\u202eC1",
    "‏فارسی‏",
    "=cmd|'/c calc'!A0",
    "'; DROP TABLE know_customer; --",
    "<script>alert(1)</script>",
    "%s%(x)s{}",
    "A" * 100_000,
    " ",
    "",
]
NUMBERS = [1e308, 10**9, -(10**40), 0, True, None, [], {}, "NaN", "Infinity", "1e5", "٤٨٫٥٠", "-0", "0.001", "9" * 40]
MOMENTS = [
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59",
    "9999-12-31T23:59:59-12:00",
    "2026-02-30T00:00:00",
    "yesterday",
    10**18,
    -1,
    "",
]


def answered(answer) -> None:
    """Recorded, or refused with a problem document; never a crash."""
    assert answer.status_code in (200, 201, 400, 404, 409, 422), (answer.status_code, answer.content[:300])
    if answer.status_code >= 400:
        document = answer.json()
        assert document["code"]
        assert len(document["detail"]) < 1000


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_texts_never_crash(club, api, text):
    for field in ("purchase_id", "customer_id", "store", "returns", "currency"):
        answered(api.post("purchases", SALE | {"purchase_id": f"p-{field}", field: text}))
    line = {"amount": "148.50", "product_id": text, "product_name": text}
    answered(api.post("purchases", SALE | {"purchase_id": "l", "lines": [line]}))
    answered(api.post("purchases/bulk", SALE | {"store": text, "purchase_id": "b"}))
    for field in ("customer_name", "phone", "email", "card"):
        answered(api.post("members", {"customer_id": "C1", field: text}, key=f"m-{field}"))
    for field in ("customer_id", "reward"):
        answered(api.post("redemptions", {"customer_id": "C1", "reward": "five_off", field: text}, key=f"r-{field}"))
    assert findings() == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: ascii(number)[:20])
def test_hostile_numbers_never_crash(club, api, number):
    answered(api.post("purchases", SALE | {"amount": number}))
    for field in ("amount", "quantity", "unit_price", "discount", "cost", "tax"):
        body = SALE | {"purchase_id": field, "lines": [{"amount": "148.50", field: number}]}
        answered(api.post("purchases", body))
    assert findings() == []


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_hostile_times_never_crash(club, api, at):
    answered(api.post("purchases", SALE | {"at": at}))
    answered(api.post("purchases/bulk", SALE | {"at": at, "purchase_id": "b"}))
    answered(api.post("members", {"customer_id": "C9", "joined_at": at}))
    answered(api.post("members", {"customer_id": "C8", "birthday": at}))
    assert findings() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        DEEP.encode(),
        b'{"a":' * 50_000,
        b'{"amount": NaN}',
        json.dumps(SALE | {"colour": "red"}).encode(),
        json.dumps(SALE | {"lines": [{"amount": "1"}] * 2001}).encode(),
        json.dumps(SALE | {"lines": "many"}).encode(),
    ],
    ids=lambda raw: ascii(raw)[:20],
)
def test_bodies_that_are_none_write_nothing(club, api, raw):
    before = row_counts()
    for path in ("purchases", "returns", "members", "redemptions"):
        answer = api.post(path, raw=raw, key="k")
        assert answer.status_code in (400, 422), (path, answer.content[:300])
        answered(answer)
    answered(api.post("purchases/bulk", raw=raw))
    assert row_counts() == before


def test_sums_beyond_what_the_engine_can_count_are_refused(club, api):
    lines = [{"amount": "9999999999999.99"}] * 2000
    before = row_counts()
    answer = api.post("purchases", {k: v for k, v in SALE.items() if k != "amount"} | {"lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (422, "amount_too_large")
    assert row_counts() == before


def test_the_largest_amount_that_is_allowed_is_counted(club, api):
    answer = api.post("purchases", SALE | {"amount": "10000000000000.00"})
    assert answer.json()["points"][0]["amount"] == 10**13
    assert findings() == []


def test_strange_keys_of_idempotency(club, api):
    for key in ("k" * 201, "\x01", "é", "k" * 200):
        answered(api.post("purchases", SALE, key=key))


@pytest.mark.parametrize("path", ["members/%00", "members/%ff", "members/%E2%80%AE", "members/" + "x" * 5000])
def test_strange_addresses(club, api, path):
    answered(api.get(path))
    answered(api.get(path.replace("members", "purchases")))


def test_a_number_too_large_for_the_database(club, api):
    for number in (2**63, -1, 10**30):
        assert api.post(f"redemptions/{number}/cancel").status_code in (404, 422)


# All at once --------------------------------------------------------------------------------


def test_sixteen_tills_send_the_same_purchase(busy_shop):
    key = new_key("purchases:write")
    answers = busy_shop(*[lambda: Api(key).post("purchases", SALE)] * 16)
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.content for answer in answers}) == 1
    assert Purchase.objects.count() == 1
    assert balance("Ada") == 25 + 148
    assert findings() == []


def test_sixteen_tills_send_it_under_keys_of_their_own(busy_shop):
    key = new_key("purchases:write")
    answers = busy_shop(*[lambda n=n: Api(key).post("purchases", SALE, key=f"k{n}") for n in range(16)])
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.content for answer in answers}) == 1
    assert Purchase.objects.count() == 1
    assert findings() == []


def test_sixteen_tills_sell_to_one_member(busy_shop):
    key = new_key("purchases:write")
    acts = [lambda n=n: Api(key).post("purchases", SALE | {"purchase_id": f"R-{n}"}) for n in range(16)]
    assert [answer.status_code for answer in busy_shop(*acts)] == [201] * 16
    assert (balance("Ada"), balance("Ada", "stamp")) == (25 + 16 * 148, 23)  # 2,376.00 spent
    assert findings() == []


def test_sixteen_tills_spend_the_same_points_and_one_succeeds(busy_shop):
    sell("Ada", "225.00", "2026-11-01", "a")
    key = new_key("rewards:write")
    body = {"customer_id": "C1", "reward": "five_off"}
    answers = busy_shop(*[lambda n=n: Api(key).post("redemptions", body, key=f"k{n}") for n in range(16)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 15}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"not_enough"}
    assert (Redemption.objects.count(), balance("Ada")) == (1, 0)
    assert findings() == []


def test_two_enrol_the_same_card_at_once(busy_shop):
    key = new_key("members:write")
    acts = [lambda n=n: Api(key).post("members", {"customer_id": f"N{n}", "card": "7777"}) for n in range(8)]
    assert Counter(answer.status_code for answer in busy_shop(*acts)) == {201: 1, 409: 7}


def test_the_same_stranger_buys_at_eight_tills(busy_shop):
    key = new_key("purchases:write")
    acts = [
        lambda n=n: Api(key).post("purchases", SALE | {"purchase_id": f"R-{n}", "customer_id": "NEW"}) for n in range(8)
    ]
    assert [answer.status_code for answer in busy_shop(*acts)] == [201] * 8
    assert cast.know.customer("NEW").pk
