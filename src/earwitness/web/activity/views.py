"""The pages of the activity audit log, and the parts that a page loads after its rows."""

import uuid
from dataclasses import replace
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.problem import BadCursor, BadQuery, Malformed
from earwitness.model.scope import ACTIVITY
from earwitness.search import Reader
from earwitness.web.activity import details, listing, submitted, summary
from earwitness.web.activity.form import FORM
from earwitness.web.doors import access_of, doors, page
from earwitness.web.logs import addresses, answers, forms, mistakes, zones
from earwitness.web.logs.asked import Asked, ask

activity_page = page("show_activity_log")


@activity_page
def show(request: HttpRequest) -> HttpResponse:
    """The list. A submitted form, a chosen value or chosen columns lead on to the address that says the same,
    ``tail`` to the page that follows the search."""
    if "tail" in request.GET:
        text = request.GET.get("q", "")
        return redirect("/activity/tail" + (f"?{urlencode({'q': text})}" if text else ""))
    try:
        onward = listing.onward(request)
        if onward is not None:
            return onward
        asked = ask(request, listing.address_of(request), FORM)
        context, search = listing.found(request, asked)
    except (BadQuery, BadCursor, Malformed, forms.Wrong) as problem:
        context = mistakes.context(request, addresses.of(request.GET), problem, FORM)
        return render(request, "activity/page.html", context, status=400)
    response = render(request, "activity/page.html", context)
    submitted.keep(request, response, asked.address, search)
    return response


def part(request: HttpRequest) -> tuple[Reader, Asked, submitted.Submitted]:
    """Return what a part of a page is about; a part of no search that was recorded is a search of its own."""
    address = addresses.of(request.GET)
    search = submitted.of_part(request, address)
    asked = ask(request, address, FORM, now=search.at if search else None)
    return doors(request).reader, asked, search or submitted.record(request, asked)


@activity_page
def total(request: HttpRequest) -> HttpResponse:
    """The exact number of events."""
    return HttpResponse(summary.total(*part(request)))


@activity_page
def histogram(request: HttpRequest) -> HttpResponse:
    """The histogram over the whole range."""
    return HttpResponse(summary.histogram(*part(request)))


@activity_page
def facets(request: HttpRequest) -> HttpResponse:
    """The top values over the whole range."""
    return HttpResponse(summary.facets(*part(request)))


@activity_page
def newer(request: HttpRequest) -> HttpResponse:
    """How many events came since the page was made: a link that shows them, or nothing."""
    reader, asked, _ = part(request)
    try:
        created, seq, itself = request.GET.get("since", "").split(".")
        top = times.from_us(int(created)) if created else None
        count = summary.newer_than(reader, asked, top, (int(seq or 0), int(itself)))
    except (ValueError, OverflowError):
        raise Malformed("The place since which to count is not of our form.") from None
    return render(request, "activity/newer.html", {"count": count, "url": asked.url()})


@activity_page
def text(request: HttpRequest) -> HttpResponse:
    """The form's fields and text, made to say the same; nothing is searched and nothing recorded."""
    return answers.said(request, FORM)


@activity_page
def choose_columns(request: HttpRequest) -> HttpResponse:
    """The columns to choose from, in a pop-over or on a page of their own."""
    page = "" if request.headers.get("HX-Request") else "_page"
    return render(request, f"activity/columns{page}.html", listing.column_choice(listing.address_of(request)))


@activity_page
def suggest(request: HttpRequest) -> HttpResponse:
    """What to offer while somebody types, as the options of a list box."""
    return answers.suggested(request, FORM)


def _opened(request: HttpRequest, event_id: uuid.UUID) -> Event:
    """Return an event whose params are about to be shown; that they are is recorded first."""
    event = cast("Event", doors(request).reader.get(access_of(request).scope, ACTIVITY, str(event_id)))
    opened = {"id": event.id, "seq": event.seq, "created": times.text(event.created)}
    actor = replace(actor_of(request), request_uri=request.path)  # without the search: a masked viewer's is not masked
    recorder.record(actor, "params_opened", "activity", obj=f"event:{event.id}", params=opened)
    return event


@activity_page
def params(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """The details of an event as a row below its own."""
    address = addresses.of(request.GET)
    zone = zones.asked_of(request)
    context = details.context(_opened(request, event_id), address, zone)
    return render(request, "activity/details_row.html", context | {"span": request.GET.get("span", "9")})


@activity_page
def event(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """One event on a page of its own."""
    address = addresses.of(request.GET)
    zone = zones.asked_of(request)
    found = _opened(request, event_id)
    context = details.context(found, addresses.Address(tz=address.tz), zone)
    context |= {"headline": details.headline(found), "main_facts": details.main_facts(found, zone), "whole_page": True}
    return render(request, "activity/event.html", context)


@activity_page
def language(request: HttpRequest) -> HttpResponse:
    """What the search language knows, as a sheet or as a page of its own."""
    return answers.explained(request, FORM)
