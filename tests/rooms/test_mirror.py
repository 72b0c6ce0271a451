"""The mirror: the columnar copy follows the database, whatever changes in it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

import cast
from cast import bought, give_back, record, sell
from vafa.core import clock
from vafa.core.frame import RECEIPTS
from vafa.core.records import Line
from vafa.know import mirror
from vafa.loop import purchase
from vafa.segment import queries as segment
from vafa.shop.access import SYSTEM


def read(calendar: str = "gregorian") -> list[tuple[str | None, int]]:
    """(customer, amount) of all receipts, in order of time."""
    table = pa.concat_tables([pq.read_table(path) for path in mirror.refresh(calendar)]).sort_by("at")
    assert table.schema.equals(RECEIPTS)
    return list(zip(table["customer_id"].to_pylist(), table["amount"].to_pylist(), strict=True))


def test_an_empty_shop_has_an_empty_mirror(club):
    assert read() == []
    sell("Ada", "10.00", "2026-10-02", "a")
    assert read() == [("C1", 1000)]


def test_a_late_purchase_a_return_and_a_voided_one_renew_it(club):
    sell("Ada", "10.00", "2026-10-02", "a")
    sell(None, "5.00", "2026-10-03", "n")
    assert read() == [("C1", 1000), (None, 500)]
    sell("Ben", "7.00", "2026-10-01", "late")
    give_back("Ada", "4.00", "2026-10-04", "a-back", "a")
    assert read() == [("C2", 700), ("C1", 1000), (None, 500), ("C1", -400)]
    void = sell("Clara", "9.00", "2026-10-05", "wrong").purchase.id
    assert read()[-1] == ("C3", 900)
    purchase.undo(void, actor=SYSTEM, now=clock.now())
    assert read() == [("C2", 700), ("C1", 1000), (None, 500), ("C1", -400)]


def test_one_voided_and_one_recorded_is_not_the_same_as_before(club):
    wrong = sell("Ada", "10.00", "2026-10-02", "a").purchase.id
    assert read() == [("C1", 1000)]
    purchase.undo(wrong, actor=SYSTEM, now=clock.now())
    sell("Ada", "11.00", "2026-10-02", "b")
    assert read() == [("C1", 1100)]


def test_what_did_not_change_is_not_written_again_and_old_files_go(club, home):
    sell("Ada", "10.00", "2026-10-02", "a")
    (first,) = mirror.refresh("gregorian")
    written = first.stat().st_mtime_ns
    assert mirror.refresh("gregorian") == [first]
    assert first.stat().st_mtime_ns == written
    sell("Ada", "10.00", "2026-10-03", "b")
    (second,) = mirror.refresh("gregorian")
    assert [path.name for path in (home / "mirror").iterdir()] == [second.name]


def test_costs_and_months_are_told(club):
    record(
        bought("Ada", "10.00", "2026-03-21", "a", lines=(Line(600, cost=200), Line(400, cost=100))),
        bought("Ben", "10.00", "2026-03-22", "b"),
    )
    for calendar, month in (("gregorian", 2026 * 12 + 2), ("jalali", 1405 * 12)):
        (path,) = mirror.refresh(calendar)
        table = pq.read_table(path).sort_by("at")
        assert table["cost"].to_pylist() == [300, None]
        assert table["month"].to_pylist() == [month, month]


def test_the_analysis_reads_what_stands_now(club):
    cast.walk_the_ladder()
    assert segment.analysis().purchases == 18
    sell("Ada", "1.00", "2026-11-18", "more")
    assert segment.analysis().purchases == 19
