"""Searches by programs are recorded: one event for each submitted search, before it is answered.

What belongs to a search adds nothing: a page by its cursor, and a count, facets, a histogram or another page of the
same search that names the search's request in ``X-Request-ID`` (every answer bears it). Without that name each call is
a search of its own: nobody can count their way through the log unseen.
"""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse

from earwitness.accounts.access import Access
from earwitness.accounts.recorder import actor_of, record
from earwitness.model import times
from earwitness.search import Query, mask
from earwitness.search.grammar import parse

HEADER = "X-Request-ID"
LONGEST = 128
SHARED_SECONDS = 900.0
KEPT = 10_000
_writers = ThreadPoolExecutor(8, thread_name_prefix="api-search-record")

Key = tuple[str, str, str, Query]


class Submitted:
    """Searches that were recorded lately: who submitted what, under which request."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[Key, float] = OrderedDict()

    def is_known(self, key: Key) -> bool:
        """Whether a search was recorded within the last quarter of an hour."""
        with self._lock:
            at = self._known.get(key)
            return at is not None and self._clock() - at < SHARED_SECONDS

    def add(self, key: Key) -> None:
        """Remember a search that was recorded."""
        with self._lock:
            self._known[key] = self._clock()
            self._known.move_to_end(key)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)


_submitted = Submitted()


class Search:
    """One call on behalf of a search. Use as a context: leaving it waits until the search is in the log."""

    def __init__(self, request: HttpRequest, access: Access, query: Query, *, continued: bool = False, **more: Any):
        """continued: a cursor proves that this search was recorded; more: further params of the event."""
        parse(query.text, query.stream)  # a text with a mistake is no search
        given = request.headers.get(HEADER, "")
        self.request_id = given if given.isprintable() and 0 < len(given) <= LONGEST else str(uuid.uuid4())
        self._writing: Future[int] | None = None
        scope = access.scope
        self._key = (scope.tenant, scope.viewer, self.request_id, query)
        if continued or _submitted.is_known(self._key):
            return
        text = mask(query.text) if scope.masked else query.text
        actor = replace(actor_of(request, access), request_uri=request.path, request_id=self.request_id)
        params = {
            "stream": query.stream,
            "q": text,
            "from": times.text(query.start) if query.start else None,
            "to": times.text(query.end) if query.end else None,
            **more,
        }
        self._writing = _writers.submit(record, actor, "search", query.stream, comments=text, params=params)

    def __enter__(self) -> "Search":
        """Begin; the record is being written meanwhile."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the record; raises Unavailable where the log cannot take it, and then nothing is answered."""
        if self._writing is not None:
            self._writing.result()
            _submitted.add(self._key)

    def named(self, response: HttpResponse) -> HttpResponse:
        """Return an answer that bears the name of the search."""
        response[HEADER] = self.request_id
        return response
