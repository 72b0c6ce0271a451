"""Segments, by the columns of all rooms."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vafa.loop.columns import catalogue
from vafa.segment import actions as segment
from vafa.segment import queries
from vafa.segment.definition import Condition, parse
from vafa.segment.membership import Change
from vafa.segment.rows import Row, rows_of
from vafa.segment.telling import Teller
from vafa.shop import queries as shop
from vafa.shop.access import Actor, require

if TYPE_CHECKING:
    from vafa.segment.models import Segment


def define(name: str, text: str, *, code: str | None = None, actor: Actor, now: datetime) -> Segment:
    """Make a live segment, or change the one called ``code``."""
    currency = shop.club().currency
    return segment.define(code, name=name, text=text, catalogue=catalogue(), currency=currency, actor=actor, now=now)


def refresh(code: str | None = None, *, actor: Actor | None = None, now: datetime) -> list[Change]:
    """Count live segments (all, if none is named) anew."""
    if actor is not None:
        require(actor, "segment.refresh")
    codes = None if code is None else [queries.segment(code).code]
    return segment.recount(codes, catalogue(), currency=shop.club().currency, now=now)


def remove(code: str, *, actor: Actor, now: datetime) -> None:
    segment.remove(code, catalogue(), actor=actor, now=now)


class Asked:
    """A definition that was read, and what can be asked of it."""

    def __init__(self, text: str) -> None:
        self.catalogue, self.currency = catalogue(), shop.club().currency
        self.condition: Condition = parse(text, self.catalogue)
        self.teller = Teller(self.catalogue, self.currency)

    @property
    def sentence(self) -> str:
        return self.teller.sentence(self.condition)

    def counted(self) -> queries.Counted:
        return queries.counted(self.condition, self.catalogue, self.currency)

    def rows(self) -> list[Row] | None:
        return rows_of(self.condition, self.catalogue)

    def some(self) -> list[int]:
        return queries.some(self.condition, self.catalogue, self.currency)

    def why(self, ids: list[int]) -> dict[int, str]:
        """What of each customer is asked for, with their own figures."""
        own = queries.own(self.condition, ids, self.catalogue, self.currency)
        return {pk: self.teller.why(self.condition, told) for pk, told in own.items()}
