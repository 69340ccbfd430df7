"""Call detail records held against the log, both ways: the proof that nothing is missing.

The two never agree to the letter, and need not: ChanSpy that finds nobody leaves a record though nothing was heard, a
spy of under a tenth of a second leaves one without an attachment, option E or a redirect replaces the last application,
a leg that is handed over leaves no record at all. Such cases are explained; what cannot be explained is a difference.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from earwitness.collect.asterisk.cdr import Cdr
from earwitness.collect.asterisk.options import spy_options
from earwitness.model.segment import Segment

SLACK = dt.timedelta(seconds=1.5)  # CDRs hold whole seconds, attaching takes a tenth
ATTACHES_AFTER = dt.timedelta(seconds=1)
SPEAKS_FOR = dt.timedelta(seconds=8)  # without option q it beeps and speaks the channel's name before it attaches


class Difference(NamedTuple):
    """What one side has and the other has not. reason: a stable name; sentence: for people."""

    reason: str
    sentence: str
    cdr: Cdr | None
    segment: Segment | None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """missing: spying in the CDRs that the log does not hold. surplus: segments in the log that no CDR bears out.

    explained: CDRs and segments without a counterpart that need none. matched: how many CDRs of spying channels the log
    bears out.
    """

    missing: tuple[Difference, ...]
    surplus: tuple[Difference, ...]
    explained: tuple[Difference, ...]
    matched: int

    @property
    def agrees(self) -> bool:
        return not self.missing and not self.surplus


def reconcile(
    rows: Iterable[Cdr],
    segments: Iterable[Segment],
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Reconciliation:
    """Hold records against segments. since (inclusive), until (exclusive): aware; what began in between is looked at.

    Give records and segments from somewhat before and after the range too, for what reaches over its ends.
    """
    return _Ledger(list(rows), list(segments), since, until).result()


class _Ledger:
    def __init__(
        self, rows: list[Cdr], segments: list[Segment], since: dt.datetime | None, until: dt.datetime | None
    ) -> None:
        self._rows = rows
        self._segments = segments
        self._since, self._until = since, until
        self._legs: dict[str, list[Cdr]] = {}
        self._by_linkedid: dict[str, list[Cdr]] = {}
        for row in rows:
            self._by_linkedid.setdefault(row.linkedid, []).append(row)
            for channel in {row.channel, row.dstchannel} - {""}:
                self._legs.setdefault(channel, []).append(row)
        self._by_manager: dict[str, list[Segment]] = {}
        self._ends_of_session: dict[str, set[str]] = {}
        for segment in segments:
            self._ends_of_session.setdefault(segment.session_id, set()).add(segment.end_reason)
            self._by_manager.setdefault(segment.manager.channel, []).append(segment)

    def result(self) -> Reconciliation:
        missing: list[Difference] = []
        surplus: list[Difference] = []
        explained: list[Difference] = []
        matched = 0
        for row in self._rows:
            if row.spied and self._in_range(row.start):
                told = self._of_row(row)
                matched += not told
                for one in told:
                    (missing if one.reason in ("not-in-log", "call-not-in-log") else explained).append(one)
        for segment in self._segments:
            if self._in_range(segment.started_at):
                one_ = self._of_segment(segment)
                if one_ is not None:
                    (surplus if one_.reason == "no-cdr" else explained).append(one_)
        return Reconciliation(
            missing=tuple(missing), surplus=tuple(surplus), explained=tuple(explained), matched=matched
        )

    def _in_range(self, moment: dt.datetime | None) -> bool:
        if moment is None:
            return False
        return (self._since is None or moment >= self._since) and (self._until is None or moment < self._until)

    def _of_row(self, row: Cdr) -> list[Difference]:
        """What is to be said of the record of a spying channel: nothing, if the log bears it out."""
        audible = self._audible(row)
        spied = self._segments_of(row) or self._behind_local(row, audible)
        what = f"{row.lastapp}({row.lastdata}) on {row.channel}, {_span(row)}"
        if spied:
            return [
                Difference("call-not-in-log", f"{what}: the log holds nothing of the call {call.linkedid}.", row, None)
                for call in audible
                if self._only_target(row) and not self._heard(call, row, spied)
            ]
        if row.start is not None and row.end is not None and row.end - row.start < _attaches_after(row):
            return [Difference("too-short", f"{what}: too short to have heard anything.", row, None)]
        if not audible:
            return [Difference("nobody-to-hear", f"{what}: no call that it could have heard.", row, None)]
        if _narrowed(row):
            text = f"{what}: the CDRs do not say which channels its options g or e allowed it; it may have found none."
            return [Difference("narrowed", text, row, None)]
        calls = ", ".join(sorted({call.linkedid for call in audible})[:3])
        return [Difference("not-in-log", f"{what}: could hear the call {calls}; the log holds nothing.", row, None)]

    def _of_segment(self, segment: Segment) -> Difference | None:
        session = [s for s in self._by_manager[segment.manager.channel] if s.session_id == segment.session_id]
        rows = [row for row in self._legs.get(segment.manager.channel, []) if any(_meets(row, s) for s in session)]
        linked = [other for row in rows for other in self._by_linkedid[row.linkedid]]
        if any(row.spied for row in [*rows, *linked]):
            return None
        when = f"{segment.started_at:%Y-%m-%d %H:%M:%S} to {segment.ended_at:%H:%M:%S} UTC"
        people = f"{segment.manager.extension} on {segment.agent.extension}"
        who = f"{segment.action} of {people}, {segment.manager.channel}, {when}"
        if rows:
            last = rows[-1].lastapp
            return Difference(
                "other-application", f"{who}: the CDR of the channel ends with {last}.", rows[-1], segment
            )
        ends = self._ends_of_session[segment.session_id]
        if "handed-over" in ends or segment.evidence.start == "AttendedTransfer":
            return Difference("handed-over", f"{who}: a leg that is handed over leaves no CDR.", None, segment)
        if ends & {"switch-restarted", "collector-stopped"}:
            return Difference("call-cut-off", f"{who}: the switch wrote no CDR when it was cut off.", None, segment)
        return Difference("no-cdr", f"{who}: no CDR bears this out.", None, segment)

    def _segments_of(self, row: Cdr) -> list[Segment]:
        """The segments of the manager's channel, or of the phone behind a Local one, which shares its linkedid."""
        channels = {row.channel} | {
            channel for other in self._by_linkedid[row.linkedid] for channel in (other.channel, other.dstchannel)
        }
        return [s for channel in sorted(channels - {""}) for s in self._by_manager.get(channel, []) if _meets(row, s)]

    def _behind_local(self, row: Cdr, audible: list[Cdr]) -> list[Segment]:
        """Segments of a Local channel that spies for a phone in a conference: they share no linkedid, but the time."""
        if not row.channel.startswith("Local/") or row.start is None or row.end is None:
            return []
        calls = {call.linkedid for call in audible}
        found = [s for s in self._segments if s.call_linkedid in calls and _meets(row, s)]
        began = any(abs(s.started_at - row.start) < SLACK for s in found)
        ended = any(abs(s.ended_at - row.end) < SLACK for s in found)
        return found if began and ended else []

    def _audible(self, row: Cdr) -> list[Cdr]:
        """Answered calls that the spying channel could hear for longer than the slack."""
        return [
            call
            for call in self._rows
            if call.linkedid != row.linkedid and not call.spied and call.answer and _overlap(call, row) > SLACK
            if self._targets(row, call)
        ]

    def _targets(self, row: Cdr, call: Cdr) -> bool:
        options = spy_options(row.lastapp, row.lastdata)
        target = options.target if options is not None else ""
        if options is not None and options.application == "ExtenSpy":
            return call.dst == target.partition("@")[0]
        if options is None or target in ("", "all") or "u" in options.letters:
            return True
        return call.channel.startswith(target) or call.dstchannel.startswith(target)

    def _only_target(self, row: Cdr) -> bool:
        """Whether the target is one device, so that each of its calls must have been heard."""
        options = spy_options(row.lastapp, row.lastdata)
        if options is None or options.application != "ChanSpy" or "u" in options.letters or "/" not in options.target:
            return False
        devices = {leg.rpartition("-")[0] for leg in self._legs if leg.startswith(options.target)}
        return devices == {options.target}

    def _heard(self, call: Cdr, row: Cdr, spied: list[Segment]) -> bool:
        """Whether the log holds the call, or shows the manager on another one of that agent's at the time."""
        return any(s.call_linkedid == call.linkedid or _overlap_of(call, s) > dt.timedelta(0) for s in spied)


def _narrowed(row: Cdr) -> bool:
    """Whether options leave only channels of groups (``g``) or listed ones (``e``), which no record names."""
    options = spy_options(row.lastapp, row.lastdata)
    return options is not None and bool(options.letters & {"g", "e"})


def _attaches_after(row: Cdr) -> dt.timedelta:
    options = spy_options(row.lastapp, row.lastdata)
    quiet = options is None or "q" in options.letters or options.application == "DAHDIScan"
    return ATTACHES_AFTER if quiet else SPEAKS_FOR


def _meets(row: Cdr, segment: Segment) -> bool:
    if row.start is None or row.end is None:
        return True
    return row.start - SLACK <= segment.ended_at and segment.started_at <= row.end + SLACK


def _overlap(one: Cdr, other: Cdr) -> dt.timedelta:
    start, other_start = one.answer or one.start, other.answer or other.start
    if start is None or other_start is None or one.end is None or other.end is None:
        return dt.timedelta(0)
    return min(one.end, other.end) - max(start, other_start)


def _overlap_of(call: Cdr, segment: Segment) -> dt.timedelta:
    start = call.answer or call.start
    if start is None or call.end is None:
        return dt.timedelta(0)
    return min(call.end, segment.ended_at) - max(start, segment.started_at)


def _span(row: Cdr) -> str:
    return f"{row.start:%Y-%m-%d %H:%M:%S} to {row.end:%H:%M:%S} UTC" if row.start and row.end else "at an unknown time"
