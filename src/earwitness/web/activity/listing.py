"""Puts the list together: from an address to what the page shows, and from a form to the address that says the same."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe

from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY
from earwitness.search.grammar import parse
from earwitness.web import models
from earwitness.web.activity import columns, markup, submitted, summary
from earwitness.web.activity.form import FORM, PATH
from earwitness.web.doors import access_of, doors
from earwitness.web.logs import addresses, frame, gaps, zones
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.asked import Asked

MANY_COLUMNS = 9  # more than these are scrolled sideways
COLUMNS = "activity.columns"  # the name of what is remembered


def address_of(request: HttpRequest) -> Address:
    """Return the address that was asked for; what it leaves open is as the person last chose it."""
    address = addresses.of(request.GET)
    if address.columns and address.tz:
        return address
    kept = models.remembered(access_of(request).user_id)
    if not address.columns:
        address = address._replace(columns=str(kept.get(COLUMNS, "")))
    if address.bare and kept.get(zones.ZONE):
        address = address._replace(tz=str(kept[zones.ZONE]))
    return address


def onward(request: HttpRequest) -> HttpResponse | None:
    """Return where a submitted form, a chosen value, columns or a zone lead; None where the address is one already.

    Raises BadQuery or Wrong where the form cannot be understood.
    """
    given = request.GET
    address = addresses.of(given)
    user_id = access_of(request).user_id
    if "column" in given:
        return HttpResponseRedirect(_with_columns(address, given.getlist("column"), user_id).url(PATH))
    if "zone" in given:
        zone = given["zone"] if zones.zone(given["zone"]) else ""
        models.remember(user_id, zones.ZONE, zone or None)
        return HttpResponseRedirect(address._replace(tz="" if zone == "UTC" else zone, cursor="").url(PATH))
    searched = frame.submitted(request, address, FORM)
    if searched is None:
        return None
    response = HttpResponseRedirect(searched.url(PATH))
    submitted.forget(request, response, searched)
    return response


def _with_columns(address: Address, names: list[str], user_id: int | None) -> Address:
    chosen = () if "default" in names else tuple(column.name for column in columns.chosen(names))
    if chosen == columns.DEFAULT:
        chosen = ()
    models.remember(user_id, COLUMNS, ",".join(chosen) or None)
    return address._replace(columns=",".join(chosen))


def found(request: HttpRequest, asked: Asked) -> tuple[dict[str, Any], submitted.Submitted]:
    """Return (what the page shows, the search it belongs to), recording the search if it is a new one."""
    reader = doors(request).reader
    parse(asked.address.q, ACTIVITY)  # a mistake is told before anything is recorded
    recorded = submitted.of_page(request, asked)
    try:
        cursor = asked.place.cursor if asked.place else None
        rows = reader.page(asked.scope, asked.query, order=asked.order, limit=frame.LIMIT, cursor=cursor)
    finally:
        search = recorded()
    shown = cast("tuple[Event, ...]", rows.items)
    events = tuple(event for event in shown if event.seq != search.seq) if asked.address.q.strip() else shown
    proof = submitted.proof(request, asked.address, search)
    chosen = columns.chosen(asked.address.columns.split(","))
    query = urlencode([("tz", asked.address.tz), ("q", asked.address.q), ("span", len(chosen) + 1)])
    context = frame.frame(request, asked.address, FORM) | asked.shown_range() | gaps.context(rows.gaps, asked.zone)
    before = asked.place.page * frame.LIMIT if asked.place else 0
    context |= {
        "columns": chosen,
        "many_columns": len(chosen) > MANY_COLUMNS,
        "usual_columns": tuple(column.name for column in chosen) == columns.DEFAULT,
        "rows": mark_safe(markup.body(events, chosen, asked.zone, query)),  # noqa: S308 -- it escapes every value
        "first_row": f"{before + 1:,}",
        "last_row": f"{before + len(events):,}",
        "page_number": f"{asked.place.page + 1 if asked.place else 1:,}",
        "nothing_at_all": asked.address.bare and not events,
        "own_desks": None if asked.scope.desks is None else sorted(asked.scope.desks),
        "urls": urls(asked, events, rows.next, proof, search.seq),
    }
    if "summary" in request.GET:
        context["summary"] = {
            "total": summary.total(reader, asked, search),
            "histogram": summary.histogram(reader, asked, search),
            "facets": summary.facets(reader, asked, search),
        }
    return context, search


def urls(asked: Asked, items: tuple[Event, ...], following: str | None, proof: str, seq: int) -> dict[str, str]:
    """Return the addresses that the page leads to or loads its parts from."""
    first = asked.address.with_()
    found = {name: first.url(f"{PATH}/{name}", search=proof) for name in ("total", "histogram", "facets")}
    found |= {
        "text": f"{PATH}/text",
        "suggest": f"{PATH}/suggest",
        "columns": first.url(f"{PATH}/columns"),
        "newest": first._replace(order="").url(PATH),
        "oldest": first._replace(order="oldest").url(PATH),
        "all_time": first._replace(start="", end="").url(PATH),
        "no_text": first._replace(q="").url(PATH),
        "whole": asked.address.url(PATH, summary="1"),
    }
    number = asked.place.page if asked.place else 0
    if following:
        found["next"] = asked.page_url(number + 1, following)
    if number:
        found["first"] = first.url(PATH)
        found["previous"] = first.url(PATH) if number == 1 else ""  # further ones the browser knows
    open_ended = asked.window.end is None or asked.window.end > asked.now
    if not number and not asked.address.oldest_first and open_ended:
        since = f"{times.to_us(items[0].created)}.{items[0].seq}.{seq}" if items else f"..{seq}"
        found["newer"] = first.url(f"{PATH}/newer", search=proof, since=since)
    return found


def column_choice(address: Address) -> dict[str, Any]:
    """Return the columns to choose from, the shown ones first, and what of the address stays."""
    chosen = [column.name for column in columns.chosen(address.columns.split(","))]
    names = [*chosen, *(column.name for column in columns.COLUMNS if column.name not in chosen)]
    kept = [pair for pair in zip(addresses.NAMES, address.with_(columns=""), strict=True) if pair[1]]
    return {"choice": [(columns.BY_NAME[name], name in chosen) for name in names], "kept": kept}
