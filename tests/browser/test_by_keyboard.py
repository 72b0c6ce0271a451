"""What a person does in a browser: the till without a mouse, the office in two languages, axe on every page."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from vafa.core import clock
from vafa.core.records import Line, Person, Purchase
from vafa.loop import daily, join, purchase, segments
from vafa.reward import actions as reward
from vafa.shop import actions as shop
from vafa.shop import queries
from vafa.shop.access import SYSTEM

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
GALLERY = Path(__file__).resolve().parents[2] / "src" / "vafa" / "reward" / "gallery"
PAGES = (
    "/ /know /know/duplicates /know/customer/MINA /segment /reward /reward?version=1 /reward/from "
    "/reward/terms /reward/gallery /reward/corrections /terms /engage /measure /segment/new "
    "/segment/new?definition=late+OR+(late+AND+r=1) /segment/of/often /segment/of/often/people "
    "/segment/products /segment/products/fans?kind=brand&name=Chenar /measure/owed /settings /till/ "
    "/till/find?q=mina /till/find?q=nobody /accounts/password/reset/"
).split()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("VAFA_BROWSER") != "required", reason="Chromium is not installed"
    ),
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def shop_front(settings: Any, transactional_db: None) -> str:
    """A shop with Mina, who bought every week for three months, and the owner's one-time link."""
    settings.DEMO = True
    now = clock.now()
    shop.set_up(name="Chenar", tagline="Nuts & sweets", actor=SYSTEM, now=now, margin_percent=40, thank_you_over=9000)
    reward.save_draft((GALLERY / "points_and_stamps.toml").read_text("utf-8"), actor=SYSTEM, now=now)
    reward.launch(starts_day=queries.today() - 400, actor=SYSTEM, now=now)
    people = (("MINA", "Mina Rahimi", "+12025550147", 12), ("BEN", "Ben Cole", "+12025550199", 1))
    for code, name, phone, weeks in people:
        person = Person(customer_id=code, name=name, phone=phone)
        join.join(person, actor=SYSTEM, now=now, joined_at=now - timedelta(days=120), consents=[("thanks", "letter")])
        for week in range(weeks):
            at = now - timedelta(days=7 * week + 1)
            day = queries.today() - 7 * week - 1
            bought = Purchase(
                "file",
                f"{code}{week}",
                "sale",
                code,
                at,
                day,
                9500,
                (Line(9500, "p1", "Pistachios", "Nuts", "Chenar"),),
            )
            purchase.record_one(bought, actor=SYSTEM, now=now)
    for code, name in (("OLGA", "Olga Petrova"), ("OLGA2", "Ольга Петрова")):  # probably one person
        join.join(Person(customer_id=code, name=name, phone="+12025550111"), actor=SYSTEM, now=now, joined_at=now)
    daily.every_morning(now)
    segments.define("Often", "purchases >= 10", actor=SYSTEM, now=now)
    owner = shop.add_staff(email="sara@example.com", name="Sara", role="owner", actor=SYSTEM, now=now)
    return f"/enter/{shop.one_time_link(owner, now=now)}"


@pytest.fixture
def page(browser: Any, live_server: Any, shop_front: str) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1200, "height": 820})
    opened = context.new_page()
    opened.complaints = []  # what the console says of this page
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(shop_front)
    yield opened
    assert opened.complaints == []
    context.close()


def test_the_till_without_a_mouse(page: Page) -> None:
    page.goto("/till/")
    page.keyboard.type("0147")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mina Rahimi")).to_be_visible()
    page.keyboard.type("48.50")
    expect(page.locator("#quote")).to_contain_text("+48")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recorded: $48.50")).to_be_visible()
    expect(page.locator("#till")).to_contain_text("48 points: 1 for each $1")
    page.keyboard.type("mina")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mina Rahimi")).to_be_visible()
    expect(page.locator("#till")).to_contain_text("1,213 points")
    page.keyboard.press("F2")
    expect(page.locator("#till")).to_contain_text("take $22.00 off")
    expect(page.locator("#till")).to_contain_text("213 points")
    page.keyboard.press("F8")
    expect(page.locator("#till")).to_contain_text("1,000 points are back")
    expect(page.locator("#till")).to_contain_text("1,213 points")


def test_undo_of_a_purchase_takes_its_points_back(page: Page) -> None:
    page.goto("/till/")
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ben Cole")).to_be_visible()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recorded: $10.00")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator("#till")).to_contain_text("Taken back: $10.00")
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ben Cole")).to_be_visible()
    expect(page.locator("#till")).to_contain_text("120 points")


def test_someone_new_joins_at_the_till(page: Page) -> None:
    page.goto("/till/")
    page.keyboard.type("2025550123")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Not a member yet")).to_be_visible()
    page.keyboard.type("Nika Azad")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nika Azad")).to_be_visible()
    expect(page.locator("#till")).to_contain_text("25 points")


def test_a_figure_opens_with_its_formula_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/")
    page.locator("#figure-active").click()
    expect(page.get_by_role("dialog", name="Active customers")).to_contain_text("customers − lapsed = active")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#figure-active")).to_be_focused()


def test_a_value_in_a_sentence_is_changed_and_the_back_test_follows(page: Page) -> None:
    page.goto("/reward")
    expect(page.locator("#back-test")).to_contain_text("13 purchases")
    page.locator("#rules").get_by_role("button", name="$1", exact=True).click()
    expect(page.locator("#value-editor input[name=value]")).to_be_focused()
    page.keyboard.type("nothing")
    page.keyboard.press("Enter")
    expect(page.locator("#value-editor")).to_contain_text("“nothing” is no number")
    page.locator("#rules").get_by_role("button", name="$1", exact=True).click()
    expect(page.locator("#value-editor input[name=value]")).to_be_focused()
    page.keyboard.type("2")
    with page.expect_response("**/reward/back-test"):
        page.keyboard.press("Enter")
    expect(page.locator("#rules")).to_contain_text("Members get 1 point for every $2 they spend")
    expect(page.locator("#programme-text")).to_have_value(re.compile(r"per = 2\.00"))
    page.locator("[id='slide-earn.base.per']").focus()
    with page.expect_response("**/reward/back-test"):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#rules")).to_contain_text("Members get 1 point for every $1.10 they spend")
    page.get_by_role("button", name="Save as a draft").first.click()
    expect(page.locator("main")).to_contain_text("draft")
    expect(page.locator("#rules")).to_contain_text("for every $1.10 they spend")


def test_a_segment_is_written_by_keyboard_and_counted_as_it_is(page: Page) -> None:
    page.goto("/segment/new")
    page.locator("#r0-value-0").fill("10")
    with page.expect_response("**/segment/asked"):
        page.keyboard.press("Tab")
    expect(page.locator("#editor h1")).to_contain_text("0 customers belong here now")
    with page.expect_response("**/segment/asked"):
        page.get_by_role("button", name="Take away: late by their own rhythm").press("Enter")
    expect(page.locator("#editor h1")).to_contain_text("1 customer belongs here now")
    with page.expect_response("**/segment/asked"):
        page.get_by_role("button", name="but not …").press("Enter")
    with page.expect_response("**/segment/asked"):
        page.locator("#r1-column").select_option("rung")
    with page.expect_response("**/segment/asked"):
        page.get_by_role("checkbox", name="Client").press("Space")
    expect(page.locator("#editor")).to_contain_text("but not: the rung of the ladder is Buyer or Client")
    with page.expect_response("**/segment/asked"):
        page.get_by_role("button", name="Edit as text").press("Enter")
    expect(page.locator("#segment-text")).to_have_value("purchases >= 10 AND NOT rung IN ('buyer', 'client')")
    page.get_by_label("What it is called").fill("Regulars of ten")
    page.get_by_role("button", name="Save the segment").click()
    expect(page).to_have_url(re.compile("/segment/of/regulars-of-ten$"))
    expect(page.locator("main")).to_contain_text("Mina Rahimi")


def test_control_k_finds_a_customer(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("rahimi")
    page.locator("#found a").first.click()
    expect(page.get_by_role("heading", name="Mina Rahimi")).to_be_visible()


def read_in(page: Page, language: str, scheme: str, url: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page.context.add_cookies([{"name": "vafa-language", "value": language, "url": url}])


@pytest.mark.parametrize("language", ["en", "fa"])
def test_no_page_offends_the_content_policy(page: Page, language: str, live_server: Any) -> None:
    """The fixture looks at what the console said."""
    read_in(page, language, "light", live_server.url)
    for address in PAGES:
        answer = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert answer is not None
        assert answer.status == 200
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, language: str, scheme: str, live_server: Any) -> None:
    read_in(page, language, scheme, live_server.url)
    found: dict[str, list[tuple[str, str]]] = {}
    for address in PAGES:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        violations = Axe().run(page).response["violations"]
        if violations:
            found[address] = [(v["id"], v["nodes"][0]["html"][:200]) for v in violations]
    page.goto("about:blank")
    page.complaints.clear()  # type: ignore[attr-defined]  # of axe's own styles, which the policy stops
    assert found == {}
