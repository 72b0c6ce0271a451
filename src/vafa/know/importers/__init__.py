"""The shelf of presets: which column of a known file means what. Verb: ``mapping``.

``mapping(columns)`` gives source → target for a file with those columns, or None where the file is
another's. ``Params`` tells what such files mean where nobody says otherwise. Two verbs more, where
needed: ``spaced(line)`` knows a text with spaces between its cells by its first line, and
``prepare(table, path)`` changes or adds columns and rows before they are read. ``PEOPLE = True``: a list of customers.
"""

from vafa.core.shelf import Shelf
from vafa.know.importers import (
    bank_csv,
    bank_statement,
    cdnow_text,
    complete_journey,
    generic,
    odoo_pos_orders,
    odoo_sale_orders,
    shopify_customers,
    shopify_orders,
    square_items,
    square_transactions,
    uci_online_retail,
    woocommerce_customers,
    woocommerce_export,
    woocommerce_orders,
)

IMPORTERS = Shelf(
    "importers",
    "mapping",
    shopify_orders,
    shopify_customers,
    square_items,
    square_transactions,
    woocommerce_orders,
    woocommerce_customers,
    woocommerce_export,
    odoo_pos_orders,
    odoo_sale_orders,
    bank_statement,
    bank_csv,
    complete_journey,
    uci_online_retail,
    cdnow_text,
    generic,
)
