"""Call detail records in a table of PostgreSQL or MariaDB (``cdr_pgsql``, ``cdr_adaptive_odbc``, FreePBX).

Nothing is followed: the records of calls that are waited for are looked up by their linkedid, so that neither the order
in which a switch writes nor a restart of ours can lose one. A span of the start column lets its index be used.
"""

import contextlib
import datetime as dt
import ssl
import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog

from earwitness.collect.asterisk.cdr import Cdr, CdrError, of_columns
from earwitness.collect.asterisk.cdrplace import POSTGRESQL, CdrPlace

log = structlog.get_logger(__name__)

CONNECT_WITHIN_S = 10
ANSWER_WITHIN_S = 30
LONGEST_CALL = dt.timedelta(days=1)  # a record bears the start of its call
MOST_CALLS = 500  # in one question


class TableError(Exception):
    """The table cannot be read; the text is one sentence, without secrets."""


class _Connection(Protocol):
    def cursor(self) -> Any: ...

    def close(self) -> None: ...


class CdrTable:
    """One table. ``of_calls`` blocks; it connects when it must, and again after a failure."""

    def __init__(self, place: CdrPlace) -> None:
        self._place = place
        self._zone = zoneinfo.ZoneInfo(place.zone)
        self._connection: _Connection | None = None
        self._key = self._start = ""

    def of_calls(self, linkedids: Sequence[str], since: dt.datetime) -> list[Cdr]:
        """Return the records of calls; ``since``: the earliest moment at which one of them was going on.

        Raises TableError.
        """
        found: list[Cdr] = []
        with self._reading():
            for at in range(0, len(linkedids), MOST_CALLS):
                found += self._asked(linkedids[at : at + MOST_CALLS], since)
        return found

    def newest(self) -> Cdr | None:
        """Return the record of the call that began last, None for an empty table. Raises TableError."""
        with self._reading():
            connection = self._connected()
            sql = f"SELECT * FROM {self._table} ORDER BY {self._start} DESC LIMIT 1"  # noqa: S608 -- names that were checked
            return next(iter(self._records(connection, sql, [])), None)

    @property
    def joins_by(self) -> str:
        """The column by which calls are found, once the table was read: ``linkedid``, ``uniqueid`` in old schemas."""
        return self._key.strip('`"').lower()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except TableError:
            self.close()
            raise
        except Exception as error:  # of either driver
            self.close()
            raise TableError(
                f"The table of CDRs {self._place} cannot be read: {_scrubbed(error, self._place)}"
            ) from None

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()

    def _asked(self, linkedids: Sequence[str], since: dt.datetime) -> list[Cdr]:
        connection = self._connected()
        marks = ", ".join(["%s"] * len(linkedids))
        first = (since - LONGEST_CALL).astimezone(self._zone).replace(tzinfo=None)
        sql = f"SELECT * FROM {self._table} WHERE {self._key} IN ({marks}) AND {self._start} >= %s"  # noqa: S608 -- likewise
        return self._records(connection, sql, [*linkedids, first.isoformat(sep=" ", timespec="seconds")])

    def _records(self, connection: _Connection, sql: str, values: Sequence[str]) -> list[Cdr]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            names = [column[0].lower() for column in cursor.description]
            return [cdr for row in cursor.fetchall() if (cdr := self._record(names, row)) is not None]

    def _record(self, names: list[str], row: Sequence[Any]) -> Cdr | None:
        columns = {name: _text(value) for name, value in zip(names, row, strict=True)}
        try:
            return of_columns(columns, self._zone)
        except CdrError as error:
            log.warning("call detail record not understood", table=str(self._place), problem=str(error))
            return None

    def _connected(self) -> _Connection:
        if self._connection is None:
            self._connection = _postgresql(self._place) if self._place.kind == POSTGRESQL else _mariadb(self._place)
            self._look_at_columns(self._connection)
        return self._connection

    def _look_at_columns(self, connection: _Connection) -> None:
        """Find out what the columns that are asked by are called here."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {self._table} WHERE 1 = 0")  # noqa: S608 -- its form is checked
            names = {column[0].lower(): column[0] for column in cursor.description}
        key = next((names[name] for name in ("linkedid", "uniqueid") if name in names), "")
        start = next((names[name] for name in ("calldate", "start") if name in names), "")
        if not key or not start:
            raise TableError(f"The table of CDRs {self._place} has no column linkedid or uniqueid, or no start time.")
        self._key, self._start = self._quoted(key), self._quoted(start)

    @property
    def _table(self) -> str:
        return ".".join(map(self._quoted, self._place.table.split(".")))

    def _quoted(self, name: str) -> str:
        return f'"{name}"' if self._place.kind == POSTGRESQL else f"`{name}`"


def _postgresql(place: CdrPlace) -> _Connection:
    import psycopg

    return psycopg.connect(
        place.where,
        autocommit=True,
        connect_timeout=CONNECT_WITHIN_S,
        application_name="earwitness",
        options=f"-c default_transaction_read_only=on -c statement_timeout={ANSWER_WITHIN_S}s -c TimeZone={place.zone}",
    )


def _mariadb(place: CdrPlace) -> _Connection:
    import pymysql

    parts = urlsplit(place.where)
    query = dict(parse_qsl(parts.query))
    connection: _Connection = pymysql.connect(
        host=parts.hostname or "",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.strip("/")),
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=CONNECT_WITHIN_S,
        read_timeout=ANSWER_WITHIN_S,
        write_timeout=ANSWER_WITHIN_S,
        unix_socket=query.get("unix_socket") or None,
        ssl=ssl.create_default_context(cafile=query.get("ca") or None) if "ca" in query or "tls" in query else None,
        program_name="earwitness",
    )
    return connection


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _scrubbed(error: Exception, place: CdrPlace) -> str:
    """Return what a driver says, on one line and without the secret of the URL."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    said = " ".join(str(primary or (error.args[-1] if error.args else error)).split()) or type(error).__name__
    secret = urlsplit(place.where).password or ""
    for text in {secret, unquote(secret)} - {""}:
        said = said.replace(text, "***")
    return said if said.endswith("?") else said.rstrip(".") + "."
