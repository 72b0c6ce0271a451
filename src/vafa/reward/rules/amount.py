"""What was paid for the line after discount, in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "amount"
TITLE = gettext_noop("Amount paid")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """what was paid for the line after discount, in minor units; ints, or arrays of them."""
    return amount


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((250, 1000, 20, 50, 1, 0, 0), 250),)
