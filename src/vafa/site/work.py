"""The worker with its tables: what follows from what, and what comes round every day."""

from __future__ import annotations

import logging
import signal
import threading

from django.db import close_old_connections

from vafa.events import worker
from vafa.loop.daily import JOBS
from vafa.loop.reactions import REACTIONS

PAUSE_SECONDS = 1.0
log = logging.getLogger(__name__)


def turn() -> int:
    """Do all that waits now, once."""
    return worker.turn(REACTIONS, JOBS)


def run() -> None:
    """Work until the process is asked to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        try:
            busy = turn()
        except Exception:  # a database that is away comes back
            log.exception("a turn failed")
            busy = 0
        close_old_connections()
        if not busy:
            stop.wait(PAUSE_SECONDS)
