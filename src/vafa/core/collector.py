"""Python's search for cycles of garbage, and when it is in the way."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Millions of small records and no cycles among them: looking for cycles would cost a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def begin_to_serve() -> None:
    """What a serving process has loaded stays, so it is not looked through again; requests leave few cycles.

    Requests that come at once cost a seventh less (bench/recording.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
