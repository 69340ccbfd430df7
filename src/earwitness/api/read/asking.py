"""A call that reads a log: who asks, for what, and the answer as bytes."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from earwitness.accounts.access import Access
from earwitness.api.manage.callers import reader as caller
from earwitness.api.read.shapes import Asked
from earwitness.model import times
from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search import Query, items, values

PERMISSIONS = {ACTIVITY: "show_activity_log", SUPERVISION: "show_whisper_log"}


def allowed(request: HttpRequest, stream: str) -> Access:
    """Return who asks; NotSignedIn for nobody, Forbidden (recorded) for somebody who may not read the stream."""
    return caller(request, PERMISSIONS[stream])


def query_of(stream: str, asked: Asked) -> Query:
    """Return the query of a call. Raises Invalid for a range or zone that cannot be."""
    try:
        zone = values.zone(asked.tz)
    except ValueError as error:
        raise Invalid(f"{error}.", fields={"tz": "There is no time zone of this name."}) from None
    start, end = _moment("from", asked.from_, zone), _moment("to", asked.to, zone)
    return Query(stream=stream, text=asked.q, start=start, end=end, tz=asked.tz)


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
