"""Saying why: one form for the whole session that a segment belongs to."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from earwitness.accounts.actions import reasons
from earwitness.accounts.recorder import actor_of
from earwitness.model.problem import Invalid
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query
from earwitness.web.doors import access_of, doors, page
from earwitness.web.supervision import now, sessions

MOST_OF_A_SESSION = 500
PATH = "/supervision"


@page(now.PERMISSION)
def give(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    """Ask why, and keep the answer on every segment of the session that the person sees."""
    access, door = access_of(request), doors(request)
    segment = cast("Segment", door.reader.get(access.scope, SUPERVISION, str(segment_id)))
    query = Query(SUPERVISION, f'session:"{segment.session_id}"')
    found = door.reader.page(access.scope, query, order="oldest", limit=MOST_OF_A_SESSION)
    shown = [each for each in cast("tuple[Segment, ...]", found.items) if reasons.may_give(access, each)] or [segment]
    back = _back(request, segment)
    reason, problem = segment.reason, ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            reasons.give(actor_of(request), shown, reason, door.recorder.amend_each)
        except Invalid as wrong:
            problem = wrong.detail
        else:
            messages.success(request, "Your reason stands in the log.")
            return HttpResponseRedirect(back)
    context = {
        "segment": segment,
        "manager": sessions.named(segment.manager),
        "agent": sessions.named(segment.agent),
        "actions": " · ".join(dict.fromkeys(sessions.LABELS.get(each.action, each.action) for each in shown)),
        "duration": sessions.duration(sum(each.duration_ms for each in shown)),
        "may_give": reasons.may_give(access, segment),
        "reason": reason,
        "problem": problem,
        "longest": reasons.LONGEST,
        "back": back,
    }
    return render(request, "supervision/reason.html", context, status=422 if problem else 200)


def _back(request: HttpRequest, segment: Segment) -> str:
    """Return where the person came from, within the supervision log; else the session itself."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(PATH)
    return asked if here else f"{PATH}?{urlencode({'q': f'session:{segment.session_id}'})}"
