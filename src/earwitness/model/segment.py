"""A segment: one stretch of listening, whispering or barging. One manager, one call, one mode, a start and an end."""

import datetime as dt
from typing import Any, NamedTuple

import msgspec

from earwitness.model import times
from earwitness.model.scope import DEFAULT_TENANT

LISTEN, WHISPER, BARGE, UNKNOWN = "listen", "whisper", "barge", "unknown"
ACTIONS = (LISTEN, WHISPER, BARGE, UNKNOWN)

NOBODY, AGENT, CUSTOMER, BOTH = "nobody", "agent", "customer", "both"
TALKS_TO = (NOBODY, AGENT, CUSTOMER, BOTH)


class EndReason(NamedTuple):
    """name: as stored and searched (``end:``); sentence: what it says to people."""

    name: str
    sentence: str


END_REASONS = (
    EndReason("mode-changed", "The manager went on in another mode."),
    EndReason("manager-hung-up", "The manager hung up."),
    EndReason("agent-hung-up", "The agent hung up."),
    EndReason("customer-hung-up", "The customer hung up."),
    EndReason("call-ended", "The call ended; who ended it is not known."),
    EndReason("transferred", "The agent transferred the call and left it."),
    EndReason("agent-changed", "The call went on with another agent."),
    EndReason("next-channel", "The manager went on to another channel."),
    EndReason("manager-left", "The manager's line left the spying application and stayed up."),
    EndReason("manager-cut-off", "The switch or an application hung up the manager's line."),
    EndReason("handed-over", "The manager's line was handed over to another person, who went on."),
    EndReason("line-lost", "The connection to the switch was lost; when it came back, this was over or in doubt."),
    EndReason("switch-restarted", "The switch was restarted."),
    EndReason("not-heard", "The switch never told the end; it was over when it was next asked."),
    EndReason("collector-stopped", "The recording or the collector ended while this still lasted."),
)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Manager or agent as the switch names them; ``username`` comes from the directory. Unknown is the empty text."""

    username: str = ""
    name: str = ""
    extension: str = ""
    channel: str = ""


REPORTED = "reported"  # how the evidence begins of what an application told


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The wire events that told us: the start, the mode, the end. Texts such as ``DTMFEnd 5`` or ``ChanSpyStop``."""

    start: str = ""
    mode: str = ""
    end: str = ""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A finished segment. Times are aware and in UTC; texts that are not known are empty.

    ``talks_to`` says who hears the manager (empty where the action is ``unknown``). ``end_inferred`` is true where no
    wire event told the end. ``outside_application`` is true for a spy dialled on a phone, false for one that an
    application started, None where the beginning was not heard. ``seq``, ``received_at`` and ``desks`` are given when
    it is recorded; ``cdr_id``, ``cdr_sequence`` and ``reason`` may come later, as an amendment, and so do ``breaches``:
    names of the policies (``model.policy.BREACHES``) that it broke.
    """

    id: str
    session_id: str
    pbx: str
    action: str
    talks_to: str
    manager: Person
    agent: Person
    started_at: dt.datetime
    ended_at: dt.datetime
    tenant: str = DEFAULT_TENANT
    seq: int | None = None
    received_at: dt.datetime | None = None
    source: str = "asterisk"
    desks: tuple[str, ...] = ()
    customer_number: str = ""
    queue: str = ""
    duration_ms: int = 0
    cdr_id: str = ""
    cdr_sequence: int | None = None
    call_uniqueid: str = ""
    call_linkedid: str = ""
    end_reason: str = ""
    end_inferred: bool = False
    evidence: Evidence = Evidence()
    outside_application: bool | None = None
    reason: str = ""
    notified: bool = False
    breaches: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the stored field names as JSON values; times as RFC 3339 in UTC with six decimals."""
        row: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(dt.datetime,))
        for name in ("started_at", "ended_at", "received_at"):
            if row[name] is not None:
                row[name] = times.text(row[name])
        return row
