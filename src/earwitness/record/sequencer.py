"""Places in a log: contiguous from 1 for each tenant, given in the block that is committed."""

import datetime as dt
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
    """The end of one log: the last place taken, and when its record was received (microseconds since 1970)."""

    seq: int
    received_us: int


class Sequencer:
    """Knows the end of every log that is written to. Used by the committer's thread alone."""

    def __init__(self, store: Store) -> None:
        """Ends are read from the store when they are first needed."""
        self._store = store
        self._tails: dict[tuple[str, str], Tail] = {}

    def tail(self, log: Log, tenant: str) -> Tail:
        """Return the end of a tenant's log; raises a problem if the store cannot tell."""
        key = (log.key, tenant)
        tail = self._tails.get(key)
        if tail is None:
            found = self._store.query("log.tail", slots=log.slots, parameters={"tenant": tenant})
            seq, received = found.rows[0]
            tail = self._tails[key] = Tail(int(seq), times.to_us(received))
        return tail

    def moment(self, tails: list[Tail]) -> int:
        """Return the time of receipt for a block: now, but not before what these logs already hold."""
        now = times.now_us()
        latest = max(tail.received_us for tail in tails)
        return latest if now < latest < now + _PATIENCE else now

    def forget(self) -> None:
        """Read every end anew: what the store holds is not certain."""
        self._tails.clear()
