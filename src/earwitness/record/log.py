"""The logs that are written: for each its table, its stream, and what makes two records the same."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from earwitness.model.scope import ACTIVITY


class Record(Protocol):
    """A row of some log: it has an id, and takes its place when it is committed."""

    id: str | None
    tenant: Any
    seq: Any
    received_at: Any
    retention_class: Any
    epoch: Any


class Placed(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The columns that a row gets when it is committed: whose it is, its place, when it came, how long it is kept, and
    under which lease."""

    tenant: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    received_at: str | UnsetType = UNSET
    retention_class: str | UnsetType = UNSET
    epoch: int | UnsetType = UNSET


class Log(NamedTuple):
    """table: where it is kept; stream: whose retention holds; identity: columns that make a record with the same id
    the same record; same: whether a row equals those columns of a recorded one (the flag: its time was not sent);
    same_sent: whether two rows of one block are the same; encode: rows as JSON lines; only: SQL that tells its rows
    from those of other logs in the same table."""

    table: str
    stream: str
    identity: tuple[str, ...]
    same: Callable[[Any, tuple[Any, ...], bool], bool]
    same_sent: Callable[[Any, Any, bool], bool]
    encode: Callable[[Sequence[Any]], bytes]
    only: str = ""

    @property
    def slots(self) -> dict[str, str]:
        """The fragments that queries about any log take."""
        return {"table": self.table, "only": self.only}


def same_id(_row: Any, _other: Any, _without_created: bool) -> bool:
    """Of rows whose id is made of what they say: they are the same."""
    return True


def _same_event(row: Any, recorded: tuple[Any, ...], without_created: bool) -> bool:
    event, sub_event, created = recorded
    if (row.event, row.sub_event or "") != (event, sub_event):
        return False
    if without_created:
        return True
    return bool(dt.datetime.fromisoformat(row.created) == created.replace(tzinfo=None))


def _same_sent(row: Any, other: Any, without_created: bool) -> bool:
    if (row.event, row.sub_event or "") != (other.event, other.sub_event or ""):
        return False
    if without_created:
        return True
    return dt.datetime.fromisoformat(row.created) == dt.datetime.fromisoformat(other.created)


EVENTS = Log(
    table="events",
    stream=ACTIVITY,
    identity=("event", "sub_event", "created"),
    same=_same_event,
    same_sent=_same_sent,
    encode=msgspec.json.Encoder().encode_lines,
)
