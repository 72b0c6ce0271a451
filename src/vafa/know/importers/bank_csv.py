"""Tables that banks let their customers download, by the names that German, Dutch and British banks give columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet
from vafa.know.defaults import Defaults
from vafa.know.statements import payers

KIND = "bank_csv"
TITLE = gettext_noop("Bank's table of payments")

PAYER = (
    "Beguenstigter/Zahlungspflichtiger", "Begünstigter/Zahlungspflichtiger", "Name Zahlungsbeteiligter",
    "Zahlungspflichtige*r", "Zahlungspflichtiger", "Auftraggeber / Begünstigter", "Auftraggeber/Empfänger",
    "Naam / Omschrijving", "Naam tegenpartij", "Counter Party", "Counterparty Name", "Counterparty",
    "Transaction Description", "Payer",
)  # fmt: skip
DATE = ("Buchungstag", "Buchungsdatum", "Datum", "Boekdatum", "Transaction Date", "Booking Date", "Date")
AMOUNT = ("Betrag", "Betrag (€)", "Betrag (EUR)", "Bedrag", "Bedrag (EUR)", "Amount (GBP)", "Amount (EUR)", "Amount",
          "Credit Amount", "Paid in", "Money in")  # fmt: skip
OUT = ("Debit Amount", "Paid out", "Money out")
ACCOUNT = ("Kontonummer/IBAN", "IBAN Zahlungsbeteiligter", "Tegenrekening", "Tegenrekening IBAN/BBAN",
           "Counterparty Account", "IBAN")  # fmt: skip
CURRENCY = ("Waehrung", "Währung", "Munt", "Currency")
REFERENCE = ("Transaction ID",)
OUTGOING = ("Af", "Debit", "D")  # in the column that says which way money went
WAY = ("Af Bij", "Debit/credit")


@dataclass(frozen=True)
class Params(Defaults):
    """European banks write the day first."""

    date_order: str | None = "dmy"


def _first(columns: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    payer, date, amount = (_first(columns, names) for names in (PAYER, DATE, AMOUNT))
    if payer is None or date is None or amount is None:
        return None
    told = {payer: "customer_name", date: "at", amount: "amount"}
    currency = _first(columns, CURRENCY)
    return told if currency is None else told | {currency: "currency"}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Money that came in is positive, whichever way the bank tells it."""
    amount = next(name for name in AMOUNT if name in table.column_names)
    came, wrong = sheet.numbers(sheet.column(table, amount))
    gone, _wrong = sheet.numbers(sheet.column(table, *OUT))
    out = pc.fill_null(pc.is_in(sheet.column(table, *WAY), pa.array(OUTGOING)), False).to_numpy(zero_copy_only=False)
    came = came - abs(gone)
    came[out] = -abs(came[out])
    told = sheet.column(table, amount)
    table = sheet.put(table, "paid", pc.if_else(pa.array(wrong), told, sheet.amounts(came, came != 0)))
    table = sheet.put(table, amount, table["paid"])
    for name, places in (("payer", PAYER), ("account", ACCOUNT), ("reference", REFERENCE)):
        table = sheet.put(table, name, sheet.column(table, *places))
    return payers.plain(table.filter(pc.is_valid(table["paid"])))


def explain(params: Params) -> str:
    return _("Payments received, by who paid; money that went back to them is a return.")


EXAMPLES = (
    (
        ("Buchungstag", "Beguenstigter/Zahlungspflichtiger", "Kontonummer/IBAN", "Betrag", "Waehrung"),
        {
            "Buchungstag": "at",
            "Beguenstigter/Zahlungspflichtiger": "customer_name",
            "Betrag": "amount",
            "Waehrung": "currency",
        },
    ),
    (("Date", "Amount", "Name"), None),
)
