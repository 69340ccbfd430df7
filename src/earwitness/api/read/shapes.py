"""What may be asked of the logs, and what is answered: for the description of the API."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

TEXT = "In the search language; empty finds everything."
FROM = "Inclusive: RFC 3339, or a date or time in `tz`. Absent: from the first."
TO = "Exclusive: RFC 3339, or a date or time in `tz`. Absent: up to now."


class Asked(Schema):
    """A search: text, range and zone. A parameter that nobody knows is refused by name."""

    model_config = ConfigDict(populate_by_name=True)

    q: str = Field("", description=TEXT, max_length=8000)
    from_: str = Field("", alias="from", description=FROM, max_length=64)
    to: str = Field("", description=TO, max_length=64)
    tz: str = Field("UTC", description="IANA name of the zone in which dates without one are read.", max_length=64)


class PageAsked(Asked):
    """A page of a search."""

    order: str = Field("newest", description="`newest` or `oldest` first.")
    limit: int = Field(50, description="Rows a page, up to 1,000.")
    cursor: str = Field("", description="`next` of the page before, with the same key and search.", max_length=200)


class FacetsAsked(Asked):
    """Which columns to count."""

    by: str = Field(..., description="Columns, separated by commas.", max_length=500)
    top: int = Field(20, description="Values of each, up to 1,000.")


class HistogramAsked(Asked):
    """How to divide the range."""

    interval: str = Field("auto", description="`auto`, `PT1M`, `PT15M`, `PT1H`, `P1D`, `P1W` or `P1M`.")


class GapShown(Schema):
    """A range in which a source could not be heard."""

    source: str
    from_: str = Field(..., alias="from")
    to: str
    pbx: str
    reason: str


class ChangeShown(Schema):
    """One field that an event changed."""

    path: str
    old: Any = None
    new: Any = None


class EventShown(Schema):
    """An event, with its place in the log (`seq`). Numbers in its texts are masked for those who see them masked."""

    id: str
    tenant: str
    seq: int
    created: str
    received_at: str
    source: str
    username: str
    user_ip: str
    event: str
    sub_event: str
    event_object: str
    comments: str
    request_uri: str
    params: dict[str, Any]
    actor_type: str
    on_behalf_of: str
    outcome: str
    error: str
    object_type: str
    object_id: str
    changes: list[ChangeShown]
    user_agent: str
    session_id: str
    request_id: str
    desks: list[str]
    clock_skew_ms: int | None
    extension: str
    call_id: str
    reason: str
    redactions: list[str]
    producer: str
    producer_seq: int | None


class PersonShown(Schema):
    """Manager or agent, as the switch names them."""

    username: str
    name: str
    extension: str
    channel: str


class EvidenceShown(Schema):
    """The wire events that told the start, the mode and the end."""

    start: str
    mode: str
    end: str


class SegmentShown(Schema):
    """One stretch of listening, whispering or barging, with its place in the log (`seq`)."""

    id: str
    session_id: str
    pbx: str
    action: str
    talks_to: str
    manager: PersonShown
    agent: PersonShown
    started_at: str
    ended_at: str
    tenant: str
    seq: int
    received_at: str
    source: str
    desks: list[str]
    customer_number: str
    queue: str
    duration_ms: int
    cdr_id: str
    cdr_sequence: int | None
    call_uniqueid: str
    call_linkedid: str
    end_reason: str
    end_inferred: bool
    evidence: EvidenceShown
    outside_application: bool | None
    reason: str
    notified: bool
    breaches: list[str]


class LiveShown(SegmentShown):
    """A segment that is not over: what is known of it up to now."""

    ended_at: None  # type: ignore[assignment]  # of a recorded one it is a moment
    seq: None  # type: ignore[assignment]  # it has no place in the log yet
    received_at: None  # type: ignore[assignment]  # nor was it recorded


class LivePage(Schema):
    """What is going on."""

    items: list[LiveShown]
    unheard: list[str]


class EventPage(Schema):
    """A page of events; `next` goes into `cursor`, null on the last page."""

    items: list[EventShown]
    next: str | None
    gaps: list[GapShown]


class SegmentPage(Schema):
    """A page of segments; `next` goes into `cursor`, null on the last page."""

    items: list[SegmentShown]
    next: str | None
    gaps: list[GapShown]


class CountShown(Schema):
    """How many rows there are, exactly."""

    count: int
    gaps: list[GapShown]


class ValueShown(Schema):
    """A value and how many rows have it."""

    value: str
    count: int


class FacetsShown(Schema):
    """The most frequent values of each column, and how many rows have others."""

    facets: dict[str, list[ValueShown]]
    other: dict[str, int]
    gaps: list[GapShown]


class BucketShown(Schema):
    """How many rows there are from `start` to the start of the next bucket."""

    start: str
    count: int


class HistogramShown(Schema):
    """Buckets without a hole."""

    interval: str
    buckets: list[BucketShown]
    gaps: list[GapShown]


class CallItem(Schema):
    """An event or a segment of a call; `stream` says which."""

    model_config = ConfigDict(extra="allow")

    stream: str
    id: str
    seq: int


class CallShown(Schema):
    """One call: its segments and the events about it, in order of time."""

    id: str
    items: list[CallItem]
