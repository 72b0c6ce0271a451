"""Shelves: where a room is extended by one file and one line.

An item is a module with ``KIND`` (its file's name), ``TITLE``, ``Params`` (a frozen dataclass, all
fields defaulted), one verb named by the shelf, ``explain`` and ``EXAMPLES``. Outside packages add
items by entry points of the group ``vafa.<shelf>``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


class Shelf(Mapping[str, Any]):
    """The items of one shelf by kind; what an item lacks is said when it is put there."""

    def __init__(self, name: str, verb: str, *items: ModuleType) -> None:
        self.name = name
        self.verb = verb
        self._items: dict[str, ModuleType] = {}
        for item in items:
            self.put(item)
        for point in entry_points(group=f"vafa.{name}"):
            self.put(point.load())

    def put(self, item: ModuleType) -> None:
        kind = getattr(item, "KIND", None)
        missing = [n for n in ("KIND", "TITLE", "Params", self.verb, "explain", "EXAMPLES") if not hasattr(item, n)]
        if missing:
            raise TypeError(f"{item.__name__} lacks {', '.join(missing)} for the shelf {self.name}")
        if kind != item.__name__.rpartition(".")[2]:
            raise TypeError(f"{item.__name__}: KIND must be the file's name, it is {kind!r}")
        if kind in self._items:
            raise TypeError(f"the shelf {self.name} already holds {kind!r}")
        if not dataclasses.is_dataclass(item.Params):
            raise TypeError(f"{item.__name__}.Params must be a dataclass")
        build: Any = item.Params
        build()  # every field has a default
        self._items[kind] = item

    def __getitem__(self, kind: str) -> Any:
        return self._items[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
