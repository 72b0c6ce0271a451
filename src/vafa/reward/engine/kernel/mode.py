"""Plain or compiled: decided by the name that this folder was loaded under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PLAIN = "vafa.reward.engine.kernel"
# _nrt: nothing is allocated in the kernel, so references need no counting; forceinline: calls that carry
# both tables would cost more than what they do; error_model: no divisor is ever 0 (programme's loading sees to it)
OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "_nrt": False,
    "forceinline": True,
    "error_model": "numpy",
}


def jit[Function: Callable[..., Any]](function: Function) -> Function:
    """The function as it is; in the second copy of this folder compiled, into its callers where it helps."""
    if __package__ == PLAIN:
        return function
    from numba import njit

    compiled: Function = njit(**OPTIONS)(function)
    return compiled
