"""A large file on PostgreSQL is written by two connections: the same purchases, the same points."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

import cast
from cast import NOW, balance, findings
from vafa.know.models import Product, Purchase
from vafa.know.reading import Reading, read_sales
from vafa.loop import imports, purchase
from vafa.reward import actions as reward
from vafa.shop.access import SYSTEM
from vafa.shop.models import Branch

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
PRODUCTS = [("P1", "Tea"), ("P2", "Coffee"), ("", "Loose nuts")]


@pytest.fixture
def threads(busy_shop: Any, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Every file is large, its batches are of three; gives the threads that recorded purchases."""
    monkeypatch.setattr(imports, "MANY", 1)
    monkeypatch.setattr(imports, "BATCH", 3)
    seen: set[int] = set()
    record = purchase.record

    def seeing(*args: Any, **more: Any) -> Any:
        seen.add(threading.get_ident())
        return record(*args, **more)

    monkeypatch.setattr(imports.purchase, "record", seeing)
    return seen


def a_file(folder: Path) -> Path:
    """Forty days on which each of the five buys for 2.00, 3.00 … 6.00, and somebody for 9.00; two things come back."""
    rows = ["customer_id,at,kind,purchase_id,returns,amount,product_id,product_name,store"]
    for day in range(40):
        for n in range(1, 6):
            code, name = PRODUCTS[(day + n) % 3]
            at = f"2026-{7 + day // 28:02}-{1 + day % 28:02} 09:00"
            rows.append(f"C{n},{at},sale,s{day}-{n},,{n + 1}.00,{code},{name},S{day % 4}")
        rows.append(f",2026-07-01 {day // 2:02}:{day % 2 * 30:02},sale,x{day},,9.00,P1,Tea,S0")
    rows.append("C5,2026-08-20 10:00,return,back,s0-5,6.00,P1,Tea,S9")
    rows.append(",2026-08-20 10:00,return,back-x,x7,9.00,P1,Tea,S9")
    path = folder / "sales.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def bring_in(folder: Path) -> imports.Counts:
    sales = read_sales(a_file(folder), Reading(currency="USD"))
    return imports.bring_in_sales(sales, file="sales.csv", actor=SYSTEM, now=NOW)


def test_two_connections_write_what_one_would(threads, tmp_path):
    counts = bring_in(tmp_path)
    assert (counts.purchases, counts.returns, counts.new, counts.unchanged) == (240, 2, 242, 0)
    assert counts.customers == {"C1", "C2", "C3", "C4", "C5"}
    assert counts.faults == []
    assert len(threads) == 2
    names = ["Ada", "Ben", "Clara", "Dora", "Emil"]
    earned = [25 + 40 * (n + 2) for n in range(5)]
    assert [balance(name) for name in names] == [*earned[:4], earned[4] - 6]  # what Emil gave back earned 6
    returned = Purchase.objects.filter(kind="return").order_by("key").values_list("key", "returns__key")
    assert list(returned) == [("back", "s0-5"), ("back-x", "x7")]
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Coffee", "Loose nuts", "Tea"]
    assert set(Branch.objects.values_list("code", flat=True)) >= {"S0", "S1", "S2", "S3", "S9"}
    assert findings() == []
    again = bring_in(tmp_path)
    assert (again.new, again.unchanged) == (0, 242)
    assert [balance(name) for name in names] == [*earned[:4], earned[4] - 6]


def test_where_one_fails_the_other_ends_and_the_next_run_does_the_rest(threads, tmp_path, monkeypatch):
    record, once = imports.purchase.record, threading.Event()

    def failing(batch: Any, *args: Any, **more: Any) -> Any:
        if any(bought.purchase_id == "s20-5" for bought in batch) and not once.is_set():
            once.set()
            raise OSError("the disk is full")
        return record(batch, *args, **more)

    monkeypatch.setattr(imports.purchase, "record", failing)
    with pytest.raises(OSError, match="the disk is full"):
        bring_in(tmp_path)
    there = Purchase.objects.count()
    assert 0 < there < 242
    assert findings() == []
    counts = bring_in(tmp_path)
    assert (counts.new, counts.unchanged) == (242 - there, there)
    assert balance("Emil") == 25 + 40 * 6 - 6
    assert findings() == []


SHARED = """
[[earn]]
id = "first"
unit = "point"
of = "visit"
gives = 5
budget = { max = 500 }
"""


def test_what_members_share_is_given_in_order_of_time_by_one_connection(threads, tmp_path):
    text = (cast.GALLERY / "points_and_stamps.toml").read_text("utf-8") + SHARED
    reward.save_draft(text, actor=SYSTEM, now=NOW)
    reward.launch(starts_day=cast.TODAY + 1, actor=SYSTEM, now=NOW)
    bring_in(tmp_path)
    assert len(threads) == 1
