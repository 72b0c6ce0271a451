"""What a letter may know, and the letter that comes of it; pure."""

from __future__ import annotations

from typing import NamedTuple


class Facts(NamedTuple):
    """The fields that wordings may use, already in the reader's own digits and calendar."""

    name: str  # as they are addressed; "" where no name is known
    club: str
    day: str = ""  # the day that the letter speaks of
    store: str = ""
    seller: str = ""
    products: tuple[str, ...] = ()
    amount: str = ""
    points: str = ""
    gift: str = ""


class Letter(NamedTuple):
    subject: str
    body: str
