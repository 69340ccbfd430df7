"""What the notice above a list says of the times in which a source could not be heard."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from earwitness.model.gap import Gap

MOST = 20  # told one by one


def context(gaps: Sequence[Gap], zone: ZoneInfo) -> dict[str, Any]:
    """Return what the notice of gaps shows. zone: in which times are shown."""
    shown = [
        {
            "source": gap.source,
            "pbx": gap.pbx,
            "start": f"{gap.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            "end": f"{gap.ended_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            "reason": gap.reason,
        }
        for gap in gaps[:MOST]
    ]
    return {"gaps": shown, "gap_count": len(gaps), "more_gaps": max(len(gaps) - MOST, 0)}
