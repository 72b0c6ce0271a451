"""One client process of recording.py: sixteen threads that record purchases, in process or over HTTP.

Reads from standard input the seconds of each round, for which members is bought and at which instant (none of
them is late, so nobody's history is walked again), prints what it did as JSON.
Usage: _recorder.py NAME django|PORT [KEY]
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

THREADS = 16
PRODUCTS = 200
Record = Callable[[str, str, str], None]  # key, member, instant


def in_process() -> Record:
    os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
    import django

    django.setup()
    from vafa.core.calendar import day_number
    from vafa.core.records import Line, Purchase
    from vafa.loop.purchase import record_one
    from vafa.shop.access import SYSTEM

    def record(key: str, member: str, at: str) -> None:
        when = datetime.fromisoformat(at)
        lines = tuple(Line(1500, product_id=f"P{random.randrange(PRODUCTS)}") for _line in range(3))
        told = Purchase("bench", key, "sale", member, when, day_number(when.date()), 4500, lines)
        record_one(told, actor=SYSTEM, now=datetime.now(UTC))

    return record


def over_http(port: int, secret: str) -> Record:
    """Plain sockets: a client library would take more of the two cores than what is measured."""
    own = threading.local()

    def record(key: str, member: str, at: str) -> None:
        if not hasattr(own, "line"):
            own.line = socket.create_connection(("127.0.0.1", port))
        lines = [{"product_id": f"P{random.randrange(PRODUCTS)}", "amount": "15.00"} for _line in range(3)]
        body = {"purchase_id": key, "customer_id": member, "at": at, "amount": "45.00", "lines": lines}
        text = json.dumps(body)
        head = [f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {secret}", f"Idempotency-Key: {key}"]
        head += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
        own.line.sendall("\r\n".join(["POST /api/v1/purchases HTTP/1.1", *head, "", text]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += own.line.recv(65536)
        first, _blank, rest = answer.partition(b"\r\n\r\n")
        if not first.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(answer[:600])
        length = int(first.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(rest) < length:
            rest += own.line.recv(65536)

    return record


def rounds(record: Record, name: str) -> Iterator[dict[str, object]]:
    numbers, times = count(), [[] for _thread in range(THREADS)]
    begin, ended = threading.Barrier(THREADS + 1), threading.Barrier(THREADS + 1)
    asked: dict[str, Any] = {}
    failed: list[str] = []

    def work(mine: list[float]) -> None:
        while True:
            begin.wait()
            until = time.perf_counter() + asked["seconds"]
            while (began := time.perf_counter()) < until:
                member = f"M{random.randint(*asked['members'])}"
                try:
                    record(f"{name}-{next(numbers)}", member, asked["at"])
                except Exception as error:  # counted, and the first one shown
                    failed.append(repr(error)[:600])
                mine.append(time.perf_counter() - began)
            ended.wait()

    for mine in times:
        threading.Thread(target=work, args=(mine,), daemon=True).start()
    for line in sys.stdin:
        asked |= json.loads(line)
        for mine in times:
            mine.clear()
        failed.clear()
        begin.wait()
        ended.wait()
        yield {"times": [seconds for mine in times for seconds in mine], "failed": failed}


def main() -> None:
    name, door, *secret = sys.argv[1:]
    record = in_process() if door == "django" else over_http(int(door), secret[0])
    print("ready", flush=True)
    for told in rounds(record, name):
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
