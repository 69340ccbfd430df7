"""Holds segments against the rules of their tenant: what is broken becomes an amendment of the segment and an event."""

import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

import structlog

from earwitness.model import policy as policies
from earwitness.model import times
from earwitness.model.policy import Policy
from earwitness.model.scope import ACTIVITY, STREAMS, SUPERVISION, Scope
from earwitness.model.segment import Person, Segment
from earwitness.record import Recorder
from earwitness.search import Query, Reader

log = structlog.get_logger(__name__)

AT_ONCE: Final = 500
_NAMESPACE: Final = uuid.UUID("0d6c8a5e-7d3b-5f46-9a52-5a3f6f0f9f31")
RAISED, WITHDRAWN = "policy_breach", "policy_breach_withdrawn"


class Judging:
    """Judges segments when they were recorded, and again when it became known later who took part.

    ``turn``: held while segments are read, judged and marked as judged, so that nobody judges by names of before.
    """

    def __init__(self, recorder: Recorder, reader: Reader) -> None:
        self._recorder = recorder
        self._reader = reader
        self.turn = threading.Lock()

    def first(self, scope: Scope, policy: Policy, found: Iterable[Segment]) -> None:
        """Mark and tell what segments break that were not looked at before; the same again adds nothing."""
        broken = {segment: self._breaches(scope, policy, segment) for segment in found}
        known = {segment.id: {"breaches": names} for segment, names in broken.items() if names}
        if not known:
            return
        self._recorder.amend_each(scope.tenant, SUPERVISION, known, cause="breach")
        self._tell(scope.tenant, [_event(segment, name) for segment, names in broken.items() for name in names])

    def _breaches(self, scope: Scope, policy: Policy, segment: Segment) -> tuple[str, ...]:
        before = 0 if policy.quota is None else self._sessions_before(scope, policy, segment)
        return policies.breaches(policy, segment, before)

    def _sessions_before(self, scope: Scope, policy: Policy, segment: Segment) -> int:
        """Return how many other sessions of the same agent and month were recorded before a segment."""
        who = of_agent(segment.agent)
        if not who:
            return 0
        text = f'{who} seq:<{segment.seq} -session:"{segment.session_id}"'
        query = Query(SUPERVISION, text, *policies.month_of(policy, segment.started_at))
        return sum(each.sessions for each in self._reader.sessions(scope, query))

    def again(self, scope: Scope, segments: Iterable[Segment], apart: str) -> None:
        """Hold segments that were judged before against the rules of the time when they were recorded.

        What they do not break any more is taken back, what they break now is marked and told. apart: names the
        correction; judging again under it adds nothing.
        """
        from earwitness.accounts import policies as accounts

        for segment in segments:
            policy = accounts.at(scope.tenant, segment.received_at or segment.ended_at)
            now = self._breaches(scope, policy, segment) if policy.demands_anything else ()
            if set(now) == set(segment.breaches):
                continue
            events = [_event(segment, name, apart=apart) for name in now if name not in segment.breaches]
            events += [_event(segment, name, WITHDRAWN, apart) for name in segment.breaches if name not in now]
            self._tell(scope.tenant, events)  # before it is marked: what is marked is not told again
            known = {segment.id: {"breaches": now}}
            self._recorder.amend_each(scope.tenant, SUPERVISION, known, cause="breach", apart=apart)

    def name_again(self, scope: Scope, segment: Segment, apart: str) -> None:
        """Let the events that told breaches of a segment bear the name that its manager has now."""
        from earwitness.accounts import seats

        named = _named(segment.manager)
        text = f'object:"segment:{segment.id}" event:{RAISED},{WITHDRAWN} -user:"{_plain(named)}"'
        found = self._reader.page(scope, Query(ACTIVITY, text, segment.received_at)).items
        desks = seats.at(scope.tenant, named, segment.started_at)
        known = {event.id: {"username": named, "desks": desks} for event in found}
        if known:
            self._recorder.amend_each(scope.tenant, ACTIVITY, known, cause="directory", apart=apart)

    def _tell(self, tenant: str, events: Sequence[dict[str, Any]]) -> None:
        if not events:
            return
        outcome = self._recorder.record_system_events(tenant, "earwitness", events)
        if outcome.rejected:
            log.error("breaches could not be told as events", first=outcome.rejected[0].problem)


def everything_of(tenant: str, viewer: str) -> Scope:
    """Return what a task of the house sees of a tenant: all of both logs. viewer: names the task."""
    return Scope(tenant=tenant, streams=frozenset(STREAMS), desks=None, masked=False, viewer=f"system:{viewer}")


def following(reader: Reader, scope: Scope, query: Query, after: int, last: int) -> Iterator[tuple[list[Any], int]]:
    """Yield (rows, the place up to which this is all) of a query behind a place in the log up to another, in order."""
    while after < last:
        found = reader.since(scope, query, after, last, AT_ONCE)
        after = cast("int", found[-1].seq) if len(found) == AT_ONCE else last
        yield found, after


def of_agent(agent: Person) -> str:
    """Return the segments of an agent in the search language; nothing where nobody knows who it was."""
    if agent.username:
        return f'agent:"{_plain(agent.username)}"'
    return f'extension:"{_plain(agent.extension)}"' if agent.extension else ""


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _event(segment: Segment, breach: str, event: str = RAISED, apart: str = "") -> dict[str, Any]:
    """Return a breach as an event: whose act it was, when, and which segment tells the rest.

    apart: names the correction after which it is told, or taken back; it is told at that moment then.
    """
    key = "\n".join((segment.tenant, segment.id, breach, *((event, apart) if apart else ())))
    recorded = times.text(segment.received_at) if segment.received_at else None
    return {
        "id": str(uuid.uuid5(_NAMESPACE, key)),
        "created": None if apart else recorded,
        "username": _named(segment.manager),
        "event": event,
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
