"""What waits in a forward, as batches: rows in the order of the log, as many as its receiver takes at once."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from earwitness.deliver.forwarding.senders import Sender
from earwitness.deliver.models import Forward
from earwitness.model.scope import Scope
from earwitness.search import Query, Reader

READ_AT_ONCE = 2000  # places: a look into the log costs the same for one row as for many
MOST_PLACES = 500_000  # of one look, where few rows pass the filter
MOST_READ = 32_000_000  # bytes of rows that are held at once
GATHERING = 5.0  # seconds in which rows that are far apart are gathered for one object
LATE = dt.timedelta(seconds=60)  # how long after its end an hour may still get rows
_AS_SENT = frozenset({"params", "changes"})  # told on to the digit: 1e400 is a number, though no float
_NOTHING = (b"{}", b"[]", b"null")
_decode = msgspec.json.Decoder().decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
Item = dict[str, Any]


class Batch(NamedTuple):
    """Rows in their order, and the place in the log up to which the receiver then has everything."""

    items: Sequence[Item]
    up_to: int


class _Look(NamedTuple):
    """What was read: rows with the bytes each takes as JSON, up to a place in the log."""

    rows: list[tuple[Item, int]]
    up_to: int


class Source(NamedTuple):
    """Where the rows of a forward come from: the log, as its owner sees it."""

    reader: Reader
    scope: Scope
    forward: Forward

    def last(self) -> int:
        """Return the last place in the log."""
        return self.reader.last_seq(self.scope, self.forward.stream)

    def rows(self, after: int, until: int) -> Iterator[tuple[Item, int]]:
        """Yield the rows with ``after`` < seq <= ``until`` in the order of the log, each with its bytes as JSON."""
        search, range_ = self.forward.search, f"seq:{after + 1}..{until}"
        text = f"({search}) {range_}" if search.strip() else range_
        query = Query(stream=self.forward.stream, text=text, start=None, end=None, tz="UTC")
        rest = b""
        for block in self.reader.export(self.scope, query, (), form="items", order="seq"):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield _item(line), len(line)


def batches(source: Source, sender: Sender, now: dt.datetime) -> Iterator[Batch]:
    """Yield what waits, in order; an hour that is not over waits on where the receiver takes hours."""
    last = source.last()
    if sender.hourly:
        yield from _hours(source, sender, last, now)
        return
    while source.forward.cursor < last:
        look = _look(source, source.forward.cursor, min(last, source.forward.cursor + READ_AT_ONCE))
        yield from _packed(look, sender) if look.rows else [Batch((), look.up_to)]


def _packed(look: _Look, sender: Sender) -> Iterator[Batch]:
    """Yield rows in batches that hold no more rows and bytes than a receiver takes at once; a larger row goes alone."""
    part: list[Item] = []
    size = 0
    for item, bytes_ in look.rows:
        if part and (len(part) >= sender.most or size + bytes_ > sender.most_bytes):
            yield Batch(part, int(part[-1]["seq"]))
            part, size = [], 0
        part.append(item)
        size += bytes_
    yield Batch(part, look.up_to)


def _hours(source: Source, sender: Sender, last: int, now: dt.datetime) -> Iterator[Batch]:
    """Yield the hours that are over, or as much of one as an object may hold.

    Where few rows pass the filter, each look is over more places than the one before, so that an hour is one object all
    the same. What is left is looked at again when its hour is over, and not before: reading it every second would be
    for nothing.
    """
    rows: list[tuple[Item, int]] = []
    forward, few = source.forward, sender.most // 8
    place, places = forward.cursor, sender.most
    until_s = time.monotonic() + GATHERING
    while place < last:
        look = _look(source, place, min(last, place + places))
        place = look.up_to
        places = min(places * 4, MOST_PLACES) if len(look.rows) < few else sender.most
        *over, rows = _by_hour(rows + look.rows)
        for hour in over:
            yield _whole(hour, int(hour[-1][0]["seq"]))
        if len(rows) >= sender.most or sum(size for _, size in rows) >= sender.most_bytes:
            yield _whole(rows, place)
            rows = []
        elif place < last and time.monotonic() > until_s:
            break
    if rows and place >= last and now < _over(rows[-1][0]):
        Forward.objects.filter(pk=forward.pk).update(next_try=_over(rows[-1][0]))
        return
    if place > forward.cursor:
        yield _whole(rows, place)


def _whole(rows: list[tuple[Item, int]], up_to: int) -> Batch:
    return Batch([item for item, _ in rows], up_to)


def _by_hour(rows: list[tuple[Item, int]]) -> list[list[tuple[Item, int]]]:
    """Return rows by the hour in which they were recorded: a list for each, at least an empty one."""
    return [list(hour) for _, hour in groupby(rows, key=lambda row: row[0]["received_at"][:13])] or [[]]


def _look(source: Source, after: int, until: int) -> _Look:
    """Read the rows behind a place, up to another one or as many as may be held at once."""
    rows: list[tuple[Item, int]] = []
    size = 0
    for item, bytes_ in source.rows(after, until):
        rows.append((item, bytes_))
        size += bytes_
        if size >= MOST_READ:
            return _Look(rows, int(item["seq"]))
    return _Look(rows, until)


def _item(line: bytes) -> Item:
    """Return a row as the mappings take it; what was sent as JSON stays the text that it was."""
    return {
        name: value if name in _AS_SENT and bytes(value) not in _NOTHING else _decode(value)
        for name, value in _fields(line).items()
    }


def _over(item: Item) -> dt.datetime:
    """Return when the hour of a row is over."""
    hour = dt.datetime.fromisoformat(item["received_at"]).replace(minute=0, second=0, microsecond=0)
    return hour + dt.timedelta(hours=1) + LATE
