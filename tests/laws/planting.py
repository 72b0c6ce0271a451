"""A bug for a while: a piece of one function's source replaced, seen by everybody who calls it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any


def code_of(function: Callable[..., Any], source: str) -> CodeType:
    """The code of ``function`` as ``source`` would have it, in the function's own module."""
    room = dict(function.__globals__)
    exec(compile("from __future__ import annotations\n" + source, function.__code__.co_filename, "exec"), room)
    made: CodeType = room[function.__name__].__code__
    return made


def source_of(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))


@contextmanager
def behaving(function: Callable[..., Any], code: CodeType) -> Iterator[None]:
    """Within the block ``function`` runs ``code``, also where it was imported by name."""
    own = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = own


@contextmanager
def planted(function: Callable[..., Any], old: str, new: str) -> Iterator[None]:
    """Within the block the piece ``old`` of the function reads ``new``."""
    source = source_of(function)
    assert source.count(old) == 1, f"{function.__qualname__}: “{old}” stands there {source.count(old)} times"
    with behaving(function, code_of(function, source.replace(old, new))):
        yield
