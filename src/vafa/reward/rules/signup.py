"""1 on the day of joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop

KIND = "signup"
TITLE = gettext_noop("Joining")


@dataclass(frozen=True)
class Params:
    """This measure has nothing to set."""


def measure(amount: Any, quantity_milli: Any, tax: Any, discount: Any, first: Any, joined: Any, event: Any) -> Any:
    """1 on the day of joining; ints, or arrays of them."""
    return joined


def explain(params: Params) -> str:
    return _(TITLE)


EXAMPLES = (((0, 0, 20, 50, 0, 1, 0), 1),)
