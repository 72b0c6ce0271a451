"""The table of planted bugs, read from plants.toml."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from planting import planted

TABLE = Path(__file__).with_name("plants.toml")


class Plant(NamedTuple):
    name: str
    where: str  # module:function
    old: str
    new: str
    field: str = ""  # who shipped such a bug
    quick: bool = False  # found so soon that every test run can look for it

    def grows(self) -> AbstractContextManager[None]:
        module, name = self.where.split(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return planted(function, self.old, self.new)


def plants(machine: str) -> list[Plant]:
    return [Plant(**told) for told in tomllib.loads(TABLE.read_text("utf-8"))[machine]]
