"""The event store: one driver and one SQL for an embedded engine, a server and a cluster."""

import contextlib
import re
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import clickhouse_connect

from earwitness.store import migrations, statements, version
from earwitness.store.engine import (
    ENGINE_OPTIONS,
    INSERT_SETTINGS,
    SESSION_SETTINGS,
    TABLE_SETTINGS,
)
from earwitness.store.handles import Handle, Pool, Result, translating
from earwitness.store.inserting import EmbeddedInserter, Inserter, ServerInserter
from earwitness.store.lock import DirectoryLock

_EMBEDDED = "chdb://"
_SETTING = re.compile(r"[a-z][a-z0-9_]*")
HANDLES = 12


class Store:
    """The rows of all tenants, and the statements that reach them. Safe to use from many threads."""

    def __init__(self, dsn: str, lock: DirectoryLock | None) -> None:
        """Use ``Store.open``; this makes an object that holds the lock and opens handles on demand."""
        self._dsn = dsn
        self._lock = lock
        self._pool = Pool(self._open_handle, HANDLES)
        self._inserter: Inserter | None = None
        self.engine_version = (0, 0)

    @classmethod
    def open(cls, dsn: str, data: Path | None = None) -> Self:
        """Open the store, bring its schema up to date and check that this program may write it.

        dsn: ``chdb:///absolute/directory`` (embedded, made if missing) or ``clickhouse://user:password@host:port/db``.
        data: the data directory that holds VERSION and the lock; for an embedded store its own directory if absent.
        Raises Conflict if another process owns the directory or a newer program wrote it.
        """
        home = data
        if dsn.startswith(_EMBEDDED):
            directory = Path(dsn.removeprefix(_EMBEDDED))
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            home = home or directory
        lock = DirectoryLock(home) if home else None
        try:
            store = cls(dsn, lock)
            try:
                store._begin(home)
            except BaseException:
                store._pool.close()
                raise
        except BaseException:
            if lock:
                lock.release()
            raise
        return store

    def _begin(self, home: Path | None) -> None:
        with self._pool.handle() as handle:
            answer = handle.query("store.version", "SELECT version()").rows[0][0]
            year, month = answer.split(".")[:2]
            self.engine_version = (int(year), int(month))
            newest = max(migration.number for migration in migrations.known())
            file = home / "VERSION" if home else None
            if file:
                version.check(file, version.Version(newest, self.engine_version, version.LEAF))
            schema = migrations.apply(handle)
            if self.embedded:
                for table, settings in TABLE_SETTINGS.items():
                    clause = ", ".join(f"{name} = {value}" for name, value in settings.items())
                    handle.command("store.settings", f"ALTER TABLE {table} MODIFY SETTING {clause}")
            if file:
                version.write(file, version.Version(schema, self.engine_version, version.LEAF))
        if self.embedded:
            directory = Path(self._dsn.removeprefix(_EMBEDDED))
            self._inserter = EmbeddedInserter(directory, ENGINE_OPTIONS, SESSION_SETTINGS)
        else:
            self._inserter = ServerInserter(self._pool)

    @property
    def embedded(self) -> bool:
        """Whether the engine runs in this process."""
        return self._dsn.startswith(_EMBEDDED)

    def _open_handle(self) -> Handle:
        arguments: dict[str, Any] = {"dsn": self._dsn, "settings": dict(SESSION_SETTINGS), "tz_mode": "aware"}
        if self.embedded:
            arguments["chdb_options"] = dict(ENGINE_OPTIONS)
        else:
            arguments["autogenerate_session_id"] = False
        with translating("store.connect"):
            return Handle(clickhouse_connect.get_client(**arguments))

    def query(
        self,
        name: str,
        *,
        parameters: Mapping[str, object] | None = None,
        slots: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Result:
        """Run the statement in ``queries/<name>.sql`` and return its rows.

        parameters: values for ``{name:Type}`` in the SQL, bound by the engine. Moments are bound as
        ``DateTime64(6, 'UTC')``. slots: SQL fragments of our own for ``/*slot:NAME*/``; never a value.
        settings: settings of the engine for this statement alone. Raises problems of ``model.problem``.
        """
        sql = statements.filled(name, slots or {})
        with self._pool.handle() as handle:
            return handle.query(name, sql, parameters, settings)

    def stream(
        self,
        name: str,
        *,
        parameters: Mapping[str, object] | None = None,
        slots: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
        format: str = "JSONEachRow",  # noqa: A002 -- the engine's own word
    ) -> Generator[bytes, None, None]:
        """Run a named statement and yield its answer as the engine encodes it, chunk by chunk, on a handle of its own.

        format: a format of the engine. CSV, TabSeparated, JSONEachRow and RowBinary arrive as they are made; others
        are made whole first. Close the iterator to stop early.
        """
        clause = ", ".join(_setting(key, value) for key, value in {"log_comment": name, **(settings or {})}.items())
        if not format.isalnum():
            raise ValueError(f"{format!r} is not a format")
        sql = f"{statements.filled(name, slots or {})}\nSETTINGS {clause}\nFORMAT {format}"
        handle = self._open_handle()
        with contextlib.closing(handle):
            yield from handle.stream(name, sql, parameters or {})

    def command(
        self, name: str, *, parameters: Mapping[str, object] | None = None, slots: Mapping[str, str] | None = None
    ) -> None:
        """Run a named statement that answers nothing."""
        with self._pool.handle() as handle:
            handle.command(name, statements.filled(name, slots or {}), parameters)

    def insert_lines(self, table: str, lines: bytes | Iterable[bytes]) -> None:
        """Insert JSON lines (one object a row, keys are columns) as one block; return when they are on the disk.

        lines: in one piece, or in several, which are read once.
        All rows must fall into one partition: then a crash leaves them all there or none. Raises DiskFull or another
        problem; nothing is being written any more then, but whether the rows are there is for the caller to find out.
        """
        if not table.isidentifier():
            raise ValueError(f"{table!r} is not a table")
        if self._inserter is None:
            raise RuntimeError("the store is not open")
        self._inserter.insert(table, (lines,) if isinstance(lines, bytes) else lines, INSERT_SETTINGS)

    def close(self) -> None:
        """Close the engine and give the data directory back."""
        if self._inserter:
            self._inserter.close()
        self._pool.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _setting(name: str, value: object) -> str:
    if not _SETTING.fullmatch(name):
        raise ValueError(f"{name!r} is not a setting")
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"{name} = '{quoted}'"
