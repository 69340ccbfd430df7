"""The door through which everything is written."""

import asyncio
import collections
import concurrent.futures
import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from earwitness.model.event import Change
from earwitness.model.gap import Gap
from earwitness.model.problem import Problem, Unavailable
from earwitness.model.scope import ACTIVITY
from earwitness.model.segment import Segment
from earwitness.record import gaps, own
from earwitness.record.amendments import AMENDMENTS, rows
from earwitness.record.committer import Committer, Listener, RetentionOf
from earwitness.record.filling import Filling
from earwitness.record.intake import DesksAt, DesksOf, Intake, Sender, take_in
from earwitness.record.known_ids import KnownIds
from earwitness.record.log import EVENTS, Log
from earwitness.record.naming import PersonAt
from earwitness.record.redaction import Additions, redactor_for
from earwitness.record.segments import SEGMENTS, row_of
from earwitness.record.sequencer import Lease, ProcessLease
from earwitness.record.submission import Outcome, Submission
from earwitness.store import Store

LOGS: list[Log] = [EVENTS, SEGMENTS, gaps.GAPS, *AMENDMENTS.values()]
_PATIENCE = 60.0  # seconds that a blocking call waits for its commit

AdditionsOf = Callable[[str], Additions]


def default_retention(_tenant: str, stream: str) -> str:
    """Return the retention class that holds where nothing else is set."""
    return "400d" if stream == ACTIVITY else "180d"


def newest_epoch(store: Store) -> int:
    """Return the highest epoch in which anything was recorded; 0 where nothing was."""
    return max(int(store.query("log.epoch", slots={"table": log.table}).rows[0][0]) for log in LOGS)


class Recorder:
    """Records: validates, redacts, numbers, commits; what it acknowledges is on the disk. Safe from many threads."""

    def __init__(  # noqa: PLR0913 -- what the house hands in, each by name
        self,
        store: Store,
        *,
        retention_of: RetentionOf = default_retention,
        additions_of: AdditionsOf = lambda _tenant: Additions(),
        desks_of: DesksOf | None = None,
        desks_at: DesksAt | None = None,
        person_at: PersonAt | None = None,
        lease: Lease | None = None,
    ) -> None:
        """retention_of: (tenant, stream) -> retention class; additions_of: tenant -> what is secret there besides;
        desks_of: (tenant, username) -> the user's desks now, for events whose sender does not know them;
        desks_at: those at a moment, for segments; person_at: who sits at an extension, for segments of applications
        that name nobody; lease: the right to record, held already; without one, this process is the only one that
        reaches the store."""
        self._store = store
        self._retention_of = retention_of
        self._additions_of = additions_of
        self._desks_of = desks_of
        self._desks_at = desks_at
        self._person_at = person_at
        self._lease = lease
        self._committer: Committer | None = None
        self._filling: Filling | None = None
        self._mailboxes: dict[asyncio.AbstractEventLoop, _Mailbox] = {}
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def start(self) -> None:
        """Take up the log where it ends: a new epoch, and the ids that are known read in the background."""
        lease = self._lease or ProcessLease(1 + newest_epoch(self._store))
        known = {log: KnownIds() for log in LOGS}
        self._committer = Committer(self._store, lease, self._retention_of, known)
        self._committer.listeners = self._listeners
        self._filling = Filling(self._store, known)
        self._committer.start()
        self._filling.start()

    def stop(self) -> None:
        """Commit what waits and refuse what comes later."""
        if self._filling:
            self._filling.stop()
        if self._committer:
            self._committer.stop()

    def on_commit(self, listener: Listener) -> None:
        """Call ``listener(tenant, table, stream, first seq, last seq)`` after each commit, from its thread."""
        self._listeners.append(listener)

    @property
    def waiting(self) -> int:
        """How many rows wait to be committed."""
        return self._committer.waiting if self._committer else 0

    @property
    def knows_ids(self) -> bool:
        """Whether all ids have been read since the start, so that new ones are recognised without asking the store."""
        return self._committer is not None and self._committer.knows_ids

    def sender(
        self,
        tenant: str,
        *,
        sources: Sequence[str] | None = None,
        source: str | None = None,
        desks_of: DesksOf | None = None,
        clock_skew: dt.timedelta | None = None,
    ) -> Sender:
        """Return who sends. sources: those it may name (None: any not reserved); source: of events that name none."""
        return Sender(
            tenant=tenant,
            redactor=redactor_for(self._additions_of(tenant)),
            sources=frozenset(sources) if sources else None,
            source=source or (sources[0] if sources else "api"),
            desks_of=desks_of or self._desks_of,
            desks_at=self._desks_at,
            clock_skew=clock_skew,
            person_at=self._person_at,
        )

    def submit(
        self, tenant: str, taken: Intake, weight: int = 0, *, log: Log = EVENTS
    ) -> concurrent.futures.Future[Outcome]:
        """Queue what was taken in; the future holds the outcome when it is durable, or a problem.

        weight: bytes of the batch, about; log: which one. Raises Unavailable (retry_after) when too much is waiting.
        """
        future: concurrent.futures.Future[Outcome] = concurrent.futures.Future()

        def finish(outcome: Outcome | Exception) -> None:
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self._put(tenant, taken, finish, weight=weight, log=log)
        return future

    async def record(
        self, tenant: str, taken: Intake, weight: int = 0, *, quiet: bool = False, log: Log = EVENTS
    ) -> Outcome:
        """Record what was taken in and return the outcome; raises a problem if it could not be recorded.

        quiet: leave the results of single events out; log: which one.
        """
        loop = asyncio.get_running_loop()
        mailbox = self._mailboxes.get(loop)
        if mailbox is None:
            with self._lock:
                mailbox = self._mailboxes.setdefault(loop, _Mailbox(loop))
        future: asyncio.Future[Outcome] = loop.create_future()
        self._put(tenant, taken, mailbox.slot(future), weight=weight, quiet=quiet, log=log)
        return await future

    def _put(  # noqa: PLR0913 -- the fields of a submission, each by name
        self,
        tenant: str,
        taken: Intake,
        finish: Callable[[Outcome | Exception], None],
        *,
        weight: int,
        quiet: bool = False,
        log: Log = EVENTS,
    ) -> None:
        if not taken.rows:
            finish(Outcome(rejected=taken.rejected))
            return
        self._committed_by().put(
            Submission(
                tenant=tenant,
                rows=taken.rows,
                finish=finish,
                log=log,
                places=taken.places,
                without_created=taken.without_created,
                rejected=taken.rejected,
                weight=weight,
                quiet=quiet,
            )
        )

    def _committed_by(self) -> Committer:
        if self._committer is None:
            raise Unavailable("Earwitness is starting: try again.", retry_after=1)
        return self._committer

    def record_own(  # noqa: PLR0913 -- the fields of an event, each by name
        self,
        tenant: str,
        *,
        username: str,
        event: str,
        sub_event: str = "",
        params: Mapping[str, Any] | None = None,
        desks: Sequence[str] = (),
        changes: Sequence[Change] = (),
        **texts: str,
    ) -> int:
        """Record an act of Earwitness itself (source ``earwitness``) and return its place when it is durable. Blocks.

        texts: event_object, comments, request_uri, user_ip, outcome (``success`` if absent), actor_type, user_agent,
        session_id, request_id. Texts that are too long are cut. Raises a problem if it cannot be recorded.
        """
        row = own.row(username, event, sub_event, params=params, desks=desks, changes=changes, **texts)
        redactor_for(self._additions_of(tenant)).redact(row)
        taken = Intake(rows=[row], places=[0], without_created=frozenset({0}))
        outcome = self._waited(self.submit(tenant, taken))
        return outcome.results[0].seq

    def record_system_events(
        self, tenant: str, source: str = "asterisk", events: Sequence[Mapping[str, Any]] = ()
    ) -> Outcome:
        """Record what a switch told, as events of ``source``; keys are the fields of an event as sent. Blocks.

        ``created`` may be an aware datetime. Returns the outcome, in which refused events are named.
        """
        lines = [msgspec.json.encode(dict(event)) for event in events]
        taken = take_in(lines, b"\n".join(lines), self.sender(tenant, sources=[source]))
        return self._waited(self.submit(tenant, taken))

    def record_segments(self, segments: Sequence[Segment]) -> Outcome:
        """Record finished segments that a collector made, each for its tenant. Blocks until they are durable.

        Indexes in the outcome are places in ``segments``. The same segment again is a duplicate.
        """
        by_tenant: dict[str, Intake] = {}
        for place, segment in enumerate(segments):
            taken = by_tenant.setdefault(segment.tenant, Intake())
            taken.rows.append(row_of(segment, self.sender(segment.tenant, source=segment.source)))
            taken.places.append(place)
        futures = [self.submit(tenant, taken, log=SEGMENTS) for tenant, taken in by_tenant.items()]
        whole = Outcome()
        for future in futures:
            part = self._waited(future)
            whole.recorded += part.recorded
            whole.duplicates += part.duplicates
            whole.rejected += part.rejected
            whole.results += part.results
        return whole

    def amend(  # noqa: PLR0913 -- the columns of an amendment, each by name
        self,
        tenant: str,
        stream: str,
        amends: str,
        fields: Mapping[str, Any],
        *,
        cause: str,
        username: str = "",
        comments: str = "",
        apart: str = "",
    ) -> Outcome:
        """Record what became known of an event or a segment (its id: ``amends``). Blocks until it is durable.

        fields: name of a column -> its value now (any JSON value); cause: ``cdr``, ``reason``, ``directory``,
        ``breach``, ``sign-off`` ...; username, comments: who says so, and why. The same again adds nothing, unless
        ``apart`` tells it apart.
        """
        return self.amend_each(
            tenant, stream, {amends: fields}, cause=cause, username=username, comments=comments, apart=apart
        )

    def amend_each(
        self, tenant: str, stream: str, known: Mapping[str, Mapping[str, Any]], *, cause: str, **texts: str
    ) -> Outcome:
        """Record what became known of several rows at once: id -> fields. Otherwise as ``amend``."""
        redactor = redactor_for(self._additions_of(tenant))
        taken = Intake()
        for amends, fields in known.items():
            clean = {name: redactor.text(value) if name == "reason" else value for name, value in fields.items()}
            taken.rows += rows(stream, amends, clean, cause=cause, **texts)
        taken.places = list(range(len(taken.rows)))
        return self._waited(self.submit(tenant, taken, log=AMENDMENTS[stream]))

    def record_gap(self, gap: Gap) -> None:
        """Record a time range in which a source could not be heard; blocks until it is durable. Again adds nothing."""
        self._waited(self.submit(gap.tenant, Intake(rows=[gaps.row_of(gap)], places=[0]), log=gaps.GAPS))

    def _waited(self, future: concurrent.futures.Future[Outcome]) -> Outcome:
        try:
            return future.result(_PATIENCE)
        except TimeoutError:
            raise Unavailable("The event store is too slow: try again.", retry_after=5) from None
        except Problem as problem:
            raise problem.with_traceback(None) from None


class _Mailbox:
    """Carries outcomes from the committer's thread into one event loop, many at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._letters: collections.deque[tuple[asyncio.Future[Outcome], Outcome | Exception]] = collections.deque()
        self._called = False

    def slot(self, future: asyncio.Future[Outcome]) -> Callable[[Outcome | Exception], None]:
        def finish(outcome: Outcome | Exception) -> None:
            self._letters.append((future, outcome))
            if not self._called:
                self._called = True
                try:
                    self._loop.call_soon_threadsafe(self._deliver)
                except RuntimeError:  # the loop is closed: nobody waits any more
                    self._letters.clear()

        return finish

    def _deliver(self) -> None:
        self._called = False
        while self._letters:
            future, outcome = self._letters.popleft()
            if future.cancelled():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
