"""The stretches of time in which a source could not be heard: every answer over one says so."""

from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.search.filter import Filter
from earwitness.store import Store


def between(store: Store, asked: Filter) -> tuple[Gap, ...]:
    """Return the gaps of the tenant that touch the range of a query, oldest first."""
    parameters = {"tenant": asked.scope.tenant, "start": asked.span.start, "end": asked.span.end}
    return tuple(
        Gap(
            id=gap_id,
            source=source,
            pbx=pbx,
            started_at=times.from_us(started),
            ended_at=times.from_us(ended),
            reason=reason,
            tenant=asked.scope.tenant,
            session_id=session_id,
        )
        for gap_id, source, pbx, started, ended, reason, session_id in store.query(
            "gaps.between", parameters=parameters
        ).rows
    )
