"""Exports of web shops and tills come in as they are published, without a word of mapping."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from vafa.core.calendar import day_number
from vafa.core.errors import BadFile, Question
from vafa.know.reading import Reading, Sales, people, read_customers, read_sales

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
).split(",")
SHOPIFY_CUSTOMERS = (
    "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt"
).split(",")
SQUARE = (
    "Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,"
    "Total Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,"
    "Other Tender Note,Fees,Net Total,Transaction ID,Payment ID,Card Brand,PAN Suffix,Device Name,Staff Name,Staff ID,"
    "Details,Description,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,"
    "Device Nickname,Third Party Fees,Deposit ID,Deposit Date,Deposit Details,Fee Percentage Rate,Fee Fixed Rate,"
    "Refund Reason,Discount Name,Transaction Status,Cash App,Order Reference ID,Fulfillment Note,"
    "Free Processing Applied,Channel,Unattributed Tips,Table Info,International Fee"
).split(",")
SQUARE_ITEMS = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,"
    "Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,Fulfillment Note,Channel,Token,"
    "Card Brand,PAN Suffix"
).split(",")
WOO = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution"
).split(",")
WOO_CUSTOMERS = (
    "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code,"
    "Billing Phone,Shipping Phone,Role"
).split(",")
WOO_EXPORT = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,"
    "tax_total,cart_discount,order_discount,discount_total,order_total,order_subtotal,order_currency,payment_method,"
    "customer_id,customer_user,customer_email,billing_first_name,billing_last_name,billing_phone"
).split(",")
ODOO_POS = (
    "name,date_order,partner_id,amount_total,amount_tax,state,lines/product_id,lines/qty,lines/price_unit,"
    "lines/discount,lines/price_subtotal_incl"
).split(",")
ODOO_SALE = "Order Reference,Order Date,Customer,Total,Status".split(",")

Rows = Sequence[Mapping[str, object]]
LINES = ("purchase_id", "customer_id", "kind", "amount")


def export(folder: Path, header: Sequence[str], rows: Rows) -> Path:
    path = folder / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(folder: Path, header: Sequence[str], rows: Rows, **told: str) -> Sales:
    return read_sales(export(folder, header, rows), Reading(**told))


def lines(sales: Sales, *columns: str) -> list[tuple[object, ...]]:
    return list(zip(*(sales.lines[name].to_pylist() for name in columns), strict=True))


ANNA: Mapping[str, object] = {
    "Name": "#1001",
    "Email": "Anna@Example.com",
    "Financial Status": "paid",
    "Currency": "EUR",
    "Subtotal": "45.00",
    "Shipping": "4.90",
    "Taxes": "7.18",
    "Total": "49.90",
    "Discount Amount": "5.00",
    "Created at": "2025-10-07 23:50:26 +0200",
    "Lineitem quantity": 2,
    "Lineitem name": "Green tea",
    "Lineitem price": "10.00",
    "Lineitem sku": "TEA-1",
    "Billing Name": "Anna Berg",
    "Phone": "'+4915112345678",
    "Vendor": "Leaf",
    "Lineitem discount": "0.00",
}
POT: Mapping[str, object] = {
    "Name": "#1001",
    "Email": "Anna@Example.com",
    "Lineitem quantity": 1,
    "Lineitem name": "Tea pot",
    "Lineitem price": "30.00",
    "Lineitem sku": "POT",
}


def test_shopify_orders_add_up_to_what_was_paid_for_the_goods(tmp_path: Path) -> None:
    sales = read(tmp_path, SHOPIFY, [ANNA, POT])
    assert (sales.preset, sales.currency, sales.rows, sales.faults) == ("shopify_orders", "EUR", 2, [])
    # five off an order of fifty, by the size of each line
    assert lines(sales, *LINES, "discount", "quantity_milli", "product_id", "brand") == [
        ("#1001", "anna@example.com", "sale", 1800, 200, 2000, "TEA-1", "Leaf"),
        ("#1001", "anna@example.com", "sale", 2700, 300, 1000, "POT", None),
    ]
    assert sales.lines["at"][1].as_py() == datetime(2025, 10, 7, 21, 50, 26, tzinfo=UTC)
    assert sales.lines["day"].to_pylist() == [day_number(date(2025, 10, 7))] * 2
    (anna,) = people(sales.lines)
    assert (anna.name, anna.email, anna.phone) == ("Anna Berg", "Anna@Example.com", "+4915112345678")


def test_shopify_refunds_are_returns_of_the_goods_alone(tmp_path: Path) -> None:
    part = {**ANNA, "Financial Status": "partially_refunded", "Refunded Amount": "18.00"}
    whole = {**part, "Name": "#1002", "Financial Status": "refunded", "Refunded Amount": "49.90",
             "Cancelled at": "2025-10-09 10:00:00 +0200", "Lineitem quantity": 5}  # fmt: skip
    unpaid = {**ANNA, "Name": "#1003", "Financial Status": "voided"}
    sales = read(tmp_path, SHOPIFY, [part, POT, whole, unpaid])
    assert lines(sales, *LINES, "returns", "product_id", "day") == [
        ("#1001", "anna@example.com", "sale", 1800, None, "TEA-1", 20368),
        ("#1001", "anna@example.com", "sale", 2700, None, "POT", 20368),
        ("#1002", "anna@example.com", "sale", 4500, None, "TEA-1", 20368),
        ("#1001-refund", "anna@example.com", "return", 1800, "#1001", None, 20368),
        ("#1002-refund", "anna@example.com", "return", 4500, "#1002", None, 20370),  # not the shipping
    ]


def test_shopify_tells_the_cell_that_cant_be_read_and_knows_guests_by_phone(tmp_path: Path) -> None:
    broken = {**ANNA, "Name": "#1004", "Lineitem price": "ten"}
    guest = {**ANNA, "Name": "#1005", "Email": ""}
    nobody = {**guest, "Name": "#1006", "Phone": ""}
    sales = read(tmp_path, SHOPIFY, [broken, guest, nobody])
    assert [(f.row, f.column) for f in sales.faults] == [(2, "Lineitem price")]
    assert lines(sales, "purchase_id", "customer_id") == [("#1005", "+4915112345678"), ("#1006", None)]


def test_a_shopify_order_of_three_equal_lines_loses_no_cent(tmp_path: Path) -> None:
    rows = [{**ANNA, "Lineitem quantity": 1, "Subtotal": "20.00", "Lineitem sku": f"S{n}"} for n in range(3)]
    sales = read(tmp_path, SHOPIFY, rows)
    assert sales.lines["amount"].to_pylist() == [667, 666, 667]


SOLD: Mapping[str, object] = {
    "Date": "10/05/2026",
    "Time": "2:30:00 PM",
    "Time Zone": "Pacific Time (US & Canada)",
    "Gross Sales": "$1,250.00",
    "Discounts": "-$15.50",
    "Net Sales": "$1,234.50",
    "Tax": "$98.76",
    "Tip": "$5.00",
    "Total Collected": "$1,338.26",
    "Transaction ID": "T1",
    "Payment ID": "P1",
    "Staff Name": "Mia",
    "Event Type": "Payment",
    "Location": "Main Street",
    "Customer ID": "C7",
    "Customer Name": "Ben Ito",
    "Transaction Status": "Complete",
}


def test_square_transactions_count_net_sales_in_the_zone_of_their_row(tmp_path: Path) -> None:
    back = {**SOLD, "Date": "10/06/2026", "Net Sales": "-$34.50", "Event Type": "Refund", "Payment ID": "P2", "Tax": ""}
    void = {**SOLD, "Transaction ID": "T2", "Transaction Status": "Voided"}
    east = {**SOLD, "Transaction ID": "T3", "Time Zone": "Eastern Time (US & Canada)", "Customer ID": ""}
    sales = read(tmp_path, SQUARE, [SOLD, back, void, east])
    assert sales.preset == "square_transactions"
    assert lines(sales, *LINES, "returns", "tax", "seller", "store") == [
        ("T1", "C7", "sale", 123450, None, 9876, "Mia", "Main Street"),
        ("T1-P2", "C7", "return", 3450, "T1", None, "Mia", "Main Street"),
        ("T3", "Ben Ito", "sale", 123450, None, 9876, "Mia", "Main Street"),
    ]
    assert [moment.isoformat() for moment in sales.lines["at"].to_pylist()] == [
        "2026-10-05T21:30:00+00:00",
        "2026-10-06T21:30:00+00:00",
        "2026-10-05T18:30:00+00:00",
    ]


def test_square_days_are_those_of_the_shop(tmp_path: Path) -> None:
    late = {**SOLD, "Time": "11:30:00 PM"}
    sales = read(tmp_path, SQUARE, [late])
    assert (sales.time_zone, sales.lines["day"].to_pylist()) == ("America/Los_Angeles", [day_number(date(2026, 10, 5))])
    there = read(tmp_path, SQUARE, [late], time_zone="Asia/Tokyo")
    assert there.lines["day"].to_pylist() == [day_number(date(2026, 10, 6))]
    assert there.lines["at"] == sales.lines["at"]


def test_square_items_are_lines_with_their_categories(tmp_path: Path) -> None:
    item = {"Category": "Coffee", "Item": "Latte", "Qty": "2.0", "SKU": "LAT", "Employee": "Mia"}
    latte = {**SOLD, **item, "Gross Sales": "$9.00", "Discounts": "-$1.00", "Net Sales": "$8.00", "Tax": "$0.64"}
    latte = {name: latte[name] for name in SQUARE_ITEMS if name in latte}
    cake = {**latte, "Category": "Cake", "Item": "Cheesecake", "SKU": "", "Qty": "1.0", "Net Sales": "$5.00",
            "Discounts": "$0.00"}  # fmt: skip
    back = {
        **latte,
        "Event Type": "Refund",
        "Payment ID": "P9",
        "Qty": "-1.0",
        "Net Sales": "-$4.00",
        "Discounts": "$0.50",
    }
    sales = read(tmp_path, SQUARE_ITEMS, [latte, cake, back])
    assert sales.preset == "square_items"
    assert lines(sales, *LINES, "discount", "quantity_milli", "product_id", "category") == [
        ("T1", "C7", "sale", 800, 100, 2000, "LAT", "Coffee"),
        ("T1", "C7", "sale", 500, None, 1000, "Cheesecake", "Cake"),
        ("T1-P9", "C7", "return", 400, 50, 1000, "LAT", "Coffee"),
    ]


def test_woocommerce_report_goes_by_names(tmp_path: Path) -> None:
    one = {"Date": "2026-03-01 10:00:00", "Order #": "501", "N. Revenue (formatted)": "$30.00", "Status": "completed",
           "Customer": "Cleo Díaz", "Product(s)": "2x Soap", "Items sold": "2", "Net Sales": "30"}  # fmt: skip
    several = {**one, "Order #": "502", "Product(s)": "1x Soap, 1x Brush", "Net Sales": "22.5"}
    failed = {**one, "Order #": "503", "Status": "failed"}
    refund = {**one, "Date": "2026-03-05 10:00:00", "Status": "refunded", "Net Sales": "-15", "Items sold": "-1"}
    whole = {**one, "Order #": "504", "Status": "refunded"}
    sales = read(tmp_path, WOO, [one, several, failed, refund, whole])
    assert sales.preset == "woocommerce_orders"
    assert lines(sales, *LINES, "returns", "product_name") == [
        ("501", "Cleo Díaz", "sale", 3000, None, "Soap"),
        ("502", "Cleo Díaz", "sale", 2250, None, None),
        ("501-refund", "Cleo Díaz", "return", 1500, "501", "Soap"),
        ("504", "Cleo Díaz", "sale", 3000, None, "Soap"),
        ("504-refund", "Cleo Díaz", "return", 3000, "504", "Soap"),
    ]


ORDER: Mapping[str, object] = {
    "order_id": "77",
    "order_number": "77",
    "order_date": "2026-02-01 12:00:00",
    "status": "completed",
    "shipping_total": "5.00",
    "tax_total": "2.00",
    "discount_total": "3.00",
    "order_total": "47.00",
    "order_currency": "GBP",
    "customer_id": "12",
    "customer_email": "dan@example.com",
    "billing_first_name": "Dan",
    "billing_last_name": "Obi",
}


def test_woocommerce_export_by_order(tmp_path: Path) -> None:
    guest = {**ORDER, "order_id": "78", "customer_id": "0", "status": "refunded"}
    gone = {**ORDER, "order_id": "79", "status": "wc-cancelled"}
    some = {**ORDER, "order_id": "80", "status": "partially-refunded"}  # how much is not told
    sales = read(tmp_path, WOO_EXPORT, [ORDER, guest, gone, some])
    assert (sales.preset, sales.currency) == ("woocommerce_export", "GBP")
    assert lines(sales, *LINES, "discount", "tax", "returns") == [
        ("77", "12", "sale", 4000, 300, 200, None),
        ("78", "dan@example.com", "sale", 4000, 300, 200, None),
        ("80", "12", "sale", 4000, 300, 200, None),
        ("78-refund", "dan@example.com", "return", 4000, None, None, "78"),
    ]


def test_woocommerce_export_by_item(tmp_path: Path) -> None:
    header = [*WOO_EXPORT, "item_name", "item_sku", "item_quantity", "item_subtotal", "item_total", "refunded_total"]
    soap = {**ORDER, "item_name": "Soap", "item_sku": "S", "item_quantity": "2", "item_subtotal": "23.00",
            "item_total": "20.00", "refunded_total": "8.00"}  # fmt: skip
    brush = {**soap, "item_name": "Brush", "item_sku": "B", "item_quantity": "1", "item_subtotal": "20.00"}
    sales = read(tmp_path, header, [soap, brush])
    assert lines(sales, *LINES, "product_id", "discount", "tax") == [
        ("77", "12", "sale", 2000, "S", 300, 200),
        ("77", "12", "sale", 2000, "B", None, None),
        ("77-refund", "12", "return", 800, None, None, None),
    ]


def test_odoo_orders_fill_the_cells_of_their_first_row_down(tmp_path: Path) -> None:
    first = {
        "name": "Shop/0001",
        "date_order": "2026-01-03 09:00:00",
        "partner_id": "Ella Roy",
        "amount_total": "45.00",
        "state": "done",
        "lines/product_id": "Pan",
        "lines/qty": "1",
        "lines/price_unit": "50.00",
        "lines/discount": "20",
        "lines/price_subtotal_incl": "40.00",
    }
    second = {"lines/product_id": "Lid", "lines/qty": "1", "lines/price_unit": "5", "lines/price_subtotal_incl": "5.00"}
    gone = {"amount_total": "-40.00", "lines/qty": "-1", "lines/price_subtotal_incl": "-40.00"}
    back = {**first, "name": "Shop/0001 REFUND", **gone}
    draft = {**first, "name": "Shop/0002", "state": "draft"}
    sales = read(tmp_path, ODOO_POS, [first, second, back, draft])
    assert sales.preset == "odoo_pos_orders"
    assert lines(sales, *LINES, "returns", "product_name", "discount") == [
        ("Shop/0001", "Ella Roy", "sale", 4000, None, "Pan", 1000),
        ("Shop/0001", "Ella Roy", "sale", 500, None, "Lid", None),
        ("Shop/0001 REFUND", "Ella Roy", "return", 4000, "Shop/0001", "Pan", None),
    ]


def test_odoo_sales_by_label_leave_quotations_out(tmp_path: Path) -> None:
    order = {"Order Reference": "S00041", "Order Date": "2026-01-03 09:00:00", "Customer": "Ella Roy",
             "Total": "45.00", "Status": "Sales Order"}  # fmt: skip
    sales = read(tmp_path, ODOO_SALE, [order, {**order, "Order Reference": "S00042", "Status": "Quotation"}])
    assert sales.preset == "odoo_sale_orders"
    assert lines(sales, *LINES) == [("S00041", "Ella Roy", "sale", 4500)]


def test_lists_of_customers_are_known_by_their_columns(tmp_path: Path) -> None:
    anna = {"First Name": "Anna", "Last Name": "Berg", "Email": "anna@example.com", "Phone": "'+4915112345678"}
    (found,), faults, count = read_customers(export(tmp_path, SHOPIFY_CUSTOMERS, [anna]), Reading())
    assert (found[0], found[1].name, found[1].email, found[1].phone) == (
        2,
        "Anna Berg",
        "anna@example.com",
        "+4915112345678",
    )
    assert (faults, count) == ([], 1)
    cleo = {"Name": "Cleo Díaz", "Username": "cleo", "Email": "cleo@example.com", "Shipping Phone": "0912"}
    (found,), _faults, _count = read_customers(export(tmp_path, WOO_CUSTOMERS, [cleo]), Reading())
    assert (found[1].name, found[1].email, found[1].phone) == ("Cleo Díaz", "cleo@example.com", "0912")


def test_a_preset_of_customers_is_none_of_sales(tmp_path: Path) -> None:
    path = export(tmp_path, SHOPIFY_CUSTOMERS, [{"First Name": "Anna"}])
    with pytest.raises(Question, match="shopify_orders"):
        read_sales(path, Reading(preset="shopify_customers"))
    with pytest.raises(BadFile):
        read_sales(path, Reading())
