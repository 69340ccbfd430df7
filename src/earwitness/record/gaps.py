"""Gaps as records of the supervision stream: what could not be heard is a part of the log, with a place of its own."""

from typing import Final

import msgspec

from earwitness.model.gap import Gap
from earwitness.model.scope import SUPERVISION
from earwitness.record import moments
from earwitness.record.log import Log, Placed, same_id


class GapRow(Placed):
    """The columns of ``gaps``. Times are text for the engine, in UTC. Told again after a crash, it has the same id."""

    id: str
    source: str
    pbx: str
    started_at: str
    ended_at: str
    reason: str
    session_id: str


GAPS: Final = Log(
    table="gaps",
    stream=SUPERVISION,
    identity=("source",),
    same=same_id,
    same_sent=same_id,
    encode=msgspec.json.Encoder().encode_lines,
)


def row_of(gap: Gap) -> GapRow:
    """Return the row of a gap."""
    return GapRow(
        id=gap.id.lower(),
        source=gap.source,
        pbx=gap.pbx,
        started_at=moments.for_engine(gap.started_at),
        ended_at=moments.for_engine(gap.ended_at),
        reason=gap.reason,
        session_id=gap.session_id,
    )
