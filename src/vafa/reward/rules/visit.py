"""1 for the first line of a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "visit"
TITLE = gettext_noop("Visits")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """1 for the first line of a purchase; ints, or arrays of them."""
    return first


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((250, 1000, 20, 50, 1, 0, 0), 1),)
