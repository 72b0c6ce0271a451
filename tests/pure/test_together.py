"""Callers who come at once are served together; each gets their own answer, or their own refusal."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from vafa.core.together import Together


class Desk:
    """Doubles numbers, in batches that it remembers; the first batch waits until it may go on."""

    def __init__(self, most: int = 10) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.together = Together(self.act, most=most)

    def act(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        if len(self.batches) == 1:
            self.begun.set()
            assert self.go_on.wait(10)
        if 13 in asked:
            raise ValueError(f"thirteen among {len(asked)}")
        return [2 * one for one in asked]

    def serve(self, first: int, others: Sequence[int], alike: Sequence[object] = ()) -> list[Future[int]]:
        """``others`` come one after another while the first is served."""
        alike = alike or [None] * (1 + len(others))
        with ThreadPoolExecutor(1 + len(others)) as callers:
            futures = [callers.submit(self.together.ask, first, alike[0])]
            assert self.begun.wait(10)
            for n, one in enumerate(others, 1):
                futures.append(callers.submit(self.together.ask, one, alike[n]))
                while sum(map(len, self.together._waiting.values())) < sum(a == alike[0] for a in alike[1 : n + 1]):
                    pass
            self.go_on.set()
        return futures


def test_who_comes_alone_is_served_alone():
    desk = Desk()
    desk.go_on.set()
    assert [desk.together.ask(n) for n in (1, 2)] == [2, 4]
    assert desk.batches == [[1], [2]]


def test_who_comes_meanwhile_is_served_by_the_next_act():
    desk = Desk()
    assert [one.result() for one in desk.serve(1, [2, 3, 4])] == [2, 4, 6, 8]
    assert desk.batches == [[1], [2, 3, 4]]


def test_no_more_than_so_many_at_a_time():
    desk = Desk(most=2)
    assert [one.result() for one in desk.serve(1, [2, 3, 4])] == [2, 4, 6, 8]
    assert desk.batches == [[1], [2, 3], [4]]


def test_soon_after_a_crowd_the_first_one_lets_others_come(monkeypatch):
    desk, paused = Desk(), list[float]()
    desk.serve(1, [2, 3])
    monkeypatch.setattr("vafa.core.together.time.sleep", paused.append)
    for after in (0.0, 0.04, 0.06, 60.0):
        crowd_ended = desk.together._crowd_ended
        monkeypatch.setattr("vafa.core.together.time.monotonic", lambda at=crowd_ended + after: at)
        assert desk.together.ask(4) == 8
    assert paused == [0.0, 0.0]


def test_a_refusal_reaches_the_one_whom_it_concerns():
    desk = Desk()
    first, second, bad, last = desk.serve(1, [2, 13, 4])
    assert [one.result() for one in (first, second, last)] == [2, 4, 8]
    with pytest.raises(ValueError, match="thirteen among 1"):
        bad.result()
    assert desk.batches == [[1], [2, 13, 4], [2], [13], [4]]


def test_those_who_are_not_alike_are_not_served_together():
    desk = Desk()
    assert [one.result() for one in desk.serve(1, [2, 3], alike=["Ada", "Ben", "Ada"])] == [2, 4, 6]
    assert desk.batches == [[1], [2], [3]]


def test_nobody_waits_for_one_who_was_ended():
    desk = Desk()

    def ended(asked: Sequence[int]) -> list[int]:
        if 1 in asked:
            desk.act(asked)
        raise KeyboardInterrupt

    desk.together._act = ended
    first, *others = desk.serve(1, [2, 3])
    for one in (first, *others):
        with pytest.raises(KeyboardInterrupt):
            one.result(10)
    assert desk.together._waiting == {}
