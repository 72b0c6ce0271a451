"""MT940: SWIFT's statement, with its German, Dutch and British ways to tell who paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mt940.models import Transactions

from vafa.know.statements import Payment, broken

_FIELD = re.compile(r"\?(\d\d)([^?]*)")  # ?32 in a German :86:
_CODE = re.compile(r"/([A-Z]{2,4})/")  # /NAME/ in a Dutch one
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b")
_BRITISH = re.compile(r"(?:BGC|TFR|FPI|FPC|BAC|BACS|FP|CR|STO|DPC|CHQ)\s+", re.IGNORECASE)


def payments(text: str, name: str) -> Iterator[Payment]:
    """Every booking of every statement in ``text``; a BadFile where its fields can't be read."""
    body = re.sub(r"\{[1235]:[^{}]*\}|\{4:|^-\}?\s*$", "", text, flags=re.MULTILINE)
    try:
        found = Transactions(processors={"post_transaction_details": []}).parse(body) or []
        bookings = list(found)
    except (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise broken(name, "MT940", str(error).splitlines()[0] if str(error) else type(error).__name__) from None
    if not bookings and ":61:" in text:
        raise broken(name, "MT940", ":61:")
    for booking in bookings:
        data = booking.data
        status, amount = data["status"], abs(data["amount"].amount)
        out = status in ("D", "RC")
        told = str(data.get("transaction_details") or "")
        payer, account, purpose = _who(told, str(data.get("extra_details") or ""))
        yield Payment(
            booked=data["date"].isoformat(),
            paid=f"{-amount if out else amount}",
            currency=str(data.get("currency") or data["amount"].currency or ""),
            payer=payer,
            account=account,
            reversed="yes" if status in ("RC", "RD") else "",
            text=purpose,
        )


def _who(told: str, beside: str) -> tuple[str, str, str]:
    """Name, account and purpose, as the bank's country writes them in :86:."""
    lines = told.splitlines()
    joined = "".join(lines)
    if fields := {key: value.strip("\r\n") for key, value in _FIELD.findall(joined)}:
        purpose = "".join(value for key, value in sorted(fields.items()) if "20" <= key <= "29" or "60" <= key <= "63")
        payer = (fields.get("32", "") + fields.get("33", "")).strip()
        return payer, fields.get("31", "").strip(), purpose
    if _CODE.match(joined):
        return _dutch(joined, beside)
    account = _IBAN.search(joined) or _IBAN.search(beside)
    return _leading_name(lines[0] if lines else ""), account.group() if account else "", " ".join(lines)


def _dutch(told: str, beside: str) -> tuple[str, str, str]:
    parts = _CODE.split(told)
    fields = {key: value.strip("/ ") for key, value in zip(parts[1::2], parts[2::2], strict=True)}
    account, payer = fields.get("IBAN", ""), fields.get("NAME", "")
    if counterparty := fields.get("CNTP"):
        account, _bic, payer = [*counterparty.split("/"), "", ""][:3]
    elsewhere = _IBAN.search(beside)
    return payer.strip(), account or (elsewhere.group() if elsewhere else ""), fields.get("REMI", "")


def _leading_name(line: str) -> str:
    """“BGC OLIVIA SMITH INV 55” is Olivia Smith's: words up to the first that holds a figure or begins a reference."""
    words: list[str] = []
    for word in _BRITISH.sub("", line, count=1).split():
        if any(letter.isdigit() for letter in word) or word.upper() in ("INV", "INVOICE", "REF", "RP"):
            break
        words.append(word)
    return " ".join(words)
