"""Serving: granian with threads, the worker beside it, and a word when it answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

WAIT_SECONDS = 60
THREADS = 16  # of a web process: who comes at once is recorded together


def run(host: str, port: int, *, worker: bool, processes: int, ready: Callable[[], None]) -> int:
    """Serve until interrupted, by as many web processes as are asked for; returns the exit code."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += [
        "--workers",
        str(processes),
        "--blocking-threads",
        str(THREADS),
        "--blocking-threads-idle-timeout",
        "600",
        "--backpressure",
        "64",
        "--log-level",
        "error",
        "--no-ws",
    ]
    # own sessions: an interrupt of the terminal reaches this process, which then ends its children in order
    children = [subprocess.Popen([*web, "vafa.site.wsgi:application"], start_new_session=True)]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        _wait_for(host, port, children[0])
        if worker:  # after the web, so that the first page does not wait for the morning's round
            children.append(
                subprocess.Popen([sys.executable, "-m", "vafa.site.main", "worker"], start_new_session=True)
            )
        ready()
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        return next((child.returncode for child in children if child.returncode), 1)
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def _wait_for(host: str, port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=2):
                return
        except urllib.error.HTTPError as answered:
            if answered.code != 503:  # another host name or https is asked for: it answers, that is what counts
                return
            time.sleep(0.1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
