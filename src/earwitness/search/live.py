"""What is going on at this moment, as one caller may see it: the same scope and masks as the log."""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Evidence, Person, Segment
from earwitness.search.columns import SEGMENTS, Columns

Parts = TypeVar("Parts", Person, Evidence)


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


_COLUMNS: Final = Columns(SEGMENTS, masked=True)
_TEXTS: Final = ("customer_number", "queue", "call_uniqueid", "call_linkedid", "cdr_id", "reason")


def _masked(segment: Segment) -> Segment:
    """Return a segment as a masked caller reads it once it is recorded."""
    return msgspec.structs.replace(
        segment,
        **{name: _COLUMNS.mask(name, getattr(segment, name)) for name in _TEXTS},
        manager=_masked_parts("manager", segment.manager),
        agent=_masked_parts("agent", segment.agent),
        evidence=_masked_parts("evidence", segment.evidence),
    )


def _masked_parts(prefix: str, whole: Parts) -> Parts:
    parts = {name: _COLUMNS.mask(f"{prefix}_{name}", getattr(whole, name)) for name in whole.__struct_fields__}
    return msgspec.structs.replace(whole, **parts)
