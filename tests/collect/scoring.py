"""What a segment found in a recording is held against: the truth that was measured on the phones' audio."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from earwitness.model.segment import Segment

NOISE_S = 0.05  # a segment shorter than this counts for neither side


def truth(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "expected.json").read_text())


def differences(folder: Path, found: list[Segment]) -> list[str]:
    """Return one line for each segment of the truth that is missing and each one found that is not in the truth."""
    left = [s for s in found if (s.ended_at - s.started_at).total_seconds() >= NOISE_S]
    lines = []
    for wanted in sorted(truth(folder), key=lambda row: bool(row.get("optional"))):
        match = next((s for s in left if fits(wanted, s)), None)
        if match is not None:
            left.remove(match)
        elif not wanted.get("optional"):
            lines.append(f"missing: {wanted}")
    return lines + [f"not true: {s}" for s in left]


def fits(wanted: dict[str, Any], found: Segment) -> bool:
    unknowable = wanted.get("action_unknowable") and found.action == "unknown"
    talks = wanted.get("talks_to")
    return (
        (found.manager.extension, found.agent.extension) == (wanted["manager_extension"], wanted["agent_extension"])
        and (found.action == wanted["action"] or bool(unknowable))
        and (not talks or wanted.get("action_unknowable") or found.talks_to == talks)
        and near(found.started_at, wanted["started_at"], wanted["tolerance"])
        and (wanted["ended_at"] is None or near(found.ended_at, wanted["ended_at"], wanted["tolerance"]))
        and wanted["call_linkedid"] in (None, found.call_linkedid)
        and (not wanted["cdr_uniqueids"] or found.cdr_id in wanted["cdr_uniqueids"])
        and wanted.get("customer") in (None, found.customer_number)
    )


def near(moment: dt.datetime, seconds: float, tolerance: float) -> bool:
    return abs(moment.timestamp() - seconds) <= tolerance
