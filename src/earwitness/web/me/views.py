"""What the log holds about the person who looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.web import menu
from earwitness.web.doors import access_of, page
from earwitness.web.logs import zones
from earwitness.web.logs.frame import LIMIT
from earwitness.web.me.listened import newest
from earwitness.web.me.listing import latest

GLANCE = 5  # rows of who listened, above one's own activity


@page()
def show(request: HttpRequest) -> HttpResponse:
    """A person's own activity, newest first; above it, who listened to their calls."""
    access = access_of(request)
    zone = zones.remembered(access.user_id)
    cursor = request.GET.get("cursor") or None
    context = latest(request, access, zone, LIMIT, cursor)
    if cursor is None:
        context |= newest(request, access, zone, GLANCE)
    context |= {"access": access, "zone_name": zone.key, "later_page": bool(cursor), "security": menu.security()}
    return render(request, "me/page.html", context)


@page()
def listened(request: HttpRequest) -> HttpResponse:
    """Everything that a person may know of who listened to their calls."""
    access = access_of(request)
    zone = zones.remembered(access.user_id)
    cursor = request.GET.get("cursor") or None
    context = newest(request, access, zone, LIMIT, cursor)
    return render(request, "me/listened.html", context | {"zone_name": zone.key, "later_page": bool(cursor)})
