"""Plain or compiled: decided by the name that this folder was loaded under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PLAIN = "vafa.reward.engine.kernel"


def jit[Function: Callable[..., Any]](function: Function) -> Function:
    """The function as it is; in the second copy of this folder compiled."""
    if __package__ == PLAIN:
        return function
    from vafa.reward.engine import native

    return native.compiled(function)
