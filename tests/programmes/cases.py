"""The tables of the reference programmes and the gallery's: what is given, and what must stand on which day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from vafa.core.calendar import day_number
from vafa.core.records import Line
from vafa.reward import gallery

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Given:
    """One thing that a member did; ``sale`` of a return: the number of the sale, from 1."""

    day: int
    kind: str  # signup | sale | return | redeem
    amount: int = 0
    lines: tuple[Line, ...] = ()
    tender: str = ""
    sale: int = 0
    reward: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Case:
    programme: str
    says: str
    given: tuple[Given, ...]
    then: tuple[tuple[int, dict[str, Any]], ...]

    @property
    def text(self) -> str:
        return text_of(self.programme)


def text_of(name: str) -> str:
    """The document of a reference programme, or of a ready one ("gallery/cafe")."""
    if name.startswith("gallery/"):
        return gallery.text(name.removeprefix("gallery/"), "USD")
    return (FOLDER / f"{name}.toml").read_text("utf-8")


def names() -> list[str]:
    """All that have a table of cases."""
    paths = sorted(FOLDER.rglob("*.cases.toml"))
    return [path.relative_to(FOLDER).as_posix().removesuffix(".cases.toml") for path in paths]


def cases() -> list[Case]:
    found = []
    for name in names():
        path = FOLDER / f"{name}.cases.toml"
        for told in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]:
            given = tuple(_given(dict(one)) for one in told["given"])
            then = tuple((_day(one["on"]), {k: v for k, v in one.items() if k != "on"}) for one in told["then"])
            found.append(Case(name, told["says"], given, then))
    return found


def _day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def _given(told: dict[str, Any]) -> Given:
    day, tender = _day(told["on"]), told.get("tender", "")
    lines = tuple(_line(line) for line in told.get("lines", ()))
    whole = told.get("buys", told.get("amount", Decimal(0)))
    amount = sum(line.amount for line in lines) if lines else int(whole * 100)
    lines = lines or (Line(amount),)
    if told.get("joins"):
        return Given(day, "signup")
    if "takes" in told:
        return Given(day, "redeem", reward=told["takes"], refused=told.get("refused", False))
    kind = "return" if "returns" in told else "sale"
    return Given(day, kind, amount, lines, tender, told.get("returns", 0))


def _line(told: dict[str, Any]) -> Line:
    cents = {name: int(told[name] * 100) for name in ("amount", "tax", "discount") if name in told}
    return Line(
        cents["amount"],
        product_id=told.get("product", ""),
        category=told.get("category", ""),
        quantity_milli=told["quantity"] * 1000 if "quantity" in told else None,
        discount=cents.get("discount"),
        tax=cents.get("tax"),
    )
