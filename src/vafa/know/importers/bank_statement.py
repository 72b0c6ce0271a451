"""Bank statements: who has no till and no list of customers still knows who paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know.defaults import Defaults
from vafa.know.statements import COLUMNS, payers

KIND = "bank_statement"
TITLE = gettext_noop("Bank statement")


@dataclass(frozen=True)
class Params(Defaults):
    """A statement tells its currency."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    """The columns that ``know.statements`` makes of any format."""
    if not set(COLUMNS) <= set(columns):
        return None
    return {"booked": "at", "paid": "amount", "currency": "currency", "payer": "customer_name"}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    return payers.plain(table)


def explain(params: Params) -> str:
    return _("Payments received, by who paid; money that went back to them is a return.")


EXAMPLES = (
    (COLUMNS, {"booked": "at", "paid": "amount", "currency": "currency", "payer": "customer_name"}),
    (("booked", "paid"), None),
)
