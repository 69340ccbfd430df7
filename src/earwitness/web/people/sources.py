"""Settings > Sources: the switches, what else was heard of lately, and the directory of extensions."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions
from earwitness.accounts.actions import directory as acts
from earwitness.accounts.extensions import entry_of
from earwitness.accounts.recorder import actor_of
from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search import Query
from earwitness.web.doors import access_of, doors, page
from earwitness.web.people.directory_form import DirectoryForm
from earwitness.web.people.forms import Confirm

LATELY = dt.timedelta(days=7)
SHOWN = 200
STATES = {"listening": "Listening", "connecting": "Connecting", "waiting": "Waiting to try again", "stopped": "Stopped"}


@page("admin")
def show(request: HttpRequest) -> HttpResponse:
    """What is heard, and who sits where."""
    return _shown(request, DirectoryForm(request, {"entries": ""}))


@page("admin")
def add(request: HttpRequest) -> HttpResponse:
    """Add entries: first what they would correct is counted, then they are applied."""
    if request.method != "POST":
        return redirect("sources")
    form = DirectoryForm(request)
    if not form.is_valid():
        return _shown(request, form)
    try:
        entries = acts.read_csv(form.cleaned_data["entries"])
        acts.demand_entries(entries)
    except Invalid as problem:
        form.add_error("entries", next(iter(problem.fields.values()), problem.detail))
        return _shown(request, form)
    if request.POST.get("apply") != "1":
        confirm = Confirm(request, ask=False)
        return render(request, "people/directory_check.html", _counted(request, form, entries, confirm))
    confirm = Confirm(request)
    reader, who = doors(request).reader, access_of(request)
    if confirm.done(lambda: acts.put(actor_of(request), entries, lambda: reader.last_seq(who.scope, SUPERVISION))):
        messages.success(request, "Saved. What is in the log already is corrected in the background.")
        return redirect("sources")
    context = _counted(request, form, entries, confirm)
    return render(request, "people/directory_check.html", context, status=confirm.status)


@page("admin")
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take an entry out, after it is told how many segments that concerns."""
    who, reader = access_of(request), doors(request).reader
    row = questions.directory_entry(who, number)
    form = Confirm(request)
    if request.method == "POST" and form.done(
        lambda: acts.remove(actor_of(request), number, lambda: reader.last_seq(who.scope, SUPERVISION))
    ):
        messages.success(request, f"The entry of {row.extension} is gone; the log is corrected in the background.")
        return redirect("sources")
    count = _concerned(request, [entry_of(row)])
    context = {
        "form": form,
        "head": f"Remove {row.username or row.name} from {row.extension}?",
        "sentence": f"{count:,} segments are about this extension in that time; those that named this person no longer "
        "do.",
        "act": "Remove",
        "back": "sources",
        "here": "Sources",
    }
    return render(request, "people/confirm.html", context, status=form.status)


def _concerned(request: HttpRequest, entries: list[Any]) -> int:
    stretch = acts.Stretch(entries)
    query = Query(SUPERVISION, stretch.text, stretch.start, stretch.end)
    return doors(request).reader.count(access_of(request).scope, query).count


def _counted(request: HttpRequest, form: DirectoryForm, entries: list[Any], confirm: Confirm) -> dict[str, Any]:
    return {
        "form": confirm,
        "text": form.cleaned_data["entries"],
        "entries": entries[:SHOWN],
        "more": max(len(entries) - SHOWN, 0),
        "count": len(entries),
        "concerned": _concerned(request, entries),
    }


def _shown(request: HttpRequest, form: DirectoryForm) -> HttpResponse:
    who = access_of(request)
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "form": form,
        "q": text,
        "directory": questions.directory(who, text, limit=SHOWN),
        "shown": SHOWN,
        "corrections": questions.corrections(who),
        "switches": _switches(request),
        "sources": _sources(request),
        **_gaps(request),
    }
    return render(request, "people/sources.html", context, status=form.status)


def _switches(request: HttpRequest) -> list[dict[str, Any]]:
    """Return how it stands with each switch of the tenant."""
    return [
        {
            "name": status.switch,
            "state": STATES.get(status.state, status.state),
            "good": status.state == "listening",
            "since": status.since,
            "heard": status.heard,
            "version": status.version,
            "problem": status.problem,
            "missing": ", ".join(status.missing),
            "unproven": ", ".join(status.unproven),
        }
        for status in doors(request).switches(access_of(request).tenant)
    ]


def _sources(request: HttpRequest) -> list[tuple[str, int]]:
    """Return (source, events and segments) of the last days, the most frequent first."""
    reader, who = doors(request).reader, access_of(request)
    since = dt.datetime.now(dt.UTC) - LATELY
    counted: dict[str, int] = {}
    for stream in (ACTIVITY, SUPERVISION):
        for value in reader.facets(who.scope, Query(stream, "", since), ["source"]).facets["source"]:
            counted[value.value] = counted.get(value.value, 0) + value.count
    return sorted(counted.items(), key=lambda each: -each[1])


def _gaps(request: HttpRequest) -> dict[str, Any]:
    since = dt.datetime.now(dt.UTC) - LATELY
    found = doors(request).reader.page(access_of(request).scope, Query(SUPERVISION, "", since), limit=1).gaps
    return {"gaps": found[-5:][::-1], "all_gaps": len(found)}
