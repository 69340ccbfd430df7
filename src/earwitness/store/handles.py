"""Handles to the engine: one statement at a time each, many side by side."""

import contextlib
import datetime as dt
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, cast

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from earwitness.model.problem import Unavailable
from earwitness.store import faults


class Result(NamedTuple):
    """columns: their names in order; rows: one tuple a row. Times are aware and in UTC."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def bindable(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return parameters as the driver takes them; aware moments become text in UTC, for ``DateTime64(6, 'UTC')``."""
    return {name: _bindable(value) for name, value in parameters.items()}


def _bindable(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_bindable(item) for item in value]
    return value


class Handle:
    """One connection to the engine. Errors come out as problems of ``model.problem``."""

    def __init__(self, client: Client) -> None:
        """Wrap a driver client that nobody else uses."""
        self._client = client

    def query(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Result:
        """Run a statement that answers with rows; ``name`` goes to the engine as ``log_comment``."""
        with translating(name):
            found = self._client.query(
                sql, parameters=bindable(parameters or {}), settings={"log_comment": name, **(settings or {})}
            )
            return Result(tuple(found.column_names), [tuple(row) for row in found.result_rows])

    def command(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run a statement that answers nothing (DDL, SYSTEM, INSERT SELECT); ``name`` as for ``query``."""
        with translating(name):
            self._client.command(sql, parameters=bindable(parameters or {}), settings={"log_comment": name})

    def insert(self, name: str, table: str, lines: bytes, settings: Mapping[str, object]) -> None:
        """Insert JSON lines as one block."""
        with translating(name):
            self._client.raw_insert(table, insert_block=lines, settings=dict(settings), fmt="JSONEachRow")

    def stream(self, name: str, sql: str, parameters: Mapping[str, object]) -> Iterator[bytes]:
        """Yield the answer as the engine encodes it (``sql`` ends with its FORMAT), chunk by chunk."""
        with translating(name):
            source = cast("BinaryIO", self._client.raw_stream(sql, parameters=bindable(parameters)))
            with contextlib.closing(source):
                while chunk := source.read(1 << 18):
                    yield chunk

    def close(self) -> None:
        """Give the connection back to the engine."""
        self._client.close()


@contextlib.contextmanager
def translating(name: str) -> Iterator[None]:
    """Turn errors of the driver and of its transport into problems."""
    try:
        yield
    except ClickHouseError as error:
        raise faults.translated(name, getattr(error, "code", None), str(error)) from error
    except OSError as error:
        raise faults.translated(name, None, str(error)) from error


class Pool:
    """Handles that threads share: each takes one, uses it alone and puts it back; made as needed, up to a limit."""

    def __init__(self, open_handle: Callable[[], Handle], limit: int) -> None:
        """open_handle: makes a new handle; limit: how many there may be at once."""
        self._open = open_handle
        self._free: queue.LifoQueue[Handle] = queue.LifoQueue()
        self._slots = threading.Semaphore(limit)
        self._closed = False

    @contextlib.contextmanager
    def handle(self, *, wait: float = 30.0) -> Iterator[Handle]:
        """Lend a handle, waiting up to ``wait`` seconds for one to come free (then Unavailable)."""
        if self._closed:
            raise Unavailable("Earwitness is stopping: try again when it has started.", retry_after=5)
        if not self._slots.acquire(timeout=wait):
            raise Unavailable("Too many questions are being answered at once: try again.", retry_after=1)
        try:
            try:
                handle = self._free.get_nowait()
            except queue.Empty:
                handle = self._open()
            try:
                yield handle
            finally:
                self._free.put(handle)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close every handle that is not in use."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().close()
