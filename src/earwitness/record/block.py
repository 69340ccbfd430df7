"""One block: rows of several submissions that are committed together, whole or not at all."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from earwitness.model.problem import Unavailable
from earwitness.record import moments
from earwitness.record.known_ids import Keys, KnownIds, keys_of_many
from earwitness.record.log import Log
from earwitness.record.problems import Rejected
from earwitness.record.submission import Outcome, Result, Status, Submission
from earwitness.store import Store

_CONFLICT = "id-conflict: this id was already recorded for another event"
_LOOKED_UP_AT_ONCE = 3_000  # ids: a ClickHouse server takes no parameter of 128 KiB or more
_ENCODED_AT_ONCE = 500  # rows; so few that their text stays in the processor's cache until it is in its place


class _Known:
    """A record with an id that is taken: in the log, or earlier in this block (then ``row`` is set)."""

    __slots__ = ("identity", "row", "seq", "without_created")

    def __init__(
        self, seq: int, identity: tuple[Any, ...] = (), row: Any = None, without_created: bool = False
    ) -> None:
        self.seq = seq
        self.identity = identity
        self.row = row
        self.without_created = without_created


class Block:
    """Sorts out duplicates, numbers what is new, and knows whom to tell."""

    def __init__(self, store: Store, log: Log, submissions: Sequence[Submission], known: KnownIds) -> None:
        """Nothing is looked up or changed before ``number``."""
        self._store = store
        self.log = log
        self._submissions = submissions
        self._known = known
        self._keys: Keys = np.zeros(0, dtype=np.uint64)
        self._outcomes: list[tuple[Outcome, list[tuple[int, Any, Status]]]] = []
        self.rows: list[Any] = []
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}

    def number(self, tails: Mapping[str, int]) -> None:
        """Give places to what is new, after each tenant's last; raises a problem if the store cannot be asked."""
        taken = self._taken()
        following = dict(tails)
        for submission in self._submissions:
            known = taken.get(submission.tenant)
            before = following[submission.tenant]
            if known is None:
                new = self._number_all(submission, before)
            else:
                new = self._number_some(submission, before, known)
            if new:
                following[submission.tenant] = before + new
                self.first.setdefault(submission.tenant, before + 1)
                self.last[submission.tenant] = before + new

    def _taken(self) -> dict[str, dict[str, _Known]]:
        """Return, for tenants where an id may occur twice, what is known of such ids; others are new throughout."""
        batches = [(each.tenant, len(each.rows)) for each in self._submissions]
        self._keys = keys_of_many(batches, [row.id for each in self._submissions for row in each.rows])
        count = len(self._keys)
        places = self._known.maybe(self._keys) if self._known.ready.is_set() else range(count)
        wanted: dict[str, set[str]] = {}
        if places:
            rows = [(each.tenant, row) for each in self._submissions for row in each.rows]
            for place in places:
                tenant, row = rows[place]
                wanted.setdefault(tenant, set()).add(row.id)
        if len(np.unique(self._keys)) != count:
            for tenant, _ in batches:
                wanted.setdefault(tenant, set())
        return {tenant: self._looked_up(tenant, sorted(ids)) for tenant, ids in wanted.items()}

    def _looked_up(self, tenant: str, ids: list[str]) -> dict[str, _Known]:
        found: dict[str, _Known] = {}
        slots = {**self.log.slots, "identity": ", ".join(self.log.identity)}
        for start in range(0, len(ids), _LOOKED_UP_AT_ONCE):
            some = ids[start : start + _LOOKED_UP_AT_ONCE]
            answer = self._store.query("log.by_ids", slots=slots, parameters={"tenant": tenant, "ids": some})
            for given, seq, *identity in answer.rows:
                found[given] = _Known(int(seq), tuple(identity))
        return found

    def _number_all(self, submission: Submission, before: int) -> int:
        rows = submission.rows
        for seq, row in enumerate(rows, before + 1):
            row.seq = seq
            row.tenant = submission.tenant
        self.rows.extend(rows)
        recorded: list[tuple[int, Any, Status]] = []
        if not submission.quiet:
            recorded = [(place, row, "recorded") for place, row in zip(submission.places, rows, strict=True)]
        self._outcomes.append((Outcome(recorded=len(rows), rejected=submission.rejected), recorded))
        return len(rows)

    def _number_some(self, submission: Submission, before: int, known: dict[str, _Known]) -> int:
        outcome = Outcome(rejected=submission.rejected)
        results: list[tuple[int, Any, Status]] = []
        seq = before
        for number, (place, row) in enumerate(zip(submission.places, submission.rows, strict=True)):
            bare = number in submission.without_created
            other = known.get(row.id)
            if other is None:
                seq += 1
                row.seq, row.tenant = seq, submission.tenant
                known[row.id] = _Known(seq, row=row, without_created=bare)
                self.rows.append(row)
                outcome.recorded += 1
                results.append((place, row, "recorded"))
            elif self._same(row, other, bare):
                row.seq = other.seq
                outcome.duplicates += 1
                results.append((place, row, "duplicate"))
            else:
                outcome.rejected.append(Rejected(place, row.id, _CONFLICT))
        outcome.rejected.sort(key=lambda each: each.index)
        self._outcomes.append((outcome, results))
        return seq - before

    def _same(self, row: Any, other: _Known, without_created: bool) -> bool:
        if other.row is None:
            return self.log.same(row, other.identity, without_created)
        return self.log.same_sent(row, other.row, without_created or other.without_created)

    def encoded(self, received: dt.datetime, kept: str, epoch: int) -> Iterator[bytes]:
        """Yield the rows as lines for the engine, some at a time, all received at one moment, in one partition."""
        moment = moments.for_engine(received)
        for row in self.rows:
            row.received_at = moment
            row.retention_class = kept
            row.epoch = epoch
        if any(submission.without_created for submission in self._submissions):
            for row in self.rows:
                if row.created is None:
                    row.created = moment
        for start in range(0, len(self.rows), _ENCODED_AT_ONCE):
            yield self.log.encode(self.rows[start : start + _ENCODED_AT_ONCE])

    def is_there(self) -> bool:
        """Whether the block is in the store: True if whole, False if not at all. Raises Unavailable otherwise."""
        there = []
        for tenant, first in self.first.items():
            parameters = {"tenant": tenant, "first": first, "last": self.last[tenant]}
            answer = self._store.query("log.count_between", slots=self.log.slots, parameters=parameters)
            records, places = answer.rows[0]
            wanted = self.last[tenant] - first + 1
            if (records, places) not in {(0, 0), (wanted, wanted)}:
                raise Unavailable("The last block is there in part: check the disk, then restart.", retry_after=60)
            there.append(bool(records))
        if len(set(there)) > 1:
            raise Unavailable("The last block is there in part: check the disk, then restart.", retry_after=60)
        return bool(there and there[0])

    def remember(self) -> None:
        """Let the ids be known from now on."""
        self._known.add(self._keys)

    def finish(self) -> None:
        """Tell every sender what became of its batch."""
        for submission, (outcome, results) in zip(self._submissions, self._outcomes, strict=True):
            if not submission.quiet:
                outcome.results = [Result(place, row.id, row.seq, status) for place, row, status in results]
            submission.finish(outcome)
