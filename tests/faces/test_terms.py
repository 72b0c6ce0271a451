"""The terms for everybody, in three languages and as a leaflet; ready programmes in the office."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from django.test import Client

import cast
from cast import sign_in
from vafa.core import clock
from vafa.reward import actions as reward
from vafa.reward import gallery, queries
from vafa.shop import actions as shop_actions


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_whoever_asks_reads_the_terms_without_signing_in(club):
    answer = Client().get("/terms")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Corner Market Club" in page
    assert "Version 1, in force from 1 January 2026" in page
    assert "Members get 1 point for every $1 they spend, after discounts." in page
    assert "A purchase of $2,500 reaches Premier and brings 2,500 points (1 for each $1 after discount)" in page
    assert "48 points, received on 20 November 2026: usable to the end of 20 November 2027." in page


@pytest.mark.parametrize(
    ("code", "direction", "sentence"),
    [
        ("en", "ltr", "The terms, in plain words"),
        ("fa", "rtl", "۲۵ امتیاز"),
        ("hy", "ltr", "Ով անդամակցում է, առաջին իսկ օրը ստանում է 25 միավոր ՝ առանց որևէ պարտավորության։"),
    ],
)
def test_an_address_for_each_language(club, code, direction, sentence):
    answer = Client().get(f"/terms/{code}")
    assert f'<html lang="{code}" dir="{direction}"' in answer.content.decode()
    assert answer.headers["Content-Language"] == code
    assert sentence in text_of(answer)


def test_the_leaflet_is_the_same_for_everybody_and_of_a_draft_for_staff_alone(club, as_sara):
    leaflet = Client().get("/terms/hy.pdf")
    assert leaflet.headers["Content-Type"] == "application/pdf"
    assert len(pypdfium2.PdfDocument(leaflet.content)) > 1
    assert as_sara.get("/reward/terms.pdf?lang=hy").content == leaflet.content
    reward.save_draft(gallery.text("cafe", "USD"), actor=cast.SYSTEM, now=clock.now())
    assert as_sara.get("/reward/terms.pdf?lang=hy&version=2").content != leaflet.content
    assert Client().get("/terms/hy.pdf?version=2").content == leaflet.content


@pytest.mark.parametrize("address", ["/terms", "/terms/en", "/terms/en.pdf"])
def test_where_nothing_runs_a_draft_is_nobodys_business(shop, as_sara, address):
    reward.save_draft(gallery.text("cafe", "USD"), actor=cast.SYSTEM, now=clock.now())
    answer = Client().get(address)
    assert answer.status_code == 404
    assert "No programme is running." in text_of(answer)
    assert "Draft of version 1: not in force" in text_of(as_sara.get("/reward/terms"))


@pytest.mark.parametrize("address", ["/terms/de", "/terms/..%2Fen", "/terms/de.pdf"])
def test_a_language_that_they_are_not_written_in_is_not_found(club, address):
    assert Client().get(address).status_code == 404


def test_the_office_shows_them_in_any_language_and_the_draft_too(club, as_sara):
    reward.save_draft(gallery.text("grocer", "USD"), actor=cast.SYSTEM, now=clock.now())
    running, draft = (as_sara.get(f"/reward/terms?lang=hy{more}").content.decode() for more in ("", "&version=2"))
    assert 'lang="hy" dir="ltr"' in running
    assert "Տարբերակ 1, ուժի մեջ է՝ սկսած 1 հունվարի 2026" in running
    assert "Տարբերակ 2-ի նախագիծ. ուժի մեջ չէ" in draft
    assert "երեքշաբթի" in draft
    assert "երեքշաբթի" not in running


def test_five_cards_and_what_each_would_have_cost_at_once(club, as_sara):
    cast.walk_the_ladder()
    page = as_sara.get("/reward/gallery").content.decode()
    assert re.findall(r"/reward/gallery/(\w+)", page)[:5] == ["cafe", "grocer", "fashion", "online", "wholesaler"]
    chosen = as_sara.get("/reward/gallery/cafe")
    assert "Stamps need no reckoning" in text_of(chosen)
    assert 'hx-trigger="load, submit' in chosen.content.decode()
    tried = as_sara.post("/reward/back-test", {"text": gallery.text("cafe", "USD"), "whole": "1"})
    assert "18 purchases, replayed in" in text_of(tried)
    assert queries.running().text != gallery.text("cafe", "USD")
    assert queries.draft() is None


def test_what_is_used_as_a_draft_waits_until_it_is_launched(club, as_sara):
    text = gallery.text("online", "USD")
    running = queries.running().text
    assert as_sara.post("/reward/draft", {"text": text}).status_code == 302
    assert queries.draft().text == text
    assert queries.running().text == running


def test_a_shop_of_another_currency_is_shown_its_own_amounts(as_sara):
    shop_actions.change_settings(currency="AMD", actor=cast.SYSTEM, now=clock.now())
    page = text_of(as_sara.get("/reward/gallery/grocer"))
    assert "1 dollar stands as AMD 500 here" in page.replace("\u00a0", " ")
    assert "for every AMD 500 they spend" in page.replace("\u00a0", " ")


def test_an_unknown_ready_programme_is_not_found(as_sara):
    answer = as_sara.get("/reward/gallery/bank")
    assert answer.status_code == 404
    assert "There is no ready programme “bank”." in text_of(answer)


def test_who_only_looks_is_not_offered_the_draft(club, team):
    assert "Use as draft" not in text_of(sign_in(team.nina).get("/reward/gallery/cafe"))
    assert "Use as draft" in text_of(sign_in(team.omid).get("/reward/gallery/cafe"))
