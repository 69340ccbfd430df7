"""Call detail records: read from ``Master.csv`` or the AMI event ``Cdr``, and matched with segments.

The CDR of a call is written when the call ends. A segment belongs to the CDRs with its linkedid; one linkedid can have
several (a Local queue member two, an attended transfer three), of which the one is meant that names the spied-on
channel and overlaps in time. After a transfer even the uniqueid repeats: only the sequence is unique.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TextIO

import msgspec

from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.options import spy_options
from earwitness.model import times
from earwitness.model.segment import Segment

COLUMNS = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
    "peeraccount",
    "linkedid",
    "sequence",
]
AMI_HEADERS = {
    "src": "Source",
    "dst": "Destination",
    "channel": "Channel",
    "dstchannel": "DestinationChannel",
    "lastapp": "LastApplication",
    "lastdata": "LastData",
    "start": "StartTime",
    "answer": "AnswerTime",
    "end": "EndTime",
    "billsec": "BillableSeconds",
    "uniqueid": "UniqueID",
    "linkedid": "LinkedID",
    "sequence": "Sequence",
}
ROUNDING = dt.timedelta(seconds=1)  # CDRs hold whole seconds, cut off


class Cdr(msgspec.Struct, frozen=True, kw_only=True):
    """One call detail record. Times are aware, in UTC, whole seconds as a rule; ``answer`` is None if unanswered."""

    uniqueid: str
    linkedid: str = ""
    channel: str = ""
    dstchannel: str = ""
    src: str = ""
    dst: str = ""
    lastapp: str = ""
    lastdata: str = ""
    start: dt.datetime | None = None
    answer: dt.datetime | None = None
    end: dt.datetime | None = None
    billsec: int = 0
    sequence: int | None = None
    id: str = ""

    @property
    def cdr_id(self) -> str:
        """The CDR's own id where its table has one, else its uniqueid."""
        return self.id or self.uniqueid

    @property
    def spied(self) -> bool:
        """Whether the last thing that the channel did was to run a spying application: no proof that it heard one."""
        return spy_options(self.lastapp, self.lastdata) is not None


class CdrError(ValueError):
    """A file of CDRs cannot be read; the text is one sentence that names the line."""


def read_csv(stream: TextIO, zone: dt.tzinfo = dt.UTC) -> Iterator[Cdr]:
    """Yield the records of a CSV file: the columns of ``Master.csv`` in Asterisk's order, or those its header names.

    zone: the zone of its times (``usegmtime=yes`` writes UTC). Raises CdrError for a line that is no CDR.
    """
    rows = csv.reader(stream)
    names: list[str] | None = None
    try:
        for row in rows:
            if names is None and {"uniqueid", "channel"} <= {cell.strip().lower() for cell in row}:
                names = [cell.strip().lower() for cell in row]
            elif row:
                names = names or _columns(row, rows.line_num)
                yield _row(dict(zip(names, row, strict=False)), zone, rows.line_num)
    except csv.Error as error:
        raise CdrError(f"Line {rows.line_num} of the CDRs is not CSV: {error}.") from error


def from_event(message: Message, zone: dt.tzinfo = dt.UTC) -> Cdr | None:
    """Return the record of an AMI event ``Cdr``, or None for any other message."""
    if message.kind != "event" or message.name != "Cdr":
        return None
    row = {column: message.get(header) for column, header in AMI_HEADERS.items()}
    try:
        return _row(row, zone, 0)
    except CdrError:
        return None


class Cdrs:
    """Records by linkedid and uniqueid, held against segments. Bounded: the oldest calls are forgotten first."""

    def __init__(self, rows: Iterable[Cdr] = (), *, limit: int = 1_000_000) -> None:
        self._limit = limit
        self._count = 0
        self._by_linkedid: dict[str, list[Cdr]] = {}
        self._by_uniqueid: dict[str, list[Cdr]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Cdr) -> None:
        self._by_linkedid.setdefault(row.linkedid or row.uniqueid, []).append(row)
        self._by_uniqueid.setdefault(row.uniqueid, []).append(row)
        self._count += 1
        while self._count > self._limit:
            for old in self._by_linkedid.pop(next(iter(self._by_linkedid))):
                self._by_uniqueid.pop(old.uniqueid, None)
                self._count -= 1

    def __iter__(self) -> Iterator[Cdr]:
        return (row for rows in self._by_linkedid.values() for row in rows)

    def of(self, segment: Segment) -> Cdr | None:
        """Return the record of the call that a segment heard, None if there is none (yet)."""
        rows = self._by_linkedid.get(segment.call_linkedid) or self._by_uniqueid.get(segment.call_uniqueid, [])
        return best(rows, segment)

    def options_of(self, uniqueid: str) -> tuple[str, str] | None:
        """Return (application, data) of the spying channel with this unique id, None if its record tells of none."""
        for row in self._by_uniqueid.get(uniqueid, ()):
            if row.spied:
                return row.lastapp, row.lastdata
        return None

    def calls(self, linkedid: str) -> list[Cdr]:
        return list(self._by_linkedid.get(linkedid, ()))


def best(rows: Iterable[Cdr], segment: Segment) -> Cdr | None:
    """Return the record among those of one call that a segment belongs to, None if none fits.

    First comes one that names the spied-on channel, then one in which the segment began, then the longest overlap.
    """

    def rank(row: Cdr) -> tuple[bool, int, bool, dt.timedelta, int]:
        overlap = _overlap(row, segment)
        return overlap >= dt.timedelta(0), _names(row, segment), _began_in(row, segment), overlap, row.sequence or 0

    fitting = [row for row in rows if _names(row, segment) or _overlap(row, segment) >= dt.timedelta(0)]
    return max(fitting, key=rank, default=None)


def names_channel(row: Cdr, segment: Segment) -> bool:
    """Whether a record names the channel that a segment heard, and overlaps it."""
    return _names(row, segment) > 0 and _overlap(row, segment) >= dt.timedelta(0)


def _names(row: Cdr, segment: Segment) -> int:
    if segment.agent.channel and segment.agent.channel in (row.channel, row.dstchannel):
        return 2
    return 1 if row.uniqueid == segment.call_uniqueid else 0


def _overlap(row: Cdr, segment: Segment) -> dt.timedelta:
    """How long record and segment lie over each other; negative if they do not."""
    start, end = row.answer or row.start, row.end
    if start is None or end is None:
        return dt.timedelta(0)
    return min(end + ROUNDING, segment.ended_at) - max(start, segment.started_at - ROUNDING)


def _began_in(row: Cdr, segment: Segment) -> bool:
    start, end = row.answer or row.start, row.end
    return start is not None and end is not None and start - ROUNDING <= segment.started_at <= end + ROUNDING


def _columns(row: list[str], line: int) -> list[str]:
    if len(row) < COLUMNS.index("uniqueid") + 1:
        raise CdrError(
            f"Line {line} of the CDRs has {len(row)} columns where Asterisk writes 18 or 21:"
            " set loguniqueid=yes and newcdrcolumns=yes in cdr.conf, or give the file a header line."
        )
    return COLUMNS


def _row(row: dict[str, str], zone: dt.tzinfo, line: int) -> Cdr:
    """Return the record of one line; where the columns for linkedid and sequence are not written they are empty."""
    sequence = row.get("sequence", "")
    return Cdr(
        id=row.get("id", "") or row.get("acctid", ""),
        uniqueid=row.get("uniqueid", ""),
        linkedid=row.get("linkedid", "") or row.get("uniqueid", ""),
        channel=row.get("channel", ""),
        dstchannel=row.get("dstchannel", ""),
        src=row.get("src", ""),
        dst=row.get("dst", ""),
        lastapp=row.get("lastapp", ""),
        lastdata=row.get("lastdata", ""),
        start=_time(row.get("start", "") or row.get("calldate", ""), zone, line),
        answer=_time(row.get("answer", ""), zone, line),
        end=_time(row.get("end", ""), zone, line),
        billsec=int(row["billsec"]) if row.get("billsec", "").isdecimal() else 0,
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() else None,
    )


def _time(text: str, zone: dt.tzinfo, line: int) -> dt.datetime | None:
    if not text or text.startswith("0000"):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CdrError(f"Line {line} of the CDRs has {text!r} where a time such as 2026-11-23 12:25:59 is.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(times.UTC)
