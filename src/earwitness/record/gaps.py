"""Gaps as records of the supervision stream: what could not be heard is a part of the log, with a place of its own."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from earwitness.model.gap import Gap
from earwitness.model.scope import SUPERVISION
from earwitness.record import moments
from earwitness.record.log import Log


class GapRow(msgspec.Struct, kw_only=True):
    """The columns of ``gaps``. Times are text for the engine, in UTC."""

    id: str
    source: str
    pbx: str
    started_at: str
    ended_at: str
    reason: str
    session_id: str
    tenant: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    received_at: str | UnsetType = UNSET
    retention_class: str | UnsetType = UNSET
    epoch: int | UnsetType = UNSET


def _always(_row: Any, _other: Any, _without_created: bool) -> bool:
    return True  # the same gap told again after a crash is one gap, wherever it was cut off then


GAPS: Final = Log(
    table="gaps",
    stream=SUPERVISION,
    identity=("source",),
    same=_always,
    same_sent=_always,
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
