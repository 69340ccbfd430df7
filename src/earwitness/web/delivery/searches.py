"""Saved searches."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver.models import SavedSearch
from earwitness.deliver.searches import actions
from earwitness.web.delivery.forms import SearchForm
from earwitness.web.doors import access_of, page

SEEING = ("show_activity_log", "show_whisper_log")
PAGES = {"activity": "/activity", "supervision": "/supervision"}


def address(saved: SavedSearch) -> str:
    """Return the address of the page that shows what a saved search finds."""
    start, _, end = saved.range.partition("..")
    order = "" if saved.order == "newest" else saved.order
    pairs = {"q": saved.search, "from": start, "to": end, "columns": ",".join(saved.columns), "order": order}
    query = urlencode({key: value for key, value in pairs.items() if value})
    return PAGES[saved.stream] + (f"?{query}" if query else "")


@page(*SEEING)
def show(request: HttpRequest) -> HttpResponse:
    """One's own searches and those shared with one's roles."""
    access = access_of(request)
    rows = [
        {
            "saved": saved,
            "pinned": actions.is_pinned(saved, access),
            "mine": saved.owner.pk == access.user_id,
            "roles": [role.name for role in saved.shared_with.all()],
        }
        for saved in actions.visible(access)
    ]
    return render(request, "delivery/searches.html", {"rows": rows})


@page(*SEEING)
def new(request: HttpRequest) -> HttpResponse:
    """Save a search; what a page with rows shows comes along in the address."""
    given = request.GET
    span = f"{given.get('from', '')}..{given.get('to', '')}"
    initial = {
        "stream": given.get("stream", "activity"),
        "search": given.get("q", ""),
        "range": "" if span == ".." else span,
        "columns": given.get("columns", ""),
        "order": given.get("order") or "newest",
    }
    form = SearchForm(request, initial)
    if request.method == "POST":
        saved = form.attempt(lambda: actions.save(actor_of(request), form.wish()))
        if saved:
            messages.success(request, f"The search {saved.name} is saved.")
            return redirect("saved-searches")
    return render(request, "delivery/search.html", {"form": form}, status=form.status)


@page(*SEEING)
def edit(request: HttpRequest, search_id: int) -> HttpResponse:
    """Change a saved search."""
    access = access_of(request)
    saved = actions.find(access, search_id)
    form = SearchForm(request, SearchForm.of(saved, pinned=actions.is_pinned(saved, access)))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), saved, form.wish())):
        messages.success(request, f"The search {saved.name} is saved.")
        return redirect("saved-searches")
    mine = saved.owner_id == access.user_id
    return render(request, "delivery/search.html", {"form": form, "saved": saved, "mine": mine}, status=form.status)


@page(*SEEING)
def open_(request: HttpRequest, search_id: int) -> HttpResponse:
    """Go to what it finds."""
    return redirect(address(actions.find(access_of(request), search_id)))


@require_POST
@page(*SEEING)
def pin(request: HttpRequest, search_id: int) -> HttpResponse:
    """Put it at the top of one's own list, or take it away."""
    actor = actor_of(request)
    actions.pin(actor, actions.find(actor.access, search_id), pinned=request.POST.get("pinned") == "1")
    return redirect("saved-searches")


@require_POST
@page(*SEEING)
def delete(request: HttpRequest, search_id: int) -> HttpResponse:
    """Delete it."""
    actor = actor_of(request)
    actions.delete(actor, actions.find(actor.access, search_id))
    messages.success(request, "The search is deleted.")
    return redirect("saved-searches")
