"""Segments wait for the CDR of their call, which is written when the call ends; then they are completed."""

from collections import OrderedDict

import msgspec

from earwitness.collect.asterisk.cdr import Cdr, Cdrs, names_channel
from earwitness.collect.sink import Completion
from earwitness.model.segment import Segment

SECOND = 1_000_000
MORE_WITHIN = 3 * SECOND  # the CDRs of one call come together: within this time of the last one there may be better
FURTHER_WITHIN = 60 * SECOND  # and this long if none of them names the channel that was spied on
MAX_WAITING = 20_000


class Completing:
    """Holds segments without a CDR, at most MAX_WAITING (the oldest go without), and the records that came for them."""

    def __init__(self, cdrs: Cdrs) -> None:
        self._cdrs = cdrs
        self._waiting: OrderedDict[str, Segment] = OrderedDict()
        self._by_call: dict[str, set[str]] = {}
        self._due: dict[str, int] = {}

    def segment(self, found: Segment, us: int) -> Segment:
        """Return a segment completed, if its call's CDR is known and certain; otherwise it is remembered."""
        row = self._cdrs.of(found)
        if row is not None and names_channel(row, found):
            return msgspec.structs.replace(found, cdr_id=row.cdr_id, cdr_sequence=row.sequence)
        self._waiting[found.id] = found
        self._by_call.setdefault(found.call_linkedid, set()).add(found.id)
        if row is not None:
            self._due[found.call_linkedid] = us + MORE_WITHIN
        if len(self._waiting) > MAX_WAITING:
            self._forget(next(iter(self._waiting)))
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

    def _completed(self, found: Segment, us: int, *, last: bool) -> list[Completion]:
        row = self._cdrs.of(found)
        if row is None:
            return []
        if not names_channel(row, found) and not last:
            ended_us = int(found.ended_at.timestamp() * SECOND)
            if us - ended_us < FURTHER_WITHIN:
                self._due[found.call_linkedid] = ended_us + FURTHER_WITHIN
                return []
        self._forget(found.id)
        return [
            Completion(
                segment_id=found.id,
                tenant=found.tenant,
                cause=f"CDR {row.cdr_id}",
                cdr_id=row.cdr_id,
                cdr_sequence=row.sequence,
            )
        ]

    def _forget(self, segment_id: str) -> None:
        found = self._waiting.pop(segment_id)
        call = self._by_call[found.call_linkedid]
        call.discard(segment_id)
        if not call:
            del self._by_call[found.call_linkedid]
