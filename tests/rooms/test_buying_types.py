"""How customers buy, from the shop's own lines: in the list, on the card, on the segment page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from cast import NOW, bought, record
from vafa.core.records import Line
from vafa.know import mirror
from vafa.loop.daily import every_morning
from vafa.segment.queries import filtered

DAYS = [f"2026-{month:02}-{day:02}" for month in (8, 9, 10, 11) for day in (2, 16)]


def basket(who: str, day: str, *things: str, cheaper: bool = False) -> Any:
    discount = 100 if cheaper else None
    lines = tuple(Line(1000, thing, thing, thing.split()[0], discount=discount) for thing in things)
    return bought(who, f"{10 * len(lines)}.00", day, f"{who}-{day}", lines=lines)


def text_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_each_has_a_type_with_its_reason(club, as_sara):
    record(*(basket("Ada", day, "tea black", "nuts salted", "oil olive") for day in DAYS))
    record(*(basket("Ben", day, "tea black") for day in DAYS))
    record(*(basket("Clara", day, f"toy {n}") for n, day in enumerate([DAYS[0], DAYS[1], "2026-08-17", DAYS[7]])))
    record(*(basket("Dora", day, f"dress {n}", cheaper=True) for n, day in enumerate(DAYS[4:])))
    record(basket("Emil", DAYS[0], "tea black"))
    every_morning(NOW)
    types = {row.customer_id: row.buying_type for row in filtered([])}
    assert list(types.values()).count("unclear") == 1
    assert len(filtered(["loyal"])) == len(filtered(["wanderer"])) == len(filtered(["discount_hunter"])) == 1
    page = text_of(as_sara.get("/segment"))
    assert "Loyal often, in a rhythm, trusted things and others 1" in page
    assert "Discount hunter from the sale list, and waits for the next one 1" in page
    assert "It can't be said yet whether a club is right for this shop" in page
    assert "Discount hunter" in text_of(as_sara.get("/know/customer/C4"))
    assert "Dora Elm" in text_of(as_sara.get("/know?filter=discount_hunter"))


def test_the_copy_of_goods_follows_what_is_recorded(club):
    assert mirror.goods() is None
    record(basket("Ada", DAYS[0], "tea black"), basket("Ada", DAYS[1], "tea black", "nuts salted"))
    files = mirror.goods()
    assert mirror.goods() == files  # nothing new: nothing is written
    record(basket("Ben", DAYS[0], "oil olive", cheaper=True))
    (path,) = mirror.goods() or []
    rows = mirror.pq.read_table(path).sort_by([("customer_id", "ascending"), ("day", "ascending")]).to_pylist()
    assert [(r["customer_id"], r["product"], r["category"], r["amount"], r["cheaper"]) for r in rows][-1] == (
        "C2",
        "oil olive",
        "oil",
        1000,
        1,
    )
    assert len(rows) == 4
