"""The dashboard."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.web import models
from earwitness.web.activity import address as addresses
from earwitness.web.activity.asked import UTC_ZONE
from earwitness.web.activity.listing import ZONE
from earwitness.web.dashboard.figures import ENDED_BADLY, REFUSED_SIGN_INS, Day
from earwitness.web.doors import access_of, doors, page
from earwitness.web.me.listing import latest


@page()
def show(request: HttpRequest) -> HttpResponse:
    """What happened today, for those who may see it; what they did themselves for everybody."""
    access = access_of(request)
    zone = addresses.zone(str(models.remembered(access.user_id).get(ZONE, ""))) or UTC_ZONE
    now = dt.datetime.now(dt.UTC)
    context = {"zone_name": zone.key, "now": now.astimezone(zone), "access": access}
    if access.has("show_activity_log"):
        day = Day(doors(request).reader, access.scope, zone, now)
        context |= {
            "figures": [
                day.figure("Events today", ""),
                day.figure("Sign-ins refused", REFUSED_SIGN_INS, good_when_low=True),
                day.figure("Failed or denied", ENDED_BADLY, good_when_low=True),
                day.figure("Looked at in this log", "source:earwitness event:search,params_opened"),
            ],
            "hours": day.hours(),
            "top": day.top(),
        }
    else:
        context |= latest(request, access, zone, 8)
    return render(request, "dashboard/page.html", context)
