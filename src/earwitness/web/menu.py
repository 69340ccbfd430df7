"""The navigation: one table of data. A row is shown to those who hold its permission, once its page exists."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

OPERATOR = "operator"


class Entry(NamedTuple):
    """One place to go.

    label: words in the menu; route: name of the address, which may not exist yet; permissions: any of these shows the
    entry (none: everybody who is signed in; ``operator`` is no permission: it means whoever rules all tenants);
    icon: a name of ``icons.ICONS``.
    """

    label: str
    route: str
    permissions: tuple[str, ...]
    icon: str


class Group(NamedTuple):
    """Entries under one heading; the heading is empty for the first ones."""

    label: str
    entries: tuple[Entry, ...]


MENU = (
    Group("", (Entry("Dashboard", "dashboard", (), "dashboard"),)),
    Group(
        "Activity logs",
        (
            Entry("Activity audit log", "activity", ("show_activity_log",), "activity"),
            Entry("Whisper/Barge/Listen", "supervision", ("show_whisper_log",), "supervision"),
        ),
    ),
    Group(
        "Reports",
        (
            Entry("Reports", "reports", ("show_activity_log", "show_whisper_log"), "reports"),
            Entry("Saved searches", "saved-searches", ("show_activity_log", "show_whisper_log"), "saved"),
            Entry("Scheduled reports", "schedules", ("create_scheduled_report", "delete_scheduled_report"), "schedule"),
            Entry("Alerts", "alerts", ("create_scheduled_report", "delete_scheduled_report"), "alerts"),
            Entry("Exports", "exports", ("export_logs",), "export"),
        ),
    ),
    Group(
        "Configuration",
        (
            Entry("Users", "users", ("create_user", "edit_user", "delete_user"), "users"),
            Entry("Roles", "roles", ("create_role", "edit_role", "delete_role"), "roles"),
            Entry("Desks", "desks", ("create_user", "edit_user"), "desks"),
            Entry("API keys", "keys", ("access_api_key",), "keys"),
            Entry("Sources", "sources", ("admin",), "settings"),
            Entry("Policies", "policies", ("admin",), "policies"),
            Entry("Retention", "retention", ("manage_retention",), "clock"),
            Entry("Redaction", "redaction", ("admin",), "lock"),
            Entry("Forwarding", "forwarding", ("admin",), "forwarding"),
            Entry("Tenants", "tenants", (OPERATOR,), "tenants"),
            Entry("System", "system", ("admin", "show_live_sessions"), "system"),
        ),
    ),
)


class Item(NamedTuple):
    """An entry as one person sees it on one page."""

    label: str
    url: str
    icon: str
    current: bool


@lru_cache(maxsize=64)
def address(route: str) -> str | None:
    """Return the address of a page, or None while it is not built."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def visible(has: Callable[[str], bool], path: str) -> list[tuple[str, list[Item]]]:
    """Return [(heading, items)] for a person.

    has: tells whether the person holds a permission (or is an ``operator``); path: address of the page being shown.
    """
    groups = []
    for group in MENU:
        items = []
        for entry in group.entries:
            url = address(entry.route)
            if url and (not entry.permissions or any(map(has, entry.permissions))):
                current = path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
                items.append(Item(entry.label, url, entry.icon, current))
        if items:
            groups.append((group.label, items))
    return groups


def security() -> str | None:
    """Return the address of the page where people manage their own sign-in."""
    return address("security") or address("mfa_index")
