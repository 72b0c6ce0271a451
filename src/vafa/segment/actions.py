"""Writing where customers stand, and who is in which segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from graphlib import TopologicalSorter
from itertools import batched, count

from django.db import connection, transaction
from django.utils.text import slugify

from vafa.core import bulk
from vafa.core.columns import Catalogue
from vafa.core.errors import Conflict, Refusal
from vafa.core.words import gettext_noop as _
from vafa.events.actions import emit
from vafa.events.kinds import SegmentChanged
from vafa.segment import membership
from vafa.segment.analysis import Analysis
from vafa.segment.compiling import Compiler
from vafa.segment.definition import parse, segments_in
from vafa.segment.models import Segment, Standing
from vafa.segment.predicting import KEPT, Prediction
from vafa.segment.queries import no_segment
from vafa.shop import queries as shop
from vafa.shop.access import Actor, require
from vafa.shop.actions import audit

RESERVED = ("columns", "count")  # addresses of the API beside those of segments
COLUMNS = [
    "customer_id",
    "purchases",
    "revenue",
    "first_day",
    "last_day",
    "twice_median_gap",
    "r",
    "f",
    "m",
    "rfm_group",
    "abc",
    "xyz",
    "rung",
    "lapsed",
    "late",
    "good",
    "year_revenue",
    "top_share",
    "buying_type",
]


def keep(analysis: Analysis, ahead: Prediction | None) -> int:
    """Replace all standings by those of ``analysis`` with what ``ahead`` says of each; returns how many there are."""
    told = dict(ahead.rows()) if ahead is not None else {}
    nothing = (None,) * len(KEPT)
    table = analysis.standings.select(COLUMNS)
    ids: dict[str, int] = {}
    with transaction.atomic():
        codes = table["customer_id"].to_pylist()
        rows = bulk.select_in(connection, "SELECT code, id FROM know_customer WHERE code IN ({})", codes)
        ids = dict(rows)
        Standing.objects.all().delete()
        columns = [column.to_pylist() for column in table.columns]
        for part in batched(zip(*columns, strict=True), 20_000):
            bulk.insert(
                connection,
                "segment_standing",
                [*COLUMNS, *KEPT],
                [(ids[row[0]], *row[1:], *told.get(row[0], nothing)) for row in part if row[0] in ids],
            )
    return len(ids)


def forget(customer_ids: Sequence[int]) -> None:
    """Cards that are no more stand nowhere until everybody's standing is worked out again."""
    Standing.objects.filter(customer_id__in=customer_ids).delete()


# Segments -----------------------------------------------------------------------------------


@transaction.atomic
def define(
    code: str | None, *, name: str, text: str, catalogue: Catalogue, currency: str, actor: Actor, now: datetime
) -> Segment:
    """Make a live segment, or change the one called ``code``; its members are counted at once."""
    require(actor, "segment.edit")
    name = " ".join(name.split())[:80]
    if not name:
        raise Refusal("no_name", _("A segment needs a name."))
    condition = parse(text, catalogue)
    Compiler(catalogue, currency).matching(condition)  # refuses amounts that the currency doesn't have
    made = _held(code) if code else Segment(code=_free_code(name), made_at=now, made_by=actor.name)
    if not made.live:
        raise Conflict("segment_copied", _("A copy keeps its members: it has no definition to change."))
    _no_circle(made.code, segments_in(condition), catalogue)
    made.name, made.definition = name, text.strip()
    made.save()
    audit("segment.defined", actor=actor, now=now, subject=f"segment:{made.code}", definition=made.definition)
    return recount([made.code], catalogue, currency=currency, now=now)[0].segment


def _held(code: str) -> Segment:
    found = Segment.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise no_segment(code)
    return found


def _free_code(name: str) -> str:
    """The name as it can stand in an address and in a definition, with a number where it is taken."""
    wanted = slugify(name, allow_unicode=True)[:50].strip("-") or "segment"
    taken = {*RESERVED, *Segment.objects.filter(code__startswith=wanted).values_list("code", flat=True)}
    names = (f"{wanted}-{n}" if n > 1 else wanted for n in count(1))
    return next(each for each in names if each not in taken)


def _no_circle(code: str, named: set[str], catalogue: Catalogue) -> None:
    """No segment is defined by itself, whatever stands between."""
    within = _within(catalogue)
    seen: set[str] = set()
    while named:
        if code in named:
            raise Refusal(
                "circle",
                _("The segment “%(segment)s” would be defined by itself."),
                _("Take one of the segments that it names out of the definition."),
                segment=code,
            )
        seen |= named
        named = {inner for each in named for inner in within.get(each, ())} - seen


def _within(catalogue: Catalogue) -> dict[str, set[str]]:
    """Which other segments each live segment names."""
    found: dict[str, set[str]] = {}
    for code, text in Segment.objects.filter(live=True).values_list("code", "definition"):
        try:
            found[code] = segments_in(parse(text, catalogue))
        except Refusal:
            found[code] = set()
    return found


def recount(
    codes: Iterable[str] | None, catalogue: Catalogue, *, currency: str, now: datetime
) -> list[membership.Change]:
    """Count live segments (all, if none is named) anew, each after those that it names."""
    within, today = _within(catalogue), shop.today()
    wanted = set(within) if codes is None else set(codes)
    if codes is not None:  # and whatever is defined by them
        while more := {code for code, inner in within.items() if inner & wanted} - wanted:
            wanted |= more
    order = TopologicalSorter({code: within.get(code, set()) & wanted for code in sorted(wanted)}).static_order()
    changes = []
    for code in order:
        with transaction.atomic():
            change = membership.refresh(code, catalogue, currency=currency, today=today, now=now)
            if change.entered or change.left:
                emit(SegmentChanged(change.segment.pk, today, change.entered, change.left), now=now)
        changes.append(change)
    return changes if codes is None else sorted(changes, key=lambda change: change.segment.code not in set(codes))


@transaction.atomic
def copy(code: str, *, name: str, actor: Actor, now: datetime) -> Segment:
    """A copy that keeps those who are members now, whatever they do from here on."""
    require(actor, "segment.edit")
    original = _held(code)
    name = " ".join(name.split())[:80]
    if not name:
        raise Refusal("no_name", _("A segment needs a name."))
    made = Segment.objects.create(
        code=_free_code(name),
        name=name,
        definition=original.definition,
        live=False,
        made_at=now,
        made_by=actor.name,
        refreshed_at=now,
    )
    membership.copy_members(original.pk, made.pk, shop.today())
    made.people = made.memberships.count()
    made.save(update_fields=["people"])
    audit("segment.copied", actor=actor, now=now, subject=f"segment:{made.code}", of=original.code)
    return made


@transaction.atomic
def remove(code: str, catalogue: Catalogue, *, actor: Actor, now: datetime) -> None:
    """Take a segment away with its history; refused where others are defined by it."""
    require(actor, "segment.edit")
    gone = _held(code)
    users = sorted(user for user, inner in _within(catalogue).items() if code in inner and user != code)
    if users:
        raise Conflict(
            "segment_in_use",
            _("The segment “%(segment)s” stands in the definition of %(users)s."),
            _("Change that first."),
            segment=code,
            users=", ".join(users),
        )
    audit("segment.removed", actor=actor, now=now, subject=f"segment:{code}", definition=gone.definition)
    gone.memberships.all()._raw_delete(gone.memberships.db)
    gone.delete()
