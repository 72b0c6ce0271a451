"""Payments to purchases by who paid.

A payer's account, else the name, makes a weak identity: a number that says nothing of the account itself. What the
shop paid is left out, but for money that went back to somebody who had paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.identity import fold_name
from vafa.know import sheet


def plain(table: pa.Table) -> tuple[pa.Table, Mapping[str, str]]:
    """``table`` with the columns of a ``Payment``, as rows of the activity file, and what it adds."""
    accounts, names = sheet.column(table, "account").to_pylist(), sheet.column(table, "payer").to_pylist()
    who = pa.array([weak(account, name) for account, name in zip(accounts, names, strict=True)], pa.string())
    paid, _wrong = sheet.numbers(sheet.column(table, "paid"))
    came, went = pa.array(paid > 0), pa.array(paid < 0)
    known = pc.is_in(who, pc.drop_null(who.filter(came)))
    taken = pc.fill_null(pc.equal(sheet.column(table, "reversed"), "yes"), False)
    back = pc.and_(went, pc.and_(pc.or_(known, taken), pc.is_valid(who)))
    table = sheet.put(table, "Customer", who)
    table = sheet.put(table, "Purchase", pc.binary_join_element_wise("bank", sheet.column(table, "reference"), "-"))
    table = sheet.put(table, "Kind", pc.if_else(back, "return", "sale"))
    unclear = pc.and_(pc.invert(came), pc.invert(went))
    keep = pc.or_(pc.or_(pc.and_(came, pc.invert(taken)), back), unclear)  # a fault is told, not left out
    return table.filter(keep), {"Customer": "customer_id", "Purchase": "purchase_id", "Kind": "kind"}


def weak(account: str | None, name: str | None) -> str | None:
    """A number for who paid, the same in every statement; None where nothing is told of them."""
    known = (account or "").replace(" ", "").upper() or fold_name(name or "")
    return f"payer-{blake2b(known.encode(), digest_size=8).hexdigest()}" if known else None
