"""A gap: a time range in which a source could not be heard. Every report over one says so."""

import datetime as dt
from typing import Any

import msgspec

from earwitness.model import times
from earwitness.model.scope import DEFAULT_TENANT


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """``source`` was not heard from ``started_at`` to ``ended_at`` (aware, UTC); ``reason`` is one plain sentence.

    ``session_id`` is set where only one supervision session is in doubt, and not the whole switch ``pbx``.
    """

    id: str
    source: str
    pbx: str
    started_at: dt.datetime
    ended_at: dt.datetime
    reason: str
    tenant: str = DEFAULT_TENANT
    session_id: str = ""

    @property
    def told(self) -> str:
        """What was not heard, and of which source, as a sentence without its full stop."""
        whom, reason = f"{self.source} {self.pbx}".rstrip(), self.reason.rstrip(".")
        if not reason:
            return f"{whom} could not be heard"
        return reason if self.pbx and self.pbx in reason else f"{whom}: {reason}"

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values; times as RFC 3339 in UTC with six decimals."""
        row: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(dt.datetime,))
        row["started_at"], row["ended_at"] = times.text(self.started_at), times.text(self.ended_at)
        return row
