"""What is wrong with a row, in one sentence with row, column and remedy."""

from __future__ import annotations

from dataclasses import dataclass

from vafa.core.words import gettext_noop as _
from vafa.core.words import translate

CELL_LIMIT = 32 * 1024  # bytes
SHOWN = 40  # characters of a cell that a message repeats


@dataclass(frozen=True)
class Fault:
    """A row that was refused. ``row`` as a spreadsheet counts it, ``column`` as the file names it ("" for the row)."""

    row: int
    column: str
    code: str
    message: str


MESSAGES = {
    "missing_date": _("Row %(row)s, column “%(column)s”: the date is missing; write it like 2026-11-23."),
    "bad_date": _("Row %(row)s, column “%(column)s”: “%(text)s” is not a date; write it like 2026-11-23."),
    "missing_amount": _("Row %(row)s, column “%(column)s”: the amount is missing; write it like 48.50."),
    "bad_amount": _("Row %(row)s, column “%(column)s”: “%(text)s” is not an amount; write it like 48.50."),
    "too_many_decimals": _(
        "Row %(row)s, column “%(column)s”: “%(text)s” has more decimals than the currency; round it first."
    ),
    "amount_too_large": _("Row %(row)s, column “%(column)s”: “%(text)s” is too large to be an amount; check the row."),
    "missing_quantity": _("Row %(row)s, column “%(column)s”: the quantity is missing; write it like 2 or 0.75."),
    "bad_quantity": _("Row %(row)s, column “%(column)s”: “%(text)s” is not a quantity; write it like 2 or 0.75."),
    "negative_unit_price": _(
        "Row %(row)s, column “%(column)s”: the price “%(text)s” is negative; give the quantity or the amount the minus."
    ),
    "cell_too_long": _("Row %(row)s, column “%(column)s”: the cell is longer than 32 kB; shorten it."),
    "unknown_kind": _(
        "Row %(row)s, column “%(column)s”: “%(text)s” is no kind of activity; use sale, return, redeem, signup, "
        "visit, referral, review, survey, or event:NAME."
    ),
    "two_customers": _(
        "Row %(row)s, column “%(column)s”: purchase “%(text)s” belongs to two customers; give each its own purchase_id."
    ),
    "two_kinds": _(
        "Row %(row)s, column “%(column)s”: purchase “%(text)s” is both a sale and a return; give the return its own "
        "purchase_id."
    ),
    "wrong_cells": _(
        "Row %(row)s: it has %(text)s cells, the header has %(column)s; look for a separator or a quote too many."
    ),
    "nobody": _("Row %(row)s: it names no customer; fill in customer_id, phone, email or card."),
}


def fault(code: str, row: int, column: str = "", text: object = "") -> Fault:
    """The fault ``code`` at a place of the file; ``text`` is what stands there."""
    shown = str(text)[:SHOWN]
    message = translate(MESSAGES[code]) % {"row": row, "column": column, "text": shown}
    return Fault(row, "" if code == "wrong_cells" else column, code, message)
