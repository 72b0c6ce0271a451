"""The shelf of measures: what a purchase line counts for. Verb: ``measure``.

A measure is a pure expression that works on one line's integers and on whole columns alike.
"""

from vafa.core.shelf import Shelf
from vafa.reward.rules import (
    amount,
    amount_before_discount,
    amount_before_tax,
    event,
    items,
    items_at_full_price,
    signup,
    visit,
)

RULES = Shelf(
    "rules",
    "measure",
    amount,
    amount_before_tax,
    amount_before_discount,
    items,
    items_at_full_price,
    visit,
    signup,
    event,
)
MONEY = frozenset({"amount", "amount_before_tax", "amount_before_discount"})  # these count minor units
APART = {"signup": "signup", "event": "event"}  # measures of an activity that is no purchase, by its kind
