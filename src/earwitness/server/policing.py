"""Holds every recorded segment against the rules of its tenant, in a thread of its own.

A breach becomes an amendment of the segment and an event. How far it has come is kept in the accounts database, and
only moved when both are durable: after a crash the same segments are looked at again, and what was told already adds
nothing.
"""

import threading
import uuid
from collections.abc import Sequence
from typing import Any, Final, cast

import structlog

from earwitness.model import policy as policies
from earwitness.model import times
from earwitness.model.policy import Policy
from earwitness.model.problem import Problem
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Person, Segment
from earwitness.record import Recorder
from earwitness.search import Query, Reader

log = structlog.get_logger(__name__)

AT_ONCE: Final = 500
LOOK_EVERY_S: Final = 5.0  # what another process recorded is found within this time
_NAMESPACE: Final = uuid.UUID("0d6c8a5e-7d3b-5f46-9a52-5a3f6f0f9f31")


class Policing:
    """Watches the supervision logs of a house. ``start`` and ``stop`` from any thread."""

    def __init__(self, recorder: Recorder, reader: Reader) -> None:
        self._recorder = recorder
        self._reader = reader
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        recorder.on_commit(self._committed)

    def start(self) -> None:
        """Begin with what was recorded while nobody looked."""
        self._thread = threading.Thread(target=self._run, name="policing")
        self._thread.start()

    def stop(self) -> None:
        """End after the segments at hand; the rest is looked at after the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _committed(self, _tenant: str, table: str, _stream: str, _first: int, _last: int) -> None:
        if table == "segments":
            self._wake.set()

    def _run(self) -> None:
        from earwitness.accounts import policies as accounts  # Django is set up by the time the house is open

        while not self._stopping:
            self._wake.clear()
            try:
                for tenant in accounts.watched():
                    self.look(tenant)
            except Problem as problem:
                log.warning("segments could not be held against the policies", problem=problem.detail)
            except Exception:
                log.exception("policing_failed")
            self._wake.wait(LOOK_EVERY_S)

    def look(self, tenant: str) -> None:
        """Look at what was recorded since the last time; raises a problem where store or accounts cannot answer."""
        from earwitness.accounts import policies as accounts

        scope = Scope(
            tenant=tenant, streams=frozenset({SUPERVISION}), desks=None, masked=False, viewer="system:policies"
        )
        last = self._reader.last_seq(scope, SUPERVISION)
        at = accounts.mark(tenant)
        while at < last and not self._stopping:
            found = cast("list[Segment]", self._reader.since(scope, Query(SUPERVISION), at, last, AT_ONCE))
            self._judge(scope, accounts.of(tenant), found)
            at = cast("int", found[-1].seq) if len(found) == AT_ONCE else last
            accounts.move(tenant, at)

    def _judge(self, scope: Scope, policy: Policy, found: Sequence[Segment]) -> None:
        broken = {segment: self._breaches(scope, policy, segment) for segment in found}
        broken = {segment: names for segment, names in broken.items() if names}
        if not broken:
            return
        known = {segment.id: {"breaches": names} for segment, names in broken.items()}
        self._recorder.amend_each(scope.tenant, SUPERVISION, known, cause="breach")
        events = [_event(segment, name) for segment, names in broken.items() for name in names]
        outcome = self._recorder.record_system_events(scope.tenant, "earwitness", events)
        if outcome.rejected:
            log.error("breaches could not be told as events", first=outcome.rejected[0].problem)

    def _breaches(self, scope: Scope, policy: Policy, segment: Segment) -> tuple[str, ...]:
        before = 0 if policy.quota is None else self._sessions_before(scope, policy, segment)
        return policies.breaches(policy, segment, before)

    def _sessions_before(self, scope: Scope, policy: Policy, segment: Segment) -> int:
        """Return how many other sessions of the same agent and month were recorded before a segment."""
        agent = segment.agent
        who = f'agent:"{_plain(agent.username)}"' if agent.username else f'extension:"{_plain(agent.extension)}"'
        if not (agent.username or agent.extension):
            return 0
        text = f'{who} seq:<{segment.seq} -session:"{segment.session_id}"'
        query = Query(SUPERVISION, text, *policies.month_of(policy, segment.started_at))
        return sum(each.sessions for each in self._reader.sessions(scope, query))


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _event(segment: Segment, breach: str) -> dict[str, Any]:
    """Return a breach as an event: whose act it was, when, and which segment tells the rest."""
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{segment.tenant}\n{segment.id}\n{breach}")),
        "created": times.text(segment.received_at) if segment.received_at else None,
        "username": _named(segment.manager),
        "event": "policy_breach",
        "sub_event": breach,
        "event_object": f"segment:{segment.id}",
        "comments": policies.BY_NAME[breach].sentence,
        "call_id": segment.call_linkedid,
        "session_id": segment.session_id,
        "outcome": "success",
        "actor_type": "system",
        "params": {"breach": breach, "action": segment.action, "pbx": segment.pbx, "seq": segment.seq},
    }


def _named(person: Person) -> str:
    return person.username or (f"ext:{person.extension}" if person.extension else person.name or "unknown")
