"""One thread that writes: it gathers what waits, gives places, commits a block and tells everybody."""

import collections
import threading
import time
from collections.abc import Callable, Iterable

import structlog

from earwitness.model import times
from earwitness.model.problem import Problem, Unavailable
from earwitness.record.block import Block
from earwitness.record.known_ids import KnownIds
from earwitness.record.log import Log
from earwitness.record.sequencer import Lease, Sequencer, Tail
from earwitness.record.submission import Submission
from earwitness.store import Store

log = structlog.get_logger(__name__)

LONGEST_WAIT = 0.050  # seconds from the start of one commit to the start of the next, under load
_QUIET = 0.003  # nothing new for so long: whoever was answered has come back
BLOCK_ROWS = 20_000
BLOCK_BYTES = 24 << 20
QUEUE_ROWS = 60_000
QUEUE_BYTES = 96 << 20

RetentionOf = Callable[[str, str], str]
Listener = Callable[[str, str, str, int, int], None]


class Committer:
    """Takes submissions from any thread; commits them in the order in which they came."""

    def __init__(self, store: Store, lease: Lease, retention_of: RetentionOf, known: dict[Log, KnownIds]) -> None:
        """retention_of: the retention class of a tenant's stream; known: for each log that is written its ids, shared
        with who fills them."""
        self._store = store
        self._lease = lease
        self._retention_of = retention_of
        self._known = known
        self._sequencer = Sequencer(store, list(known))
        self._waiting: collections.deque[Submission] = collections.deque()
        self._lock = threading.Lock()
        self._rows = self._bytes = 0
        self._wake = threading.Event()
        self._stopping = False
        self._doubtful: Block | None = None
        self._last_start = 0.0
        self._last_size = 0
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self.listeners: list[Listener] = []

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float = 60.0) -> None:
        """Commit what waits, then end the thread; later submissions are refused."""
        with self._lock:
            self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def put(self, submission: Submission) -> None:
        """Queue a submission; raises Unavailable when too much is waiting, or at the end."""
        with self._lock:
            if self._stopping:
                raise Unavailable("Earwitness is stopping: try again when it has started.", retry_after=5)
            full = self._rows + len(submission.rows) > QUEUE_ROWS or self._bytes + submission.weight > QUEUE_BYTES
            if full and self._waiting:
                raise Unavailable("More events arrive than can be written: try again.", retry_after=1)
            self._rows += len(submission.rows)
            self._bytes += submission.weight
            self._waiting.append(submission)
        if not self._wake.is_set():
            self._wake.set()

    @property
    def waiting(self) -> int:
        """How many rows wait to be committed."""
        return self._rows

    @property
    def knows_ids(self) -> bool:
        """Whether the ids of every table have been read."""
        return all(known.ready.is_set() for known in self._known.values())

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if not self._waiting:
                with self._lock:
                    if self._stopping and not self._waiting:
                        return
                    if not self._waiting:
                        self._wake.clear()
                continue
            self._linger()
            self._last_start = time.monotonic()
            group = self._gather()
            self._last_size = len(group)
            self._commit_all(group)
            del group  # thousands of objects, freed now, while whoever sent them is busy, not before the next commit

    def _linger(self) -> None:
        """Under load, wait for those who were just answered to send their next, up to 50 ms after the last start.

        Idle, or when everybody is back, or when a bulk batch waits: go at once.
        """
        deadline = self._last_start + LONGEST_WAIT
        seen = 0
        while not self._stopping and self._rows < BLOCK_ROWS // 4:
            now = len(self._waiting)
            if now >= self._last_size or now == seen or time.monotonic() >= deadline:
                return
            seen = now
            time.sleep(_QUIET)

    def _gather(self) -> list[Submission]:
        """Take what fits into one block, at least one submission."""
        group: list[Submission] = []
        rows = size = 0
        with self._lock:
            while self._waiting:
                first = self._waiting[0]
                if group and (rows + len(first.rows) > BLOCK_ROWS or size + first.weight > BLOCK_BYTES):
                    break
                group.append(self._waiting.popleft())
                rows += len(first.rows)
                size += first.weight
            self._rows -= rows
            self._bytes -= size
        return group

    def _commit_all(self, group: list[Submission]) -> None:
        """Commit a group, one block for each table and partition; whoever cannot be committed is told why."""
        blocks: dict[tuple[Log, str], list[Submission]] = {}
        for submission in group:
            try:
                kept = self._retention_of(submission.tenant, submission.log.stream)
            except Exception as error:
                submission.finish(error)
                continue
            blocks.setdefault((submission.log, kept), []).append(submission)
        for (table, kept), submissions in blocks.items():
            try:
                self._commit(table, kept, submissions)
            except Problem as problem:
                self._refuse(submissions, problem)
            except Exception as error:
                log.exception("a commit failed", rows=sum(len(each.rows) for each in submissions))
                fault = Unavailable("The events could not be recorded; try again.", retry_after=5)
                fault.__cause__ = error
                self._refuse(submissions, fault)

    def _refuse(self, submissions: list[Submission], problem: Problem) -> None:
        for submission in submissions:
            submission.finish(problem)

    def _commit(self, table: Log, kept: str, submissions: list[Submission]) -> None:
        self._lease.check()
        self._settle()
        tails = {each.tenant: self._sequencer.tail(table.stream, each.tenant) for each in submissions}
        received = self._sequencer.moment(list(tails.values()))
        block = Block(self._store, table, submissions, self._known[table])
        block.number({tenant: tail.seq for tenant, tail in tails.items()})
        if block.rows:
            lines = block.encoded(times.from_us(received), kept, self._lease.epoch)
            self._write(block, lines)
            self._advance(tails, block, received)
        block.finish()
        if block.rows:
            block.remember()
            self._tell(table, block)

    def _advance(self, tails: dict[str, Tail], block: Block, received: int) -> None:
        for tenant, last in block.last.items():
            tails[tenant].seq = last
            tails[tenant].received_us = received

    def _write(self, block: Block, lines: Iterable[bytes]) -> None:
        """Insert a block; if that fails, find out whether it is there after all before anything else is written."""
        try:
            self._store.insert_lines(block.log.table, lines)
        except BaseException:
            self._doubtful = block
            if self._settle():
                return
            raise

    def _settle(self) -> bool:
        """Learn what became of a block whose insert failed: True if it is there whole, False if nothing of it is.

        Raises Unavailable while that cannot be known: no place is given twice.
        """
        block = self._doubtful
        if block is None:
            return False
        there = block.is_there()
        self._doubtful = None
        self._sequencer.forget()
        if there:
            block.remember()
        return there

    def _tell(self, table: Log, block: Block) -> None:
        for tenant, first in block.first.items():
            for listener in self.listeners:
                try:
                    listener(tenant, table.table, table.stream, first, block.last[tenant])
                except Exception:
                    log.exception("a listener failed", table=table.table)
