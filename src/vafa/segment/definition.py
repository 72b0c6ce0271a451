"""Who belongs to a segment: a condition over columns, read from a line of SQL's own writing.

``abc = 'A' AND xyz = 'X' AND days_late > 0 AND NOT days_since_message < 14``

What is not known of somebody fulfils no comparison; so the last part holds for whom we never wrote to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from vafa.core.columns import CHOICE, FLAG, SEGMENT, TEXT, Catalogue, Column
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _

LONGEST = 4000  # characters
MOST = 60  # comparisons
DEEPEST = 12
LARGEST = 10**15

Value = str | Decimal | bool | date


@dataclass(frozen=True)
class Test:
    """One comparison. ``op``: =, <, <=, >, >=, between, in, known."""

    column: str
    op: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Without:
    """All for whom ``part`` does not hold."""

    part: Condition


Condition = Test | Every | Either | Without


def tests(condition: Condition) -> Iterator[Test]:
    """Every comparison in it, from left to right."""
    match condition:
        case Test():
            yield condition
        case Without(part):
            yield from tests(part)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from tests(part)


def segments_in(condition: Condition) -> set[str]:
    """The codes of the segments that it names."""
    return {str(value) for test in tests(condition) if test.column == "segment" for value in test.values}


def parse(text: str, catalogue: Catalogue) -> Condition:
    """The condition that ``text`` says; a Refusal that names what can't be read or is not known."""
    if len(text) > LONGEST:
        raise _bad(_("A definition has at most %(most)s characters."), most=LONGEST)
    if not text.strip():
        raise _bad(_("Nothing is asked for yet."), _("Write a condition, such as: purchases >= 4"))
    try:
        if any(token.comments for token in sqlglot.tokenize(text)) or "--" in text or "/*" in text:
            raise _bad(_("A definition holds no comments."), _("Take what stands after -- or between /* and */ away."))
        trees = sqlglot.parse(text)
    except (SqlglotError, RecursionError):
        raise _unreadable(text) from None
    if len(trees) != 1 or trees[0] is None:
        raise _unreadable(text)
    found = _Reader(catalogue).read(trees[0], 0)
    if sum(1 for _test in tests(found)) > MOST:
        raise _bad(_("A definition has at most %(most)s comparisons."), most=MOST)
    return found


def _bad(message: str, hint: str = "", **told: object) -> Refusal:
    return Refusal("bad_definition", message, hint, **told)


def _unreadable(what: object) -> Refusal:
    told = str(what).strip()
    return _bad(
        _("“%(text)s” can't be read as a condition."),
        _("Write comparisons, joined by AND, OR and NOT, such as: purchases >= 4 AND NOT lapsed"),
        text=told if len(told) <= 80 else told[:79] + "…",
    )


_COMPARED: dict[type[exp.Expr], tuple[str, str]] = {  # read as it stands, and with its sides changed
    exp.EQ: ("=", "="),
    exp.NEQ: ("!=", "!="),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
}


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def read(self, node: exp.Expr, depth: int) -> Condition:
        if depth > DEEPEST * 8:
            raise _bad(_("The definition is nested too deeply."), _("Make a segment of its inner part and name that."))
        match node:
            case exp.Paren():
                return self.read(node.this, depth + 1)
            case exp.And() | exp.Or():
                kind = exp.And if isinstance(node, exp.And) else exp.Or
                parts = [self.read(part, depth + 1) for part in _chain(node, kind)]
                return Every(tuple(parts)) if kind is exp.And else Either(tuple(parts))
            case exp.Not():
                part = self.read(node.this, depth + 1)
                return part.part if isinstance(part, Without) else Without(part)
            case exp.Column():
                column = self.column(node)
                if column.kind != FLAG:
                    raise _bad(_("With what shall “%(name)s” be compared?"), self.example(column), name=column.name)
                return Test(column.name, "=", (True,))
            case exp.Is():
                return self.known(node)
            case exp.In():
                return self.one_of(node)
            case exp.Between():
                column = self.column(node.this)
                self.ordered(column, "BETWEEN")
                low, high = (self.value(column, node.args[end]) for end in ("low", "high"))
                return Test(column.name, "between", (low, high))
        if type(node) in _COMPARED:
            return self.compared(node)
        raise _unreadable(node.sql())

    def compared(self, node: exp.Expr) -> Condition:
        op, turned = _COMPARED[type(node)]
        left, right = node.this, node.expression
        if not isinstance(left, exp.Column) and isinstance(right, exp.Column):
            left, right, op = right, left, turned
        column = self.column(left)
        if op not in ("=", "!="):
            self.ordered(column, op)
        value = self.value(column, right)
        if value is False:
            value, op = True, {"=": "!=", "!=": "="}[op]
        test = Test(column.name, "=" if op == "!=" else op, (value,))
        return Without(test) if op == "!=" else test

    def known(self, node: exp.Is) -> Condition:
        column = self.column(node.this)
        asked = node.expression
        if isinstance(asked, exp.Null):
            return Without(Test(column.name, "known"))
        if isinstance(asked, exp.Boolean) and column.kind == FLAG:
            test = Test(column.name, "=", (True,))
            return test if asked.this else Without(test)
        raise _unreadable(node.sql())

    def one_of(self, node: exp.In) -> Condition:
        column = self.column(node.this)
        if column.kind not in (CHOICE, SEGMENT, TEXT) or not node.expressions:
            raise _unreadable(node.sql())
        return Test(column.name, "in", tuple(dict.fromkeys(self.value(column, each) for each in node.expressions)))

    def column(self, node: exp.Expr) -> Column:
        if not isinstance(node, exp.Column) or node.table:
            raise _unreadable(node.sql())
        found = self.catalogue.get(node.name.lower())
        if found is None:
            near = get_close_matches(node.name.lower(), self.catalogue, 1)
            hint = _("Do you mean %(near)s?") if near else _("The list beside the editor has all columns.")
            raise _bad(_("There is no column “%(name)s”."), hint, name=node.name[:40], near=near[0] if near else "")
        return found

    def ordered(self, column: Column, op: str) -> None:
        if column.kind in (CHOICE, FLAG, TEXT, SEGMENT):
            told = _("“%(name)s” can't be compared by %(op)s: it has no order.")
            raise _bad(told, self.example(column), name=column.name, op=op)

    def example(self, column: Column) -> str:
        match column.kind:
            case "choice" | "segment" | "text":
                return f"{column.name} = '{next(iter(column.choices), '…')}'"
            case "flag":
                return f"{column.name}, NOT {column.name}"
            case "day":
                return f"{column.name} >= '2026-01-31'"
        return f"{column.name} >= 1"

    def value(self, column: Column, node: exp.Expr) -> Value:
        """A literal as the column's kind has it."""
        found: Value | None
        match column.kind:
            case "flag":
                found = bool(node.this) if isinstance(node, exp.Boolean) else None
            case "choice" | "segment":
                found = _text(node)
                found = found if found in column.choices else None
            case "text":
                found = _text(node)
            case "day":
                found = _day(node)
            case _:
                found = _number(node)
        if found is not None:
            return found
        known = ", ".join(column.choices) if column.kind in (CHOICE, SEGMENT) else ""
        if known:
            hint = _("It is one of: %(known)s.")
        elif column.kind == SEGMENT:
            hint = _("There is no other segment yet.")
        else:
            hint = self.example(column)
        told = _("“%(name)s” can't be compared with %(value)s.")
        raise _bad(told, hint, name=column.name, value=node.sql()[:60], known=known)


def _chain(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The parts of a AND b AND c, which the parser nests to the left, without recursion."""
    found: list[exp.Expr] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, kind):
            waiting += [one.expression, one.this]
        else:
            found.append(one)
    return found


def _text(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Column) and node.this.quoted and not node.table:  # "A" for 'A'
        return str(node.name)
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string and "\0" not in node.this else None


def _day(node: exp.Expr) -> date | None:
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.DATE:  # DATE '2026-01-31'
        node = node.this
    try:
        return date.fromisoformat(str(_text(node)))
    except ValueError:
        return None


def _number(node: exp.Expr) -> Decimal | None:
    sign = 1
    if isinstance(node, exp.Neg):
        sign, node = -1, node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        found = sign * Decimal(node.this)
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= LARGEST or found != round(found, 6):
        return None
    return found
