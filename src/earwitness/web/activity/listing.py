"""Puts the list together: from an address to what the page shows, and from a form to the address that says the same."""

import datetime as dt
from typing import Any, cast
from urllib.parse import unquote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe

from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search.grammar import parse
from earwitness.web import models
from earwitness.web.activity import address as addresses
from earwitness.web.activity import columns, forms, markup, ranges, submitted, summary
from earwitness.web.activity.address import Address, Place
from earwitness.web.activity.asked import Asked
from earwitness.web.doors import access_of, doors

LIMIT = 50
ZONE_COOKIE = "earwitness_zone"  # the zone of the browser, which its script tells
EXAMPLES = {
    ACTIVITY: 'Words, "a phrase", user:ana.pop event:login -ip:10.0.0.0/8',
    SUPERVISION: "action:barge agent:1001 duration:>30 manager:maria*",
}
COLUMNS, ZONE = "activity.columns", "activity.zone"  # names of what is remembered


def address_of(request: HttpRequest) -> Address:
    """Return the address that was asked for; what it leaves open is as the person last chose it."""
    address = addresses.of(request.GET)
    if address.columns and address.tz:
        return address
    kept = models.remembered(access_of(request).user_id)
    if not address.columns:
        address = address._replace(columns=str(kept.get(COLUMNS, "")))
    if address.bare and kept.get(ZONE):
        address = address._replace(tz=str(kept[ZONE]))
    return address


def fields_of(request: HttpRequest, form: forms.Form = forms.FORM) -> dict[str, str]:
    """Return the form fields that were sent."""
    return {f.name: request.GET[forms.PREFIX + f.name] for f in form.fields if forms.PREFIX + f.name in request.GET}


def onward(request: HttpRequest) -> HttpResponse | None:
    """Return where a submitted form, a chosen value, columns or a zone lead; None where the address is one already.

    Raises BadQuery or Wrong where the form cannot be understood.
    """
    given = request.GET
    address = addresses.of(given)
    user_id = access_of(request).user_id
    if "column" in given:
        return HttpResponseRedirect(_with_columns(address, given.getlist("column"), user_id).url())
    if "zone" in given:
        zone = given["zone"] if addresses.zone(given["zone"]) else ""
        models.remember(user_id, ZONE, zone or None)
        return HttpResponseRedirect(address._replace(tz="" if zone == "UTC" else zone, cursor="").url())
    searched = submitted_address(request, address, forms.FORM)
    if searched is None:
        return None
    response = HttpResponseRedirect(searched.url())
    submitted.forget(request, response, searched)
    return response


def submitted_address(request: HttpRequest, address: Address, form: forms.Form) -> Address | None:
    """Return the address that says what a submitted form or a chosen value asks for; None where neither was sent.

    Raises BadQuery or Wrong where the form cannot be understood.
    """
    given = request.GET
    if "add" in given:
        q = forms.with_value(address.q, given["add"], given.get("value", ""), exclude="not" in given, form=form)
        return address.with_(q=q)
    if "was" in given or "go" in given:
        q = forms.merged(address.q, given.get("was", ""), fields_of(request, form), form)
        start, end = _range(request, address)
        return address.with_(q=q, start=start, end=end)
    return None


def _with_columns(address: Address, names: list[str], user_id: int | None) -> Address:
    chosen = () if "default" in names else tuple(column.name for column in columns.chosen(names))
    if chosen == columns.DEFAULT:
        chosen = ()
    models.remember(user_id, COLUMNS, ",".join(chosen) or None)
    return address._replace(columns=",".join(chosen))


def _range(request: HttpRequest, address: Address) -> tuple[str, str]:
    """Return ``from`` and ``to`` of a submitted form: those of its preset, unless the two moments were edited."""
    given = request.GET
    name = given.get("range", "custom")
    start, end = _to_second(address.start), _to_second(address.end)
    edited = (start, end) != (given.get("was_from", ""), given.get("was_to", ""))
    preset = ranges.BY_NAME.get(name)
    if preset and not (edited and name == given.get("was_range")):
        return preset.start, preset.end
    return start, end


def _to_second(text: str) -> str:
    """Return a local moment with its seconds, which browsers leave out where they are zero."""
    return f"{text}:00" if len(text) == len("2026-11-01T08:00") else text


def found(request: HttpRequest, asked: Asked) -> tuple[dict[str, Any], submitted.Submitted]:
    """Return (what the page shows, the search it belongs to), recording the search if it is a new one."""
    reader = doors(request).reader
    parse(asked.address.q, ACTIVITY)  # a mistake is told before anything is recorded
    recorded = submitted.of_page(request, asked)
    try:
        cursor = asked.place.cursor if asked.place else None
        rows = reader.page(asked.scope, asked.query, order=asked.order, limit=LIMIT, cursor=cursor)
    finally:
        search = recorded()
    shown = cast("tuple[Event, ...]", rows.items)
    events = tuple(event for event in shown if event.seq != search.seq) if asked.address.q.strip() else shown
    proof = submitted.proof(request, asked.address, search)
    chosen = columns.chosen(asked.address.columns.split(","))
    query = urlencode([("tz", asked.address.tz), ("q", asked.address.q), ("span", len(chosen) + 1)])
    context = frame(request, asked.address) | window_of(asked) | summary.gaps_context(rows.gaps, asked)
    before = asked.place.page * LIMIT if asked.place else 0
    context |= {
        "columns": chosen,
        "rows": mark_safe(markup.body(events, chosen, asked.zone, query)),  # noqa: S308 -- it escapes every value
        "first_row": f"{before + 1:,}",
        "last_row": f"{before + len(events):,}",
        "page_number": f"{asked.place.page + 1 if asked.place else 1:,}",
        "nothing_at_all": asked.address.bare and not events,
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
    found = {name: first.url(f"{addresses.PATH}/{name}", search=proof) for name in ("total", "histogram", "facets")}
    found |= {
        "text": f"{addresses.PATH}/text",
        "suggest": f"{addresses.PATH}/suggest",
        "columns": first.url(f"{addresses.PATH}/columns"),
        "newest": first._replace(order="").url(),
        "oldest": first._replace(order="oldest").url(),
        "all_time": first._replace(start="", end="").url(),
        "no_text": first._replace(q="").url(),
        "whole": asked.address.url(summary="1"),
    }
    number = asked.place.page if asked.place else 0
    if following:
        place = Place(number + 1, asked.window.start, asked.window.end, following)
        found["next"] = asked.address._replace(cursor=place.text()).url()
    if number:
        found["first"] = first.url()
        found["previous"] = first.url() if number == 1 else ""  # further ones the browser knows
    open_ended = asked.window.end is None or asked.window.end > asked.now
    if not number and not asked.address.oldest_first and open_ended:
        since = f"{times.to_us(items[0].created)}.{items[0].seq}.{seq}" if items else f"..{seq}"
        found["newer"] = first.url(f"{addresses.PATH}/newer", search=proof, since=since)
    return found


def frame(
    request: HttpRequest, address: Address, form: forms.Form = forms.FORM, path: str = addresses.PATH
) -> dict[str, Any]:
    """Return what the page of a log shows whatever is found: the form, the zones. path: of that page."""
    filled = _filled(request, address, form)
    return {
        "here": {
            "path": path,
            "help": f"{path}/help",
            "example": EXAMPLES[form.stream],
            "q": address.q,
            "was": request.GET.get("was", address.q),
            "order": address.order,
            "tz": address.tz,
            "columns": address.columns,
        },
        "presets": ranges.PRESETS,
        "fields": [field._asdict() | {"value": filled.get(field.name, "")} for field in form.fields],
        "filled": sum(map(bool, filled.values())),
        "zones": _zones(request, address, path),
        "zone_name": address.tz or "UTC",
        "oldest_first": address.oldest_first,
    }


def _filled(request: HttpRequest, address: Address, form: forms.Form) -> dict[str, str]:
    """Return what stands in the fields: what the text says, or what was typed into a form that has a mistake."""
    try:
        return forms.fill(address.q, form).fields | fields_of(request, form)
    except BadQuery:
        return fields_of(request, form)


def column_choice(address: Address) -> dict[str, Any]:
    """Return the columns to choose from, the shown ones first, and what of the address stays."""
    chosen = [column.name for column in columns.chosen(address.columns.split(","))]
    names = [*chosen, *(column.name for column in columns.COLUMNS if column.name not in chosen)]
    kept = [pair for pair in zip(addresses.NAMES, address.with_(columns=""), strict=True) if pair[1]]
    return {"choice": [(columns.BY_NAME[name], name in chosen) for name in names], "kept": kept}


def _zones(request: HttpRequest, address: Address, path: str) -> list[dict[str, Any]]:
    """Return the zones to switch between: UTC, that of the person (else of their browser), and the one shown."""
    own = str(getattr(request.user, "time_zone", "")) or unquote(request.COOKIES.get(ZONE_COOKIE, ""))
    names = ["UTC", own if own and addresses.zone(own) else "", address.tz]
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


def window_of(asked: Asked) -> dict[str, Any]:
    """Return what the Time Range shows."""
    return {
        "window": asked.window,
        "window_from": _local(asked.window.start, asked),
        "window_to": _local(asked.window.end, asked),
    }


def _local(moment: dt.datetime | None, asked: Asked) -> str:
    return moment.astimezone(asked.zone).strftime("%Y-%m-%dT%H:%M:%S") if moment else ""
