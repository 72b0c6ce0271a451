"""Which column means what: by preset, by name, and as the reader was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from vafa.core.errors import BadFile, Question
from vafa.core.words import gettext_noop as _
from vafa.know.importers import IMPORTERS, generic

TARGETS = tuple(generic.ALIASES)
IGNORE = "ignore"
_SHOWN = 30  # columns that a message lists


def spaced(line: str) -> tuple[tuple[str, ...], int] | None:
    """The columns of a known text with spaces between its cells, and the lines of its header, by its first line."""
    for item in IMPORTERS.values():
        if hasattr(item, "spaced") and (found := item.spaced(line)):
            columns, header = found
            return tuple(columns), int(header)
    return None


def tells_of_people(item: Any) -> bool:
    """Whether files of the preset ``item`` are lists of customers, not of what they bought."""
    return getattr(item, "PEOPLE", False) is True


def recognise(
    columns: Sequence[str], wanted: str | None, file: str, *, people: bool = False
) -> tuple[Any, dict[str, str]]:
    """The preset for a file with ``columns`` and its source → target; ``people``: among those of customers."""
    fitting = {k: item for k, item in IMPORTERS.items() if k == generic.KIND or tells_of_people(item) is people}
    if wanted is not None:
        if wanted not in fitting:
            raise Question(
                "unknown_preset",
                _("There is no preset “%(name)s”."),
                _("Use one of: %(names)s."),
                name=wanted[:40],
                names=", ".join(fitting),
            )
        found = IMPORTERS[wanted].mapping(columns)
        if found is None:
            raise BadFile(
                "other_preset",
                _("“%(file)s” does not have the columns of the preset %(preset)s; it has %(columns)s."),
                _("Leave --preset out, or name columns by --map source=target."),
                file=file,
                preset=wanted,
                columns=listed(columns),
            )
        return IMPORTERS[wanted], dict(found)
    for kind, item in fitting.items():
        if kind != generic.KIND and (found := item.mapping(columns)) is not None:
            return item, dict(found)
    if not people:
        _refuse_people(columns, file)
    return generic, dict(generic.mapping(columns) or {})


def _refuse_people(columns: Sequence[str], file: str) -> None:
    for kind, item in IMPORTERS.items():
        if tells_of_people(item) and item.mapping(columns) is not None:
            raise BadFile(
                "list_of_customers",
                _("“%(file)s” is a list of customers (%(preset)s); it doesn't tell what they bought."),
                _("Give the orders, or bring it in by: vafa import --as customers."),
                file=file,
                preset=kind,
            )


def apply(told: Mapping[str, str], columns: Sequence[str], found: dict[str, str]) -> dict[str, str]:
    """``found`` with what the reader was told (source → target) put above it; Questions for what is not there."""
    names = {generic.fold(c): c for c in reversed(columns)}
    result = dict(found)
    for source, target in told.items():
        column = source if source in columns else names.get(generic.fold(source))
        if column is None:
            raise Question(
                "unknown_source",
                _("--map %(source)s=%(target)s: the file has no column “%(source)s”; it has %(columns)s."),
                source=source[:60],
                target=target[:60],
                columns=listed(columns),
            )
        if target != IGNORE and target not in TARGETS:
            raise Question(
                "unknown_target",
                _("--map %(source)s=%(target)s: there is no field “%(target)s”; use one of: %(targets)s."),
                source=source[:60],
                target=target[:60],
                targets=", ".join((*TARGETS, IGNORE)),
            )
        result = {c: t for c, t in result.items() if t != target or t == IGNORE}
        result[column] = target
    return {c: t for c, t in result.items() if t != IGNORE}


def ask_about_name(columns: Sequence[str], told: Mapping[str, str]) -> None:
    """A bare “name” may be the customer's or the product's: a Question unless it was told."""
    asked = {generic.fold(source) for source in told}
    for column in columns:
        if generic.fold(column) in ("name", "نام") and generic.fold(column) not in asked:
            raise Question(
                "whose_name",
                _("Is the column “%(column)s” the customer's name or the product's?"),
                _("Tell by --map %(column)s=customer_name, =product_name or =ignore."),
                column=column,
            )


def require(target: str, found: Mapping[str, str], columns: Sequence[str], file: str) -> None:
    """A BadFile that names what is missing and what is there, unless ``target`` is found."""
    if target not in found.values():
        raise BadFile(
            "missing_column",
            _("“%(file)s” has no column for %(target)s; it has %(columns)s."),
            _("Name it by --map column=%(target)s."),
            file=file,
            target=target,
            columns=listed(columns),
        )


def refuse_twins(found: Mapping[str, str], columns: Sequence[str], file: str) -> None:
    for column, times in Counter(columns).items():
        if times > 1 and column in found:
            raise BadFile(
                "twice",
                _("“%(file)s” has the column “%(column)s” %(times)s times."),
                _("Rename or remove all but one."),
                file=file,
                column=column,
                times=times,
            )


def listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"“{column[:40]}”" for column in columns[:_SHOWN])
    return shown + (", …" if len(columns) > _SHOWN else "")
