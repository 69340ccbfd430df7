"""Records each submitted search once: what belongs to it shares its ``request_id`` and adds nothing to the log.

The proof that a search was recorded is a signed text that names the person, the search and the moment. Parts of a page
(total, histogram, top values, further pages) carry it in their addresses; a cookie carries it from one view of a search
to the next, so that choosing columns or another order is not a search of its own. Pressing Search forgets the cookie.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest, HttpResponse

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.model import times
from earwitness.search import Query, Reader, mask
from earwitness.web.doors import access_of
from earwitness.web.logs import ranges
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.asked import Asked

COOKIE = "earwitness_search"
COOKIE_HOLDS = 5  # searches in other windows
SHARED_FOR = dt.timedelta(minutes=15)  # the same search seen again later is looked at anew, and recorded anew
PART_FOR = dt.timedelta(hours=12)
RECORDED_WITHIN = dt.timedelta(minutes=2)
WRITERS = ThreadPoolExecutor(8, thread_name_prefix="search-record")


class Submitted(NamedTuple):
    """A recorded search: ``request_id`` of its event, when it was submitted, and the event's place in the log."""

    request_id: str
    at: dt.datetime
    seq: int


def _signer(request: HttpRequest, address: Address) -> signing.Signer:
    scope = access_of(request).scope
    zoned = "created:" in address.q.lower() or any(map(ranges.is_zoned, (address.start, address.end)))
    said = repr((scope.tenant, scope.viewer, address.q, address.start, address.end, address.tz if zoned else ""))
    return signing.Signer(salt="activity.search." + hashlib.sha256(said.encode()).hexdigest())


def proof(request: HttpRequest, address: Address, submitted: Submitted) -> str:
    """Return the signed text that this person submitted this search."""
    return _signer(request, address).sign(f"{submitted.request_id}.{times.to_us(submitted.at)}.{submitted.seq}")


def proven(request: HttpRequest, address: Address, text: str, longest: dt.timedelta) -> Submitted | None:
    """Return the search that a signed text proves, None where it proves another, is forged or too old."""
    try:
        request_id, at, seq = _signer(request, address).unsign(text).split(".")
    except signing.BadSignature:
        return None
    submitted = Submitted(request_id, times.from_us(int(at)), int(seq))
    return submitted if dt.datetime.now(dt.UTC) - submitted.at < longest else None


def of_page(request: HttpRequest, asked: Asked) -> Callable[[], Submitted]:
    """Return what gives the search that a page shows, waiting until it is recorded if it is a new one.

    The record is written while the rows are looked up: each of them waits for a disk.
    """
    longest = PART_FOR if asked.place else SHARED_FOR
    for text in _kept(request):
        if shared := proven(request, asked.address, text, longest):
            return lambda: shared
    return WRITERS.submit(record, request, asked).result


def of_part(request: HttpRequest, address: Address) -> Submitted | None:
    """Return the search to which a part of a page belongs, None where nothing proves it."""
    return proven(request, address, request.GET.get("search", ""), PART_FOR)


def _kept(request: HttpRequest) -> list[str]:
    return [text for text in request.COOKIES.get(COOKIE, "").split("|") if text]


def keep(request: HttpRequest, response: HttpResponse, address: Address, submitted: Submitted) -> None:
    """Let the next view of the same search know that it was recorded."""
    _set(request, response, [proof(request, address, submitted), *_others(request, address)])


def forget(request: HttpRequest, response: HttpResponse, address: Address) -> None:
    """Make the next view of a search a submission of its own."""
    _set(request, response, _others(request, address))


def _others(request: HttpRequest, address: Address) -> list[str]:
    return [text for text in _kept(request) if not proven(request, address, text, PART_FOR)]


def _set(request: HttpRequest, response: HttpResponse, texts: list[str]) -> None:
    value = "|".join(texts[:COOKIE_HOLDS])
    response.set_cookie(
        COOKIE, value, max_age=PART_FOR, path="/activity", secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def record(request: HttpRequest, asked: Asked) -> Submitted:
    """Record that a search was submitted, with its text as its person may see it."""
    request_id = str(uuid.uuid4())
    text = mask(asked.address.q) if asked.scope.masked else asked.address.q
    actor = replace(actor_of(request), request_uri=request.path, request_id=request_id)
    params = {
        "stream": "activity",
        "q": text,
        "from": times.text(asked.window.start) if asked.window.start else None,
        "to": times.text(asked.window.end) if asked.window.end else None,
        "order": asked.order,
    }
    return Submitted(request_id, asked.now, recorder.record(actor, "search", "activity", comments=text, params=params))


def without_itself(reader: Reader, asked: Asked, submitted: Submitted) -> Query:
    """Return the query of a search without the event that records it: what is looked for stands in its text.

    A search without text finds its own event as everything else.
    """
    near = (submitted.at - RECORDED_WITHIN, submitted.at + RECORDED_WITHIN)
    start = max(near[0], asked.window.start or near[0])
    end = min(near[1], asked.window.end or near[1])
    if not asked.address.q.strip() or start >= end:
        return asked.query
    itself = asked.also(f"seq:{submitted.seq}")._replace(start=start, end=end)
    return asked.also(f"-seq:{submitted.seq}") if reader.count(asked.scope, itself).count else asked.query
