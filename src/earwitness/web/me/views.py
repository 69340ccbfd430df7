"""What the log holds about the person who looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.web import menu, models
from earwitness.web.activity import address as addresses
from earwitness.web.activity.asked import UTC_ZONE
from earwitness.web.activity.listing import LIMIT, ZONE
from earwitness.web.doors import access_of, page
from earwitness.web.me.listing import latest


@page()
def show(request: HttpRequest) -> HttpResponse:
    """A person's own activity, newest first."""
    access = access_of(request)
    zone = addresses.zone(str(models.remembered(access.user_id).get(ZONE, ""))) or UTC_ZONE
    cursor = request.GET.get("cursor") or None
    context = latest(request, access, zone, LIMIT, cursor)
    context |= {"access": access, "zone_name": zone.key, "later_page": bool(cursor), "security": menu.security()}
    return render(request, "me/page.html", context)
