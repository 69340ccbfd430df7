"""The columns of the list: one table of data, from which the list, the chooser and the address are made."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from earwitness.model import times
from earwitness.model.event import Event


class Column(NamedTuple):
    """name: in the address; label: over the column; text: what it shows of an event; field: the search field that finds
    the value, or nothing; width: a class of ``activity.css``.
    """

    name: str
    label: str
    text: Callable[[Event], str]
    field: str = ""
    width: str = "w-m"


COLUMNS = (
    Column("created", "Created", lambda e: times.text(e.created), "", "w-time"),
    Column("username", "Username", lambda e: e.username, "user", "w-m"),
    Column("user_ip", "User Ip", lambda e: e.user_ip, "ip", "w-ip"),
    Column("event", "Event", lambda e: e.event, "event", "w-event"),
    Column("sub_event", "Sub Event", lambda e: e.sub_event, "sub", "w-s"),
    Column("event_object", "Event Object", lambda e: e.event_object, "object", "w-l"),
    Column("comments", "Comments", lambda e: e.comments, "", "w-text"),
    Column("request_uri", "Request Uri", lambda e: e.request_uri, "", "w-text"),
    Column("source", "Source", lambda e: e.source, "source", "w-m"),
    Column("outcome", "Outcome", lambda e: e.outcome, "outcome", "w-s"),
    Column("error", "Error", lambda e: e.error, "", "w-text"),
    Column("desks", "Desks", lambda e: ", ".join(e.desks), "desk", "w-m"),
    Column("actor_type", "Actor", lambda e: e.actor_type, "", "w-s"),
    Column("on_behalf_of", "On behalf of", lambda e: e.on_behalf_of, "", "w-m"),
    Column("extension", "Extension", lambda e: e.extension, "", "w-s"),
    Column("call_id", "Call", lambda e: e.call_id, "call", "w-l"),
    Column("reason", "Reason", lambda e: e.reason, "reason", "w-l"),
    Column("session_id", "Session", lambda e: e.session_id, "session", "w-l"),
    Column("request_id", "Request", lambda e: e.request_id, "", "w-l"),
    Column("user_agent", "User agent", lambda e: e.user_agent, "", "w-text"),
    Column("received_at", "Received", lambda e: times.text(e.received_at), "", "w-time"),
    Column("seq", "Seq", lambda e: str(e.seq), "", "w-s"),
)

BY_NAME = {column.name: column for column in COLUMNS}
DEFAULT = ("created", "username", "user_ip", "event", "sub_event", "event_object", "comments", "request_uri")


def chosen(names: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of these names in their order, leaving out unknown ones; none at all means the default."""
    found = tuple(BY_NAME[name] for name in dict.fromkeys(names) if name in BY_NAME)
    return found or tuple(BY_NAME[name] for name in DEFAULT)
