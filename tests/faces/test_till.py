"""The till, from the finding of a customer to the undoing of a purchase."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

import cast
from cast import balance, findings, row_counts, sell, sign_in
from vafa.know import searching
from vafa.know.models import Purchase
from vafa.reward.models import Redemption

KEY = str(uuid.UUID(int=7))
HTMX = {"HX-Request": "true"}


def see(answer) -> str:
    """What stands on the page, as one line of text."""
    assert answer.status_code == 200, answer.content
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def record(till: Client, amount: str = "48.50", who: str = "C1", key: str = KEY):
    return till.post("/till/record", {"customer": who, "amount": amount, "key": key}, headers=HTMX)


def test_the_till_begins_with_one_question(club, as_reza):
    assert "Who is here?" in see(as_reza.get("/till/"))


@pytest.mark.parametrize("text", ["0101", "9001", "C1", "ada", "۰۱۰۱", "(212) 555-0101"])
def test_a_customer_is_found_by_last_digits_card_number_or_name(club, as_reza, text):
    page = see(as_reza.get("/till/find", {"q": text}, headers=HTMX))
    assert "Ada Birch" in page
    assert "First time here. Welcome." in page


def test_several_are_offered(club, as_reza):
    page = see(as_reza.get("/till/find", {"q": "010"}, headers=HTMX))
    assert "No one is found" in page
    page = see(as_reza.get("/till/find", {"q": "example.com"}, headers=HTMX))
    assert "5 people fit" in page
    cast.loop_join.join(cast.Person("C9", "Bea Birch", "+12125550101"), actor=cast.SYSTEM, now=cast.NOW)
    page = see(as_reza.get("/till/find", {"q": "0101"}, headers=HTMX))
    assert "2 people fit" in page
    assert "Ada Birch" in page
    assert "Bea Birch" in page


def test_nobody_is_invited(club, as_reza):
    page = see(as_reza.get("/till/find", {"q": "5559999"}, headers=HTMX))
    assert "Not a member yet" in page
    assert "Would you like to join our club?" in page


def test_a_cashier_sees_only_the_end_of_a_phone(club, as_reza, as_sara):
    for address in ("/till/find?q=0101", "/till/customer/C1"):
        page = as_reza.get(address, headers=HTMX).content.decode()
        assert "•••• 0101" in page
        assert "2125550101" not in page
    assert "+12125550101" in as_sara.get("/till/find?q=0101", headers=HTMX).content.decode()


def test_the_greeting_tells_when_they_were_here_and_what_they_may_take(club, as_reza):
    sell("Ada", "300.00", "2026-11-10", "a", lines=(cast.Line(30000, "P1", "GREEN TEA"),))
    page = see(as_reza.get("/till/find?q=0101", headers=HTMX))
    assert "Last here 10 days ago" in page
    assert "how was the purchase of 10 November (Green tea)?" in page
    assert "Birthday: on 4 December." in page
    assert "Use 250 points: $5 off" in page


def test_what_an_amount_would_bring_is_told_and_not_written(club, as_reza):
    before = row_counts()
    page = see(as_reza.get("/till/quote", {"customer": "C1", "amount": "48.50"}, headers=HTMX))
    assert "48 points: 1 for each $1 after discount" in page
    assert row_counts() == before
    for amount in ("", "forty", "1.005", "9" * 60):
        see(as_reza.get("/till/quote", {"customer": "C1", "amount": amount}, headers=HTMX))


def test_a_purchase_is_recorded_and_tells_its_points(club, as_reza, team):
    page = see(record(as_reza))
    assert "Recorded: $48.50" in page
    assert "48 points: 1 for each $1 after discount" in page
    assert "+48" in page
    assert balance("Ada") == 73
    kept = Purchase.objects.get()
    assert (kept.source, kept.seller, kept.channel, kept.amount) == ("till", "Reza", "till", 4850)
    assert findings() == []


def test_the_same_form_twice_is_one_purchase(club, as_reza):
    first = see(record(as_reza))
    with cast.clock.frozen(cast.NOW.replace(minute=1)):
        second = see(record(as_reza))
    assert (first, Purchase.objects.count(), balance("Ada")) == (second, 1, 73)


@pytest.mark.parametrize("amount", ["", "0", "-5", "forty", "1.005", "1e5", "9" * 30, "48,50x", "NaN", "\u202e5"])
def test_an_amount_that_is_none_is_told_beside_the_field(club, as_reza, amount):
    before = row_counts()
    page = record(as_reza, amount)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert row_counts() == before


def test_persian_digits_are_an_amount(club, as_reza):
    record(as_reza, "۴۸٫۵۰")
    assert Purchase.objects.get().amount == 4850


def test_a_sale_without_a_card(club, as_reza):
    assert "Without a card" in see(as_reza.get("/till/anonymous", headers=HTMX))
    assert "Recorded: $12.00" in see(record(as_reza, "12.00", ""))
    assert Purchase.objects.get().customer is None


@pytest.mark.parametrize("key", ["", "1", "x" * 300])
def test_a_form_without_its_key_is_too_old(club, as_reza, key):
    answer = record(as_reza, key=key)
    assert (answer.status_code, Purchase.objects.count()) == (422, 0)
    assert "too old" in answer.content.decode()


def test_a_reward_is_taken_once_and_undone(club, as_reza):
    sell("Ada", "225.00", "2026-11-10", "a")
    form = {"customer": "C1", "reward": "five_off", "key": f"{KEY}:five_off", "q": "0101"}
    page = see(as_reza.post("/till/redeem", form, headers=HTMX))
    assert "250 points used: take $5.00 off." in page
    assert "250 points used" in see(as_reza.post("/till/redeem", form, headers=HTMX))
    taken = Redemption.objects.get()
    assert balance("Ada") == 0
    undo = {"what": "redemption", "id": taken.pk}
    assert "Undone: 250 points are back." in see(as_reza.post("/till/undo", undo, headers=HTMX))
    as_reza.post("/till/undo", undo, headers=HTMX)
    assert balance("Ada") == 250
    assert findings() == []


def test_a_reward_that_costs_too_much_is_refused_in_a_sentence(club, as_reza):
    form = {"customer": "C1", "reward": "five_off", "key": KEY}
    answer = as_reza.post("/till/redeem", form, headers=HTMX)
    assert answer.status_code == 422
    assert "25 of 250" in answer.content.decode()


def test_a_certificate_goes_into_the_wallet_and_nothing_comes_off_the_bill(larger_club, as_reza):
    sell("Ada", "100.00", "2026-11-10", "a")
    page = see(as_reza.get("/till/find?q=0101", headers=HTMX))
    assert "Use 100 points: certificate of $5, kept in the wallet" in page
    assert "Use 50 points" not in page  # for a tier that Ada has not reached
    form = {"customer": "C1", "reward": "paper", "key": f"{KEY}:paper"}
    page = see(as_reza.post("/till/redeem", form, headers=HTMX))
    assert "100 points used: certificate of $5.00 is in the wallet. Take nothing off this bill." in page
    assert (balance("Ada"), balance("Ada", "certificate")) == (25, 500)
    as_reza.post("/till/undo", {"what": "redemption", "id": Redemption.objects.get().pk}, headers=HTMX)
    assert (balance("Ada"), balance("Ada", "certificate")) == (125, 0)
    form = {"customer": "C1", "reward": "lounge", "key": f"{KEY}:lounge"}
    answer = as_reza.post("/till/redeem", form, headers=HTMX)
    assert (answer.status_code, "only for: Premier" in answer.content.decode()) == (422, True)
    assert findings() == []


def test_the_last_purchase_is_undone(club, as_reza):
    record(as_reza)
    undo = {"what": "purchase", "id": Purchase.objects.get().pk}
    for _time in range(2):
        assert "Taken back: $48.50" in see(as_reza.post("/till/undo", undo, headers=HTMX))
    assert balance("Ada") == 25
    assert findings() == []


@pytest.mark.parametrize("number", ["", "abc", "²", "-1", "9" * 30, "9" * 5000, "4711"])
@pytest.mark.parametrize("what", ["purchase", "redemption"])
def test_nothing_else_is_undone(club, as_reza, what, number):
    answer = as_reza.post("/till/undo", {"what": what, "id": number}, headers=HTMX)
    assert answer.status_code in (404, 422)


def test_somebody_joins_and_is_a_member_at_once(club, as_reza):
    form = {"name": "Finn Gray", "phone": "212 555 0199", "may_write": "1", "q": "0199"}
    page = see(as_reza.post("/till/enrol", form, headers=HTMX))
    assert "Welcome to the club." in page
    assert "25 points" in page
    finn = searching.search("0199", region="US")[0]
    assert cast.know.consenting([finn.pk], purpose="offers", channel="sms") == {finn.pk}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "Finn"}, "A phone or a card is needed"),
        ({"name": "Finn", "phone": "12"}, "“12” is no phone number."),
        ({"name": "Finn", "card": "9001"}, "This phone or card belongs to Ada Birch."),
        ({"name": "Finn", "phone": "2125550101"}, "This phone or card belongs to Ada Birch."),
    ],
)
def test_who_can_not_join_hears_why_and_the_form_keeps_what_was_typed(club, as_reza, form, sentence):
    before = row_counts()
    page = as_reza.post("/till/enrol", form, headers=HTMX).content.decode()
    assert sentence in page
    assert f'value="{form["name"]}"' in page
    assert row_counts() == before


def test_nobody_sells_without_signing_in(club):
    for address in ("/till/", "/till/find?q=ada", "/till/customer/C1"):
        answer = Client().get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert Client().post("/till/record", {"amount": "5"}).status_code == 302
    assert Client(enforce_csrf_checks=True).post("/till/record", {}).status_code == 403


def test_an_analyst_has_no_till(club, team):
    till = sign_in(team.nina)
    assert till.get("/till/").status_code == 403
    assert record(till).status_code == 403


def test_a_cashier_has_no_office(club, as_reza):
    for address in ("/", "/know", "/know/customer/C1", "/know/customers.csv", "/measure", "/settings", "/engage"):
        answer = as_reza.get(address)
        assert answer.status_code in (302, 403), address
        assert answer.headers.get("Location", "/till/") == "/till/"
    assert as_reza.post("/settings", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("text", ["\x00", "A" * 5000, "\u202eabc", "%", "_", "'", "=1+1", "<b>"], ids=ascii)
def test_strange_searches_find_nobody(club, as_reza, text):
    answer = as_reza.get("/till/find", {"q": text}, headers=HTMX)
    assert answer.status_code in (200, 400)
    assert "<b>" not in answer.content.decode().replace("<b>Say:</b>", "")
    assert as_reza.post("/till/enrol", {"name": text, "phone": "2125550198"}, headers=HTMX).status_code in (200, 400)


def test_a_page_of_the_till_asks_little_of_the_database(club, as_reza, django_assert_max_num_queries):
    cast.walk_the_ladder()
    with django_assert_max_num_queries(25):
        as_reza.get("/till/find?q=0105", headers=HTMX)
    with django_assert_max_num_queries(60):
        record(as_reza)
