"""Durable inserts: one block of JSON lines, one part in the store, on the disk when the call returns."""

import os
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import chdb

from earwitness.model.problem import Unavailable
from earwitness.store import faults
from earwitness.store.handles import Handle, Pool

_KEPT = 8 << 20  # bytes of memory that stay with who inserts, each of two
_SETTLED = 120.0  # seconds that a server may go on with an insert whose answer was lost


class Inserter(Protocol):
    """Puts blocks into tables."""

    def insert(self, table: str, pieces: Iterable[bytes], settings: Mapping[str, object]) -> None:
        """Insert JSON lines as one block; raises a problem after which nothing is being written any more.

        pieces: the lines, in order, cut anywhere.
        """

    def close(self) -> None:
        """Give up what it holds."""


class EmbeddedInserter:
    """Hands the lines to the engine in this process, through memory that it reads as a file.

    The engine's streaming insert (``send_insert``) would be simpler, but reports success when the disk is full
    (chDB 4.4): what it acknowledges may be nowhere.
    """

    def __init__(self, directory: Path, options: Mapping[str, int | str], settings: Mapping[str, int | str]) -> None:
        """directory, options: those of the engine that is open already; settings: for this connection."""
        self._lock = threading.Lock()
        self._held = bytearray()
        self._lines = os.memfd_create("earwitness-rows", os.MFD_CLOEXEC)
        self._connection = chdb.connect(f"{directory.resolve()}?{urlencode(dict(options))}")  # type: ignore[no-untyped-call]  # chdb is not typed
        for name, value in settings.items():
            self._connection.query(f"SET {name} = '{value}'")

    def insert(self, table: str, pieces: Iterable[bytes], settings: Mapping[str, object]) -> None:
        """Insert JSON lines as one block."""
        named = {**settings, "log_comment": f"{table}.insert"}
        clause = ", ".join(f"{name} = '{value}'" for name, value in named.items())
        sql = f"INSERT INTO {table} FROM INFILE '/proc/self/fd/{self._lines}' SETTINGS {clause} FORMAT JSONEachRow"
        with self._lock:
            size = self._hold(pieces)
            try:
                self._connection.query(sql, "TabSeparated")
            except RuntimeError as error:
                raise faults.translated(f"{table}.insert", faults.code_in(str(error)), str(error)) from error
            finally:
                if size > _KEPT:
                    self._held = bytearray()
                    os.ftruncate(self._lines, 0)

    def _hold(self, pieces: Iterable[bytes]) -> int:
        """Make the pieces the content of the file that the engine reads; return its size.

        Both memories are used again for the next block: fetching 16 MiB anew from the system for each would cost as
        much as encoding its rows. One write, because other threads run during each.
        """
        held = self._held
        size = 0
        for piece in pieces:
            held[size : size + len(piece)] = piece
            size += len(piece)
        place = 0
        with memoryview(held)[:size] as rest:
            while place < size:
                place += os.pwrite(self._lines, rest[place:], place)
        os.ftruncate(self._lines, size)
        return size

    def close(self) -> None:
        """Close the connection; waits for an insert under way."""
        with self._lock:
            self._connection.close()
            if self._lines >= 0:
                os.close(self._lines)
                self._lines = -1


class ServerInserter:
    """Sends the lines to a server; where the answer is lost, waits until the server is done with them."""

    def __init__(self, pool: Pool) -> None:
        """pool: handles to the server."""
        self._pool = pool

    def insert(self, table: str, pieces: Iterable[bytes], settings: Mapping[str, object]) -> None:
        """Insert JSON lines as one block."""
        name = f"{table}.insert"
        mark = f"{name}:{uuid.uuid4()}"
        with self._pool.handle() as handle:
            try:
                handle.insert(name, table, b"".join(pieces), {**settings, "log_comment": mark})
            except BaseException:
                self._settle(handle, mark)
                raise

    def _settle(self, handle: Handle, mark: str) -> None:
        """Return when the server runs no statement with this mark; raises Unavailable if that cannot be known."""
        deadline = time.monotonic() + _SETTLED
        sql = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = {mark:String}"
        while handle.query("insert.settle", sql, {"mark": mark}).rows[0][0]:
            if time.monotonic() > deadline:
                raise Unavailable("The event store does not finish a write: check it, then try again.", retry_after=30)
            time.sleep(0.2)

    def close(self) -> None:
        """The pool is closed by its owner."""
