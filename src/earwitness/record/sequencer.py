"""Places in a log: contiguous from 1 for each tenant and stream, given in the block that is committed.

A stream may be kept in several tables (segments, what amends them, gaps): they share its places.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from earwitness.model import times
from earwitness.record.log import Log
from earwitness.store import Store

# A clock that was set back is waited for in the log's own time up to here; further back it was wrong before.
_PATIENCE = dt.timedelta(hours=1) // dt.timedelta(microseconds=1)


class Lease(Protocol):
    """The right to give places. ``epoch`` grows with every holder; ``check`` raises when the right is lost."""

    epoch: int

    def check(self) -> None:
        """Raise Unavailable if somebody else may give places now."""


class ProcessLease:
    """The lease of an embedded store: the process that holds the data directory is the only one there is."""

    def __init__(self, epoch: int) -> None:
        """epoch: one more than any before."""
        self.epoch = epoch

    def check(self) -> None:
        """Nothing can take the directory away while the process lives."""


@dataclass(slots=True)
class Tail:
    """The end of a tenant's stream: the last place taken, and when its record was received (microseconds, UTC)."""

    seq: int
    received_us: int


class Sequencer:
    """Knows the end of every stream that is written to. Used by the committer's thread alone."""

    def __init__(self, store: Store, logs: Sequence[Log]) -> None:
        """logs: all that are written to. Ends are read from the store when they are first needed."""
        self._store = store
        self._logs = logs
        self._tails: dict[tuple[str, str], Tail] = {}

    def tail(self, stream: str, tenant: str) -> Tail:
        """Return the end of a tenant's stream; raises a problem if the store cannot tell."""
        tail = self._tails.get((stream, tenant))
        if tail is None:
            tail = self._tails[stream, tenant] = self._read(stream, tenant)
        return tail

    def _read(self, stream: str, tenant: str) -> Tail:
        ends = [
            self._store.query("log.tail", slots=log.slots, parameters={"tenant": tenant}).rows[0]
            for log in self._logs
            if log.stream == stream
        ]
        return Tail(max(int(seq) for seq, _ in ends), max(times.to_us(received) for _, received in ends))

    def moment(self, tails: list[Tail]) -> int:
        """Return the time of receipt for a block: now, but not before what these logs already hold."""
        now = times.now_us()
        latest = max(tail.received_us for tail in tails)
        return latest if now < latest < now + _PATIENCE else now

    def forget(self) -> None:
        """Read every end anew: what the store holds is not certain."""
        self._tails.clear()
