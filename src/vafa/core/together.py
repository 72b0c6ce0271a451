"""Callers who come at once are served together: what comes while an act goes on is done by the next one.

What an act costs however much it does, such as a transaction, is then paid once for many callers;
who comes alone is served alone, at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence

CROWD = 0.05  # seconds after which one is over


class _Place[Asked, Answer]:
    """What one caller wants, and what became of it."""

    __slots__ = ("answer", "asked", "called", "error")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.called = threading.Event()  # answered, or to serve those who wait


class Together[Asked, Answer]:
    """``act`` gives an answer for each of what was asked, in order; where it fails, each is asked of it alone."""

    def __init__(self, act: Callable[[Sequence[Asked]], Sequence[Answer]], *, most: int, pause: float = 0.0) -> None:
        """``most`` are served at a time; in a crowd, who serves lets others come for ``pause`` seconds."""
        self._act, self._most, self._pause = act, most, pause
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, list[_Place[Asked, Answer]]] = {}  # here: somebody is served
        self._crowd_ended = -CROWD

    def ask(self, asked: Asked, alike: Hashable = None) -> Answer:
        """The answer to what is asked, served by one of the callers whose ``alike`` is the same."""
        mine = _Place[Asked, Answer](asked)
        with self._lock:
            alone = alike not in self._waiting
            self._waiting.setdefault(alike, []).append(mine)
        if alone:
            if time.monotonic() - self._crowd_ended < CROWD:  # those who were served come back together
                time.sleep(self._pause)
            self._serve(alike)
        else:
            mine.called.wait()
            if mine.answer is None and mine.error is None:
                time.sleep(self._pause)
                self._serve(alike)
        if mine.error is not None:
            raise mine.error
        answer: Answer = mine.answer  # type: ignore[assignment]  # whoever served has set it
        return answer

    def _serve(self, alike: Hashable) -> None:
        """Serve those who wait, the caller first among them; then call the next one to do so."""
        with self._lock:
            served = self._waiting[alike][: self._most]
            del self._waiting[alike][: self._most]
        try:
            self._answer(served)
        finally:
            if len(served) > 1:
                self._crowd_ended = time.monotonic()
            with self._lock:
                if waiting := self._waiting[alike]:
                    waiting[0].called.set()
                else:
                    del self._waiting[alike]
            for place in served:
                place.called.set()

    def _answer(self, served: Sequence[_Place[Asked, Answer]]) -> None:
        try:
            answers = self._act([place.asked for place in served])
            for place, answer in zip(served, answers, strict=True):
                place.answer = answer
        except Exception as error:
            if len(served) == 1:
                served[0].error = error
                return
            for place in served:
                self._answer([place])
        except BaseException as error:  # the caller is ended: nobody waits for ever
            for place in served:
                place.error = error
            raise
