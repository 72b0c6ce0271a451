"""The back-test against a loop that knows nothing of the engine, and against small files worked by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from vafa.core.calendar import day_number
from vafa.core.errors import Question
from vafa.core.frame import LINES
from vafa.measure import whatif
from vafa.measure.whatif import BackTest, simulate
from vafa.reward import programme

COLUMNS = "seq customer_id at activity purchase_id unit kind amount reason tier balance_after".split()


class Bought(NamedTuple):
    """A row of the file, as the loop reads it."""

    customer: str
    day: str  # YYYY-MM-DD
    cents: int
    purchase: str


def gallery(name: str) -> programme.Programme:
    return programme.load(resources.files("vafa.reward.gallery").joinpath(f"{name}.toml").read_text("utf-8"))


def read(path: Path) -> list[Bought]:
    """CDNOW's own columns: id, id in the sample, YYYYMMDD, discs, dollars."""
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        customer, _in_sample, when, _discs, dollars = line.split()
        whole, cents = dollars.split(".")
        day = f"{when[:4]}-{when[4:6]}-{when[6:]}"
        found.append(Bought(customer, day, int(whole) * 100 + int(cents), f"p{number:05d}"))
    return found


def lines(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as ``core.frame.LINES``; ``day`` is YYYY-MM-DD, ``at`` noon of it."""
    told = []
    for number, row in enumerate(rows, 2):
        day = date.fromisoformat(row["day"])
        at = datetime(day.year, day.month, day.day, row.get("hour", 12), tzinfo=UTC)
        kept = {key: value for key, value in row.items() if key != "hour"}
        told.append({"kind": "sale", "purchase_id": f"r{number}", "amount": 0} | kept | {"row": number, "at": at})
        told[-1]["day"] = day_number(day)
    columns = [[row.get(field.name) for row in told] for field in LINES]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, LINES, strict=True)], schema=LINES)


def of_bought(bought: list[Bought]) -> pa.Table:
    return lines(
        [{"customer_id": b.customer, "day": b.day, "amount": b.cents, "purchase_id": b.purchase} for b in bought]
    )


def run(made: programme.Programme, table: pa.Table, **given: Any) -> BackTest:
    return simulate(made, table, calendar="gregorian", currency="USD", **given)


def ledger(found: BackTest) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = found.ledger.to_pylist()
    return rows


# The loop, written from the programmes' sentences alone ------------------------------------------


class Told(NamedTuple):
    """What the loop says of a purchase."""

    purchase: str
    unit: str
    kind: str
    amount: int


def each(bought: list[Bought]) -> Iterator[list[Bought]]:
    """Purchases of each customer, in order of day and place in the file."""
    by_customer = defaultdict(list)
    for row in bought:
        by_customer[row.customer].append(row)
    for customer in sorted(by_customer):
        yield sorted(by_customer[customer], key=lambda row: (row.day, row.purchase))


def loop_points(bought: list[Bought]) -> tuple[list[Told], dict[str, int], Counter[str]]:
    """One point a dollar, one and a half after 2,500.00 in the year; 250 points are used as soon as there are 250.

    Returns what is told, points left by customer, and tiers at the last day of the file.
    """
    told, left, tiers = [], {}, Counter[str]()
    last_year = max(row.day for row in bought)[:4]
    for rows in each(bought):
        balance, spent = 0, Counter[str]()
        for row in rows:
            year = row.day[:4]
            premier = spent[year] >= 250_000
            spent[year] += row.cents
            points = row.cents * 3 // 200 if premier else row.cents // 100
            if points:
                told.append(Told(row.purchase, "point", "earn", points))
            balance += points
            if balance >= 250:
                used = balance // 250 * 250
                told.append(Told(row.purchase, "point", "redeem", -used))
                balance -= used
        left[rows[0].customer] = balance
        tiers["premier" if spent[last_year] >= 250_000 else "member"] += 1
    return told, left, tiers


def loop_stamps(bought: list[Bought]) -> tuple[list[Told], dict[str, int]]:
    """A stamp for each full 100.00 since joining; a gift at 50, a larger one at 100. Also the stamps by customer."""
    told, stamps = [], {}
    for rows in each(bought):
        spent = had = 0
        for row in rows:
            spent += row.cents
            has = spent // 10_000
            if has > had:
                told.append(Told(row.purchase, "stamp", "earn", has - had))
            if had < 50 <= has:
                told.append(Told(row.purchase, "gift", "issue", 1))
            if had < 100 <= has:
                told.append(Told(row.purchase, "larger_gift", "issue", 1))
            had = has
        stamps[rows[0].customer] = had
    return told, stamps


def told_by_engine(found: BackTest) -> Counter[Told]:
    """The same of the engine's ledger, draws of one redemption summed."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in ledger(found):
        if row["kind"] != "tier":
            sums[row["purchase_id"], row["unit"], row["kind"]] += row["amount"]
    return Counter(Told(*key, amount) for key, amount in sums.items())


def test_points_on_cdnow_are_what_a_plain_loop_gives(cdnow: Path) -> None:
    bought = read(cdnow)
    told, left, tiers = loop_points(bought)
    found = run(gallery("points"), of_bought(bought))
    assert told_by_engine(found) == Counter(told)
    earned = sum(t.amount for t in told if t.kind == "earn")
    used = -sum(t.amount for t in told if t.kind == "redeem")
    document = found.as_json()
    assert document["earned"] == {"point": earned}
    assert document["redeemed"] == {"point": used}
    assert document["outstanding"] == {"point": sum(left.values())}
    assert (earned, used) == (241_307, 99_250)
    assert document["tiers"] == {"member": tiers["member"], "premier": tiers["premier"]}
    assert document["members"] == 2357
    assert document["cost"] == (used + sum(left.values())) * 2 / 100  # a point is worth 2 cents
    balances = {row["customer_id"]: row["balance_after"] for row in ledger(found) if row["unit"] == "point"}
    assert {c: balances.get(c, 0) for c in left} == left


def test_whoever_passes_2500_in_the_year_earns_one_and_a_half(cdnow: Path) -> None:
    bought = read(cdnow)
    spent: Counter[tuple[str, str]] = Counter()
    premier = {}
    for rows in each(bought):
        for row in rows:
            premier[row.purchase] = spent[row.customer, row.day[:4]] >= 250_000
            spent[row.customer, row.day[:4]] += row.cents
    assert sum(premier.values()) == 32  # real purchases at the higher rate
    cents = {row.purchase: row.cents for row in bought}
    for row in ledger(run(gallery("points"), of_bought(bought))):
        if row["kind"] == "earn":
            rate = 150 if premier[row["purchase_id"]] else 100
            assert row["amount"] == cents[row["purchase_id"]] * rate // 10_000
            assert row["tier"] == ("premier" if premier[row["purchase_id"]] else "member")


def test_stamps_on_cdnow_are_what_a_plain_loop_gives(cdnow: Path) -> None:
    bought = read(cdnow)
    told, stamps = loop_stamps(bought)
    found = run(gallery("stamps"), of_bought(bought))
    assert told_by_engine(found) == Counter(told)
    gifts = Counter(t.unit for t in told)
    assert dict(found.earned) == {
        "stamp": sum(stamps.values()),
        "gift": gifts["gift"],
        "larger_gift": gifts["larger_gift"],
    }
    assert sum(stamps.values()) == 1541
    assert gifts["gift"] == 1


def test_points_and_stamps_together_do_not_touch_each_other(cdnow: Path) -> None:
    bought = read(cdnow)
    found = run(gallery("points_and_stamps"), of_bought(bought))
    stamps = {key: n for key, n in told_by_engine(found).items() if key.unit != "point"}
    assert stamps == Counter(loop_stamps(bought)[0])
    assert found.earned["point"] - found.redeemed["point"] - found.expired["point"] == found.outstanding["point"]


# Small files -------------------------------------------------------------------------------------


def test_the_ledger_has_its_columns_in_order() -> None:
    found = run(gallery("points"), lines([{"customer_id": "a", "day": "2026-01-01", "amount": 26_000}]))
    assert found.ledger.column_names == COLUMNS
    first, second = ledger(found)
    assert first == {
        "seq": 1,
        "customer_id": "a",
        "at": datetime(2026, 1, 1, 12, tzinfo=UTC),
        "activity": "sale",
        "purchase_id": "r2",
        "unit": "point",
        "kind": "earn",
        "amount": 260,
        "reason": "base",
        "tier": "member",
        "balance_after": 260,
    }
    assert (second["kind"], second["amount"], second["reason"], second["balance_after"]) == (
        "redeem",
        -250,
        "five_off",
        10,
    )


def test_lines_of_a_purchase_are_one_and_customers_join_at_their_first_row() -> None:
    rows = [
        {"customer_id": "a", "day": "2026-01-01", "amount": 150, "purchase_id": "x"},
        {"customer_id": None, "day": "2026-01-02", "amount": 99_900},
        {"customer_id": "a", "day": "2026-01-01", "amount": 160, "purchase_id": "x"},
    ]
    found = run(gallery("points_and_stamps"), lines(rows))
    assert [(r["activity"], r["reason"], r["amount"], r["purchase_id"]) for r in ledger(found)] == [
        ("signup", "welcome", 25, None),
        ("sale", "base", 3, "x"),
    ]
    assert (found.members, found.purchases, found.revenue) == (1, 1, 310)


def test_redeem_rows_are_facts() -> None:
    rows = [
        {"customer_id": "a", "day": "2026-01-01", "amount": 60_000},
        {"customer_id": "a", "day": "2026-01-05", "kind": "redeem", "reward": "five_off"},
        {"customer_id": "b", "day": "2026-01-05", "amount": 60_000},
    ]
    found = run(gallery("points"), lines(rows))
    assert [(r["customer_id"], r["activity"], r["amount"]) for r in ledger(found) if r["kind"] == "redeem"] == [
        ("a", "redeem", -250)
    ]
    assert (found.cost_redeemed, found.cost_owed) == (500, (350 + 600) * 2)


def test_nobody_takes_a_reward_where_none_is_taken() -> None:
    found = run(
        gallery("points"),
        lines([{"customer_id": "a", "day": "2026-01-01", "amount": 60_000}]),
        redemption="none",
    )
    assert (dict(found.redeemed), dict(found.outstanding)) == ({"point": 0}, {"point": 600})


def test_a_share_of_members_takes_rewards_and_it_is_always_the_same() -> None:
    table = lines([{"customer_id": f"c{n}", "day": "2026-01-01", "amount": 30_000} for n in range(400)])
    takers = [
        {r["customer_id"] for r in ledger(run(gallery("points"), table, redemption=share)) if r["kind"] == "redeem"}
        for share in (Fraction(0), Fraction(1, 4), Fraction(1, 4), Fraction(3, 4), Fraction(1))
    ]
    assert [len(t) for t in (takers[0], takers[4])] == [0, 400]
    assert takers[1] == takers[2] < takers[3]
    assert 70 < len(takers[1]) < 130


def test_what_is_dead_by_the_last_day_is_booked() -> None:
    table = lines([{"customer_id": "a", "day": "2026-01-10", "amount": 5_000}])
    still = run(gallery("points_and_stamps"), table, as_of=day_number(date(2027, 1, 10)))
    gone = run(gallery("points_and_stamps"), table, as_of=day_number(date(2027, 1, 11)))
    assert (still.expired["point"], still.outstanding["point"]) == (0, 75)
    assert (gone.expired["point"], gone.outstanding["point"]) == (75, 0)
    assert sum(r["amount"] for r in ledger(gone) if r["kind"] == "expire") == -75


def test_rows_after_the_last_day_are_left_out() -> None:
    table = lines([{"customer_id": "a", "day": f"2026-01-1{n}", "amount": 100} for n in range(5)])
    assert run(gallery("points"), table, as_of=day_number(date(2026, 1, 12))).earned == {"point": 3}


def test_a_return_goes_back_to_the_purchase_it_names() -> None:
    rows = [
        {"customer_id": "a", "day": "2026-01-01", "amount": 15_000, "purchase_id": "one"},
        {"customer_id": "a", "day": "2026-01-02", "amount": 6_000, "purchase_id": "two"},
        {"customer_id": "a", "day": "2026-01-03", "amount": 15_000, "kind": "return", "returns": "one"},
    ]
    found = run(gallery("stamps"), lines(rows))
    assert (found.earned["stamp"], found.returned["stamp"], found.outstanding["stamp"]) == (2, 2, 0)
    assert found.revenue == 6_000


def test_a_return_counts_for_who_bought_it_whoever_brings_it_back() -> None:
    rows = [
        {"customer_id": "ada", "day": "2026-01-05", "amount": 4000, "purchase_id": "p1"},
        {"customer_id": "ben", "day": "2026-01-06", "amount": 3000, "purchase_id": "p2"},
        {"customer_id": None, "day": "2026-01-07", "amount": 4000, "kind": "return", "returns": "p1"},
        {"customer_id": "ada", "day": "2026-01-08", "amount": 1000, "kind": "return", "returns": "p2"},
        {"customer_id": "ben", "day": "2026-01-09", "amount": 500, "kind": "return", "returns": "nobody's"},
    ]
    told = ledger(run(gallery("points"), lines(rows)))
    assert [(m["customer_id"], m["amount"]) for m in told if m["kind"] == "return"] == [("ada", -40), ("ben", -10)]


def test_a_file_without_known_customers_is_no_reason_to_launch() -> None:
    document = run(gallery("points"), lines([])).as_json()
    assert document["members"] == 0
    assert document["verdict"]["launch"] is False
    assert document["cost_share_of_revenue"] is None


def test_a_programme_that_costs_too_much_is_not_launched() -> None:
    made = programme.load(gallery("points").text.replace("amount = 5.00", "amount = 50.00"))
    found = run(made, lines([{"customer_id": "a", "day": "2026-01-01", "amount": 100_000}]))
    assert found.cost_share == Fraction(20, 100)
    assert not found.verdict.launch
    assert found.verdict.reasons[0] == "It costs 20.0\u00a0% of sales, above the limit of 5.0\u00a0%."


def test_it_pays_for_itself_when_the_margin_of_more_sales_covers_it() -> None:
    found = run(
        gallery("points"),
        lines([{"customer_id": "a", "day": "2026-01-01", "amount": 100_000}]),
        margin=Fraction(30, 100),
    )
    assert found.cost_share == Fraction(2, 100)
    assert found.break_even == Fraction(2, 28)


@pytest.mark.parametrize("text", ["some", "-0.1", "1.1", "1/0", ""])
def test_a_redemption_that_is_none_is_asked_about(text: str) -> None:
    with pytest.raises(Question):
        whatif.redemption_of(text)
