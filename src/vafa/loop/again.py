"""Acts that two may begin at once: who comes second begins again and finds what the first one wrote."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction

MOST_TRIES = 5


def until_settled[T](act: Callable[[], T]) -> T:
    """``act``'s answer, done in a transaction of its own (a savepoint within another one)."""
    for _try in range(MOST_TRIES - 1):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError:  # another one was first to write the same purchase, card or product
            continue
    with transaction.atomic():
        return act()
