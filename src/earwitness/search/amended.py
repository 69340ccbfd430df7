"""What became known of a row after it was recorded, folded into what is read.

A statement that asks of many rows reads the amendments of those fields alone that it speaks of, mostly none; where
none of these was ever amended in the tenant, it reads the table as it is. The few rows of a page are completed
afterwards. What a scope demands is asked of the value as it is known now, without completing rows.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search.bound import Bound
from earwitness.search.columns import Stream
from earwitness.store import Store, statements

_TEXT: Final = "JSONExtractString({})"
_TEXTS: Final = "JSONExtract({}, 'Array(String)')"
# The columns of each stream that may be amended, each with SQL for its value from JSON text.
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    ACTIVITY: {"username": _TEXT, "desks": _TEXTS},
    SUPERVISION: {
        "cdr_id": _TEXT,
        "cdr_sequence": "toInt64OrNull({})",
        "reason": _TEXT,
        "manager_username": _TEXT,
        "manager_name": _TEXT,
        "agent_username": _TEXT,
        "agent_name": _TEXT,
        "desks": _TEXTS,
        "breaches": _TEXTS,
    },
}
_COMMON: Final = frozenset({"cdr_id", "cdr_sequence", "reason", "breaches"})
# SQL for the value as it was recorded, of the type of the amended one.
_RECORDED: Final = {_TEXT: "toString({})", _TEXTS: "CAST({}, 'Array(String)')"}
_WORD: Final = re.compile(r"\b[a-z_]+\b")


class Source(NamedTuple):
    """sql: what stands in FROM; is_table: whether it is the table itself."""

    sql: str
    is_table: bool

    def demanding(self, condition: str, within: str) -> dict[str, str]:
        """Return the slots ``table``, ``prewhere`` and ``range`` that demand a condition (empty for none) and a time.

        PREWHERE is for tables alone; there it keeps the wide columns of other rows unread.
        """
        if not condition:
            return {"table": self.sql, "prewhere": "", "range": within}
        if self.is_table:
            return {"table": self.sql, "prewhere": f"PREWHERE {condition}", "range": within}
        return {"table": self.sql, "prewhere": "", "range": f" AND {condition}{within}"}


def fields(store: Store, stream: Stream, tenant: str) -> frozenset[str]:
    """Return which columns of a stream may have been amended in a tenant: those that mostly are, and which really were
    of the others, in any row."""
    rare = FIELDS[stream.name].keys() - _COMMON
    parameters = {"tenant": tenant, "stream": stream.name, "fields": sorted(rare)}
    found = {name for (name,) in store.query("amendments.fields", parameters=parameters).rows}
    return frozenset(FIELDS[stream.name].keys() - rare | found)


def source(stream: Stream, known: frozenset[str], fragments: Iterable[str], within: str) -> Source:
    """Return what to read the rows of a stream from for a statement that is made of these fragments.

    known: what ``fields`` says; within: SQL that demands of a row as it was recorded what all rows in question have,
    such as a stretch of time; it begins with AND, and is empty for all rows.
    """
    named = {word for fragment in fragments for word in _WORD.findall(fragment)} if known else set()
    asked = [field for field in FIELDS[stream.name] if field in named & known]
    if not asked:
        return Source(stream.table, True)
    ids = statements.filled("rows.ids", {"rows": stream.table, "range": within})
    slots = {
        "rows": stream.table,
        "stream": stream.name,
        "derived": stream.derived,
        "fields": ", ".join(f"'{field}'" for field in asked),
        "latest": ", ".join(f"argMaxIf(value, seq, field = '{field}') AS known_{field}" for field in asked),
        "replaced": ", ".join(_replaced(field, FIELDS[stream.name][field]) for field in asked),
        "range": within,
        "of": f" AND amends IN ({ids})" if within else "",
    }
    return Source(statements.filled("rows.amended", slots), False)


def _replaced(field: str, way: str) -> str:
    recorded = _RECORDED.get(way, "{}").format(field)
    return f"if(known_{field} = '', {recorded}, {way.format(f'known_{field}')}) AS {field}"


def now(stream: Stream, known: frozenset[str], column: str, holds: Callable[[str], str]) -> str:
    """Return SQL that something holds of a column's value as it is known now, whatever the rows are read from.

    known: what ``fields`` says; holds: SQL for the value -> SQL.
    """
    if column not in known:
        return holds(column)
    slots = {"stream": stream.name, "field": column}
    says = holds(FIELDS[stream.name][column].format("value"))
    amended, so = (
        statements.filled(name, slots | more)
        for name, more in (("amendments.naming", {}), ("amendments.now", {"says": says}))
    )
    return f"if(id IN ({amended}), id IN ({so}), {holds(column)})"


def saying(stream: Stream, columns: Iterable[str], says: Callable[[str, str], str]) -> str:
    """Return SQL that holds of a row with an amendment of one of the columns of which something holds; else nothing.

    says: (column, SQL for its value as text) -> SQL.
    """
    ways = {column: FIELDS[stream.name].get(column, "") for column in columns}
    texts = [
        f"(field = '{column}' AND {says(column, _TEXT.format('value'))})" for column in ways if ways[column] == _TEXT
    ]
    arrays = [
        f"(field = '{column}' AND arrayExists(item -> {says(column, 'item')}, {_TEXTS.format('value')}))"
        for column in ways
        if ways[column] == _TEXTS
    ]
    said = " OR ".join(texts + arrays)
    if not said:
        return ""
    return f"id IN ({statements.filled('amendments.saying', {'stream': stream.name, 'saying': said})})"


def completed(
    store: Store, stream: Stream, tenant: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return a few rows (columns: names) as they are known now."""
    if not rows:
        return []
    place = names.index("id")
    bound = Bound()
    bound.values |= {"tenant": tenant, "stream": stream.name, "ids": [str(row[place]) for row in rows]}
    known: dict[str, dict[str, Any]] = {}
    for row_id, name, value in store.query("amendments.of_rows", parameters=bound.values).rows:
        if name in FIELDS[stream.name]:
            known.setdefault(row_id, {})[name] = msgspec.json.decode(value)
    return [_with(names, row, known.get(str(row[place]), {})) for row in rows]


def _with(names: Sequence[str], row: tuple[Any, ...], known: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(known.get(name, value) for name, value in zip(names, row, strict=True)) if known else row
