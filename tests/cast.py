"""The cast: one shop, its staff, five customers, a running programme; and the doors they come in by.

A fixture is asked for by its name: ``shop`` opens the Corner Market, ``club`` lets its programme run
and enrols the five. Everything is made through actions, at a clock that stands still.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from django.test import Client

from vafa.core import clock
from vafa.core.calendar import day_number, local_day
from vafa.core.guards import guard_sql, unguard_sql
from vafa.core.money import to_minor
from vafa.core.records import Line, Person, Purchase
from vafa.know import actions as know_actions
from vafa.know import queries as know
from vafa.know.models import Customer
from vafa.ledger import queries as ledger
from vafa.ledger import verify as ledger_verify
from vafa.ledger.guards import balance_sql, unbalance_sql
from vafa.loop import join as loop_join
from vafa.loop import purchase as loop_purchase
from vafa.loop import redeem as loop_redeem
from vafa.reward import actions as reward
from vafa.reward import queries as reward_queries
from vafa.reward import verify as reward_verify
from vafa.shop import actions as shop_actions
from vafa.shop import queries as shop_queries
from vafa.shop.access import SYSTEM, Actor
from vafa.shop.models import Club, Staff

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday, ten in the morning in the shop
TODAY = day_number(date(2026, 11, 20))
STARTS = day_number(date(2026, 1, 1))
JOINED = datetime(2026, 1, 5, 10, 0, tzinfo=ZONE)
GUARDED = ("ledger_posting", "ledger_entry", "shop_audit")
GALLERY = files("vafa.reward.gallery")

# who they are, and (below) what they have bought: one for each step of the ladder
PEOPLE = {
    "Ada": Person("C1", "Ada Birch", "+12125550101", "ada@example.com", "9001", date(1990, 12, 4)),
    "Ben": Person("C2", "Ben Cole", "+12125550102", "ben@example.com", "9002", date(1984, 2, 29)),
    "Clara": Person("C3", "Clara Díaz", "+12125550103", "clara@example.com", "9003", date(1972, 6, 1)),
    "Dora": Person("C4", "Dora Elm", "+12125550104", "dora@example.com", "9004"),
    "Emil": Person("C5", "Emil Fox", "+12125550105", "emil@example.com", "9005"),
}
BOUGHT = {
    "Ada": ["2026-11-02"],
    "Ben": ["2026-09-14", "2026-11-03"],
    "Clara": ["2026-07-06", "2026-08-10", "2026-09-07", "2026-10-12"],
    "Dora": ["2026-06-01", "2026-07-01", "2026-08-03", "2026-09-01", "2026-10-01"],
    "Emil": ["2026-05-04", "2026-06-08", "2026-07-13", "2026-08-17", "2026-09-21", "2026-10-26"],
}


def moment(text: str) -> datetime:
    """ "2026-10-01 12:30" in the shop's zone; a day alone means noon."""
    return datetime.fromisoformat(text if ":" in text else f"{text} 12:00").replace(tzinfo=ZONE)


@dataclass(frozen=True)
class Team:
    """The staff of the Corner Market."""

    sara: Staff  # owner
    omid: Staff  # manager
    reza: Staff  # cashier
    nina: Staff  # analyst

    def actor(self, name: str) -> Actor:
        return shop_queries.staff_actor(getattr(self, name))


# Doors --------------------------------------------------------------------------------------


def bought(
    who: str | None,
    amount: str,
    when: str | datetime,
    key: str,
    *,
    kind: str = "sale",
    returns: str | None = None,
    lines: tuple[Line, ...] = (),
    source: str = "test",
    **where: str,
) -> Purchase:
    """A purchase of somebody of the cast (or of nobody), as a face would build it."""
    at = when if isinstance(when, datetime) else moment(when)
    minor = to_minor(amount, "USD")
    code = PEOPLE[who].customer_id if who in PEOPLE else who
    return Purchase(source, key, kind, code, at, local_day(at, ZONE), minor, lines or (Line(minor),), returns, **where)


def record(*purchases: Purchase) -> Any:
    return loop_purchase.record(purchases, actor=SYSTEM, now=clock.now())


def sell(who: str | None, amount: str, when: str, key: str, **more: Any) -> loop_purchase.Receipt:
    """Record one sale; its receipt."""
    return loop_purchase.record_one(bought(who, amount, when, key, **more), actor=SYSTEM, now=clock.now())


def give_back(who: str, amount: str, when: str, key: str, returns: str | None, **more: Any) -> loop_purchase.Receipt:
    return sell(who, amount, when, key, kind="return", returns=returns, **more)


def customer(name: str) -> Customer:
    return know.customer(str(PEOPLE[name].customer_id))


def member(name: str) -> int:
    found = reward_queries.member_of(customer(name).pk)
    assert found is not None
    return found.pk


def balance(name: str, unit: str = "point", day: int = TODAY) -> int:
    return ledger.balances(member(name), day).get(unit, 0)


def enrol(name: str, *, at: datetime = JOINED, consents: tuple[tuple[str, str], ...] = ()) -> Customer:
    return loop_join.join(PEOPLE[name], actor=SYSTEM, now=clock.now(), joined_at=at, consents=consents)


def walk_the_ladder() -> None:
    """Let everybody buy what puts them on their step, 40.00 each time."""
    record(*(bought(name, "40.00", day, f"{name}-{n}") for name, days in BOUGHT.items() for n, day in enumerate(days)))


def regulars(count: int) -> None:
    """Members who join in June, buy for 260.00 and take 5.00 off some weeks later, all but every fourth."""
    joined = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
    people = [Person(f"M{n}", f"M{n}") for n in range(count)]
    ids = [loop_join.join(person, actor=SYSTEM, now=joined, joined_at=joined).pk for person in people]
    record(*(bought(person.customer_id, "260.00", "2026-06-02", f"{person.name}-1") for person in people))
    for n, pk in enumerate(ids):
        if n % 4:
            with clock.frozen(datetime(2026, 7 + n % 3, 1 + n % 28, 15, 0, tzinfo=UTC)):
                loop_redeem.redeem(pk, "five_off", actor=SYSTEM, now=clock.now())


def findings() -> list[str]:
    """Whatever is wrong with the ledger, by both checks."""
    return [*ledger_verify.findings(), *reward_verify.findings()]


def totals() -> dict[tuple[str, str, str], int]:
    """The ledger in short: (customer, unit, kind) → sum, in which order it ever came to be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code, a.unit, e.kind, sum(e.amount) FROM ledger_entry e "
            "JOIN ledger_account a ON a.id = e.account_id JOIN reward_member m ON m.id = a.owner "
            "JOIN know_customer c ON c.id = m.customer_id GROUP BY c.code, a.unit, e.kind HAVING sum(e.amount) <> 0"
        )
        return {(code, unit, kind): int(amount) for code, unit, kind, amount in cursor.fetchall()}


COUNTED = (
    "know_purchase know_line know_customer know_identity know_consent know_importrun ledger_entry ledger_posting "
    "ledger_lot reward_member reward_redemption events_event events_answer shop_audit engage_message"
).split()


def row_counts() -> dict[str, int]:
    """How many rows each table holds that a face can write."""
    with connection.cursor() as cursor:
        counts = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


class Api:
    """A machine that speaks to the API with a key."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def post(self, path: str, body: Any = None, *, key: str | None = None, raw: bytes | None = None) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        data = raw if raw is not None else json.dumps(body).encode()
        return self.client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, with its code and hint."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"urn:vafa:problem:{code}"
    assert document["detail"]
    assert "hint" in document
    return document


def new_key(*scopes: str) -> str:
    return shop_actions.create_key(name="till", scopes=scopes, actor=SYSTEM, now=clock.now())


def sign_in(person: Staff) -> Client:
    """A browser in which ``person`` is signed in, with the second factor that owners and managers need."""
    from allauth.mfa.models import Authenticator

    if person.role in ("owner", "manager"):
        Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DP"})
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# Fixtures -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite's test database is a file, as in life: writers queue on its lock."""
    from django.conf import settings

    if connections["default"].vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(Path(settings.HOME) / "test.sqlite3")


@pytest.fixture
def present() -> Iterator[None]:
    """The clock stands on 20 November 2026, ten in the morning in New York."""
    with clock.frozen(NOW):
        yield


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """A home of the test's own, for the mirror and the outbox."""
    settings.HOME = tmp_path
    return tmp_path


def open_shop() -> Club:
    return shop_actions.set_up(
        name="Corner Market",
        actor=SYSTEM,
        now=NOW,
        currency="USD",
        time_zone="America/New_York",
        region="US",
        holdout_percent=0,
    )


MORE = """
[unit.certificate]
name = "certificate"
money = true

[[reward]]
id = "paper"
name = "5.00 certificate"
unit = "point"
price = 100
gives = "certificate"
amount = 5.00

[[reward]]
id = "lounge"
name = "Lounge"
unit = "point"
price = 50
amount = 1.00
tiers = ["premier"]
"""


def open_club(more: str = "") -> None:
    text = (GALLERY / "points_and_stamps.toml").read_text("utf-8") + more
    reward.save_draft(text, actor=SYSTEM, now=NOW)
    reward.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    cards = know_actions.dress(list(PEOPLE.values()), region="US", actor=SYSTEM, now=NOW)
    loop_join.join_all({card.pk: JOINED for card in cards}, actor=SYSTEM, now=NOW)


@pytest.fixture
def shop(db: None, home: Path, present: None) -> Club:
    return open_shop()


@pytest.fixture
def team(shop: Club) -> Team:
    def person(name: str, role: str) -> Staff:
        return shop_actions.add_staff(
            email=f"{name.lower()}@example.com", name=name, role=role, actor=SYSTEM, now=clock.now()
        )

    return Team(
        person("Sara", "owner"), person("Omid", "manager"), person("Reza", "cashier"), person("Nina", "analyst")
    )


@pytest.fixture
def club(shop: Club) -> Club:
    """The five are members since 5 January 2026, with 25 points of welcome each."""
    open_club()
    return shop


@pytest.fixture
def larger_club(shop: Club) -> Club:
    """The same, with a certificate for 100 points and a reward of one tier."""
    open_club(MORE)
    return shop


@pytest.fixture
def api(shop: Club) -> Api:
    """A machine that may do everything a machine may."""
    return Api(new_key("purchases:write", "members:read", "members:write", "rewards:write"))


@pytest.fixture
def as_sara(team: Team) -> Client:
    return sign_in(team.sara)


@pytest.fixture
def as_reza(team: Team) -> Client:
    return sign_in(team.reza)


# Real transactions --------------------------------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    """Within the block somebody has taken the guards off and can plant what should never be."""
    _each_guard(unguard_sql, unbalance_sql)
    yield
    _each_guard(guard_sql, balance_sql)


def _each_guard(statements: Callable[[str, str], list[str]], balance: Callable[[str], list[str]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # what waits for the commit is checked before its trigger goes
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in GUARDED:
            for sql in statements(table, connection.vendor):
                cursor.execute(sql)
        for sql in balance(connection.vendor):
            cursor.execute(sql)


@pytest.fixture
def busy_shop(transactional_db: None, home: Path, present: None) -> Callable[..., list[Any]]:
    """The shop with real transactions; gives a function that runs acts in threads, all at once."""
    open_shop()
    open_club()
    return at_once


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all ``acts`` in threads that start together; their answers in order."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with clock.frozen(NOW):
            gate.wait()
            try:
                return act()
            finally:
                connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
