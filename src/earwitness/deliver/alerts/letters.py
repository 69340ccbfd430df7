"""What an alert says when it fires and when it has cleared: as a mail, and as the body of a webhook."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.messages.letter import Letter, make
from earwitness.deliver.models import Alert, Firing
from earwitness.deliver.reports.parts import PAGES, quoted
from earwitness.model import times

FIELDS = {
    "username": "user",
    "user_ip": "ip",
    "sub_event": "sub",
    "manager_username": "manager",
    "agent_extension": "extension",
    **{name: name for name in ("event", "source", "outcome", "action", "queue", "pbx")},
}  # what is counted by -> the field of the search language
LABELS = {
    "username": "user",
    "user_ip": "address",
    "sub_event": "sub event",
    "manager_username": "manager",
    "agent_extension": "agent",
    "pbx": "PBX",
    **{name: name for name in ("event", "source", "outcome", "action", "queue")},
}  # ... -> as people call it


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
    return f"{base_url}{path(firing)}" if base_url else ""


def path(firing: Firing) -> str:
    """Return the address of the rows that a firing counts, within Earwitness."""
    alert = firing.alert
    more = [f"{FIELDS[alert.per]}:{quoted(firing.value)}"] if firing.value else []
    query = {}
    if firing.place_last is None:
        query = {"from": times.text(firing.window_start), "to": times.text(firing.window_end)}
    else:
        more.append(f"seq:{(firing.place_after or 0) + 1}..{firing.place_last}")
    narrowed = f"({alert.search})" if more and alert.search.strip() else alert.search
    query = {"q": " ".join(part for part in (narrowed, *more) if part), **query}
    return f"{PAGES[alert.stream]}?{urlencode(query)}"


def fired(firing: Firing, base_url: str) -> Letter:
    """Return the mail."""
    alert = firing.alert
    facts = [
        ("Alert", alert.name),
        ("Fires at", condition(alert)),
        ("Log", TITLES[alert.stream]),
        ("Search", alert.search or "everything"),
        ("Window", f"{firing.window_start:%Y-%m-%d %H:%M:%S} to {firing.window_end:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    subject = f"Alert: {alert.name}" + (f" ({firing.value})" if firing.value else "")
    return make(subject, what(firing), facts, link(firing, base_url), _foot(alert))


def _foot(alert: Alert) -> str:
    return f"{alert.owner.username} set this alert up. It is quiet now until it has cleared, which is told too."


def over(firing: Firing) -> str:
    """Return that a firing is over, as one sentence. Its alert has cleared then, for this value."""
    alert = firing.alert
    whose = f" of {firing.value}" if firing.value else ""
    lasted = duration(max(round((firing.ended - firing.started).total_seconds()), 1)) if firing.ended else ""
    if alert.absence:
        return f"At least {alert.threshold:,} found in {duration(alert.window)} again: it has cleared after {lasted}."
    few = "None" if alert.threshold == 1 else f"Fewer than {alert.threshold:,}"
    return f"{few}{whose} found in {duration(alert.window)}: it has cleared after {lasted}."


def cleared(firing: Firing, base_url: str) -> Letter:
    """Return the mail that says that an alert has cleared."""
    alert = firing.alert
    facts = [
        ("Alert", alert.name),
        ("Fires at", condition(alert)),
        ("Fired", _moment(firing.started)),
        ("Cleared", _moment(firing.ended)),
        ("At its most" if not alert.absence else "Found then", f"{firing.count:,}"),
        ("Search", alert.search or "everything"),
    ]
    subject = f"Cleared: {alert.name}" + (f" ({firing.value})" if firing.value else "")
    foot = f"{alert.owner.username} set this alert up. It fires again when there is reason to."
    return make(subject, over(firing), facts, link(firing, base_url), foot)


def _moment(value: dt.datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if value else ""


def cleared_payload(firing: Firing, base_url: str) -> dict[str, Any]:
    """Return the body of the call that says that an alert has cleared: as when it fired, with when that was."""
    made = payload(firing, base_url)
    ended = times.text(firing.ended) if firing.ended else ""
    more = {"fired": times.text(firing.started), "cleared": ended, "message": over(firing)}
    return made | {"type": "alert.cleared", "timestamp": ended, "data": made["data"] | more}


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


def test(alert: Alert, base_url: str) -> Letter:
    """Return the mail of a try-out."""
    first = "This is a test: the alert did not fire. When it does, a mail such as this one says what was found."
    facts = [("Alert", alert.name), ("Fires at", condition(alert)), ("Search", alert.search or "everything")]
    address = f"{base_url}/alerts/{alert.pk}" if base_url else ""
    return make(f"Test of the alert {alert.name}", first, facts, address, f"{alert.owner.username} set this alert up.")


def test_data(alert: Alert) -> dict[str, Any]:
    """Return what the call of a try-out holds besides its type, ``alert.test``."""
    return {
        "alert": alert.name,
        "tenant": alert.tenant.name,
        "stream": alert.stream,
        "search": alert.search,
        "message": "This is a test: the alert did not fire.",
    }


def condition(alert: Alert) -> str:
    """Return when an alert fires, as people say it."""
    few = "fewer than" if alert.absence else "at least"
    per = f" of one {LABELS[alert.per]}" if alert.per else ""
    return f"{few} {alert.threshold:,}{per} in {duration(alert.window)}"
