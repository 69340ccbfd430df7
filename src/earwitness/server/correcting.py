"""Corrects the people of recorded segments and of the switches' events after a change of the directory, in a thread.

A correction keeps the places in the logs up to which it is done, so that it goes on after a restart; what it says of a
row twice is one amendment. What the directory says when a row is looked at counts. Then the segments are held against
the policies again.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import structlog

from earwitness.model.policy import QUOTA, Policy, month_of
from earwitness.model.problem import Problem
from earwitness.model.scope import ACTIVITY, SUPERVISION, Scope
from earwitness.model.segment import Segment
from earwitness.record import Recorder, naming
from earwitness.search import Query, Reader
from earwitness.server.judging import Judging, everything_of, following, of_agent

if TYPE_CHECKING:
    from earwitness.accounts.models import Correction

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 2.0


class Correcting:
    """Works off the corrections that wait. ``start`` and ``stop`` from any thread."""

    def __init__(self, recorder: Recorder, reader: Reader, judging: Judging) -> None:
        self._recorder = recorder
        self._reader = reader
        self._judging = judging
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
                log.warning("the log could not be corrected", problem=str(problem))
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
        scope = everything_of(tenant, "directory")
        if not (self._segments(correction, scope) and self._events(correction, scope)):
            return
        if not self._judge(correction, scope):
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

    def _segments(self, correction: "Correction", scope: Scope) -> bool:
        """Correct the people of segments, and the desks of their agents. False where it was stopped in between."""
        # What was recorded while the change was being kept may still bear the people of before.
        correction.up_to = max(correction.up_to, self._reader.last_seq(scope, SUPERVISION))
        query = Query(SUPERVISION, "", correction.start, correction.end)
        for found, place in following(self._reader, scope, query, correction.done_to, correction.up_to):
            correction.corrected += self._amend(correction, SUPERVISION, naming.corrected, found)
            correction.done_to = place
            correction.save(update_fields=["corrected", "done_to", "up_to"])
            if self._stopping.is_set():
                return False
        return True

    def _events(self, correction: "Correction", scope: Scope) -> bool:
        """Correct the people of events that the switches told. False where it was stopped in between."""
        from earwitness.accounts.actions.directory import rows_at

        last = self._reader.last_seq(scope, ACTIVITY)
        text = f"source:asterisk {rows_at(correction.extensions)}"
        query = Query(ACTIVITY, text, correction.start, correction.end)
        for found, place in following(self._reader, scope, query, correction.events_to, last):
            correction.corrected += self._amend(correction, ACTIVITY, naming.corrected_event, found)
            correction.events_to = place
            correction.save(update_fields=["corrected", "events_to"])
            if self._stopping.is_set():
                return False
        return True

    def _amend(
        self, correction: "Correction", stream: str, corrected: Callable[..., dict[str, Any]], found: Sequence[Any]
    ) -> int:
        """Record what is wrong in these rows; returns in how many."""
        from earwitness.accounts import extensions

        asked = frozenset(correction.extensions)
        known = {row.id: corrected(row, extensions.at, asked) for row in found}
        known = {row_id: fields for row_id, fields in known.items() if fields}
        if known:
            texts = {"cause": "directory", "username": correction.username, "apart": _apart(correction)}
            self._recorder.amend_each(correction.tenant.name, stream, known, **texts)
        return len(known)

    def _judge(self, correction: "Correction", scope: Scope) -> bool:
        """Hold what was corrected against the policies again, and what counts beside it. False where it was stopped.

        What policing has not come to yet, it judges by the names of now.
        """
        from earwitness.accounts import policies

        if not policies.ever_demanding(scope.tenant):
            return True
        with self._judging.turn:
            last = policies.mark(scope.tenant)
        seen: set[str] = set()
        for found in self._concerned(correction, scope, last):
            fresh = [segment for segment in found if segment.id not in seen]
            seen |= {segment.id for segment in fresh}
            self._judging.again(scope, fresh, _apart(correction))
            if self._stopping.is_set():
                return False
        return True

    def _concerned(self, correction: "Correction", scope: Scope, last: int) -> Iterator[list[Segment]]:
        """Yield segments that a correction may have made right or wrong, the corrected ones first.

        A quota counts the sessions of an agent in a month: who gained some may be above it now, and whose were counted
        wrongly are marked so.
        """
        from earwitness.accounts import policies
        from earwitness.accounts.actions.directory import rows_at

        asked = frozenset(correction.extensions)
        months: dict[tuple[str, dt.datetime], Query] = {}
        query = Query(SUPERVISION, rows_at(correction.extensions, "manager"), correction.start, correction.end)
        for found, _ in following(self._reader, scope, query, 0, last):
            for segment in found:
                if segment.manager.extension in asked:
                    self._judging.name_again(scope, segment, _apart(correction))
            corrected = [segment for segment in found if segment.agent.extension in asked]
            months |= _months(policies.of(scope.tenant), corrected)
            yield corrected
        widest = _whole_months(policies.of(scope.tenant), correction)
        for query in (*months.values(), Query(SUPERVISION, f"breach:{QUOTA}", *widest)):
            yield from (found for found, _ in following(self._reader, scope, query, 0, last))


def _apart(correction: "Correction") -> str:
    return f"directory:{correction.pk}"


def _months(policy: Policy, segments: Sequence[Segment]) -> dict[tuple[str, dt.datetime], Query]:
    """Return what asks for all segments of each agent in each month of these segments."""
    found: dict[tuple[str, dt.datetime], Query] = {}
    for segment in segments:
        start, end = month_of(policy, segment.started_at)
        text = of_agent(segment.agent)
        if text:
            found[text, start] = Query(SUPERVISION, text, start, end)
    return found


def _whole_months(policy: Policy, correction: "Correction") -> tuple[dt.datetime | None, dt.datetime | None]:
    start, end = correction.start, correction.end
    return start and month_of(policy, start)[0], end and month_of(policy, end)[1]
