"""What became known of a segment after it was recorded, folded into what is read.

A statement that asks of many rows reads the amendments of those fields alone that it speaks of, mostly none. The few
rows of a page are completed afterwards.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from earwitness.search.bound import Bound
from earwitness.search.columns import SEGMENTS, Stream
from earwitness.store import Store, statements

_TEXT: Final = "JSONExtractString({})"
_TEXTS: Final = "JSONExtract({}, 'Array(String)')"
# The columns that may be amended, each with SQL for its value from JSON text.
FIELDS: Final = {
    "cdr_id": _TEXT,
    "cdr_sequence": "toInt64OrNull({})",
    "reason": _TEXT,
    "manager_username": _TEXT,
    "manager_name": _TEXT,
    "agent_username": _TEXT,
    "agent_name": _TEXT,
    "breaches": _TEXTS,
}
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


def source(stream: Stream, fragments: Iterable[str], within: str) -> Source:
    """Return what to read the rows of a stream from for a statement that is made of these fragments.

    within: SQL that demands of a row as it was recorded what all rows in question have, such as a stretch of time; it
    begins with AND, and is empty for all rows.
    """
    named = {word for fragment in fragments for word in _WORD.findall(fragment)} if stream is SEGMENTS else set()
    fields = [field for field in FIELDS if field in named]
    if not fields:
        return Source(stream.table, True)
    slots = {
        "fields": ", ".join(f"'{field}'" for field in fields),
        "latest": ", ".join(f"argMaxIf(value, seq, field = '{field}') AS known_{field}" for field in fields),
        "replaced": ", ".join(_replaced(field) for field in fields),
        "range": within,
        "of": f" AND amends IN ({statements.filled('segments.ids', {'range': within})})" if within else "",
    }
    return Source(statements.filled("segments.amended", slots), False)


def _replaced(field: str) -> str:
    recorded = _RECORDED.get(FIELDS[field], "{}").format(field)
    return f"if(known_{field} = '', {recorded}, {FIELDS[field].format(f'known_{field}')}) AS {field}"


def saying(stream: Stream, columns: Iterable[str], says: Callable[[str, str], str]) -> str:
    """Return SQL that holds of a row with an amendment of one of the columns of which something holds; else nothing.

    says: (column, SQL for its value as text) -> SQL.
    """
    ways = {column: FIELDS.get(column, "") for column in columns if stream is SEGMENTS}
    texts = [
        f"(field = '{column}' AND {says(column, _TEXT.format('value'))})" for column in ways if ways[column] == _TEXT
    ]
    arrays = [
        f"(field = '{column}' AND arrayExists(item -> {says(column, 'item')}, {_TEXTS.format('value')}))"
        for column in ways
        if ways[column] == _TEXTS
    ]
    said = " OR ".join(texts + arrays)
    return f"id IN ({statements.filled('amendments.saying', {'saying': said})})" if said else ""


def completed(
    store: Store, stream: Stream, tenant: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return a few rows (columns: names) as they are known now."""
    if stream is not SEGMENTS or not rows:
        return list(rows)
    place = names.index("id")
    bound = Bound()
    bound.values |= {"tenant": tenant, "ids": [str(row[place]) for row in rows]}
    known: dict[str, dict[str, Any]] = {}
    for row_id, name, value in store.query("segments.amendments", parameters=bound.values).rows:
        if name in FIELDS:
            known.setdefault(row_id, {})[name] = msgspec.json.decode(value)
    return [_with(names, row, known.get(str(row[place]), {})) for row in rows]


def _with(names: Sequence[str], row: tuple[Any, ...], known: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(known.get(name, value) for name, value in zip(names, row, strict=True)) if known else row
