"""What is going on at this moment, as one caller may see it: the same scope and masks as the log."""

from collections.abc import Iterable

import msgspec

from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Person, Segment
from earwitness.search import masking


def visible(scope: Scope, segments: Iterable[Segment]) -> list[Segment]:
    """Return the segments that this caller may see, masked where the caller's numbers are; the oldest first.

    segments: of whatever tenant, as the collector holds them; ``desks`` must be those of the agent now.
    """
    if SUPERVISION not in scope.streams:
        return []
    seen = [segment for segment in segments if _is_visible(scope, segment)]
    shown = [_masked(segment) for segment in seen] if scope.masked else seen
    return sorted(shown, key=lambda segment: segment.started_at)


def _is_visible(scope: Scope, segment: Segment) -> bool:
    if segment.tenant != scope.tenant:
        return False
    if scope.own is not None:
        return bool(segment.agent.username) and segment.agent.username == scope.own
    return scope.desks is None or not scope.desks.isdisjoint(segment.desks)


def _masked(segment: Segment) -> Segment:
    return msgspec.structs.replace(
        segment,
        manager=_masked_person(segment.manager),
        agent=_masked_person(segment.agent),
        customer_number=masking.mask_whole(segment.customer_number),
        queue=masking.mask(segment.queue),
        call_uniqueid=masking.mask(segment.call_uniqueid),
        call_linkedid=masking.mask(segment.call_linkedid),
        reason=masking.mask(segment.reason),
    )


def _masked_person(person: Person) -> Person:
    return Person(
        username=masking.mask(person.username),
        name=masking.mask(person.name),
        extension=masking.mask(person.extension),
        channel=masking.mask(person.channel),
    )
