"""The editor of a segment's definition as a form: what was filled in, what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from vafa.core.calendar import to_date
from vafa.core.columns import CHOICE, DAY, FLAG, MONEY, SEGMENT, SHARE, TEXT, Catalogue, Column
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.loop.columns import catalogue as all_columns
from vafa.loop.segments import Asked
from vafa.segment.definition import MOST, Without
from vafa.segment.queries import Counted
from vafa.segment.rows import AND, JOINS, NOT, OR, Row, fresh, ops, places, text_of
from vafa.shop import queries as shop

JOINED = {AND: gettext_noop("and"), OR: gettext_noop("or"), NOT: gettext_noop("but not")}
SAID = {
    ">=": gettext_noop("at least"),
    "<=": gettext_noop("at most"),
    ">": gettext_noop("above"),
    "<": gettext_noop("below"),
    "=": gettext_noop("is"),
    "between": gettext_noop("from … to"),
    "known": gettext_noop("is known"),
}
FIRST = "purchases"  # what a new row asks for


@dataclass(frozen=True)
class Told:
    """What the editor holds. ``rows`` is None where it is edited as text."""

    text: str
    rows: list[Row] | None
    catalogue: Catalogue
    code: str = ""
    name: str = ""
    asked: Asked | None = None
    fault: Refusal | None = None
    flat: bool = True  # rows could say it

    def shown_rows(self) -> list[dict[str, Any]]:
        own = {self.code}
        return [_row(n, row, self.catalogue[row.column], own) for n, row in enumerate(self.rows or [])]


def of_text(text: str, *, code: str = "", name: str = "", as_text: bool = False) -> Told:
    """The editor over a definition, in rows where they can say it."""
    told = _read(Told(text, None, all_columns(), code, name))
    rows = told.asked.rows() if told.asked else None
    return replace(told, rows=None if as_text else rows, flat=rows is not None)


def _read(told: Told) -> Told:
    try:
        return replace(told, asked=Asked(told.text))
    except Refusal as refusal:
        return replace(told, fault=refusal)


def of_post(post: QueryDict) -> Told:
    """The editor as it was sent, with what was pressed done: a row added or taken away, text or rows chosen."""
    code, name, turn = post.get("code", "")[:60], post.get("name", "")[:200], post.get("turn", "")
    if "text" in post:
        return of_text(str(post["text"]).replace("\r\n", "\n")[:5000], code=code, name=name, as_text=turn != "rows")
    known, today = all_columns(), to_date(shop.today())
    rows = [
        _filled(post, n, known[asked])
        if asked == post.get(f"r{n}-was")
        else fresh(known[asked], _join(post.get(f"r{n}-join", "")), today)
        for n in range(MOST)
        if (asked := str(post.get(f"r{n}-column"))) in known and post.get("drop") != str(n)
    ]
    if turn in JOINS:
        rows.append(fresh(known[FIRST], turn, today))
    if rows and rows[0].join == OR:
        rows[0] = replace(rows[0], join=AND)
    text = text_of(rows, known)
    if turn == "text":
        return of_text(text, code=code, name=name, as_text=True)
    return _read(Told(text, rows, known, code, name))


def _filled(post: QueryDict, n: int, column: Column) -> Row:
    op = post.get(f"r{n}-op", "")
    op = op if op in ops(column) else ops(column)[0]
    values = [value[:120] for value in post.getlist(f"r{n}-value")]
    if op != "in":
        values = (values + [values[0] if values else ""] * 2)[: places(op) if column.kind != FLAG else 0]
    return Row(_join(post.get(f"r{n}-join", "")), column.name, op, tuple(values))


def _join(text: str) -> str:
    return text if text in JOINS else AND


def _row(n: int, row: Row, column: Column, own: set[str]) -> dict[str, Any]:
    """A row as the page shows it."""
    currency = shop.club().currency
    named = column.kind in (CHOICE, SEGMENT)
    options = [
        (key, name if column.kind == SEGMENT else _(name), key in row.values)
        for key, name in column.choices.items()
        if key not in own
    ]
    return {
        "n": n,
        "join": row.join,
        "joined": _(JOINED[row.join]) if n or row.join == NOT else "",
        "joins": [(key, _(word), key == row.join) for key, word in JOINED.items() if n or key != OR],
        "column": column.name,
        "title": _(column.title),
        "ops": [(op, _(SAID[op]), op == row.op) for op in ops(column)] if "in" not in ops(column) else [],
        "flag": column.kind == FLAG,
        "options": options if named else [],
        "named": named,
        "values": row.values,
        "input": "date" if column.kind == DAY else "text",
        "digits": column.kind not in (DAY, TEXT),
        "after": {SHARE: "%", MONEY: currency}.get(column.kind, ""),
    }


def choices(known: Catalogue) -> list[tuple[str, str]]:
    """The columns of which a row can ask; a segment only where there is one."""
    return [(c.name, _(c.title)) for c in known.values() if c.kind != SEGMENT or c.choices]


def steps(asked: Asked, counted: Counted) -> Iterable[dict[str, Any]]:
    """Each part of the definition with how many are left after it, and how many it took out."""
    before = counted.of
    for n, (part, left) in enumerate(counted.steps):
        without = isinstance(part, Without)
        word = _("but not: %(what)s") if without else _("and %(what)s") if n else "%(what)s"
        told = asked.teller.sentence(part.part if isinstance(part, Without) else part)
        yield {"said": word % {"what": told}, "left": left, "out": before - left, "last": n + 1 == len(counted.steps)}
        before = left
