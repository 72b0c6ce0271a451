"""Bringing a file in: the one way of a purchase, batch after batch."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import batched, islice
from threading import Event, Lock
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connection, transaction

from vafa.core import bulk, collector
from vafa.core.errors import Refusal
from vafa.core.records import Happening, Person
from vafa.core.words import gettext as _
from vafa.events.actions import emit
from vafa.events.kinds import FileImported
from vafa.know import actions as know
from vafa.know import queries as know_queries
from vafa.know import recording
from vafa.know.reading import Fault, Sales, brought, happenings, parted, people, products, purchases
from vafa.loop import purchase
from vafa.loop.again import rehearsed, until_settled
from vafa.reward import bringing
from vafa.reward import queries as reward
from vafa.shop import actions as shop_actions
from vafa.shop import queries as shop
from vafa.shop.access import Actor, require

BATCH = 10_000
MANY = 40_000  # lines of a file that are worth a second connection
BESIDE = 2
Progress = Callable[[int], None]


@dataclass
class Counts:
    """What became of a file."""

    purchases: int = 0
    returns: int = 0
    customers: set[str] = field(default_factory=set)
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, part: Counts) -> None:
        """What became of a part of the file."""
        self.purchases += part.purchases
        self.returns += part.returns
        self.customers |= part.customers
        self.new += part.new
        self.unchanged += part.unchanged
        self.faults += part.faults


def bring_in_sales(
    sales: Sales, *, file: str, actor: Actor, now: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Counts:
    """Record every purchase of ``sales`` that is not there yet.

    Each batch is one transaction, so a run that was cut off is finished by running it again. A dry
    run goes the whole way and is rolled back.
    """
    require(actor, "import.run")

    def act() -> Counts:
        counts = Counts(faults=list(sales.faults))
        _bring_in(sales, counts, file=file, actor=actor, now=now, progress=progress)
        return counts

    return rehearsed(act) if dry_run else act()


def _bring_in(
    sales: Sales, counts: Counts, *, file: str, actor: Actor, now: datetime, progress: Progress | None
) -> None:
    with collector.paused():
        _bring_in_batches(sales, counts, file=file, actor=actor, now=now, progress=progress)


def _bring_in_batches(
    sales: Sales, counts: Counts, *, file: str, actor: Actor, now: datetime, progress: Progress | None
) -> None:
    run = know.begin_import(file=file, preset=sales.preset, actor=actor, now=now)
    for part in _recorded(sales, actor=actor, now=now, progress=progress):
        counts.add(part)
    counts.faults += _dress(people(sales.lines), sales, actor=actor, now=now)
    counts.faults += _bring(brought(sales.lines), actor=actor, now=now)
    know.finish_import(run, counts={"new": counts.new, "unchanged": counts.unchanged}, now=now)
    emit(FileImported(run.pk, counts.new), now=now)


def _recorded(sales: Sales, *, actor: Actor, now: datetime, progress: Progress | None) -> list[Counts]:
    """All of the file's purchases and events, by two connections where they don't come into each other's way.

    While one waits for the database, Python works for the other one (docs/decisions/0032-side-by-side.md).
    """
    if not (sales.lines.num_rows >= MANY and _may_be_beside() and reward.members_apart()):
        return [_record(sales, actor=actor, now=now, progress=progress)]
    halted, one_by_one = Event(), Lock()

    def go_on(count: int) -> None:
        if halted.is_set():
            raise _Halted
        if progress:
            with one_by_one:
                progress(count)

    def beside(lines: pa.Table) -> Counts:
        try:
            return _record(replace(sales, lines=lines), actor=actor, now=now, progress=go_on)
        finally:
            connection.close()

    with ThreadPoolExecutor(BESIDE) as pool:
        parts = pool.submit(parted, sales.lines, BESIDE)
        until_settled(partial(_introduce, sales.lines))
        asked = [pool.submit(copy_context().run, beside, part) for part in parts.result()]
        try:
            for part in wait(asked, return_when=FIRST_EXCEPTION).done:
                part.result()
            return [part.result() for part in asked]
        finally:
            halted.set()


def _may_be_beside() -> bool:
    """SQLite has one writer; what is part of a transaction can't be written by another connection."""
    return bulk.is_postgres(connection) and not connection.in_atomic_block


class _Halted(Exception):
    """Ends what is written beside a part that failed; what it wrote stays, as when a run is cut off."""


def _introduce(lines: pa.Table) -> None:
    """Make what both parts would make: who comes second waits for the other one's end."""
    recording.introduce(products(lines))
    shop_actions.name_branches(store or "" for store in lines["store"].unique().to_pylist())


def _record(sales: Sales, *, actor: Actor, now: datetime, progress: Progress | None) -> Counts:
    """Purchases in batches, in order of time, with the events between them."""
    counts = Counts()
    zone, source = ZoneInfo(shop.club().time_zone), f"file:{sales.preset}"
    events = deque(happenings(sales.lines, source=source, zone=zone))
    for batch in _made_ahead(batched(purchases(sales.lines, source=source, zone=zone), BATCH)):
        meanwhile = list(_until(events, batch[-1].at))
        outcome = purchase.record(batch, meanwhile, actor=actor, now=now)
        counts.new += len(outcome.new)
        counts.unchanged += len(outcome.unchanged)
        there = [recorded.purchase for recorded in (*outcome.new, *outcome.unchanged)]
        kinds = Counter(bought.kind for bought in there)
        counts.purchases += kinds["sale"]
        counts.returns += kinds["return"]
        counts.customers.update(bought.customer_id for bought in there if bought.customer_id)
        differ = [bought.purchase_id for bought in outcome.conflicts]
        counts.faults += _conflicts(differ, sales) if differ else []
        if progress:
            progress(len(batch))
    while rest := list(islice(_until(events), BATCH)):
        purchase.record([], rest, actor=actor, now=now)
    return counts


def _made_ahead[T](batches: Iterator[T]) -> Iterator[T]:
    """Each batch, made by a second thread while the one before it is written: SQLite works outside Python's lock."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = beside.submit(next, batches, None)
            yield batch


def _until(events: deque[Happening], at: datetime | None = None) -> Iterator[Happening]:
    """Take the events up to an instant (or all) out of those that are left."""
    while events and (at is None or events[0].at <= at):
        yield events.popleft()


def _bring(told: Iterable[tuple[str, str, datetime, int]], *, actor: Actor, now: datetime) -> list[Fault]:
    """Note who was brought by whom; where one of the two is not in the club, that is told."""
    faults = []
    for code, advocate, at, row in told:
        try:
            ids = [know_queries.customer(one).pk for one in (code, advocate)]
            until_settled(partial(bringing.bring, *ids, at=at, actor=actor, now=now))
        except Refusal as refusal:
            faults.append(Fault(row, "referred_by", refusal.code, _("Row %(row)s: ") % {"row": row} + str(refusal)))
    return faults


def _conflicts(differ: Iterable[str], sales: Sales) -> list[Fault]:
    wanted = set(differ)
    rows = dict(
        reversed(list(zip(sales.lines["purchase_id"].to_pylist(), sales.lines["row"].to_pylist(), strict=True)))
    )
    message = _("is recorded already with other content; send a return for it, or use another purchase_id.")
    return [
        Fault(
            rows[key],
            "purchase_id",
            "conflict",
            _("Row %(row)s: purchase “%(key)s” ") % {"row": rows[key], "key": key} + message,
        )
        for key in sorted(wanted)
    ]


def _dress(told: Iterable[Person], sales: Sales, *, actor: Actor, now: datetime) -> list[Fault]:
    """Put names, phones and the like that came with purchases onto the cards; what is no phone is told."""
    region = shop.club().region
    cards = list(told)

    def act() -> list[Fault]:
        faults = []
        for person in cards:
            try:
                with transaction.atomic():
                    know.save_card(person, region=region, actor=actor, now=now)
            except Refusal as refusal:
                row = sales.lines["row"][sales.lines["customer_id"].index(person.customer_id).as_py()].as_py()
                faults.append(Fault(row, "", refusal.code, _("Row %(row)s: ") % {"row": row} + str(refusal)))
        return faults

    return until_settled(act)


def bring_in_customers(
    told: list[tuple[int, Person]], *, actor: Actor, now: datetime, dry_run: bool = False
) -> tuple[dict[str, int], list[Fault]]:
    """Make or complete cards; returns counts of new, updated, unchanged, and the rows refused."""
    require(actor, "import.run")
    region = shop.club().region

    def act() -> tuple[dict[str, int], list[Fault]]:
        counts = {"new": 0, "updated": 0, "unchanged": 0}
        faults: list[Fault] = []
        for row, person in told:
            try:
                with transaction.atomic():
                    _card, what = know.save_card(person, region=region, actor=actor, now=now)
                counts[what] += 1
            except Refusal as refusal:
                faults.append(Fault(row, "", refusal.code, _("Row %(row)s: ") % {"row": row} + str(refusal)))
        return counts, faults

    return rehearsed(act) if dry_run else until_settled(act)
