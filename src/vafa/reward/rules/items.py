"""Whole items on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "items"
TITLE = gettext_noop("Items")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """whole items on the line; ints, or arrays of them."""
    return quantity_milli // 1000


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((250, 3000, 20, 50, 1, 0, 0), 3),)
