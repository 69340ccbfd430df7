"""What an alert says when it fires: as a mail, and as the body of a webhook."""

from typing import Any
from urllib.parse import urlencode

from earwitness.deliver.models import Firing
from earwitness.deliver.schedules.letters import Letter, make
from earwitness.model import times

PAGES = {"activity": "/activity", "supervision": "/supervision"}


def what(firing: Firing) -> str:
    """Return what happened, as one sentence."""
    alert = firing.alert
    span = duration(alert.window)
    if alert.absence:
        few = "nothing" if not firing.count else f"only {firing.count:,}"
        return f"{few[0].upper()}{few[1:]} found in {span}, where at least {alert.threshold:,} is expected."
    whose = f" of {firing.value}" if firing.value else ""
    return f"{firing.count:,} found{whose} in {span}; the threshold is {alert.threshold:,}."


def duration(seconds: int) -> str:
    """Return a length of time as people say it."""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"


def link(firing: Firing, base_url: str) -> str:
    """Return the address of the rows, empty where it is not known how people reach Earwitness."""
    query = {"q": firing.alert.search, "from": times.text(firing.window_start), "to": times.text(firing.window_end)}
    return f"{base_url}{PAGES[firing.alert.stream]}?{urlencode(query)}" if base_url else ""


def fired(firing: Firing, base_url: str) -> Letter:
    """Return the mail."""
    alert = firing.alert
    facts = [
        ("Alert", alert.name),
        ("What", what(firing)),
        ("Search", alert.search or "everything"),
        ("From", times.text(firing.window_start)),
        ("To", times.text(firing.window_end)),
    ]
    subject = f"Alert: {alert.name}" + (f" ({firing.value})" if firing.value else "")
    return make(subject, what(firing), facts, link(firing, base_url))


def payload(firing: Firing, base_url: str) -> dict[str, Any]:
    """Return the body of a webhook, which is the same at every try."""
    alert = firing.alert
    return {
        "type": "alert.fired",
        "timestamp": times.text(firing.started),
        "data": {
            "alert": alert.name,
            "tenant": alert.tenant.name,
            "stream": alert.stream,
            "search": alert.search,
            "absence": alert.absence,
            "threshold": alert.threshold,
            "window_seconds": alert.window,
            "per": alert.per,
            "value": firing.value,
            "count": firing.count,
            "from": times.text(firing.window_start),
            "to": times.text(firing.window_end),
            "message": what(firing),
            "link": link(firing, base_url),
        },
    }
