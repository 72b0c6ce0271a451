"""Whole items on lines that were paid for without a discount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "items_at_full_price"
TITLE = gettext_noop("Items at full price")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """whole items on the line; none where it was discounted or free; ints, or arrays of them."""
    return quantity_milli // 1000 * (discount == 0) * (amount > 0)


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((250, 3000, 0, 0, 1, 0, 0), 3), ((250, 3000, 0, 50, 1, 0, 0), 0), ((0, 1000, 0, 0, 1, 0, 0), 0))
