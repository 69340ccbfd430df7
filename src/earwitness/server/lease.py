"""The right to record into a log that several servers can reach: one holds it at a time, by a lock in PostgreSQL."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg
import structlog

from earwitness.model.problem import Conflict, Unavailable

log = structlog.get_logger(__name__)

LOCK: Final = 0x45574C4F47  # "EWLOG", in the space of advisory locks of this database
_GONE_AFTER: Final = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
_HOLDER: Final = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND datname = current_database()
    AND pg_locks.database = datid AND (classid::bigint << 32) + objid::bigint = %s
"""


class PostgresLease:
    """Held from ``take`` until ``release``, or until the process or its connection ends in whatever way."""

    def __init__(self, dsn: str, newest_epoch: Callable[[], int]) -> None:
        """dsn: ``postgresql://...``; newest_epoch: the highest epoch in which anything was recorded."""
        self._dsn = dsn
        self._newest_epoch = newest_epoch
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()
        self.epoch = 0

    def take(self) -> None:
        """Take the lease and begin an epoch. Raises Conflict, with its name, where another server holds it."""
        try:
            holder = self._try()
        except psycopg.Error:
            raise Unavailable("The accounts database cannot be reached: check EARWITNESS_ACCOUNTS_DSN.") from None
        if holder is not None:
            raise Conflict(f"Another server records into this log already ({holder}): stop it, or set EARWITNESS_URL.")
        self.epoch = 1 + self._newest_epoch()

    def check(self) -> None:
        """Raise Unavailable unless the lease is still ours, or could be had again before anybody else recorded."""
        with self._lock:
            try:
                if self._connection is not None:
                    self._connection.execute("SELECT 1")
                    return
            except psycopg.Error as error:
                log.warning("the lease was lost", reason=type(error).__name__)
                self._drop()
            self._renew()

    def _renew(self) -> None:
        try:
            holder = self._try()
        except psycopg.Error:
            raise Unavailable("The accounts database cannot answer now; try again.", retry_after=2) from None
        if holder is not None or self._newest_epoch() > self.epoch:
            self._drop()
            raise Unavailable("Another server records into this log now: send to that one.", retry_after=30)
        log.info("the lease was taken again")

    def release(self) -> None:
        """Give it back. Doing it twice is harmless."""
        with self._lock:
            self._drop()

    def _try(self) -> str | None:
        """Connect and take the lock; returns who has it if somebody else does."""
        name = f"earwitness {socket.gethostname()} process {os.getpid()}"
        self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=10, application_name=name[:63])
        self._connection.execute(_GONE_AFTER)
        taken = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if taken and taken[0]:
            return None
        found = self._connection.execute(_HOLDER, (LOCK,)).fetchone()
        self._drop()
        return str(found[0]) if found and found[0] else "its name is not known"

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
