"""What an attachment comes to: stretches of one mode, and the segments made of them. Pure functions.

Going through all marks afresh lets the options be known late: from the CDR, or from the switch when it is asked.
"""

import uuid
from typing import NamedTuple

from earwitness.collect.asterisk.attachment import Attachment, Away, Back, End, Gone, Key, Mode
from earwitness.collect.asterisk.options import SILENT, SpyOptions
from earwitness.model import times
from earwitness.model.segment import (
    ACTIONS,
    BARGE,
    BOTH,
    LISTEN,
    NOBODY,
    UNKNOWN,
    WHISPER,
    Evidence,
    Person,
    Segment,
)

SECOND = 1_000_000
SHORT_DOUBT = 10 * SECOND  # a mode in doubt for less than this after a gap is told as part of the gap


class Piece(NamedTuple):
    """A stretch of one mode with one agent; ``end`` is None while it lasts."""

    start_us: int
    mode: Mode
    end: End | None
    agent: Person


class Doubt(NamedTuple):
    """A stretch in which the manager was there and nobody can know the mode, too short for a segment."""

    start_us: int
    end_us: int


def pieces(attachment: Attachment, first: Mode, options: SpyOptions | None) -> tuple[list[Piece | Doubt], Mode]:
    """Return the pieces of an attachment that began in a mode, and the mode at its end, which the next one inherits."""
    line = _Line(first, attachment.agent)
    if attachment.heard_us is not None:
        line.begin(max(attachment.start_us, attachment.heard_us))
    for mark in attachment.marks:
        if isinstance(mark, Key):
            action = _action(mark, options)
            if action is not None:
                line.key(mark, action, leaves=_leaves(mark, options))
        elif isinstance(mark, Away):
            line.close(mark.end)
        elif isinstance(mark, Back):
            line.agent = mark.agent
            line.begin(mark.us)
        elif isinstance(mark, Gone):
            line.gone(mark)
    line.finish(attachment.end)
    return line.pieces, line.last or line.mode


def segment(attachment: Attachment, piece: Piece, *, pbx: str, tenant: str) -> Segment:
    """Return the segment of a piece that has ended."""
    end = piece.end
    if end is None:
        raise ValueError("a piece that still lasts is no segment yet")
    seed = f"{attachment.session_id}\n{attachment.call_uniqueid}\n{attachment.start_us}\n{piece.start_us}"
    return Segment(
        id=str(uuid.uuid5(uuid.UUID(attachment.session_id), seed)),
        session_id=attachment.session_id,
        pbx=pbx,
        tenant=tenant,
        action=piece.mode.action,
        talks_to=talks_to(piece.mode.action, attachment.target, conference=attachment.conference),
        manager=attachment.manager,
        agent=piece.agent,
        customer_number=attachment.customer_number,
        queue=attachment.queue,
        started_at=times.from_us(piece.start_us),
        ended_at=times.from_us(end.us),
        duration_ms=(end.us - piece.start_us) // 1000,
        call_uniqueid=attachment.call_uniqueid,
        call_linkedid=attachment.linkedid,
        end_reason=end.reason,
        end_inferred=end.inferred,
        evidence=Evidence(start=attachment.source, mode=piece.mode.source, end=end.source),
        outside_application=attachment.outside_application,
    )


def talks_to(action: str, target: str, *, conference: bool = False) -> str:
    """Say who hears the manager: a whisper reaches the leg that is spied on, whosever it is.

    Barging in looks for the one on the other side of that leg; in a conference there is no such one.
    """
    if action == WHISPER or (action == BARGE and conference):
        return target
    return {LISTEN: NOBODY, BARGE: BOTH}.get(action, "")


class _Line:
    """The stretches of one attachment, while its marks are gone through."""

    def __init__(self, mode: Mode, agent: Person) -> None:
        self.mode = mode
        self.last: Mode | None = None
        self.agent = agent
        self.pieces: list[Piece | Doubt] = []
        self._since: int | None = None
        self._doubt_since: int | None = None

    def begin(self, us: int) -> None:
        if self._since is None and self._doubt_since is None:
            self._since = us

    def close(self, end: End) -> None:
        if self._since is not None and _lasted(self._since, end) and self.mode.action != SILENT:
            self.pieces.append(Piece(self._since, self.mode, end, self.agent))
        self._since = None

    def key(self, key: Key, action: str, *, leaves: bool) -> None:
        if leaves:
            self.last = Mode(action, key.source)
            return
        if action == self.mode.action:
            return
        end = End(key.us, "mode-changed", key.source)
        if self._doubt_since is not None:
            self._settle_doubt(end)
            self._since = key.us
        elif self._since is not None and key.us > self._since:
            self.close(end)
            self._since = key.us
        self.mode = Mode(action, key.source)

    def gone(self, mark: Gone) -> None:
        """The mode after a gap is in doubt: the piece ends with what was last heard, the rest waits for a key."""
        if self._since is not None:
            self._doubt_since = max(mark.back_us, self._since)
            self.close(mark.end)
        self.mode = Mode(UNKNOWN, "none: not heard")

    def finish(self, end: End | None) -> None:
        since = self._since if self._since is not None else self._doubt_since
        if since is not None and (end is None or _lasted(since, end)) and self.mode.action != SILENT:
            self.pieces.append(Piece(since, self.mode, end, self.agent))

    def _settle_doubt(self, end: End) -> None:
        since, self._doubt_since = self._doubt_since, None
        if since is None or end.us <= since:
            return
        if end.us - since < SHORT_DOUBT:
            self.pieces.append(Doubt(since, end.us))
        else:
            self.pieces.append(Piece(since, self.mode, end, self.agent))


def _lasted(since: int, end: End) -> bool:
    """Whether a stretch is one at all. What began and was never heard of again is told, even if it has no length."""
    return end.us > since or (end.inferred and end.us == since)


def _action(key: Key, options: SpyOptions | None) -> str | None:
    """Return the mode that a key switches to, None if it does nothing."""
    if key.value in ACTIONS:
        return key.value
    return options.switches_to(key.value) if options is not None else None


def _leaves(key: Key, options: SpyOptions | None) -> bool:
    """Whether the key also leaves the channel (``c(5)``, ``x(5)``): then no stretch of its own begins with it."""
    return options is not None and key.value in options.leaving_keys
