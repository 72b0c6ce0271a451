"""Vafa's own activity file: its columns by name, and the other names that they go by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vafa.core.errors import Question
from vafa.core.identity import fold_name
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know.defaults import Defaults

KIND = "generic"
TITLE = gettext_noop("Activity file")

DECISIVE = ("customer_id", "at", "amount", "purchase_id")  # two candidates for one of these are asked about

# What each column may be called besides its own name, the likelier first; case, spaces, _ and - don't count.
ALIASES: dict[str, tuple[str, ...]] = {
    "customer_id": ("customer", "client_id", "client", "member_id", "member", "cust_id", "buyer_id", "user_id",
                    "household_id", "customer_no", "customer_number", "customer_code",
                    "شناسه مشتری", "کد مشتری", "مشتری"),
    "at": ("date", "timestamp", "datetime", "date_time", "order_date", "purchase_date", "transaction_date",
           "invoice_date", "sale_date", "transaction_timestamp", "created_at", "تاریخ"),
    "amount": ("total", "total_amount", "amount_paid", "order_total", "مبلغ"),
    "kind": (),
    "purchase_id": ("order_id", "invoice", "invoice_id", "invoice_no", "invoice_number", "order", "order_no",
                    "order_number", "transaction_id", "receipt_id", "receipt", "receipt_no", "basket_id", "bill_no",
                    "شماره فاکتور", "فاکتور"),
    "returns": (),
    "reward": (),
    "units": (),
    "product_id": ("sku", "product_code", "stock_code", "item_id", "item_code", "barcode", "ean", "upc", "کد کالا"),
    "product_name": ("product", "product_title", "item", "item_name", "description", "نام کالا", "کالا"),
    "category": ("product_category", "دسته"),
    "brand": (),
    "quantity": ("qty", "تعداد"),
    "unit_price": ("price", "price_each", "price_per_unit", "قیمت"),
    "discount": ("discount_amount", "تخفیف"),
    "cost": (),
    "tax": ("taxes", "vat"),
    "tender": ("payment_method", "payment"),
    "store": ("store_id", "branch", "shop", "location", "شعبه"),
    "channel": (),
    "seller": ("cashier", "employee", "salesperson", "staff"),
    "currency": ("currency_code",),
    "customer_name": ("full_name", "buyer_name", "client_name", "نام مشتری"),
    "phone": ("mobile", "phone_number", "mobile_number", "telephone", "tel", "customer_phone", "موبایل", "تلفن"),
    "email": ("e_mail", "mail", "email_address", "customer_email", "ایمیل"),
    "birthday": ("birth_date", "birthdate", "date_of_birth", "dob", "تاریخ تولد"),
    "referred_by": ("referrer", "referrer_id", "brought_by", "معرف"),
    "card": ("card_number", "card_no"),
    "language": ("lang",),
}  # fmt: skip


@dataclass(frozen=True)
class Params(Defaults):
    """Nothing is known of such a file but what it says."""


def fold(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", fold_name(name))


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    """The columns found by name; a column's own name goes before its aliases. Never None."""
    folded: dict[str, str] = {}
    for column in columns:
        folded.setdefault(fold(column), column)
    found: dict[str, str] = {}
    for target, aliases in ALIASES.items():
        own = folded.get(fold(target))
        others = [folded[fold(name)] for name in aliases if fold(name) in folded]
        candidates = [own] if own else [name for name in dict.fromkeys(others) if name not in found]
        if len(candidates) > 1 and target in DECISIVE:
            raise Question(
                "which_column",
                gettext_noop("Which column is “%(target)s”: %(columns)s?"),
                gettext_noop("Say it: --map “%(first)s=%(target)s”, and --map “%(second)s=ignore”."),
                target=target,
                columns=", ".join(candidates),
                first=candidates[0],
                second=candidates[1],
            )
        if candidates:
            found[candidates[0]] = target
    return found


def explain(params: Params) -> str:
    return _("Columns by name: customer_id, date and amount are enough.")


EXAMPLES = (
    (("Customer ID", "date", "Amount"), {"Customer ID": "customer_id", "date": "at", "Amount": "amount"}),
    (("sku", "order-id", "colour"), {"sku": "product_id", "order-id": "purchase_id"}),
)
