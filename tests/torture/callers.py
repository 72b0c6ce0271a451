"""Sixteen callers of the API, each on a connection of its own, who call at the same moment."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

CALLERS = 16
PATIENCE = 60  # seconds


class Call(NamedTuple):
    """One request; ``key`` is its Idempotency-Key."""

    path: str
    body: Any = None
    key: str = ""
    method: str = "POST"


class Answer(NamedTuple):
    status: int  # 0: none came
    body: Any


class Callers:
    """Threads that keep their connections."""

    def __init__(self, port: int, key: str, vouchers: Sequence[str] = ()) -> None:
        self.vouchers = vouchers  # one for each round
        self.port, self.headers = port, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.pool = ThreadPoolExecutor(CALLERS)
        self.own = threading.local()

    def call(self, call: Call) -> Answer:
        line = getattr(self.own, "line", None)
        if line is None:
            line = self.own.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = self.headers | ({"Idempotency-Key": call.key} if call.key else {})
        body = call.body if isinstance(call.body, bytes) else json.dumps(call.body).encode()
        try:
            line.request(call.method, f"/api/v1/{call.path}", None if call.method == "GET" else body, headers)
            response = line.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            line.close()
            return Answer(0, repr(error))
        try:
            return Answer(response.status, json.loads(text))
        except ValueError:
            return Answer(response.status, text[:200].decode("utf-8", "replace"))

    def get(self, path: str) -> Any:
        answer = self.call(Call(path, method="GET"))
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer}")
        return answer.body

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        """A request that prepares a race, and so must succeed."""
        answer = self.call(Call(path, body, key))
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path} {body}: {answer}")
        return answer.body

    def at_once(self, calls: Sequence[Call]) -> list[Answer]:
        """The answers, in order, to calls that are made together."""
        gate = threading.Barrier(len(calls))

        def run(call: Call) -> Answer:
            gate.wait()
            return self.call(call)

        return list(self.pool.map(run, calls))

    def until_acknowledged(self, call: Call, pause: float = 0.1) -> tuple[Answer, list[float]]:
        """As a till does: the same request again until it is answered; the moments at which it failed."""
        failed: list[float] = []
        while (answer := self.call(call)).status in (0, 500, 502, 503, 504):
            failed.append(time.monotonic())
            time.sleep(pause)
        return answer, failed
