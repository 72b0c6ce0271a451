"""Bank statements as tables of payments: MT940, CAMT.053 and OFX, known by how they begin.

A bank knows no customers: who paid is told by name and account, of which ``know.importers.bank_statement``
makes weak identities.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from vafa.core.errors import BadFile
from vafa.core.words import gettext_noop as _


class Payment(NamedTuple):
    """One booking. ``paid``: major units as decimal text, negative where money left the account."""

    booked: str  # 2026-11-23, with a time and an offset where the bank tells them
    paid: str
    currency: str
    payer: str = ""  # the other side's name
    account: str = ""  # the other side's account
    reference: str = ""  # the bank's own, where it names one booking for ever
    reversed: str = ""  # "yes": takes back an earlier payment
    text: str = ""


COLUMNS = Payment._fields
_MT940 = re.compile(r"(\{1:|:940:|\s*:20:)")
_OFX = re.compile(r"(\ufeff?\s*(OFXHEADER:|<\?xml[^>]*>\s*(<\?OFX|<OFX>)|<\?OFX|<OFX>))")
_CAMT = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05[23]\.\d{3}\.\d{2}|<(\w+:)?BkToCstmrStmt\b")


def reader(text: str) -> Callable[[str, str], Iterable[Payment]] | None:
    """What reads the statement in ``text``: (text, file's name) → payments; None where it is none."""
    from vafa.know.statements import camt053, mt940, ofx  # each needs a library that a table doesn't

    head = text[:4096]
    if _OFX.match(head):
        return ofx.payments
    if head.lstrip("\ufeff \r\n").startswith("<") and _CAMT.search(head):
        return camt053.payments
    if _MT940.match(head) and ":25:" in head and ":6" in text:
        return mt940.payments
    return None


def table(payments: Iterable[Payment], name: str) -> tuple[pa.Table, np.ndarray]:
    """The payments as columns, and their numbers in the file."""
    found = list(payments)
    if not found:
        raise BadFile("empty_statement", _("“%(file)s” is a statement without a booking."), file=name)
    columns = zip(*found, strict=True)
    made = {key: pa.array(list(cells), pa.string()) for key, cells in zip(COLUMNS, columns, strict=True)}
    return pa.table(made), np.arange(1, len(found) + 1, dtype=np.int64)


def broken(name: str, kind: str, why: str) -> BadFile:
    """A statement that its format's rules can't read."""
    return BadFile(
        "bad_statement",
        _("“%(file)s” is no %(kind)s statement that can be read (%(why)s)."),
        _("Download it from the bank again."),
        file=name,
        kind=kind,
        why=why[:120],
    )
