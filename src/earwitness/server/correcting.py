"""Corrects the people of recorded segments after a change of the directory, in a thread of its own.

A correction keeps the place in the log up to which it is done, so that it goes on after a restart; what it says of a
segment twice is one amendment. What the directory says when a segment is looked at counts.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

import structlog

from earwitness.model.problem import Problem
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Segment
from earwitness.record import Recorder, naming
from earwitness.search import Query, Reader

if TYPE_CHECKING:
    from earwitness.accounts.models import Correction

log = structlog.get_logger(__name__)

AT_ONCE: Final = 500
LOOK_EVERY_S: Final = 2.0


class Correcting:
    """Works off the corrections that wait. ``start`` and ``stop`` from any thread."""

    def __init__(self, recorder: Recorder, reader: Reader) -> None:
        self._recorder = recorder
        self._reader = reader
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what was left over."""
        self._thread = threading.Thread(target=self._run, name="correcting")
        self._thread.start()

    def stop(self) -> None:
        """End after the segments at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        from django.db import DatabaseError, close_old_connections

        while not self._stopping.is_set():
            try:
                self.work()
            except (Problem, DatabaseError) as problem:
                log.warning("segments could not be corrected", problem=str(problem))
            except Exception:
                log.exception("correcting_failed")
            finally:
                close_old_connections()
            self._stopping.wait(LOOK_EVERY_S)

    def work(self) -> None:
        """Do what waits, the oldest first; raises a problem where store or accounts cannot answer."""
        from earwitness.accounts.models import Correction

        for correction in Correction.objects.filter(finished=None).select_related("tenant").order_by("pk"):
            self._correct(correction)
            if self._stopping.is_set():
                return

    def _correct(self, correction: "Correction") -> None:
        from django.utils import timezone

        tenant = correction.tenant.name
        scope = Scope(
            tenant=tenant, streams=frozenset({SUPERVISION}), desks=None, masked=False, viewer="system:directory"
        )
        query = Query(SUPERVISION, "", correction.start, correction.end)
        # What was recorded while the change was being kept may still bear the people of before.
        correction.up_to = max(correction.up_to, self._reader.last_seq(scope, SUPERVISION))
        while correction.done_to < correction.up_to:
            found = cast(
                "list[Segment]",
                self._reader.since(scope, query, correction.done_to, correction.up_to, AT_ONCE),
            )
            correction.corrected += self._amend(correction, found)
            correction.done_to = (found[-1].seq or 0) if len(found) == AT_ONCE else correction.up_to
            correction.save(update_fields=["corrected", "done_to", "up_to"])
            if self._stopping.is_set():
                return
        self._recorder.record_own(
            tenant,
            username=correction.username,
            event="directory",
            sub_event="correct",
            actor_type="system",
            params={"corrected": correction.corrected, "extensions": len(correction.extensions)},
        )
        correction.finished = timezone.now()
        correction.save(update_fields=["finished"])

    def _amend(self, correction: "Correction", found: Sequence[Segment]) -> int:
        """Record what is wrong in these segments; returns in how many."""
        from earwitness.accounts import extensions

        asked = frozenset(correction.extensions)
        known = {segment.id: naming.corrected(segment, extensions.at, asked) for segment in found}
        known = {segment_id: fields for segment_id, fields in known.items() if fields}
        if known:
            self._recorder.amend_each(
                correction.tenant.name,
                SUPERVISION,
                known,
                cause="directory",
                username=correction.username,
                apart=f"directory:{correction.pk}",
            )
        return len(known)
