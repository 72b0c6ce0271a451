"""1 for each event that is told of a member, such as a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "event"
TITLE = gettext_noop("Event")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """1 for each event that is told of a member, such as a review; ints, or arrays of them."""
    return event


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((0, 0, 0, 0, 0, 0, 1), 1), ((250, 1000, 20, 50, 1, 0, 0), 0))
