"""What a page that only reads need not ask for twice, such as the club and its programme."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

_kept: ContextVar[dict[str, Any] | None] = ContextVar("kept", default=None)


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """Within the block ``remembered`` reads each thing once; nothing of it may be written there.

    A block within another one goes on with what that one knows.
    """
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def remembered[T](name: str, read: Callable[[], T]) -> T:
    """What ``read`` gives: read anew outside such a block."""
    kept = _kept.get()
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found
