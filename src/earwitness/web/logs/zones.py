"""In which zone times are shown, and which ones there are to choose from."""

from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from earwitness.web import models
from earwitness.web.logs.addresses import Address

UTC_ZONE = ZoneInfo("UTC")
ZONE_COOKIE = "earwitness_zone"  # the zone of the browser, which its script tells
ZONE = "activity.zone"  # the name of what is remembered


def zone(name: str) -> ZoneInfo | None:
    """Return the zone of a name (UTC for none), or None where there is no such zone."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):  # unknown names, and those that would leave the zone directory
        return None


def asked_of(request: HttpRequest) -> ZoneInfo:
    """Return the zone that an address names, UTC where it names none or one that there is not."""
    return zone(request.GET.get("tz", "")) or UTC_ZONE


def remembered(user_id: int | None) -> ZoneInfo:
    """Return the zone that a person chose last, UTC where they chose none."""
    return zone(str(models.remembered(user_id).get(ZONE, ""))) or UTC_ZONE


def own(request: HttpRequest) -> str:
    """Return the name of the zone of whoever asks: that of their profile, else that of their browser, else empty."""
    names = (str(getattr(request.user, "time_zone", "")), unquote(request.COOKIES.get(ZONE_COOKIE, "")))
    return next((name for name in names if name and zone(name)), "")


def choice(request: HttpRequest, address: Address, path: str) -> list[dict[str, Any]]:
    """Return the zones to switch between: UTC, their own, and the one shown."""
    names = ["UTC", own(request), address.tz]
    return [
        {
            "label": name.rpartition("/")[2].replace("_", " "),
            "name": name,
            "url": address.url(path, zone=name),
            "current": (address.tz or "UTC") == name,
        }
        for name in dict.fromkeys(filter(None, names))
        if name not in {"Etc/UTC", "GMT"}
    ]
