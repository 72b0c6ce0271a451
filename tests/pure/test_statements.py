"""Bank statements of every kind become payments by who paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from vafa.core.errors import BadFile
from vafa.know.reading import Reading, Sales, read_sales

GERMAN = """:20:STARTUMSE
:25:37040044/0532013000
:28C:00001/001
:60F:C260901EUR1000,00
:61:2609020902CR49,90N062NONREF//POS 12
:86:166?00GUTSCHRIFT?109249?20EREF+RE-1001?21SVWZ+Rechnung 1001?22 vo
m 1.9.?30COBADEFFXXX?31DE89370400440532013000?32Berg, Anna?33 Maria
:61:2609030903DR12,00N033NONREF
:86:117?00LASTSCHRIFT?20SVWZ+Strom?31DE02120300000000202051?32Stadtwerke
:61:2609040904RC5,00NRTINONREF
:86:109?00RETOURE?20SVWZ+zurueck?31DE89370400440532013000?32Berg, Anna Maria
:62F:C260904EUR1032,90
-
"""
ING = """{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:
:20:P260901000000001
:25:NL69INGB0123456789EUR
:28C:00000
:60F:C260901EUR662,23
:61:2609010901C15,50NTRFEREF//26090112345678
/TRCD/00100/
:86:/EREF/EV12341//CNTP/NL32INGB0000012345/INGBNL2A/J. DE VRIES/
//REMI/USTD//Factuur 7/
:62F:C260901EUR677,73
-}
"""
RABO = """:940:
:20:940S260901
:25:NL50RABO0123456789 EUR
:28C:26001
:60F:C260901EUR000000001000,00
:61:260901C000000000025,00N541EREF
NL47INGB9999999999
:86:/EREF/INV-7/BENM//NAME/Jan de Vries/REMI/Factuur 7
:62F:C260901EUR000000001025,00
"""
BRITISH = """:20:GB-20260901
:25:NWBKGB2L/60161331926819
:28C:1/1
:60F:C260901GBP500,00
:61:2609010901C120,00NTRFREF12//BR123
:86:BGC OLIVIA SMITH INV 55
:61:2609020902D20,00NTRFREF13//BR124
:86:TFR OLIVIA SMITH REF 56
:61:2609030903D70,00NTRFREF14//BR125
:86:BACS LANDLORD LTD
:62F:C260901GBP530,00
"""
CAMT_02 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>
<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-09-01</Dt></BookgDt>
<AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">60.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>Anna Berg</Nm></Dbtr>
<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">40.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>Ben Ito</Nm></Dbtr>
<DbtrAcct><Id><Othr><Id>123456</Id></Othr></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-09-02</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">60.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-09-03</Dt></BookgDt><AcctSvcrRef>B-2</AcctSvcrRef><NtryDtls><TxDtls><RltdPties>
<Cdtr><Nm>Anna Berg</Nm></Cdtr><CdtrAcct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></CdtrAcct></RltdPties>
</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""
CAMT_08 = """<?xml version="1.0" encoding="UTF-8"?>
<ns:Document xmlns:ns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><ns:BkToCstmrStmt><ns:Stmt><ns:Ntry>
<ns:Amt Ccy="EUR">25.5</ns:Amt><ns:CdtDbtInd>CRDT</ns:CdtDbtInd><ns:Sts><ns:Cd>BOOK</ns:Cd></ns:Sts>
<ns:BookgDt><ns:DtTm>2026-09-01T14:05:00+02:00</ns:DtTm></ns:BookgDt><ns:NtryDtls><ns:TxDtls>
<ns:Refs><ns:AcctSvcrRef>X9</ns:AcctSvcrRef></ns:Refs><ns:RltdPties><ns:Dbtr><ns:Pty><ns:Nm>Anna Berg</ns:Nm></ns:Pty>
</ns:Dbtr><ns:DbtrAcct><ns:Id><ns:IBAN>DE89370400440532013000</ns:IBAN></ns:Id></ns:DbtrAcct></ns:RltdPties>
</ns:TxDtls></ns:NtryDtls></ns:Ntry></ns:Stmt></ns:BkToCstmrStmt></ns:Document>
"""
OFX_1 = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260901233000[-5:EST]<TRNAMT>+30.25<FITID>F1<NAME>SMITH &amp; SONS<MEMO>inv 3
</STMTTRN><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260902<TRNAMT>-99.00<FITID>F2<NAME>POWER CO
</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
OFX_2 = """<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT</TRNTYPE>
<DTPOSTED>20260901</DTPOSTED><TRNAMT>30.25</TRNAMT><FITID>F1</FITID><PAYEE><NAME>Smith &amp; Sons</NAME></PAYEE>
</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BOMB = '<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def read(folder: Path, text: str) -> Sales:
    path = folder / "statement.txt"
    path.write_text(text, encoding="utf-8")
    return read_sales(path, Reading())


def paid(sales: Sales) -> list[tuple[object, ...]]:
    names = ("customer_name", "kind", "amount")
    assert (sales.preset, sales.faults) == ("bank_statement", [])
    return list(zip(*(sales.lines[name].to_pylist() for name in names), strict=True))


def test_a_german_statement_tells_payers_in_numbered_fields(tmp_path: Path) -> None:
    sales = read(tmp_path, GERMAN)
    assert paid(sales) == [("Berg, Anna Maria", "sale", 4990), ("Berg, Anna Maria", "return", 500)]
    assert len(set(sales.lines["customer_id"].to_pylist())) == 1
    assert (sales.currency, sales.lines["day"].to_pylist()) == ("EUR", [20698, 20700])


def test_dutch_statements_tell_payers_in_words_between_strokes(tmp_path: Path) -> None:
    assert paid(read(tmp_path, ING)) == [("J. DE VRIES", "sale", 1550)]
    assert paid(read(tmp_path, RABO)) == [("Jan de Vries", "sale", 2500)]


def test_a_british_statement_has_the_name_in_its_text(tmp_path: Path) -> None:
    # what went to the landlord is nobody's purchase; what went back to Olivia is a return
    assert paid(read(tmp_path, BRITISH)) == [("OLIVIA SMITH", "sale", 12000), ("OLIVIA SMITH", "return", 2000)]


def test_camt_entries_of_several_payments_are_taken_apart(tmp_path: Path) -> None:
    sales = read(tmp_path, CAMT_02)
    assert paid(sales) == [("Anna Berg", "sale", 6000), ("Ben Ito", "sale", 4000), ("Anna Berg", "return", 6000)]
    anna, ben, again = sales.lines["customer_id"].to_pylist()
    assert anna == again != ben
    assert sales.lines["purchase_id"].to_pylist() == ["bank-B-1-1", "bank-B-1-2", "bank-B-2"]


def test_one_payer_is_one_customer_in_every_format(tmp_path: Path) -> None:
    newer = read(tmp_path, CAMT_08)
    assert paid(newer) == [("Anna Berg", "sale", 2550)]
    older, german = read(tmp_path, CAMT_02), read(tmp_path, GERMAN)
    assert newer.lines["customer_id"][0] == older.lines["customer_id"][0] == german.lines["customer_id"][0]
    assert "DE89" not in str(newer.lines.to_pydict())  # the account itself is not kept


def test_both_kinds_of_ofx(tmp_path: Path) -> None:
    first, second = read(tmp_path, OFX_1), read(tmp_path, OFX_2)
    assert paid(first) == [("SMITH & SONS", "sale", 3025)]
    assert paid(second) == [("Smith & Sons", "sale", 3025)]
    assert first.lines["customer_id"] == second.lines["customer_id"]
    assert first.lines["at"][0].as_py().isoformat() == "2026-09-02T04:30:00+00:00"
    assert first.lines["purchase_id"].to_pylist() == ["bank-F1"]


TABLES = {
    "German": (
        "Auftragskonto;Buchungstag;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;Betrag;Waehrung\n"
        "DE11;02.09.2026;Rechnung;Anna Berg;DE89370400440532013000;1.049,90;EUR\n"
        "DE11;13.09.2026;Miete;Vermieter;DE02120300000000202051;-700,00;EUR\n"
    ),
    "Dutch": (
        "Datum;Naam / Omschrijving;Rekening;Tegenrekening;Code;Af Bij;Bedrag (EUR);Mutatiesoort;Mededelingen\n"
        "20260902;Anna Berg;NL69;DE89370400440532013000;GT;Bij;1049,90;Online;Factuur\n"
        "20260913;Huur BV;NL69;NL47INGB9999999999;GT;Af;700,00;Online;Huur\n"
    ),
    "British": (
        "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,"
        "Balance\n02/09/2026,FPI,'11-22-33,1234,Anna Berg,,1049.90,2000\n13/09/2026,FPO,'11-22-33,1234,RENT,700,,1300\n"
    ),
}


@pytest.mark.parametrize("bank", TABLES)
def test_tables_of_banks_tell_payers_in_their_own_columns(tmp_path: Path, bank: str) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(TABLES[bank], encoding="utf-8")
    sales = read_sales(path, Reading())
    assert (sales.preset, sales.faults) == ("bank_csv", [])
    names = ("customer_name", "kind", "amount", "day")
    assert [tuple(row[name] for name in names) for row in sales.lines.to_pylist()] == [
        ("Anna Berg", "sale", 104990, 20698)
    ]


@pytest.mark.parametrize(
    "text",
    [
        CAMT_02.replace("?>\n", "?>\n" + BOMB, 1).replace("<Id>1</Id>", "<Id>&b;</Id>"),
        OFX_2.replace("<OFX>", BOMB + "<OFX>"),
        CAMT_02[:400],
        CAMT_02.replace("<BookgDt><Dt>2026-09-01</Dt></BookgDt>", ""),
        OFX_1.replace("<DTPOSTED>20260902", ""),
        GERMAN.replace("C260901EUR1000,00", "nonsense").replace("CR49,90", "what"),
        GERMAN[: GERMAN.index(":61:")],
    ],
)
def test_a_broken_statement_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=r"statement\.txt"):
        read(tmp_path, text)


def test_an_amount_that_cant_be_read_is_told(tmp_path: Path) -> None:
    sales = read(tmp_path, OFX_1.replace("+30.25", "thirty"))
    assert [(fault.row, fault.code) for fault in sales.faults] == [(1, "bad_amount")]
