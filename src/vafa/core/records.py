"""What comes in, before it is a row: purchases with their lines, and people.

Every face builds these and hands them to ``loop``; amounts are minor units, days are local.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import NamedTuple

import orjson


class Line(NamedTuple):
    """One line of a purchase; ``amount`` is what was paid for it after discount."""

    amount: int
    product_id: str = ""
    product_name: str = ""
    category: str = ""
    brand: str = ""
    quantity_milli: int | None = None
    unit_price: int | None = None
    discount: int | None = None
    cost: int | None = None
    tax: int | None = None


class Purchase(NamedTuple):
    """A sale or a return. ``source`` and ``purchase_id`` together name it for ever."""

    source: str
    purchase_id: str
    kind: str  # "sale" or "return"; amounts of both are positive
    customer_id: str | None
    at: datetime  # with zone
    day: int
    amount: int
    lines: tuple[Line, ...]
    returns: str | None = None  # purchase_id that a return gives back
    store: str = ""
    channel: str = ""
    seller: str = ""
    tender: str = ""

    def digest(self) -> str:
        """A hash of the whole content: the same key with another digest is a conflict."""
        lines = list(map(tuple, self.lines))
        content = [self.kind, self.customer_id, self.at.timestamp(), self.amount, lines, self.returns, *self[9:]]
        return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()


class Happening(NamedTuple):
    """Something that a customer did besides buying. ``source`` and ``key`` together name it for ever."""

    source: str
    key: str
    customer_id: str
    event: str  # its name, as the programme calls it
    at: datetime  # with zone
    day: int

    def digest(self) -> str:
        """A hash of the whole content: the same key with another digest is a conflict."""
        content = [self.customer_id, self.event, self.at.timestamp()]
        return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()


class Happened(NamedTuple):
    """A happening that stands in the card file, with the numbers it has there."""

    id: int
    customer_id: int
    happening: Happening


class Recorded(NamedTuple):
    """A purchase that stands in the card file, with the numbers it has there."""

    id: int
    customer_id: int | None
    purchase: Purchase
    returns_id: int | None
    told_id: int | None = None  # the card that was told, where it is another one of the same person


class Person(NamedTuple):
    """A customer as a file, a form or the API tells of them; None means: not told."""

    customer_id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    card: str | None = None
    birthday: date | None = None
    language: str | None = None
    sample: bool = False
