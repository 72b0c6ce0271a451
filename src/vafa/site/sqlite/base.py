"""Django's SQLite back end, whose writers queue on one lock file.

SQLite's own waiting is unfair: with 32 writers the last waits for seconds and may fail. A lock
file lets the kernel queue them, across threads and processes.
"""

from __future__ import annotations

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base

_SQLite: Any = base.DatabaseWrapper  # the stubs leave its inner methods out


class DatabaseWrapper(_SQLite):  # type: ignore[misc]  # so its base is Any
    """Takes the lock before ``BEGIN IMMEDIATE`` and gives it back after commit or rollback."""

    _lock_fd: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_lock()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._give_lock()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            self._give_lock()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._give_lock()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._give_lock()

    def _take_lock(self) -> None:
        if self.is_in_memory_db() or self._lock_fd is not None:
            return
        fd = os.open(f"{self.settings_dict['NAME']}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self._lock_fd = fd

    def _give_lock(self) -> None:
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None
