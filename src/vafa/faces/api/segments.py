"""Segments: which there are, who is in them, what a definition would find."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from vafa.core import clock
from vafa.core.calendar import to_date
from vafa.core.errors import Refusal
from vafa.core.money import to_major
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import (
    ColumnOut,
    CountOut,
    DefinitionIn,
    MembershipsOut,
    NameIn,
    SegmentIn,
    SegmentOut,
)
from vafa.faces.api.once import idempotency_key, once
from vafa.know import queries as know
from vafa.loop import segments as loop
from vafa.loop.columns import catalogue
from vafa.segment import actions
from vafa.segment import queries as segment
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["segments"])
Limit = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/segments", response=list[SegmentOut], summary="All segments")
def show_all(request: HttpRequest) -> Any:
    require(actor_of(request), "segment.see")
    return [segment.document(one) for one in segment.segments()]


@router.get("/segments/columns", response=list[ColumnOut], summary="What a definition can ask for")
def columns(request: HttpRequest) -> Any:
    require(actor_of(request), "segment.see")
    return [
        {"column": c.name, "title": _(c.title), "kind": c.kind, "choices": list(c.choices)}
        for c in catalogue().values()
    ]


@router.post("/segments/count", response=CountOut, summary="How many a definition would find")
def count(request: HttpRequest, payload: DefinitionIn) -> Any:
    """Keeps nothing."""
    require(actor_of(request), "segment.see")
    asked = loop.Asked(payload.definition)
    counted = asked.counted()
    return {
        "says": asked.sentence,
        "people": counted.people,
        "of": counted.of,
        "year_revenue": str(to_major(counted.worth, shop.club().currency)),
        "steps": [{"says": asked.teller.sentence(part), "people": left} for part, left in counted.steps],
    }


@router.post("/segments", response={201: SegmentOut}, summary="Make a segment (Idempotency-Key needed)")
def define(request: HttpRequest, payload: SegmentIn, dry_run: bool = False) -> Any:
    """Its members are counted at once, and each night from then on."""
    actor = actor_of(request)
    require(actor, "segment.edit")

    def act() -> dict[str, Any]:
        return segment.document(loop.define(payload.name, payload.definition, actor=actor, now=clock.now()))

    return Status(201, once(request, "segment", idempotency_key(request), payload.model_dump(), act, dry_run))


@router.get("/segments/{code}", response=SegmentOut, summary="One segment")
def show(request: HttpRequest, code: str) -> Any:
    require(actor_of(request), "segment.see")
    return segment.document(segment.segment(code))


@router.put("/segments/{code}", response=SegmentOut, summary="Change a segment")
def change(request: HttpRequest, code: str, payload: SegmentIn) -> Any:
    """The same again changes nothing."""
    actor = actor_of(request)
    require(actor, "segment.edit")
    return segment.document(loop.define(payload.name, payload.definition, code=code, actor=actor, now=clock.now()))


@router.delete("/segments/{code}", response={204: None}, summary="Remove a segment with its history")
def remove(request: HttpRequest, code: str) -> Any:
    """Refused (409) where another is defined by it."""
    loop.remove(code, actor=actor_of(request), now=clock.now())
    return Status(204, None)


@router.get("/segments/{code}/members", response=MembershipsOut, summary="Who is in a segment")
def members(request: HttpRequest, code: str, after: str = "", limit: Limit = 1000) -> Any:
    """By pages: ``after`` is the ``next`` of the page before."""
    require(actor_of(request), "customer.see")
    found = segment.segment(code)
    rows = segment.members(found).filter(customer_id__gt=_cursor(after))
    page = list(rows.values_list("customer_id", "entered_day")[: limit + 1])
    codes = know.codes_of(pk for pk, _day in page)
    return {
        "members": [{"customer_id": codes[pk], "entered": to_date(day)} for pk, day in page[:limit]],
        "next": str(page[limit - 1][0]) if len(page) > limit else None,
    }


def _cursor(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refusal("bad_cursor", gettext_noop("“after” is the “next” of the page before."))
    return int(text or 0)


@router.post("/segments/{code}/refresh", response=SegmentOut, summary="Count a segment now")
def refresh(request: HttpRequest, code: str) -> Any:
    """With whatever is defined by it."""
    loop.refresh(code, actor=actor_of(request), now=clock.now())
    return segment.document(segment.segment(code))


@router.post(
    "/segments/{code}/copy", response={201: SegmentOut}, summary="Keep those who are in it (Idempotency-Key needed)"
)
def copy(request: HttpRequest, code: str, payload: NameIn, dry_run: bool = False) -> Any:
    """The copy's members stay, whatever they do from here on."""
    actor = actor_of(request)
    require(actor, "segment.edit")

    def act() -> dict[str, Any]:
        return segment.document(actions.copy(code, name=payload.name, actor=actor, now=clock.now()))

    content = {"of": code, **payload.model_dump()}
    return Status(201, once(request, "segment", idempotency_key(request), content, act, dry_run))
