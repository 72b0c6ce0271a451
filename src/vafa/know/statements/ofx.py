"""OFX 1 and 2: the statement of American banks; the first is SGML that leaves closing tags out, the second is XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from vafa.know.statements import Payment, broken

_BOOKING = re.compile(r"<STMTTRN>(.*?)(?=</STMTTRN>|<STMTTRN>|</BANKTRANLIST>|\Z)", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<([A-Z0-9.]+)>([^<\r\n]*)", re.IGNORECASE)
_MOMENT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)(?:\.\d+)?)?(?:\[([+-]?\d{1,2})(?:\.(\d\d))?(?::\w*)?\])?"
)


def payments(text: str, name: str) -> Iterator[Payment]:
    """Every booking; nothing in the file is expanded, and a file that defines entities is refused."""
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise broken(name, "OFX", "it defines entities")
    currency = re.search(r"<CURDEF>\s*([A-Za-z]{3})", text)
    for booking in _BOOKING.findall(text):
        fields: dict[str, str] = {}
        for key, value in _FIELD.findall(booking):
            if value.strip():
                fields.setdefault(key.upper(), unescape(value.strip()))
        if "DTPOSTED" not in fields or "TRNAMT" not in fields:
            raise broken(name, "OFX", "STMTTRN")
        paid = fields["TRNAMT"].removeprefix("+")
        yield Payment(
            booked=_moment(fields["DTPOSTED"]),
            paid=paid.replace(",", ".") if paid.count(",") == 1 and "." not in paid else paid,
            currency=fields.get("CURSYM") or (currency.group(1).upper() if currency else ""),
            payer=fields.get("NAME", ""),
            account=fields.get("ACCTID", ""),
            reference=fields.get("FITID", ""),
            reversed="yes" if fields.get("CORRECTACTION", "").upper() == "DELETE" else "",
            text=fields.get("MEMO", ""),
        )


def _moment(text: str) -> str:
    """20260902120000[-5:EST] as 2026-09-02T12:00:00-05:00; what is no moment stays, to be told with its row."""
    found = _MOMENT.match(text)
    if found is None:
        return text
    year, month, day, hour, minute, second, offset, _part = found.groups()
    moment = f"{year}-{month}-{day}"
    if hour is None:
        return moment
    zone = "" if offset is None else f"{'-' if offset.startswith('-') else '+'}{abs(int(offset)):02}:00"
    return f"{moment}T{hour}:{minute}:{second}{zone}"
