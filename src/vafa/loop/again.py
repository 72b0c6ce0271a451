"""Acts that two may begin at once: who comes second begins again and finds what the first one wrote."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable

from django.db import IntegrityError, OperationalError, connection, transaction

MOST_TRIES = 5
COLLIDED = frozenset({"40P01", "40001"})  # PostgreSQL: deadlock detected, serialization failure
LONGEST_PAUSE = 0.05


def until_settled[T](act: Callable[[], T]) -> T:
    """``act``'s answer, done in a transaction of its own (a savepoint within another one).

    ``act`` may be called several times, so it keeps nothing from one call to the next. A collision
    with another transaction takes all of this one, so only the outermost begins again after it.
    """
    outermost = not connection.in_atomic_block
    for tried in range(1, MOST_TRIES):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError:  # another one was first to write the same purchase, card or product
            continue
        except OperationalError as error:
            if not (outermost and collided(error)):
                raise
            time.sleep(random.uniform(0, LONGEST_PAUSE * tried))  # else the two would meet again
    with transaction.atomic():
        return act()


def rehearsed[T](act: Callable[[], T]) -> T:
    """``act``'s answer of a dry run: it goes the whole way, and all that it wrote is taken back."""
    answers: list[T] = []

    def rehearse() -> None:
        answers.append(act())
        raise _TakenBack

    with contextlib.suppress(_TakenBack):
        until_settled(rehearse)
    return answers[-1]


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


def collided(error: OperationalError) -> bool:
    """Whether the database gave this transaction up for the sake of another one."""
    return getattr(error.__cause__, "sqlstate", None) in COLLIDED
