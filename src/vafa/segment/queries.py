"""Reading where customers stand, and who is in which segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from django.db import connection
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Sum, When

from vafa.core.columns import Catalogue
from vafa.core.errors import NotFound
from vafa.core.words import gettext_noop as _
from vafa.know import mirror
from vafa.segment import analysis as analysing
from vafa.segment import assortment as assorting
from vafa.segment import movement as moving
from vafa.segment import views as viewing
from vafa.segment.analysis import Analysis
from vafa.segment.assortment import Assortment
from vafa.segment.compiling import Compiler
from vafa.segment.definition import Condition, Every
from vafa.segment.labels import RUNG_NAMES, TYPE_NAMES
from vafa.segment.models import Membership, Segment, Standing
from vafa.segment.predicting import Prediction, predict
from vafa.segment.telling import asked
from vafa.segment.views import Views
from vafa.shop import queries as shop
from vafa.shop.levels import Level

FEWEST = 30  # customers from whom a forecast is made
WEEK = 7


class Basis(NamedTuple):
    """What analyses stand on. With it in hand they ask the database nothing, and can run side by side."""

    files: Sequence[Path]  # the receipts
    goods: Sequence[Path] | None  # what was bought, where products are told
    currency: str
    calendar: str
    active_days: int | None
    margin: Fraction | None


def basis() -> Basis:
    """The receipts, brought up to date, and what the club says; who asks of several days asks for it once."""
    club = shop.club()
    margin = None if club.margin_percent is None else Fraction(club.margin_percent, 100)
    receipts, goods = mirror.refresh(club.calendar), mirror.goods()
    return Basis(receipts, goods, club.currency, club.calendar, club.active_days, margin)


def analysis(as_of: int | None = None, on: Basis | None = None) -> Analysis:
    """The whole analysis of the shop as of the end of a day (default: the last day with a receipt)."""
    files, goods, currency, calendar, active_days, margin = on or basis()
    return analysing.analyse(
        files, currency=currency, calendar=calendar, as_of=as_of, active_days=active_days, margin=margin, goods=goods
    )


def ahead(found: Analysis, on: Basis | None = None) -> Prediction | None:
    """What each customer will do after the day of ``found``; None below ``FEWEST`` customers, who teach nothing."""
    if found.people < FEWEST or found.as_of is None:
        return None
    on = on or basis()
    return predict(on.files, currency=on.currency, calendar=on.calendar, as_of=found.as_of, margin=found.ltv.margin)


def rungs(as_of: int, on: Basis) -> dict[str, str]:
    """The rung on which each customer stood at the end of a day, by code."""
    return analysing.rungs(on.files, calendar=on.calendar, as_of=as_of, active_days=on.active_days)


def movement(start: int, end: int, on: Basis) -> pa.Table:
    """Who stood on which rung at the ends of two days, and what they bought in between; see ``segment.movement``."""
    return moving.movement(on.files, calendar=on.calendar, start=start, end=end, active_days=on.active_days)


def views(as_of: int, days: int, on: Basis) -> Views:
    """The customer base in five views; a year has ``days`` days."""
    return viewing.views(on.files, calendar=on.calendar, as_of=as_of, days=days)


def people_of_view(as_of: int, days: int, on: Basis, *, tenth: int | None = None, way: str | None = None) -> pa.Table:
    """Who stands behind a tenth of the year's buyers, or behind a way from year to year."""
    return viewing.people(on.files, calendar=on.calendar, as_of=as_of, days=days, tenth=tenth, way=way)


def assortment(as_of: int, on: Basis) -> Assortment | None:
    """What is bought, as of the end of a day; None where no product is told."""
    if on.goods is None:
        return None
    return assorting.assortment(on.files, on.goods, calendar=on.calendar, as_of=as_of)


def fans(as_of: int, on: Basis, *, kind: str, name: str) -> list[dict[str, Any]]:
    """Who takes a category or a brand most often, the strongest first; see ``methods.affinity``."""
    if on.goods is None:
        return []
    found = assorting.fans(on.files, on.goods, calendar=on.calendar, as_of=as_of, kind=kind, name=name)
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def standing(customer_id: int) -> Standing | None:
    return Standing.objects.filter(customer_id=customer_id).first()


def standings(customer_ids: Iterable[int]) -> dict[int, Standing]:
    return Standing.objects.in_bulk(list(customer_ids))


class Step(NamedTuple):
    """One level of the value pyramid: who stands on it, and what they bought in a year. No name: below all levels."""

    name: str
    least: int | None
    people: int
    year_revenue: int


def pyramid(levels: Sequence[Level]) -> list[Step]:
    """The value pyramid, from its top down."""
    on = Case(*(When(year_revenue__gte=level.least, then=n) for n, level in enumerate(levels)), default=len(levels))
    rows = Standing.objects.annotate(on=on).values("on").annotate(people=Count("pk"), bought=Sum("year_revenue"))
    found = {row["on"]: (row["people"], row["bought"]) for row in rows.order_by()}
    steps = [Step(level.name, level.least, *found.get(n, (0, 0))) for n, level in enumerate(levels)]
    below = found.get(len(levels))
    return [*steps, Step("", None, *below)] if below else steps


def level_of(standing: Standing, levels: Sequence[Level]) -> Level | None:
    """The level of the value pyramid on which somebody stands."""
    return next((level for level in levels if standing.year_revenue >= level.least), None)


FILTERS: dict[str, dict[str, Any]] = {
    "late": {"late": True, "good": True},
    "lapsed": {"lapsed": True},
    "once": {"rung": "buyer"},
    "best": {"top_share__lte": 20},
    "due": {"due_day__isnull": False},  # within the week, see ``filtered``
    "overdue": {"days_late__gt": 0},
    **{rung: {"rung": rung} for rung in RUNG_NAMES},
    **{letter: {"abc": letter} for letter in "ABC"},
    **{letter: {"xyz": letter} for letter in "XYZN"},
    **{kind: {"buying_type": kind} for kind in TYPE_NAMES},
}


def filtered(names: Iterable[str], groups: Iterable[str] = ()) -> QuerySet[Standing]:
    """Standings that pass all of the named filters (unknown names are passed over), the most valuable first."""
    rows, names = Standing.objects.all(), list(names)
    for name in names:
        rows = rows.filter(**FILTERS.get(name, {}))
    if "due" in names:
        today = shop.today()
        rows = rows.filter(due_day__range=(today, today + WEEK - 1))
    for group in groups:
        rows = rows.filter(rfm_group=group)
    return rows.order_by("-year_revenue", "-revenue", "customer_id")


# Segments -----------------------------------------------------------------------------------


def no_segment(code: str) -> NotFound:
    return NotFound("no_segment", _("There is no segment “%(segment)s”."), segment=code[:60])


def segments() -> list[Segment]:
    return list(Segment.objects.order_by("name", "code"))


def segment(code: str) -> Segment:
    found = Segment.objects.filter(code=code).first()
    if found is None:
        raise no_segment(code)
    return found


def document(one: Segment) -> dict[str, Any]:
    """A segment as programs are told it."""
    return {
        "segment": one.code,
        "name": one.name,
        "definition": one.definition,
        "live": one.live,
        "people": one.people,
        "refreshed_at": one.refreshed_at.isoformat() if one.refreshed_at else None,
        "fault": one.fault,
    }


def segment_names() -> dict[str, str]:
    """The names of all segments, by code."""
    return dict(Segment.objects.order_by("name", "code").values_list("code", "name"))


def segments_of(customer_id: int) -> list[tuple[str, str, int]]:
    """Code and name of the segments that somebody is in, with the day on which they entered."""
    rows = Membership.objects.filter(customer_id=customer_id, left_day=None).order_by("segment__name", "segment__code")
    return list(rows.values_list("segment__code", "segment__name", "entered_day"))


def members(found: Segment) -> QuerySet[Membership]:
    """Who is in a segment, by customer."""
    return Membership.objects.filter(segment=found, left_day=None).order_by("customer_id")


def best_members(found: Segment) -> QuerySet[Membership]:
    """Who is in a segment, the most valuable first; ``worth``: what they bought in a year, None where they didn't."""
    worth = Standing.objects.filter(customer_id=OuterRef("customer_id")).values("year_revenue")
    return members(found).annotate(worth=Subquery(worth)).order_by(F("worth").desc(nulls_last=True), "customer_id")


def entered(found: Segment, limit: int = 10) -> list[tuple[int, int]]:
    """The last who entered and are still in it: customer and day, the newest first."""
    rows = Membership.objects.filter(segment=found, left_day=None).order_by("-entered_day", "-id")
    return list(rows.values_list("customer_id", "entered_day")[:limit])


def gone(found: Segment, since: int, limit: int = 10) -> tuple[int, list[tuple[int, int]]]:
    """How many left on or after the day ``since``, and the last of them: customer and day."""
    rows = Membership.objects.filter(segment=found, left_day__gte=since).order_by("-left_day", "-id")
    return rows.count(), [(row.customer_id, row.left_day or since) for row in rows[:limit]]


def sizes(found: Segment, days: Sequence[int]) -> list[int]:
    """How many were in it at the end of each of ``days``."""
    came, went = (
        sorted(dict(rows).items())
        for rows in (
            found.memberships.values_list("entered_day").annotate(Count("id")).order_by(),
            found.memberships.exclude(left_day=None).values_list("left_day").annotate(Count("id")).order_by(),
        )
    )
    return [sum(n for on, n in came if on <= day) - sum(n for on, n in went if on <= day) for day in days]


class Counted(NamedTuple):
    """How many a definition finds: ``of`` all customers, and after each of its parts that must hold together."""

    people: int
    of: int
    worth: int  # what they bought in a year, in minor units
    steps: list[tuple[Condition, int]]


def counted(condition: Condition, catalogue: Catalogue, currency: str) -> Counted:
    """Count without keeping anything, in one look at the customers."""
    parts = condition.parts if isinstance(condition, Every) else (condition,)
    upto = [Every(parts[: n + 1]) for n in range(len(parts))]
    statement = Compiler(catalogue, currency).counts(upto, "year_revenue")
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        of, *found, worth = (int(number or 0) for number in cursor.fetchone())
    return Counted(found[-1], of, worth, list(zip(parts, found, strict=True)))


def some(condition: Condition, catalogue: Catalogue, currency: str, limit: int = 10) -> list[int]:
    """A few whom a definition finds, the newest customers first."""
    statement = Compiler(catalogue, currency).matching(condition, " ORDER BY c.id DESC LIMIT %s")
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, [*statement.params, limit])
        return [row[0] for row in cursor.fetchall()]


def own(condition: Condition, ids: Sequence[int], catalogue: Catalogue, currency: str) -> dict[int, dict[str, Any]]:
    """What the columns that a definition asks for hold of each of ``ids``."""
    if not ids:
        return {}
    names = asked(condition)
    statement = Compiler(catalogue, currency).values(names, list(ids))
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}
