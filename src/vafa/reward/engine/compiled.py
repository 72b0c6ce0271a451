"""The same step compiled: the kernel's folder loaded a second time, over arrays."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from subprocess import DEVNULL
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from vafa.reward.engine.fields import (
    ALL_REWARDS,
    BUDGETS,
    COUNTERS,
    EFFECT_SIZE,
    LOT_SIZE,
    NEEDS_EFFECTS,
    NEEDS_ENTRIES,
    NEEDS_LOTS,
    NOW_SIZE,
    SCRATCH_ROWS,
    SLOTS,
    UNITS,
    WIDTHS,
    Memory,
    Row,
    Table,
    Tables,
)
from vafa.reward.engine.memory import receipt_size, scratch_size
from vafa.reward.engine.timelines import Ints

NAME = "vafa.reward.engine.compiled_kernel"
FOLDER = Path(__file__).parent / "kernel"
CACHE, STAMP = FOLDER / "__pycache__", "sources.digest"
LONGEST = 600  # seconds that compiling may take
EACH = 3  # numbers that a block has for each table
ROOM = {"effects": 16_000, "lots": 256, "entries": 256, "receipts": 256}


class Told(NamedTuple):
    """What a walk is told, besides tables and memory: by activity, or by member."""

    activities: Table
    measures: Table
    bare: Table
    begins: Row
    keeps: Row
    eager: Row
    rooms: Table
    position: Row


@cache
def kernel() -> ModuleType:
    """The compiled ``kernel.door``; compiling takes its time once, then it is read from numba's cache."""
    _forget_stale_code()
    spec = importlib.util.spec_from_file_location(
        NAME, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no kernel in {FOLDER}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    return importlib.import_module(f"{NAME}.door")


def is_ready() -> bool:
    """Whether the compiled code lies on disk already, so that using it costs a second at most."""
    with contextlib.suppress(OSError):
        return any(CACHE.glob("door.door-*.nbc")) and (CACHE / STAMP).read_text("ascii") == _digest()
    return False


def prepare() -> None:
    """Compile in a process of its own, for the next time: who asks does not wait for it."""
    running = CACHE / "compiling"
    with contextlib.suppress(OSError):  # where nothing can be kept, nothing is compiled ahead
        if running.is_file() and time.time() - running.stat().st_mtime < LONGEST:
            return
        CACHE.mkdir(exist_ok=True)
        running.touch()
        subprocess.Popen([sys.executable, "-m", __name__], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)


def _digest() -> str:
    sources = sorted(FOLDER.glob("*.py")) + [FOLDER.parent / "fields.py", FOLDER.parent / "native.py"]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in sources), digest_size=16).hexdigest()


def _forget_stale_code() -> None:
    """numba looks at the file of a function alone, not at those it calls: after any change all is compiled anew."""
    digest, stamp = _digest(), CACHE / STAMP
    with contextlib.suppress(OSError):  # a folder that can't be written to holds no compiled code either
        if stamp.is_file() and stamp.read_text("ascii") == digest:
            return
        for path in stamp.parent.glob("*.nb[ci]"):
            path.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest, "ascii")


def arrays(tables: Tables) -> list[Ints]:
    """Rows and tables as contiguous arrays; a ValueError where one is not as wide as ``WIDTHS`` says."""
    made = [np.array(rows or np.zeros((0, 1)), dtype=np.int64) for rows in tables]
    for name, array in zip(Tables._fields, made, strict=True):
        if len(array) and array.shape[-1] != WIDTHS[Tables].get(name, array.shape[-1]):
            raise ValueError(f"{name} has {array.shape[-1]} columns")
    return made


def blocks(sets: Iterable[Iterable[Any]]) -> Ints:
    """Address, rows and width of each array of each set; the arrays must outlive the block and never move."""
    numbers = [n for told in sets for array in told for n in (array.ctypes.data, len(array), array.shape[-1])]
    return np.array(numbers, dtype=np.int64)


def room(tables: Tables) -> Memory:
    """Memory for one member after another, as arrays."""
    sizes = [int(size) for size in tables.sizes]

    def table(*shape: int) -> Any:
        return np.zeros(shape, dtype=np.int64)

    return Memory(
        now=table(NOW_SIZE),
        counters=table(sizes[COUNTERS], 2),
        rules=table(sizes[SLOTS], 5),
        wallets=table(sizes[UNITS], 4),
        lots=table(sizes[UNITS], ROOM["lots"] * LOT_SIZE),
        entries=table(ROOM["entries"], 3),
        effects=table(ROOM["effects"], EFFECT_SIZE),
        receipts=table(ROOM["receipts"], receipt_size(tables)),
        scratch=table(SCRATCH_ROWS, scratch_size(tables)),
        choices=table(sizes[ALL_REWARDS]),
        rooms=table(sizes[BUDGETS]),
    )


def grown(memory: Memory, need: int) -> Memory:
    """Memory with twice the room where it was lacking."""
    name = {NEEDS_EFFECTS: "effects", NEEDS_LOTS: "lots", NEEDS_ENTRIES: "entries"}.get(need, "receipts")
    old = getattr(memory, name)
    axis = 1 if name == "lots" else 0
    larger: Any = {name: np.concatenate([old, np.zeros_like(old)], axis=axis)}
    return memory._replace(**larger)


if __name__ == "__main__":
    kernel()
    (CACHE / "compiling").unlink(missing_ok=True)
