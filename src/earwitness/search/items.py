"""Rows as JSON values: the form in which the API, the live tail and files for programs give them."""

import datetime as dt
from typing import Any

import msgspec

from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment
from earwitness.search.rows import TIMES

_encode = msgspec.json.Encoder().encode


def item(row: Event | Segment) -> dict[str, Any]:
    """Return an event or segment under its stored names; times as RFC 3339 in UTC with six decimals."""
    found = {name: getattr(row, name) for name in row.__struct_fields__}
    for name in TIMES & found.keys():
        found[name] = times.text(found[name]) if found[name] else None
    return found


def gap(row: Gap) -> dict[str, Any]:
    """Return a gap as every answer over it names it."""
    return {
        "source": row.source,
        "from": times.text(row.started_at),
        "to": times.text(row.ended_at),
        "pbx": row.pbx,
        "reason": row.reason,
    }


def gap_of(shown: dict[str, Any]) -> Gap:
    """Return a gap of which an answer that was kept tells."""
    return Gap(
        id="",
        source=shown["source"],
        pbx=shown.get("pbx", ""),
        started_at=dt.datetime.fromisoformat(shown["from"]),
        ended_at=dt.datetime.fromisoformat(shown["to"]),
        reason=shown.get("reason", ""),
    )


def to_json(value: Any) -> bytes:
    """Return values made of items and gaps as JSON."""
    return _encode(value)
