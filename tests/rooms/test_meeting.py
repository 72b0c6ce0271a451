"""Acts that meet: an enrolment and a purchase, two files with the same rows, a launch and a sale."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

import cast
from cast import balance, bought, findings
from vafa.core import clock
from vafa.core.records import Line, Person
from vafa.know import queries as know
from vafa.know.models import Customer, Product, Purchase
from vafa.loop import again, join, purchase
from vafa.reward import actions as reward
from vafa.reward import queries as reward_queries
from vafa.shop.access import SYSTEM

COMES_IN = 0.4  # seconds in which the second act reaches what it reads, or waits for the first one

on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers queue")


@pytest.fixture
def a_stranger(busy_shop: Any) -> Iterator[Person]:
    """C9 bought here before and is no member; whatever happens, the ledger is whole in the end."""
    cast.sell("C9", "10.00", "2026-11-01", "old")
    yield Person("C9", "Gil Hart")
    assert findings() == []


def in_the_midst_of(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """``second`` begins when ``first`` is done and not yet committed."""
    done, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            first()
            done.set()
            go_on.wait(COMES_IN)

    def come_in() -> None:
        done.wait(10)
        second()
        go_on.set()

    cast.at_once(hold, come_in)


def points_of(code: str) -> int:
    member = reward_queries.member_of(know.customer(code).pk)
    assert member is not None
    return reward_queries.wallet(member.customer_id, cast.TODAY).balances["point"]


def enrol(person: Person) -> None:
    join.join(person, actor=SYSTEM, now=clock.now(), joined_at=cast.JOINED)


def test_who_is_enrolled_while_they_buy_has_the_points(a_stranger):
    in_the_midst_of(lambda: cast.sell("C9", "40.00", "2026-11-19", "new"), lambda: enrol(a_stranger))
    assert points_of("C9") == 25 + 10 + 40


def test_who_buys_while_they_are_enrolled_has_the_points(a_stranger):
    in_the_midst_of(lambda: enrol(a_stranger), lambda: cast.sell("C9", "40.00", "2026-11-19", "new"))
    assert points_of("C9") == 25 + 10 + 40


def test_many_are_enrolled_while_one_of_them_buys(a_stranger):
    pk = know.customer("C9").pk
    in_the_midst_of(
        lambda: cast.sell("C9", "40.00", "2026-11-19", "new"),
        lambda: join.join_all({pk: cast.JOINED}, actor=SYSTEM, now=clock.now()),
    )
    assert points_of("C9") == 25 + 10 + 40


def test_who_is_enrolled_while_a_purchase_is_undone_has_no_points_of_it(a_stranger):
    sale = cast.sell("C9", "40.00", "2026-11-19", "new").purchase.id
    in_the_midst_of(lambda: purchase.undo(sale, actor=SYSTEM, now=clock.now()), lambda: enrol(a_stranger))
    assert points_of("C9") == 25 + 10


def test_a_return_and_its_sale_that_come_together_find_each_other(a_stranger):
    back = bought("C9", "40.00", "2026-11-20", "new-back", kind="return", returns="new")
    enrol(a_stranger)
    in_the_midst_of(lambda: cast.record(back), lambda: cast.sell("C9", "40.00", "2026-11-19", "new"))
    assert Purchase.objects.get(key="new-back").returns.key == "new"
    assert points_of("C9") == 25 + 10


def test_who_is_enrolled_by_phone_at_two_tills_is_one_customer(busy_shop):
    gil = Person(None, "Gil Hart", "+12125550199")
    in_the_midst_of(lambda: enrol(gil), lambda: enrol(gil))
    assert Customer.objects.filter(name="Gil Hart").count() == 1
    assert findings() == []


@pytest.fixture
def unlaunched(transactional_db: None, home: Any, present: None) -> Iterator[None]:
    """A shop whose programme is a draft, with Ada among those who joined before it began."""
    cast.open_shop()
    reward.save_draft((cast.GALLERY / "points_and_stamps.toml").read_text("utf-8"), actor=SYSTEM, now=cast.NOW)
    cast.enrol("Ada")
    yield
    assert balance("Ada") == 25 + 40
    assert findings() == []


def launch() -> None:
    reward.launch(starts_day=cast.STARTS, actor=SYSTEM, now=clock.now())


def buy() -> None:
    cast.sell("Ada", "40.00", "2026-11-19", "a")


def test_what_is_sold_while_the_programme_is_launched_counts(unlaunched):
    in_the_midst_of(buy, launch)


def test_what_is_sold_in_the_midst_of_a_launch_counts(unlaunched):
    in_the_midst_of(launch, buy)


def test_who_joins_while_the_programme_is_launched_is_welcomed(unlaunched):
    buy()
    in_the_midst_of(lambda: cast.enrol("Ben"), launch)
    assert balance("Ben") == 25


def test_who_joins_in_the_midst_of_a_launch_is_welcomed(unlaunched):
    buy()
    in_the_midst_of(launch, lambda: cast.enrol("Ben"))
    assert balance("Ben") == 25


# Collisions -------------------------------------------------------------------------------


def load(what: str, numbers: Any) -> Callable[[], Any]:
    """A file with a purchase for each of ``numbers``, each of its own customer or its own product or neither."""
    rows = []
    for n in numbers:
        line = Line(500, f"P{n}", f"Product {n}") if what == "products" else Line(500)
        rows.append(bought(f"N{n}" if what == "customers" else None, "5.00", "2026-11-10", f"n{n}", lines=(line,)))
    return lambda: cast.record(*rows)


@pytest.fixture
def collisions(monkeypatch: pytest.MonkeyPatch) -> list[OperationalError]:
    """Those that were mended."""
    seen: list[OperationalError] = []
    monkeypatch.setattr(again, "collided", lambda error, ask=again.collided: ask(error) and not seen.append(error))
    return seen


@on_postgres
@pytest.mark.parametrize("what", ["customers", "products", "purchases"])
def test_two_files_with_the_same_rows_in_opposite_order_meet_at_the_first(busy_shop, collisions, what):
    there, back = load(what, range(3000)), load(what, reversed(range(3000)))
    outcomes = busy_shop(there, back, there, back)
    assert sum(len(outcome.new) for outcome in outcomes) == Purchase.objects.count() == 3000
    assert Customer.objects.count() == 5 + 3000 * (what == "customers")
    assert Product.objects.count() == 3000 * (what == "products")
    assert collisions == []
    assert findings() == []


@on_postgres
def test_of_two_that_wait_for_each_other_one_begins_again(busy_shop, collisions):
    met = threading.Barrier(2)
    begun: list[str] = []

    def both(one: str, other: str) -> Callable[[], Any]:
        def act() -> None:
            begun.append(one)
            cast.sell(one, "10.00", "2026-11-19", f"by-{one}-of-{one}")
            if begun.count(one) == 1:
                met.wait(10)
            cast.sell(other, "10.00", "2026-11-19", f"by-{one}-of-{other}")

        return lambda: again.until_settled(act)

    busy_shop(both("Ada", "Ben"), both("Ben", "Ada"))
    assert (balance("Ada"), balance("Ben")) == (25 + 20, 25 + 20)
    assert (len(collisions), len(begun)) == (1, 3)
    assert findings() == []


def test_what_is_no_collision_is_not_tried_again(busy_shop):
    tries = []

    def act() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    with pytest.raises(Exception, match="no_such_table"):
        again.until_settled(act)
    assert len(tries) == 1
