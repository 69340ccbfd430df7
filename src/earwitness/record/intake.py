"""From the bytes that were sent to rows that may be recorded: every rule of "An event as sent", named when broken."""

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from earwitness.model.event import ACTOR_TYPES, OUTCOMES, Change, is_reserved
from earwitness.model.times import EPOCH, UTC
from earwitness.record import addresses, json_text, moments
from earwitness.record.glance import Glance
from earwitness.record.ids import UUID_FORM, are_uuids, new_ids
from earwitness.record.naming import PersonAt
from earwitness.record.problems import Rejected, RejectionError, explain
from earwitness.record.redaction import Redactor
from earwitness.record.row import MAX_DEPTH, MAX_JSON, MAX_TEXT, TEXTS, Row, decode, encode_lines

DesksOf = Callable[[str, str], tuple[str, ...]]
DesksAt = Callable[[str, str, dt.datetime], tuple[str, ...]]

NEAR = dt.timedelta(minutes=5)  # as far as a clock may be off without a word
FAR = dt.timedelta(hours=24)  # what lies further back is history, not a wrong clock
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_BESIDE: Final = 128 * 1024  # bytes of a batch from which on a second thread is worth its while
_beside = ThreadPoolExecutor(2, thread_name_prefix="suspects")
_read_changes = msgspec.json.Decoder(list[Change]).decode
_fromisoformat = dt.datetime.fromisoformat


@dataclass(slots=True)
class Sender:
    """Who sends a batch, as far as its events depend on it.

    sources: those it may name, None for any that is not reserved; source: for events that name none; desks_of: the
    desks of a user at this moment, for events; desks_at: those at another, for segments; redactor: what is secret in
    this tenant; now: when the batch arrived; clock_skew: how far the sender's own clock is ahead of ours, where it told
    its time, else None; person_at: who sits at an extension, for segments that name none.
    """

    tenant: str
    redactor: Redactor
    sources: frozenset[str] | None = None
    source: str = "api"
    desks_of: DesksOf | None = None
    desks_at: DesksAt | None = None
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(UTC))
    clock_skew: dt.timedelta | None = None
    person_at: PersonAt | None = None


@dataclass(slots=True)
class Intake:
    """What became of a batch: rows in order, beside each its place in the request and whether it came with an id."""

    rows: list[Any] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    without_created: frozenset[int] = frozenset()  # places in ``rows``


class _Examiner:
    """Applies the rules to single events of one batch; what the whole batch cannot contain is not looked for."""

    def __init__(self, sender: Sender, body: bytes) -> None:
        self.sender = sender
        self.escaped, self.spaced, deep, self.wide = Glance.at(body)
        self.careful = self.escaped or self.spaced or deep
        now = sender.now
        self.oldest, self.newest = EPOCH, now + moments.AHEAD
        self.usual_from = now - FAR
        self.desks: dict[str, tuple[str, ...]] = {}
        self.addresses: dict[str, str] = {}

    def examine(self, row: Row, line: bytes) -> None:
        """Check a row that was read from ``line`` and bring its fields into the form of the columns."""
        if not (
            row.tenant
            is row.seq
            is row.received_at
            is row.desks
            is row.redactions
            is row.retention_class
            is row.epoch
            is row.clock_skew_ms
            is UNSET
        ):
            raise RejectionError("unknown-field", explain_ours(row))
        if self.wide:
            _check_utf8(line)
        if row.created is not None:
            self._created(row, row.created)
        given = row.user_ip
        if given:
            known = self.addresses.get(given)
            if known is None:
                known = self.addresses[given] = _address(given)
            row.user_ip = known
        else:
            row.user_ip = None
        if row.source is None:
            row.source = self.sender.source
        elif row.source != self.sender.source:
            self._source(row.source)
        if not row.event or not row.username or row.outcome or row.actor_type or row.producer_seq is not None:
            _check_words(row)
        long = len(line) > MAX_TEXT
        look = long or self.careful or row.changes is not UNSET
        if look or (row.params is not UNSET and bytes(row.params)[0] != 0x7B):
            self._documents(row, line)
        if long:
            _check_lengths(row)
        if self.escaped and b"\\u0000" in line:
            _check_nul(row)
        self._seat(row)

    def _created(self, row: Row, text: str) -> None:
        # The usual form is read by the C library; everything else by the strict reader.
        if len(text) in {20, 24, 27} and text[-1] == "Z" and text[10] == "T" and text[13] == ":" == text[16]:
            try:
                moment = _fromisoformat(text)
            except ValueError:
                moment = None
            if moment is not None and (len(text) == 20 or text[19] == ".") and self.oldest <= moment <= self.newest:
                row.created = text[:-1]
                if moment > self.usual_from or self.sender.clock_skew is not None:
                    self._skew(row, moment)
                return
        try:
            moment = moments.parse(text, self.sender.now)
        except moments.MomentError as bad:
            raise RejectionError("bad-time", f"created {bad}") from None
        row.created = moments.for_engine(moment)
        self._skew(row, moment)

    def _skew(self, row: Row, moment: dt.datetime) -> None:
        known = self.sender.clock_skew
        if known is not None:
            if abs(known) > NEAR:
                row.clock_skew_ms = known // dt.timedelta(milliseconds=1)
        elif moment > self.usual_from:
            off = moment - self.sender.now
            if abs(off) > NEAR:
                row.clock_skew_ms = off // dt.timedelta(milliseconds=1)

    def _source(self, source: str) -> None:
        if is_reserved(source):
            raise RejectionError("bad-source", f"source {source} is reserved")
        if not source or (self.sender.sources is not None and source not in self.sender.sources):
            raise RejectionError("bad-source", f"source {source[:100]!r} is not one that this key may write")

    def _documents(self, row: Row, line: bytes) -> None:
        deep = line.count(b"{") + line.count(b"[") > MAX_DEPTH
        for name in ("params", "changes"):
            raw = getattr(row, name)
            if raw is UNSET:
                continue
            text = bytes(raw)
            if text == b"null":
                setattr(row, name, UNSET)
                continue
            if text[:1] != (b"{" if name == "params" else b"["):
                kind = "an object" if name == "params" else "an array"
                raise RejectionError("wrong-type", f"{name} must be {kind}")
            if deep and json_text.depth(text) > MAX_DEPTH:
                raise RejectionError("too-deep", f"{name} has more than {MAX_DEPTH} levels")
            changed = self._rewritten(name, text)
            if len(changed) > MAX_JSON:
                raise RejectionError("too-long", f"{name} takes more than 64 KiB as JSON")
            if name == "changes":
                _check_changes(changed)
            if changed is not text:
                setattr(row, name, Raw(changed))

    def _rewritten(self, name: str, text: bytes) -> bytes:
        if self.escaped and b"\\" in text:
            try:
                text = json_text.plain(text.decode()).encode()
            except json_text.UnfitError as unfit:
                raise RejectionError("bad-text", f"{name} {unfit}") from None
        return json_text.compact(text) if self.spaced else text

    def _seat(self, row: Row) -> None:
        if self.sender.desks_of is None:
            return
        username = row.username
        desks = self.desks.get(username)
        if desks is None:
            desks = self.desks[username] = tuple(self.sender.desks_of(self.sender.tenant, username))
        if desks:
            row.desks = desks


def explain_ours(row: Row) -> str:
    """Return what to tell about a row that brought a field of ours."""
    for name in ("tenant", "seq", "received_at", "desks", "redactions"):
        if getattr(row, name) is not UNSET:
            return f"{name} is set by Earwitness itself: leave it out"
    name = next(n for n in ("retention_class", "epoch", "clock_skew_ms") if getattr(row, n) is not UNSET)
    return f"{name} is not a field of an event"


def _address(text: str) -> str:
    try:
        return addresses.canonical(text)
    except addresses.AddressError as bad:
        raise RejectionError("bad-address", f"user_ip {bad}") from None


def _check_words(row: Row) -> None:
    if not row.event:
        raise RejectionError("missing-field", "event must not be empty")
    if not row.username and row.actor_type in {None, "", "user"}:
        raise RejectionError("missing-field", "username must not be empty")
    if not row.outcome:
        row.outcome = None
    elif row.outcome not in OUTCOMES:
        raise RejectionError("wrong-value", f"outcome must be one of {', '.join(OUTCOMES)}")
    if not row.actor_type:
        row.actor_type = None
    elif row.actor_type not in ACTOR_TYPES:
        raise RejectionError("wrong-value", f"actor_type must be one of {', '.join(ACTOR_TYPES)}")
    if row.producer_seq is not None and not -(2**63) <= row.producer_seq < 2**63:
        raise RejectionError("wrong-value", "producer_seq must be a whole number of 64 bits")


def _check_changes(text: bytes) -> None:
    try:
        _read_changes(text)
    except msgspec.ValidationError as error:
        if "out of range" in str(error):
            sentence = "changes holds a number that is too large: send it as text"
            raise RejectionError("wrong-value", sentence) from None
        sentence = "changes must be an array of objects with path (text), old and new"
        raise RejectionError("wrong-type", sentence) from None


def _check_lengths(row: Row) -> None:
    for name in TEXTS:
        text = getattr(row, name)
        if text and (len(text) > MAX_TEXT or len(text.encode()) > MAX_TEXT):
            raise RejectionError("too-long", f"{name} is longer than 8 KiB")


def _check_nul(row: Row) -> None:
    for name in TEXTS:
        text = getattr(row, name)
        if text and "\0" in text:
            raise RejectionError("bad-text", f"{name} holds the character NUL")


def _check_utf8(line: bytes) -> None:
    if not line.isascii():
        line.decode()


def _unplaced(_index: int) -> str:
    return "the event"


def take_in(lines: Sequence[bytes], body: bytes, sender: Sender, place: Callable[[int], str] = _unplaced) -> Intake:
    """Read, check and redact a batch.

    lines: one event each, as sent; body: all of them in one piece (only to see what it cannot contain);
    place: index -> how the sender finds that event (``line 7``). Never raises for anything sent.
    """
    taken = Intake()
    examiner = _Examiner(sender, body)
    beside = lines and len(body) >= _BESIDE and not examiner.escaped
    suspects = _look_for(lines, body, sender.redactor) if beside else None
    rows, places, rejected = taken.rows, taken.places, taken.rejected
    examine = examiner.examine
    kept: list[bytes] = []
    for index, line in enumerate(lines):
        try:
            row = decode(line)
            examine(row, line)
        except RejectionError as rejection:
            rejected.append(Rejected(index, row.id, str(rejection)))
        except _FAULTS as fault:
            given, problem = explain(line, fault, place(index))
            rejected.append(Rejected(index, given, problem))
        else:
            rows.append(row)
            places.append(index)
            kept.append(line)
    _identify(taken)
    if suspects is not None and len(taken.rows) == len(lines):
        _redact_some(taken, suspects.result(), sender.redactor)
    else:
        _redact(taken, kept if len(taken.rows) == len(kept) else None, sender.redactor, plain=not examiner.escaped)
    return taken


def _look_for(lines: Sequence[bytes], body: bytes, redactor: Redactor) -> Future[list[int]]:
    """Look for suspects in a large batch of plain lines, beside its examination: RE2 lets other threads run."""
    size = sum(map(len, lines)) + len(lines) - 1
    # The body is nothing but its lines, unless some are blank or it is an array.
    joined = body.startswith(lines[0]) and (len(body) == size or (len(body) == size + 1 and body.endswith(b"\n")))
    return _beside.submit(redactor.suspects, lines, body if joined else b"\n".join(lines))


def _identify(taken: Intake) -> None:
    """Reject ids that are no UUIDs, in place; give new ones to events that came without."""
    rows = taken.rows
    if not are_uuids([row.id for row in rows]):
        _drop_bad_ids(taken)
        rows = taken.rows
        for row in rows:
            row.id = row.id.lower() if row.id else None
        without = [row for row in rows if row.id is None]
        for row, fresh in zip(without, new_ids(len(without)), strict=True):
            row.id = fresh
    bare = [number for number, row in enumerate(rows) if row.created is None]
    if bare:
        taken.without_created = frozenset(bare)


def _drop_bad_ids(taken: Intake) -> None:
    good = []
    for row, place in zip(taken.rows, taken.places, strict=True):
        if row.id is None or UUID_FORM.fullmatch(row.id):
            good.append((row, place))
        else:
            taken.rejected.append(Rejected(place, row.id[:100], "bad-id: id must be a UUID"))
    taken.rows, taken.places = [row for row, _ in good], [place for _, place in good]
    taken.rejected.sort(key=lambda rejected: rejected.index)


def _redact(taken: Intake, lines: list[bytes] | None, redactor: Redactor, *, plain: bool) -> None:
    """Redact the rows that may need it: found in the lines as sent where these are plain, else written out anew."""
    rows = taken.rows
    if lines is None or not plain:
        lines = encode_lines(rows).split(b"\n")[:-1]
    if not rows:
        return
    _redact_some(taken, redactor.suspects(lines, b"\n".join(lines) if len(lines) > 1 else lines[0]), redactor)


def _redact_some(taken: Intake, numbers: Sequence[int], redactor: Redactor) -> None:
    for number in numbers:
        redactor.redact(taken.rows[number])
