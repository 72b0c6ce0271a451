"""What is told about a file, what is seen of it, and how it will be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

ACTIVITY_COLUMNS = tuple(
    ["customer_id", "at", "amount", "kind", "purchase_id", "returns", "reward", "units", "product_id", "product_name", "category", "brand", "quantity", "unit_price", "discount", "cost", "tax", "tender", "store", "channel", "seller", "currency", "customer_name", "phone", "email", "birthday"]
)
CUSTOMER_COLUMNS = ("customer_id", "customer_name", "phone", "email", "birthday", "card", "language")
IGNORE = "ignore"  # a target of --map: leave this column alone


@dataclass(frozen=True)
class Reading:
    """What the reader of a file was told (READING of the command line); None: find out."""

    preset: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)  # column of the file -> canonical column
    time_zone: str | None = None
    currency: str | None = None
    date_order: str | None = None  # dmy, mdy, ymd
    calendar: str | None = None  # gregorian, jalali


@dataclass(frozen=True)
class Fault:
    """Why a row was refused. ``message`` is one sentence with the remedy, in the language of the moment."""

    row: int  # as a spreadsheet counts it
    column: str  # its name in the file
    code: str
    message: str


@dataclass(frozen=True)
class Sales:
    """A file of activities in canonical form: ``lines`` has the columns of ``core.frame.LINES``."""

    lines: pa.Table
    faults: list[Fault]
    preset: str
    rows: int  # of data in the file, the refused ones too
    currency: str
    time_zone: str  # "UTC" when times are taken as written
    calendar: str


class Glance(NamedTuple):
    """What is seen of a file before it is read; importers recognise it by this."""

    path: Path
    header: tuple[str, ...]  # cells of the first row that is not blank
    lines: tuple[str, ...] = ()  # the first lines of a text file, as they stand
    mapped: Mapping[str, str] = {}  # columns that --map has settled
    targets: tuple[str, ...] = ACTIVITY_COLUMNS


@dataclass(frozen=True)
class Plan:
    """How a file is to be read: what an importer makes of a glance."""

    preset: str
    columns: Mapping[str, str]  # column of the file -> canonical column
    names: tuple[str, ...] = ()  # of the columns, where the file has no header
    parted_by_spaces: bool = False
    twist: Callable[[pa.Table, Path], pa.Table] | None = None  # changes the raw table before it is read
    needs: tuple[str, ...] = ()  # further columns that ``twist`` looks at
    date_order: str | None = None  # of days that both orders fit
    currency: str | None = None  # where nothing else tells it
    time_zone: str | None = None  # of the shop, where nothing else tells it
    times_in: str | None = None  # zone in which times without zone are written; None: the shop's


class Example(NamedTuple):
    """A worked case of an importer: a file, and some cells of the lines that it must give."""

    file: str  # its name; the ending tells the kind
    header: tuple[str, ...]  # () for a text without header
    rows: tuple[tuple[Any, ...], ...]
    lines: tuple[dict[str, Any], ...]


def fold(name: str) -> str:
    """A column's name as it is compared: no case, spaces, underscores or dashes."""
    return "".join(c for c in name.casefold() if c not in " _-\u00a0\u200c\ufeff\t\n")
