"""Call detail records: read from ``Master.csv`` or the AMI event ``Cdr``, and matched with segments.

The CDR of a call is written when the call ends. A segment belongs to the CDRs with its linkedid; one linkedid can have
several (a Local queue member two, an attended transfer three), of which the one is meant that names the spied-on
channel and overlaps in time. After a transfer even the uniqueid repeats: only the sequence is unique.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
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
OWN_IDS = ("id", "cdr_id", "cdrid", "acctid")  # columns that tables give their records as a key of their own
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


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What of a segment tells which record is that of its call: kept, in little memory, until the record comes."""

    id: str
    tenant: str
    uniqueid: str
    linkedid: str
    channel: str
    started_at: dt.datetime
    ended_at: dt.datetime

    @classmethod
    def of(cls, segment: Segment) -> "Heard":
        return cls(
            id=segment.id,
            tenant=segment.tenant,
            uniqueid=segment.call_uniqueid,
            linkedid=segment.call_linkedid,
            channel=segment.agent.channel,
            started_at=segment.started_at,
            ended_at=segment.ended_at,
        )


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
                yield of_columns(dict(zip(names, row, strict=False)), zone, rows.line_num)
    except csv.Error as error:
        raise CdrError(f"Line {rows.line_num} of the CDRs is not CSV: {error}.") from error


def from_event(message: Message, zone: dt.tzinfo = dt.UTC) -> Cdr | None:
    """Return the record of an AMI event ``Cdr``, or None for any other message."""
    if message.kind != "event" or message.name != "Cdr":
        return None
    row = {column: message.get(header) for column, header in AMI_HEADERS.items()}
    try:
        return of_columns(row, zone, 0)
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
        """Take a record; the same one again adds nothing."""
        of_call = self._by_linkedid.setdefault(row.linkedid or row.uniqueid, [])
        if row in of_call:
            return
        of_call.append(row)
        self._by_uniqueid.setdefault(row.uniqueid, []).append(row)
        self._count += 1
        while self._count > self._limit:
            for old in self._by_linkedid.pop(next(iter(self._by_linkedid))):
                self._by_uniqueid.pop(old.uniqueid, None)
                self._count -= 1

    def bound(self, limit: int) -> None:
        """Hold no more than so many records from now on."""
        self._limit = limit

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Cdr]:
        return (row for rows in self._by_linkedid.values() for row in rows)

    def of(self, heard: Heard) -> Cdr | None:
        """Return the record of the call that a segment heard, None if there is none (yet)."""
        rows = self._by_linkedid.get(heard.linkedid) or self._by_uniqueid.get(heard.uniqueid, [])
        return best(rows, heard)

    def options_of(self, uniqueid: str) -> tuple[str, str] | None:
        """Return (application, data) of the spying channel with this unique id, None if its record tells of none."""
        for row in self._by_uniqueid.get(uniqueid, ()):
            if row.spied:
                return row.lastapp, row.lastdata
        return None

    def calls(self, linkedid: str) -> list[Cdr]:
        return list(self._by_linkedid.get(linkedid, ()))


def best(rows: Iterable[Cdr], heard: Heard) -> Cdr | None:
    """Return the record among those of one call that a segment belongs to, None if none fits.

    First comes one that names the spied-on channel, then one in which the segment began, then the longest overlap.
    """

    def rank(row: Cdr) -> tuple[bool, int, int, dt.timedelta, int]:
        overlap = _overlap(row, heard)
        return overlap >= dt.timedelta(0), _names(row, heard), _began_in(row, heard), overlap, row.sequence or 0

    fitting = [row for row in rows if _names(row, heard) or _overlap(row, heard) >= dt.timedelta(0)]
    return max(fitting, key=rank, default=None)


def names_channel(row: Cdr, heard: Heard) -> bool:
    """Whether a record names the channel that a segment heard, and overlaps it."""
    return _names(row, heard) > 0 and _overlap(row, heard) >= dt.timedelta(0)


def _names(row: Cdr, heard: Heard) -> int:
    if heard.channel and heard.channel in (row.channel, row.dstchannel):
        return 2
    return 1 if row.uniqueid == heard.uniqueid else 0


def _overlap(row: Cdr, heard: Heard) -> dt.timedelta:
    """How long record and segment lie over each other; negative if they do not."""
    start, end = row.answer or row.start, row.end
    if start is None or end is None:
        return dt.timedelta(0)
    return min(end + ROUNDING, heard.ended_at) - max(start, heard.started_at - ROUNDING)


def _began_in(row: Cdr, heard: Heard) -> int:
    """Whether a segment began within a record: 2 by its times as they stand, 1 if they are rounded, else 0."""
    start, end = row.answer or row.start, row.end
    if start is None or end is None or not start - ROUNDING <= heard.started_at <= end + ROUNDING:
        return 0
    return 2 if start <= heard.started_at <= end else 1


def _columns(row: list[str], line: int) -> list[str]:
    if len(row) < COLUMNS.index("uniqueid") + 1:
        raise CdrError(
            f"Line {line} of the CDRs has {len(row)} columns where Asterisk writes 18 or 21:"
            " set loguniqueid=yes and newcdrcolumns=yes in cdr.conf, or give the file a header line."
        )
    return COLUMNS


def of_columns(row: Mapping[str, str], zone: dt.tzinfo, line: int = 0) -> Cdr:
    """Return the record that columns by name hold; what is not written is empty, or follows from the rest.

    Tables of older schemas have neither answer nor end, only calldate, duration and billsec. Raises CdrError.
    """
    sequence = row.get("sequence", "")
    start = _time(row.get("start", "") or row.get("calldate", ""), zone, line)
    answer, end = _time(row.get("answer", ""), zone, line), _time(row.get("end", ""), zone, line)
    duration, billsec = _whole(row.get("duration", "")), _whole(row.get("billsec", ""))
    if end is None and start is not None and "end" not in row:
        end = start + dt.timedelta(seconds=duration)
        if answer is None and row.get("disposition", "ANSWERED").upper() == "ANSWERED":
            answer = end - dt.timedelta(seconds=billsec)
    return Cdr(
        id=next((row[name] for name in OWN_IDS if row.get(name)), ""),
        uniqueid=row.get("uniqueid", ""),
        linkedid=row.get("linkedid", "") or row.get("uniqueid", ""),
        channel=row.get("channel", ""),
        dstchannel=row.get("dstchannel", ""),
        src=row.get("src", ""),
        dst=row.get("dst", ""),
        lastapp=row.get("lastapp", ""),
        lastdata=row.get("lastdata", ""),
        start=start,
        answer=answer,
        end=end,
        billsec=billsec,
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() else None,
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _time(text: str, zone: dt.tzinfo, line: int) -> dt.datetime | None:
    if not text or text.startswith("0000"):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CdrError(f"Line {line} of the CDRs has {text!r} where a time such as 2026-11-23 12:25:59 is.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(times.UTC)
