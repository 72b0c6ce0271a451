"""Plain or compiled: decided by the name that this folder was loaded under."""

from __future__ import annotations

from typing import Any

PLAIN = "vafa.reward.engine.kernel"


def _as_it_is(function: Any) -> Any:
    return function


if __package__ == PLAIN:
    jit = _as_it_is
else:
    from numba import njit

    jit = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
