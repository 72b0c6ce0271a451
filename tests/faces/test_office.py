"""The office's pages: for whom they open, in which language, and what they cost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

import cast
from cast import sell, sign_in
from vafa.core import clock
from vafa.engage.models import Message
from vafa.loop import segments
from vafa.loop.daily import every_morning
from vafa.shop.access import ROLES
from vafa.shop.actions import add_staff
from vafa.shop.models import Club

PAGES = {
    "/": "office.see",
    "/find?q=ada": "customer.see",
    "/know": "customer.see",
    "/know?filter=regular&q=a": "customer.see",
    "/know/customers.csv": "customer.see",
    "/know/duplicates": "customer.merge",
    "/know/customer/C1": "customer.see",
    "/know/customer/C1/edit": "customer.edit",
    "/segment": "segment.see",
    "/segment/products": "segment.see",
    "/segment/products?cell=AX": "segment.see",
    "/segment/products/fans?kind=brand&name=Ahmad": "customer.see",
    "/segment/new": "segment.see",
    "/segment/new?definition=late": "segment.see",
    "/segment/of/often": "segment.see",
    "/segment/of/often/people": "customer.see",
    "/segment/of/often/people.csv": "customer.see",
    "/reward": "programme.see",
    "/reward/terms": "programme.see",
    "/reward/terms.pdf": "programme.see",
    "/reward/gallery": "programme.see",
    "/reward/gallery/cafe": "programme.see",
    "/reward?version=1": "programme.see",
    "/reward/versions/1.toml": "programme.see",
    "/reward/from": "programme.launch",
    "/reward/corrections": "units.adjust",
    "/reward/vouchers": "programme.see",
    "/engage": "engage.see",
    "/measure": "measure.see",
    "/measure/base": "measure.see",
    "/measure/base?days=91": "measure.see",
    "/measure/base/people?tenth=1": "customer.see",
    "/measure/movement": "measure.see",
    "/measure/movement?days=30": "measure.see",
    "/measure/movement/people?was=client&rung=regular": "customer.see",
    "/measure/owed": "measure.see",
    "/measure/owed?span=all": "measure.see",
    "/measure/owed.csv": "measure.see",
    "/settings": "office.see",
}
POSTS = {
    "/know/duplicates/look": ({}, "customer.merge"),
    "/know/duplicates/1": ({}, "customer.merge"),
    "/know/merges/1/undo": ({}, "customer.merge"),
    "/know/customer/C1/edit": ({"name": "Ada", "birthday": "", "note": ""}, "customer.edit"),
    "/know/customer/C1/threshold": ({"reward": "paper", "units": "500"}, "customer.edit"),
    "/know/customer/C1/talk": ({"way": "call", "text": "All well."}, "customer.talk"),
    "/know/customer/C1/household": ({"name": "Nika", "relation": "child"}, "customer.edit"),
    "/know/promises/1/kept": ({}, "customer.talk"),
    "/know/customer/C1/correct": ({"act": "give", "unit": "point", "units": "5"}, "units.adjust"),
    "/segment/asked": ({"text": "late"}, "segment.see"),
    "/segment/save": ({"name": "Late", "text": "late"}, "segment.edit"),
    "/segment/of/often/refresh": ({}, "segment.refresh"),
    "/segment/of/often/copy": ({}, "segment.edit"),
    "/segment/of/often/remove": ({}, "segment.edit"),
    "/reward/corrections/1": ({"approve": "1"}, "units.approve"),
    "/reward/vouchers/issue": ({}, "voucher.issue"),
    "/reward/draft": ({"text": ""}, "programme.draft"),
    "/reward/value": ({"text": "", "key": "earn.base.per"}, "programme.draft"),
    "/reward/change": ({"text": "", "key": "earn.base.per", "value": "2"}, "programme.draft"),
    "/reward/launch": ({}, "programme.launch"),
    "/reward/import": ({}, "programme.draft"),
    "/reward/versions/1/withdraw": ({}, "programme.launch"),
    "/engage/approve": ({"ids": "1"}, "engage.approve"),
    "/engage/withdraw": ({"ids": "1"}, "engage.approve"),
    "/engage/drop/1": ({}, "engage.approve"),
    "/engage/recipe/birthday": ({"on": "1"}, "engage.settings"),
    "/settings": ({"name": "Mine"}, "settings.edit"),
}


@pytest.fixture
def running(club):
    """A club in full swing: everybody has bought, the morning's round is done, a letter waits."""
    cast.walk_the_ladder()
    cast.enrol("Ada", consents=(("offers", "email"),))
    from vafa.engage import actions

    actions.switch("birthday", on=True, actor=cast.SYSTEM, now=clock.now())
    every_morning(clock.now())
    segments.define("Often", "purchases >= 5", actor=cast.SYSTEM, now=clock.now())
    return club


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_page_answers_the_owner_in_their_language(running, as_sara, address, language):
    as_sara.cookies["vafa-language"] = language
    answer = as_sara.get(address)
    assert answer.status_code == 200
    if answer.headers["Content-Type"].startswith("text/html") and b"<html" in answer.content:
        direction = {"en": "ltr", "fa": "rtl"}[language]
        assert f'<html lang="{language}" dir="{direction}"' in answer.content.decode()
        assert answer.headers["Content-Language"] == language


@pytest.mark.parametrize("address", PAGES)
def test_a_shop_in_which_nothing_happened_yet_has_pages_too(shop, as_sara, address):
    assert as_sara.get(address, follow=True).status_code in (200, 404, 422)


@pytest.mark.parametrize("address", [*PAGES, *POSTS])
def test_who_is_not_signed_in_is_sent_to_the_door(running, address):
    act = Client().get if address in PAGES else Client().post
    answer = act(address)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages_and_no_others(running, team, role):
    person = add_staff(email=f"{role}@kim.example", name="Kim", role=role, actor=cast.SYSTEM, now=clock.now())
    browser = sign_in(person)
    for address, act in PAGES.items():
        status = browser.get(address).status_code
        if act in ROLES[role]:
            assert status == 200, address
        else:
            assert status == 403 or (address == "/" and status == 302), (address, status)


@pytest.mark.parametrize("address", POSTS)
def test_who_may_not_do_it_is_refused_and_nothing_changes(running, team, address):
    form, act = POSTS[address]
    before = cast.row_counts()
    for role in ROLES:
        if act not in ROLES[role]:
            person = add_staff(email=f"{role}@kim.example", name="Kim", role=role, actor=cast.SYSTEM, now=clock.now())
            before["shop_audit"] += 1
            assert sign_in(person).post(address, form).status_code in (403, 422), role
    assert cast.row_counts() == before


def test_every_address_is_in_these_tables():
    office = next(p for p in get_resolver().url_patterns if getattr(p, "app_name", "") == "office")
    known = {
        re.sub(r"/(C1|1|birthday|cafe|often)(?=/|[.]|$)", "/<>", a.split("?")[0]).lstrip("/") for a in [*PAGES, *POSTS]
    }
    untold = {re.sub(r"<[^>]+>", "<>", str(p.pattern)) for p in office.url_patterns} - known
    assert untold == {"figure/<>", "reward/back-test", "reward/caps", "engage/letter/<>"}


def test_what_was_refused_stands_above_the_form(running, as_sara):
    form = {"name": "Corner", "currency": "USD", "time_zone": "Mars/Olympus", "calendar": "gregorian"}
    form |= {"language": "en", "region": "US", "holdout_percent": "10", "week_start": "0", "thank_you_over": "200"}
    answer = as_sara.post("/settings", form)
    assert answer.status_code == 422
    assert "There is no time zone “Mars/Olympus”." in text_of(answer)
    assert as_sara.post("/settings", form | {"time_zone": "Asia/Tehran"}).status_code == 302
    assert cast.shop_queries.club().time_zone == "Asia/Tehran"


def test_a_letter_is_read_and_approved(running, as_sara):
    letter = Message.objects.get()
    assert "Ada Birch" in text_of(as_sara.get("/engage"))
    assert "4 December" in text_of(as_sara.get(f"/engage/letter/{letter.pk}"))
    assert as_sara.get("/engage/letter/4711").status_code == 404
    assert as_sara.get("/know/customer/C99").status_code == 404


def test_the_export_runs_no_formulas(running, as_sara):
    cast.Customer.objects.filter(code="C1").update(name="=HYPERLINK(1)")
    answer = as_sara.get("/know/customers.csv")
    text = b"".join(answer.streaming_content).decode()
    assert "C1,'=HYPERLINK(1),buyer,40.00,1,False" in text
    assert text.startswith("\ufeffcustomer_id,")


def test_names_never_become_markup(running, as_sara):
    cast.Customer.objects.filter(code="C1").update(name="<script>x</script>", folded_name="<script>x</script>")
    for address in ("/know", "/know/customer/C1", "/engage", "/find?q=<script>"):
        assert "<script>x" not in as_sara.get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "most"),
    [("/know", 20), ("/know/customer/C5", 45), ("/engage", 20), ("/segment", 20), ("/settings", 20)],
)
def test_pages_ask_a_bounded_number_of_questions(running, as_sara, address, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        as_sara.get(address)


def test_the_list_costs_no_more_with_more_customers(running, as_sara, django_assert_max_num_queries):
    for n in range(15):
        sell(f"X{n}", "20.00", "2026-11-10", f"x{n}")
    every_morning(clock.now())
    with django_assert_max_num_queries(20):
        answer = as_sara.get("/know")
    assert answer.content.decode().count("/know/customer/") >= 20


def test_a_back_test_is_told_in_the_language_of_who_asks_and_with_the_margin_of_now(running, as_sara):
    text = cast.GALLERY.joinpath("points.toml").read_text("utf-8")
    as_sara.cookies["vafa-language"] = "en"
    english = text_of(as_sara.post("/reward/back-test", {"text": text}))
    as_sara.cookies["vafa-language"] = "fa"
    persian = text_of(as_sara.post("/reward/back-test", {"text": text}))
    Club.objects.update(margin_percent=62)
    as_sara.cookies["vafa-language"] = "en"
    assert "at 62 % margin" in text_of(as_sara.post("/reward/back-test", {"text": text}))
    assert "at 62 % margin" not in english
    assert "of sales" in english
    assert not re.search("[a-z]{4}", re.sub(r"\S*C[1-5]\S*", "", persian))
