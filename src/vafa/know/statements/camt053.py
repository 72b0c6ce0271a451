"""CAMT.053: the statement of ISO 20022, in every version that has been published."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from vafa.know.statements import Payment, broken


def payments(text: str, name: str) -> Iterator[Payment]:
    """Every entry that is booked; one of several transactions is told by its parts where they tell their amounts."""
    try:
        root = ElementTree.fromstring(text.encode(), forbid_dtd=True)
    except DefusedXmlException:
        raise broken(name, "CAMT.053", "it defines entities") from None
    except (ParseError, ValueError, LookupError) as error:
        raise broken(name, "CAMT.053", str(error)) from None
    for entry in _every(root, "Ntry"):
        if (_text(entry, "Sts", "Cd") or _text(entry, "Sts") or "BOOK") == "BOOK":  # .08 says Cd, .02 the bare code
            yield from _entry(entry, name)


def _entry(entry: Element, name: str) -> Iterator[Payment]:
    booked = next((_text(entry, *way) for way in _DATES if _text(entry, *way)), "")
    reference = _text(entry, "AcctSvcrRef")
    whole = _child(entry, "Amt")
    if whole is None or not booked:
        raise broken(name, "CAMT.053", "Ntry")
    parts = [part for details in _children(entry, "NtryDtls") for part in _children(details, "TxDtls")]
    sums = [_part_amount(part) for part in parts]
    if len(parts) < 2 or any(amount is None for amount in sums):
        parts, sums = [parts[0] if parts else entry], [whole]
    for number, (part, amount) in enumerate(zip(parts, sums, strict=True), 1):
        assert amount is not None
        side = _text(part, "CdtDbtInd") or _text(entry, "CdtDbtInd")
        paid = (amount.text or "").strip()
        other = "Dbtr" if side == "CRDT" else "Cdtr"
        named = _text(part, "Refs", "AcctSvcrRef") or reference
        yield Payment(
            booked=booked,
            paid=f"-{paid}" if side == "DBIT" else paid,
            currency=amount.get("Ccy", ""),
            payer=_party(part, other),
            account=_account(part, other),
            reference=f"{named}-{number}" if named and named == reference and len(parts) > 1 else named,
            reversed="yes" if (_text(part, "RvslInd") or _text(entry, "RvslInd")) in ("true", "1") else "",
            text=" ".join(_texts(part, "RmtInf", "Ustrd")) or _text(entry, "AddtlNtryInf"),
        )


_DATES = (("BookgDt", "Dt"), ("BookgDt", "DtTm"), ("ValDt", "Dt"), ("ValDt", "DtTm"))


def _part_amount(part: Element) -> Element | None:
    """Where a version keeps a transaction's amount: .08 as its own, .02 among the details."""
    for way in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found: Element | None = part
        for step in way:
            found = None if found is None else _child(found, step)
        if found is not None:
            return found
    return None


def _party(part: Element, side: str) -> str:
    """.08 says Pty around what .02 says at once; the ultimate party is who really paid."""
    for who in (f"Ultmt{side}", side):
        for way in (("RltdPties", who, "Pty", "Nm"), ("RltdPties", who, "Nm")):
            if found := _text(part, *way):
                return found
    return ""


def _account(part: Element, side: str) -> str:
    way = ("RltdPties", f"{side}Acct", "Id")
    return _text(part, *way, "IBAN") or _text(part, *way, "Othr", "Id")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local(child) == name]


def _child(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _every(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if _local(one) == name)


def _texts(element: Element, *way: str) -> list[str]:
    found = [element]
    for step in way:
        found = [child for one in found for child in _children(one, step)]
    return [text for one in found if (text := (one.text or "").strip())]


def _text(element: Element, *way: str) -> str:
    return next(iter(_texts(element, *way)), "")
