"""The page of the live tail; its rows come over ``GET /api/v1/events/tail``, which records that somebody follows."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY
from earwitness.search.grammar import parse
from earwitness.web.doors import page


@page("show_activity_log")
def show(request: HttpRequest) -> HttpResponse:
    """Follow a search; a mistake in it is told in its place, and nothing is followed."""
    text = request.GET.get("q", "").strip()
    try:
        parse(text, ACTIVITY)
    except BadQuery as problem:
        return render(request, "tail/page.html", {"q": text, "mistake": problem.detail}, status=400)
    query = urlencode({"q": text}) if text else ""
    context = {
        "q": text,
        "source": "/api/v1/events/tail" + (f"?{query}" if query else ""),
        "back": "/activity" + (f"?{query}" if query else ""),
    }
    return render(request, "tail/page.html", context)
