"""Segments wait for the CDR of their call, which is written when the call ends; then they are completed."""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from earwitness.collect.asterisk.cdr import Cdr, Cdrs, Heard, names_channel
from earwitness.collect.sink import Completion
from earwitness.model import times
from earwitness.model.segment import Segment

SECOND = 1_000_000
MORE_WITHIN = 3 * SECOND  # the CDRs of one call come together: within this time of the last one there may be better
FURTHER_WITHIN = 60 * SECOND  # and this long if none of them names the channel that was spied on
GIVEN_UP_AFTER = 900 * SECOND  # after a call has ended (cdr.conf may write batches, by default every 300 seconds)
LOOK_EVERY = 60 * SECOND
MAX_WAITING = 20_000


class Completing:
    """Holds segments without a CDR, at most MAX_WAITING (the oldest go without), and the records that came for them."""

    def __init__(self, cdrs: Cdrs) -> None:
        self._cdrs = cdrs
        self._waiting: OrderedDict[str, Heard] = OrderedDict()
        self._by_call: dict[str, set[str]] = {}
        self._due: dict[str, int] = {}
        self._over_us: dict[str, int] = {}
        self._looked_us = 0

    def segment(self, found: Segment, us: int) -> Segment:
        """Return a segment completed, if its call's CDR is known and certain; otherwise it is remembered."""
        heard = Heard.of(found)
        row = self._cdrs.of(heard)
        if row is not None and names_channel(row, heard):
            return msgspec.structs.replace(found, cdr_id=row.cdr_id, cdr_sequence=row.sequence)
        self._remember(heard)
        if row is not None:
            self._due[found.call_linkedid] = us + MORE_WITHIN
        return found

    def record(self, row: Cdr, us: int) -> None:
        """A CDR has come: look at the segments of its call when no better one can be expected."""
        if row.linkedid in self._by_call:
            self._due[row.linkedid] = us + MORE_WITHIN

    def due(self, us: int, *, last: bool = False) -> list[Completion]:
        """Return what can be completed by now; ``last``: nothing better will come."""
        if not self._due:
            return []
        found: list[Completion] = []
        for linkedid in [call for call, when in self._due.items() if last or when <= us]:
            del self._due[linkedid]
            for segment_id in sorted(self._by_call.get(linkedid, ())):
                found += self._completed(self._waiting[segment_id], us, last=last)
        return found

    def waiting(self) -> list[Heard]:
        """Return what waits for its CDR."""
        return list(self._waiting.values())

    def resume(self, waiting: Iterable[Heard]) -> None:
        """Wait on, after a restart of ours."""
        for heard in waiting:
            self._remember(heard)

    def over(self, live: Iterable[str], us: int) -> list[Heard]:
        """Return what waits for the CDR of a call that has ended; forget what has waited for too long.

        live: the linkedids of all calls that there are.
        """
        going_on = set(live)
        for linkedid in list(self._by_call):
            if linkedid in going_on:
                self._over_us.pop(linkedid, None)
            elif us - self._over_us.setdefault(linkedid, us) > GIVEN_UP_AFTER and linkedid not in self._due:
                for segment_id in list(self._by_call[linkedid]):
                    self._forget(segment_id)
        return [heard for heard in self._waiting.values() if heard.linkedid in self._over_us]

    def is_time_to_look(self, us: int) -> bool:
        """Whether it is some time since ``over`` was last asked, for those who need no answer."""
        if abs(us - self._looked_us) < LOOK_EVERY:
            return False
        self._looked_us = us
        return True

    def _completed(self, heard: Heard, us: int, *, last: bool) -> list[Completion]:
        row = self._cdrs.of(heard)
        if row is None:
            return []
        if not names_channel(row, heard) and not last:
            ended_us = times.to_us(heard.ended_at)
            if us - ended_us < FURTHER_WITHIN:
                self._due[heard.linkedid] = ended_us + FURTHER_WITHIN
                return []
        self._forget(heard.id)
        return [
            Completion(
                segment_id=heard.id,
                tenant=heard.tenant,
                cause=f"CDR {row.cdr_id}",
                cdr_id=row.cdr_id,
                cdr_sequence=row.sequence,
                call_linkedid=heard.linkedid,
            )
        ]

    def _remember(self, heard: Heard) -> None:
        self._waiting[heard.id] = heard
        self._by_call.setdefault(heard.linkedid, set()).add(heard.id)
        if len(self._waiting) > MAX_WAITING:
            self._forget(next(iter(self._waiting)))

    def _forget(self, segment_id: str) -> None:
        heard = self._waiting.pop(segment_id)
        call = self._by_call[heard.linkedid]
        call.discard(segment_id)
        if not call:
            del self._by_call[heard.linkedid]
            self._over_us.pop(heard.linkedid, None)
            self._due.pop(heard.linkedid, None)
