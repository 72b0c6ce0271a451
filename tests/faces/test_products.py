"""What is bought, on the office's pages: cells, pairs, fans, and what a customer comes back for."""

from __future__ import annotations

import html
import re

import pytest

import cast
from cast import NOW, TODAY, customer
from vafa.core.records import Line
from vafa.loop.daily import figures_as_of
from vafa.measure import assortment


def line(product: str, amount: int, category: str = "", brand: str = "") -> Line:
    return Line(amount=amount, product_id=product, product_name=product.title(), category=category, brand=brand)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """The clock stands still: figures of another shop would be as new."""
    assortment._of.cache_clear()
    assortment._fans.cache_clear()


@pytest.fixture
def groceries(club):
    """Ada takes tea and sugar on eight days, Ben bread on thirty; Clara tea once."""
    tea, sugar, bread = line("tea", 500, "Hot", "Ahmad"), line("sugar", 100, "Hot"), line("bread", 200, "Baked")
    told = [cast.bought("Ada", "6.00", f"2026-10-{day:02}", f"a{day}", lines=(tea, sugar)) for day in range(1, 9)]
    told += [cast.bought("Ben", "2.00", f"2026-10-{day:02}", f"b{day}", lines=(bread,)) for day in range(1, 31)]
    cast.record(*told, cast.bought("Clara", "5.00", "2026-10-03", "c", lines=(tea,)))
    figures_as_of(TODAY - 1, now=NOW)
    return club


def see(answer) -> str:
    assert answer.status_code == 200, answer.content
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def test_products_pairs_and_fans(groceries, as_sara):
    told = see(as_sara.get("/segment/products"))
    assert "2 products of 3 bring 80 % of sales." in told
    assert "Bread Baked AN 30 100 % $60" in told
    assert "Tea Hot AN 9 50 % $45" in told
    assert "Sugar Tea 8 1.3–4.3" in told
    assert "Baked Category 1" in told
    fans = see(as_sara.get("/segment/products/fans?kind=brand&name=Ahmad"))
    assert "1 customer comes back to “Ahmad”" in fans
    assert "Ada Birch 8 8 100 % 23 %" in fans
    assert "0 customers come back to “Nothing”" in see(as_sara.get("/segment/products/fans?kind=brand&name=Nothing"))
    assert as_sara.get("/segment/products/fans?kind=king&name=Ahmad").status_code == 404
    only = see(as_sara.get("/segment/products?cell=BN"))
    assert "1 product in BN" in only
    assert "Bread Baked" not in only


def test_the_card_says_what_a_customer_comes_back_for(groceries, as_sara):
    assert "Comes back for Hot 8 days" in see(as_sara.get(f"/know/customer/{customer('Ada').code}"))
    assert "Comes back for" not in see(as_sara.get(f"/know/customer/{customer('Clara').code}"))


def test_a_shop_that_tells_no_products_is_told_so(club, as_sara):
    cast.walk_the_ladder()
    figures_as_of(TODAY - 1, now=NOW)
    assert "Products" not in see(as_sara.get("/segment"))
    assert as_sara.get("/segment/products").status_code == 200
