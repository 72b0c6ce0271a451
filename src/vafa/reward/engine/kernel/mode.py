"""Plain or compiled: decided by the name that this folder was loaded under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PLAIN = "vafa.reward.engine.kernel"
WHOLE = "walk"  # the function that others call: it alone has a door for them, and is kept on disk with all in it
# _nrt: nothing is allocated in the kernel, so references need no counting; forceinline: calls that carry
# both tables would cost more than what they do; error_model: no divisor is ever 0 (programme's loading sees to it)
OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}


def jit[Function: Callable[..., Any]](function: Function) -> Function:
    """The function as it is; in the second copy of this folder compiled, into its callers where it helps."""
    if __package__ == PLAIN:
        return function
    from numba import njit

    whole = function.__name__ == WHOLE
    options = OPTIONS | {"cache": whole, "forceinline": not whole, "no_cpython_wrapper": not whole}
    compiled: Function = njit(**options)(function)
    return compiled
