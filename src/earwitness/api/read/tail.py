"""The live tail: what is recorded from now on, as server-sent events (WHATWG HTML, section 9.2).

``event: record`` with the place in the log as ``id``, so that a client that comes back with ``Last-Event-ID`` misses
nothing and gets nothing twice. Who may see what is looked at again every half minute: the stream then goes on with what
is allowed now, or ends.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query as Parameters
from ninja import Router

from earwitness.accounts.access import Access
from earwitness.api.doors import doors
from earwitness.api.read import again
from earwitness.api.read.asking import PERMISSIONS, allowed, query_of
from earwitness.api.read.audit import Search
from earwitness.api.read.shapes import Asked
from earwitness.model.problem import Malformed, Problem
from earwitness.model.scope import Scope
from earwitness.search import Query, Reader, items

LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
RECHECK_SECONDS = 30.0
AT_ONCE = 500


ending = threading.Event()  # set when the server is told to end: streams then close, and their clients come back later


class Ends:
    """Where logs end, asked of the store once for all tails that look at the same log at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[int, str, str], tuple[float, int]] = {}

    def of(self, reader: Reader, scope: Scope, stream: str) -> int:
        """Return the last place of a log, not older than the time between two looks."""
        key = (id(reader), scope.tenant, stream)
        with self._lock:
            at, place = self._known.get(key, (0.0, 0))
            if time.monotonic() - at >= LOOK_SECONDS * 0.9:
                place = reader.last_seq(scope, stream)
                self._known[key] = (time.monotonic(), place)
        return place


_ends = Ends()


class Told(NamedTuple):
    """What a look found: the bytes to send, and up to which place the log has been read."""

    blocks: list[bytes]
    place: int


class Tail:
    """One client's stream."""

    def __init__(self, reader: Reader, query: Query, access: Access, recheck: Callable[[], Access]) -> None:
        """recheck: who asks, as things stand now; raises a problem where they may no longer read."""
        self._reader = reader
        self._query = query
        self._access = access
        self._recheck = recheck

    async def run(self, place: int | None) -> AsyncIterator[bytes]:
        """Yield what is recorded behind a place, by default behind the end of the log, until it may not be read."""
        checked = beaten = time.monotonic()
        try:
            if place is None:  # before the first line: what is recorded after that line has come is told
                place = (await asyncio.to_thread(self._look, None)).place
            yield b"retry: 3000\n\n"
            while not ending.is_set():
                told = await asyncio.to_thread(self._look, place)
                place = told.place
                for block in told.blocks:
                    yield block
                now = time.monotonic()
                if told.blocks:
                    beaten = now
                elif now - beaten >= HEARTBEAT_SECONDS:
                    beaten = now
                    yield b": still here\n\n"
                if now - checked >= RECHECK_SECONDS:
                    checked = now
                    self._access = await sync_to_async(self._recheck)()
                if len(told.blocks) < AT_ONCE:
                    await asyncio.sleep(LOOK_SECONDS)
        except Problem as problem:
            yield message("end", items.to_json({"type": problem.type, "detail": problem.detail}))

    def _look(self, place: int | None) -> Told:
        scope, stream = self._access.scope, self._query.stream
        end = _ends.of(self._reader, scope, stream)
        if place is None or end <= place:
            return Told([], end if place is None else place)
        rows = self._reader.since(scope, self._query, place, end, AT_ONCE)
        blocks = [message("record", items.to_json(items.item(row)), row.seq) for row in rows]
        return Told(blocks, (rows[-1].seq or end) if len(rows) == AT_ONCE else end)


def message(kind: str, data: bytes, place: int | None = None) -> bytes:
    """Return one server-sent event; ``data`` is JSON, which has no line ends."""
    named = b"" if place is None else f"id: {place}\n".encode()
    return b"event: " + kind.encode() + b"\n" + named + b"data: " + data + b"\n\n"


def _place(request: HttpRequest) -> int | None:
    given = request.headers.get("Last-Event-ID", "").strip()
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 19:
        raise Malformed("Last-Event-ID holds no place in the log: send the id of the last event, or leave it out.")
    return int(given)


def _begin(request: HttpRequest, stream: str, asked: Asked) -> Tail:
    access = allowed(request, stream)
    query = query_of(stream, asked)
    with Search(request, access, query, figures="tail"):
        pass
    return Tail(doors(request).reader, query, access, lambda: again.access(request, PERMISSIONS[stream]))


def router_of(stream: str, noun: str) -> Router:
    """Return the call that tails one log."""
    router = Router(tags=[noun], by_alias=True)
    says = f"Needs `{PERMISSIONS[stream]}`. Server-sent events `record` from now on, or behind `Last-Event-ID`."

    @router.get(
        "/tail", operation_id=f"tail_{noun}", summary=f"Follow the {noun} as they are recorded", description=says
    )
    async def tail(request: HttpRequest, asked: Parameters[Asked]) -> StreamingHttpResponse:
        place = _place(request)
        begun = await sync_to_async(_begin)(request, stream, asked)
        response = StreamingHttpResponse(begun.run(place), content_type="text/event-stream")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response

    return router
