"""A call that reads a log: who asks, for what, and the answer as bytes."""

import datetime as dt
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from earwitness.accounts.access import Access
from earwitness.api.manage.callers import reader as caller
from earwitness.api.read.shapes import Asked
from earwitness.model import times
from earwitness.model.problem import Invalid, Malformed
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search import Query, items, values

PERMISSIONS = {ACTIVITY: "show_activity_log", SUPERVISION: "show_whisper_log"}


def allowed(request: HttpRequest, stream: str) -> Access:
    """Return who asks; NotSignedIn for nobody, Forbidden (recorded) for somebody who may not read the stream."""
    return caller(request, PERMISSIONS[stream])


def query_of(request: HttpRequest, stream: str, asked: Asked) -> Query:
    """Return the query of a call. Raises Malformed for a parameter that nobody knows: ignoring a misspelt ``from``
    would answer another question; Invalid for a range or zone that cannot be."""
    _demand_text(request)
    known = {field.alias or name for name, field in type(asked).model_fields.items()}
    if unknown := sorted(set(request.GET) - known):
        sentence = f"There is no parameter {', '.join(unknown)}; there are {', '.join(sorted(known))}."
        raise Malformed(sentence, fields=dict.fromkeys(unknown, "There is no such parameter."))
    if twice := sorted(name for name in request.GET if len(request.GET.getlist(name)) > 1):
        sentence = f"{', '.join(twice)} stands there more than once: say it once."
        raise Malformed(sentence, fields=dict.fromkeys(twice, "It stands there more than once."))
    try:
        zone = values.zone(asked.tz)
    except ValueError as error:
        raise Invalid(f"{error}.", fields={"tz": "There is no time zone of this name."}) from None
    start, end = _moment("from", asked.from_, zone), _moment("to", asked.to, zone)
    return Query(stream=stream, text=asked.q, start=start, end=end, tz=asked.tz)


def _demand_text(request: HttpRequest) -> None:
    """Raise Malformed for an address whose query is not UTF-8: Django would read it as something else."""
    try:
        unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError:
        raise Malformed("The query of the address is not UTF-8.") from None


def _moment(name: str, text: str, zone: dt.tzinfo) -> dt.datetime | None:
    if not text:
        return None
    try:
        return times.from_us(values.span(text, zone).start)
    except ValueError as error:
        raise Invalid(f"{name}: {error}.", fields={name: f"{error}."}) from None


def answer(document: dict[str, Any]) -> HttpResponse:
    """Return a document as JSON that nobody keeps."""
    response = HttpResponse(items.to_json(document), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
