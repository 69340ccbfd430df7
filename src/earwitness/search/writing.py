"""Rows as the engine writes them for files: CSV lines, arrays of cells, and JSON objects as the API gives them.

The engine makes the text; what passes through Python is blocks of bytes. Columns come from ``Columns.shown``, so a
masked caller gets the masked text here as everywhere. Only some formats of the embedded engine come as a stream
(``Store.stream``); the forms below use those.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY
from earwitness.model.segment import Segment
from earwitness.search.columns import ARRAYS, BY_NAME, MASKED_JSON, Columns
from earwitness.search.filter import Filter
from earwitness.search.query import NEWEST
from earwitness.store import Store

CSV: Final = "csv"
CELLS: Final = "cells"
PLAIN: Final = "plain"
ITEMS: Final = "items"
SEQ: Final = "seq"
OVERLAP_US: Final = 600_000_000  # clocks of several recording machines differ by less

TIMES: Final = frozenset({"created", "received_at", "started_at", "ended_at"})
NUMBERS: Final = frozenset({"seq", "clock_skew_ms", "producer_seq", "cdr_sequence", "duration_ms"})
FLAGS: Final = frozenset({"end_inferred", "outside_application", "notified"})

# Small blocks, because a merge of many parts holds one block of each.
SETTINGS: Final[dict[str, object]] = {
    "max_block_size": 4096,
    "read_in_order_use_buffering": 0,
    "max_threads": 2,
    "max_execution_time": 0,
    "date_time_output_format": "iso",
    "output_format_csv_crlf_end_of_line": 1,
    "output_format_json_escape_forward_slashes": 0,
    "output_format_json_quote_64bit_integers": 0,
}

Wrap = Callable[[str], str]

# The fields of an item, as the API gives them: those of the shared types, in their order.
ITEM: Final = {ACTIVITY: Event.__struct_fields__, "supervision": Segment.__struct_fields__}
PERSON: Final = ("username", "name", "extension", "channel")
NESTED: Final = {"manager": PERSON, "agent": PERSON, "evidence": ("start", "mode", "end")}


class Written(NamedTuple):
    """columns: the SELECT list; format: the engine's; decode: what turns its blocks into those of the form."""

    columns: str
    format: str
    decode: Callable[[Iterable[bytes]], Iterator[bytes]]


def written(columns: Columns, names: Sequence[str], form: str, tz: str, wrap: Wrap) -> Written:
    """Return how to write rows.

    form: CSV lines (RFC 4180) without names, with one empty cell at the end; CELLS: JSON arrays, times as people read
    them in the zone; PLAIN: CSV lines as above, times in UTC and no text changed, for programs; ITEMS: JSON objects, as
    the API gives them, or of the named columns alone. tz: SQL that stands for the zone's name. wrap: makes an SQL text
    safe for a spreadsheet.
    """
    if form in (CSV, PLAIN):
        cells = [_csv(columns, name, tz, wrap) for name in names]
        return Written(", ".join([*cells, "''"]), "CSV", iter)
    if form == ITEMS:
        return Written(_item(columns, names), "TabSeparated", _unescaped)
    cells = [_cell(columns, name, tz) for name in names]
    return Written(f"tuple({', '.join(cells)}) AS r", "JSONEachRow", _arrays)


def _text(columns: Columns, name: str) -> str:
    """Return SQL for a column as one text."""
    if name == "duration":
        return "toString(duration_ms / 1000)"
    if name in ARRAYS:
        return f"arrayStringConcat({columns.shown(name)}, ', ')"
    if name in FLAGS:
        return f"multiIf({name} IS NULL, '', assumeNotNull({name}), 'yes', 'no')"
    if name in NUMBERS:
        return f"ifNull(toString({name}), '')"
    return columns.shown(name)


def _csv(columns: Columns, name: str, tz: str, wrap: Wrap) -> str:
    if name in TIMES:
        return _moment(name, tz)
    if name in NUMBERS or name == "duration":
        return _text(columns, name)
    return wrap(_text(columns, name))


def _moment(name: str, tz: str) -> str:
    """Return SQL for RFC 3339 text in a zone; in UTC the engine writes the moment itself, which is faster."""
    if not tz:
        return name
    local = f"formatDateTime(toTimeZone({name}, {tz}), '%Y-%m-%dT%H:%i:%S.%f%z')"
    return f"replaceRegexpOne({local}, '([0-9]{{2}})$', ':\\\\1')"


def _cell(columns: Columns, name: str, tz: str) -> str:
    if name in TIMES:
        return f"formatDateTime(toTimeZone({name}, {tz}), '%Y-%m-%d %H:%i:%S.%f')"
    if name == "duration":
        return "duration_ms / 1000"
    return name if name in NUMBERS else _text(columns, name)


def _item(columns: Columns, names: Sequence[str]) -> str:
    """Return SQL for a row as one JSON text."""
    wanted = list(names) or ITEM[columns.stream.name]
    parts = [f"'{',' if n else '{'}\"{name}\":', {_json(columns, name)}" for n, name in enumerate(wanted)]
    return f"concat({', '.join(parts)}, '}}')"


def _json(columns: Columns, name: str) -> str:
    """Return SQL for a column as JSON text."""
    if name in NESTED:
        return _object([(part, columns.shown(f"{name}_{part}")) for part in NESTED[name]])
    if name in TIMES:
        return f"concat('\"', formatDateTime({name}, '%Y-%m-%dT%H:%i:%S.%f', 'UTC'), 'Z\"')"
    if name in MASKED_JSON:
        return f"if({name} = '', 'null', replaceRegexpAll({columns.shown(name)}, '[\\\\r\\\\n]', ' '))"
    return _json_value(columns, name)


def _json_value(columns: Columns, name: str) -> str:
    if name in FLAGS:
        return f"multiIf({name} IS NULL, 'null', assumeNotNull({name}), 'true', 'false')"
    if name in NUMBERS:
        return f"ifNull(toString({name}), 'null')"
    return "toString(duration_ms / 1000)" if name == "duration" else f"toJSONString({columns.shown(name)})"


def _object(members: Sequence[tuple[str, str]]) -> str:
    inner = [f"'{',' if n else '{'}\"{name}\":', toJSONString({sql})" for n, (name, sql) in enumerate(members)]
    return f"concat({', '.join(inner)}, '}}')"


def _unescaped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo the escapes of TabSeparated. JSON holds no control character, so only quotes and backslashes have one."""
    rest = b""
    for block in blocks:
        lines, end, rest = (rest + block).rpartition(b"\n")
        if end:
            yield (lines + end).replace(b"\\\\", b"\\").replace(b"\\'", b"'")


_HEAD, _TAIL = b'{"r":', b"}\n"


def _arrays(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Take the arrays out of the objects that JSONEachRow puts around them."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield b"".join(line[len(_HEAD) : -1] + b"\n" for line in lines)


class Wish(NamedTuple):
    """columns: names, as ``written`` knows them; order: newest, oldest or seq; wrap: as in ``written``."""

    columns: Sequence[str]
    form: str
    order: str = NEWEST
    wrap: Wrap = str


def stream(store: Store, asked: Filter, wish: Wish) -> Iterator[bytes]:
    """Yield the rows of a query, block by block. Close the iterator to stop early."""
    zone = asked.query.tz
    tz = "" if wish.form == CSV and zone.upper() == "UTC" else "{zone:String}"
    how = written(asked.columns, wish.columns, wish.form, tz, wish.wrap)
    slots, bound = asked.clauses(shown=[how.columns])
    if tz:
        bound.values["zone"] = zone
    way = " DESC" if wish.order == NEWEST else ""
    order = "seq" if wish.order == SEQ else f"{asked.stream.time}{way}, seq{way}"
    slots |= {"written": how.columns, "order": order}
    blocks = store.stream("rows.export", parameters=bound.values, slots=slots, settings=SETTINGS, format=how.format)
    yield from how.decode(blocks)


class Places:
    """The last place in each log, found among the newest rows: a look over all of them is needed only once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], int] = {}

    def last(self, tenant: str, stream_name: str) -> int:
        """Return the highest seq of a tenant's log, 0 where it is empty."""
        key = (tenant, stream_name)
        slots = {"table": BY_NAME[stream_name].table}
        parameters: dict[str, object] = {"tenant": tenant, "since": max(self._known.get(key, 0) - OVERLAP_US, 0)}
        seq, received_us = self._store.query("rows.last_seq", parameters=parameters, slots=slots).rows[0]
        if seq:
            self._known[key] = received_us
        return int(seq)


def first_seq(store: Store, asked: Filter) -> int:
    """Return the lowest seq of a query's rows, 0 where there is none."""
    slots, bound = asked.clauses()
    return int(store.query("rows.first_seq", parameters=bound.values, slots=slots).rows[0][0])
