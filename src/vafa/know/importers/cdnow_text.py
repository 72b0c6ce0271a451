"""CDNOW: the text of one row a purchase that the papers on buying behaviour share; it has no header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know.defaults import Defaults

KIND = "cdnow_text"
TITLE = gettext_noop("CDNOW")
SAMPLE = ("master_id", "sample_id", "date", "count", "dollars")
MASTER = ("master_id", "date", "count", "dollars")
HEADED = ("customer_id", "date", "number_of_cds", "dollar_value")
_LINE = re.compile(r"\s*\d{1,6}(\s+\d{1,6})?\s+(19|20)\d{6}\s+\d+\s+-?\d+\.\d{2}\s*$")


@dataclass(frozen=True)
class Params(Defaults):
    """Dollars."""

    currency: str | None = "USD"


def spaced(line: str) -> tuple[tuple[str, ...], int] | None:
    """The columns of the sample (five) or of the whole file (four), and how many lines its header has.

    None for any other file's first ``line``; the whole file goes round with a header and without.
    """
    if tuple(line.split()) == HEADED:
        return MASTER, 1
    found = _LINE.match(line)
    if not found:
        return None
    return (SAMPLE if found.group(1) else MASTER), 0


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if tuple(columns) not in (SAMPLE, MASTER):
        return None
    return {"master_id": "customer_id", "date": "at", "count": "quantity", "dollars": "amount"}


def explain(params: Params) -> str:
    return _("Text without a header: customer, day, count and dollars.")


EXAMPLES = (
    (MASTER, {"master_id": "customer_id", "date": "at", "count": "quantity", "dollars": "amount"}),
    (("customer_id", "date", "amount"), None),
)
