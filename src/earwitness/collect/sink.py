"""What a collector finds, and the door through which it hands it out."""

import datetime as dt
from typing import Any, Protocol

import msgspec

from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.model.segment import Segment


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An activity event that a switch told: the fields of an event as it is sent to the recorder, nothing else.

    ``id`` is made of what happened, so that the same traffic read twice gives the same events.
    """

    id: str
    created: dt.datetime
    event: str
    sub_event: str = ""
    username: str = ""
    event_object: str = ""
    object_type: str = ""
    object_id: str = ""
    comments: str = ""
    reason: str = ""
    extension: str = ""
    call_id: str = ""
    outcome: str = "success"
    source: str = "asterisk"
    tenant: str = DEFAULT_TENANT
    params: dict[str, Any] = msgspec.field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values; ``created`` as RFC 3339 in UTC with six decimals."""
        row: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(dt.datetime,))
        row["created"] = times.text(self.created)
        return row


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What became known of a segment that was handed out before: an amendment. ``cause`` says from where."""

    segment_id: str
    cause: str
    tenant: str = DEFAULT_TENANT
    cdr_id: str = ""
    cdr_sequence: int | None = None
    call_linkedid: str = ""


Found = Segment | Activity | Gap | Completion


class Sink(Protocol):
    """Takes what was found. It must return quickly and must not raise; recording may go on behind it.

    The same thing may come twice (after a restart); its ``id`` is then the same.
    """

    def __call__(self, found: Found, /) -> None: ...
