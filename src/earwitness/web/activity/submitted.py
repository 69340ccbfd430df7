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
from earwitness.search import mask
from earwitness.web.activity.address import Address
from earwitness.web.activity.asked import Asked
from earwitness.web.doors import access_of

COOKIE = "earwitness_search"
SHARED_FOR = dt.timedelta(minutes=15)  # the same search seen again later is looked at anew, and recorded anew
PART_FOR = dt.timedelta(hours=12)
WRITERS = ThreadPoolExecutor(8, thread_name_prefix="search-record")


class Submitted(NamedTuple):
    """A recorded search: ``request_id`` of its event, and when it was submitted."""

    request_id: str
    at: dt.datetime


def _signer(request: HttpRequest, address: Address) -> signing.Signer:
    scope = access_of(request).scope
    said = repr((scope.tenant, scope.viewer, address.q, address.start, address.end, address.tz))
    return signing.Signer(salt="activity.search." + hashlib.sha256(said.encode()).hexdigest())


def proof(request: HttpRequest, address: Address, submitted: Submitted) -> str:
    """Return the signed text that this person submitted this search."""
    return _signer(request, address).sign(f"{submitted.request_id}.{times.to_us(submitted.at)}")


def proven(request: HttpRequest, address: Address, text: str, longest: dt.timedelta) -> Submitted | None:
    """Return the search that a signed text proves, None where it proves another, is forged or too old."""
    try:
        request_id, _, at = _signer(request, address).unsign(text).partition(".")
    except signing.BadSignature:
        return None
    submitted = Submitted(request_id, times.from_us(int(at)))
    return submitted if dt.datetime.now(dt.UTC) - submitted.at < longest else None


def of_page(request: HttpRequest, asked: Asked) -> tuple[Submitted, Callable[[], object]]:
    """Return the search that a page shows, and what to call before showing it: it waits until the search is recorded.

    A page reached by a cursor was searched before. The record is written while the rows are looked up: each of them
    waits for a disk.
    """
    shared = proven(request, asked.address, request.COOKIES.get(COOKIE, ""), SHARED_FOR)
    if shared or asked.place:
        return shared or Submitted(str(uuid.uuid4()), asked.now), lambda: None
    submitted = Submitted(str(uuid.uuid4()), asked.now)
    return submitted, WRITERS.submit(record, request, asked, submitted).result


def of_part(request: HttpRequest, address: Address) -> Submitted | None:
    """Return the search to which a part of a page belongs, None where nothing proves it."""
    return proven(request, address, request.GET.get("search", ""), PART_FOR)


def keep(request: HttpRequest, response: HttpResponse, address: Address, submitted: Submitted) -> None:
    """Let the next view of the same search know that it was recorded."""
    text = proof(request, address, submitted)
    response.set_cookie(
        COOKIE, text, max_age=SHARED_FOR, path="/activity", secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse) -> None:
    """Make the next view of a search a submission of its own."""
    response.delete_cookie(COOKIE, path="/activity")


def record(request: HttpRequest, asked: Asked, submitted: Submitted) -> None:
    """Record that a search was submitted, with its text as its person may see it."""
    text = mask(asked.address.q) if asked.scope.masked else asked.address.q
    actor = replace(actor_of(request), request_uri=request.path, request_id=submitted.request_id)
    params = {
        "stream": "activity",
        "q": text,
        "from": times.text(asked.window.start) if asked.window.start else None,
        "to": times.text(asked.window.end) if asked.window.end else None,
        "order": asked.order,
    }
    recorder.record(actor, "search", "activity", comments=text, params=params)
