"""``POST /api/v1/events`` and ``/supervision``: raw ASGI, for each layer in between costs events a second."""

import asyncio
import contextlib
import datetime as dt
import email.utils
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import parse_qs

import msgspec
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness.api.ingest import answers, bodies
from earwitness.api.ingest.grants import LookUp, Writer, writer_of
from earwitness.model.problem import Malformed, Problem, TooMany, Unavailable
from earwitness.record import EVENTS, SEGMENTS, Intake, Outcome, Recorder, Rejected, Sender, take_in, take_in_segments
from earwitness.record.log import Log

logger = structlog.get_logger(__name__)

DesksOf = Callable[[str, str], tuple[str, ...]]
Limit = Callable[[Writer], int | None]

LARGE_AT_ONCE = 3  # bodies that may be in memory, unpacked, at one time; more wait at their sockets


class Counted(msgspec.Struct):
    """The answer without the results of single events."""

    recorded: int
    duplicates: int
    rejected: list[Rejected]


class IngestApp:
    """Takes events over HTTP and answers when they are on the disk."""

    def __init__(
        self, recorder: Recorder, look_up: LookUp, desks_of: DesksOf | None = None, *, limit: Limit | None = None
    ) -> None:
        """look_up: (token, client address, path) -> what the key grants, or None;
        desks_of: (tenant, username) -> desks now;
        limit: asked for each request, returns seconds to wait where a key sends too much, else None."""
        self._recorder = recorder
        self._look_up = look_up
        self._desks_of = desks_of
        self._limit = limit
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="intake")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            if scope["method"] != "POST":
                await answers.send_method_not_allowed(send)
                return
            supervision = scope["path"].endswith("/supervision")
            with bodies.Room() as room:
                await self._take(scope, receive, send, _SEGMENTS if supervision else _EVENTS, room)
        except bodies.ClientGone:
            return
        except Problem as problem:
            await answers.send_problem(send, problem)
        except Exception:
            logger.exception("a request to record failed", path=scope["path"])
            await answers.send_problem(send, Unavailable("The events could not be recorded; try again.", retry_after=5))

    async def _take(self, scope: Scope, receive: Receive, send: Send, kind: "_Kind", room: bodies.Room) -> None:
        writer = writer_of(scope, self._look_up)
        quiet = _quiet(scope)
        if self._limit is not None and (wait := self._limit(writer)) is not None:
            raise TooMany("This key sends too many requests: slow down.", retry_after=wait)
        packed = await bodies.read(scope, receive, room)
        sender = self._recorder.sender(
            writer.tenant, sources=writer.sources, desks_of=self._desks_of, clock_skew=_clock_skew(scope)
        )
        if packed.large:
            async with self._one_of_few():
                loop = asyncio.get_running_loop()
                taken = await loop.run_in_executor(self._workers, kind.take_in, packed, sender)
                outcome = await self._record(writer, taken, packed, kind.log, quiet=quiet)
        else:
            taken = kind.take_in(packed, sender)
            outcome = await self._record(writer, taken, packed, kind.log, quiet=quiet)
        await answers.send_json(send, 200, _answer(outcome, quiet=quiet))

    async def _record(self, writer: Writer, taken: Intake, packed: bodies.Packed, log: Log, *, quiet: bool) -> Outcome:
        return await self._recorder.record(writer.tenant, taken, len(packed.data), quiet=quiet, log=log)

    @contextlib.asynccontextmanager
    async def _one_of_few(self) -> AsyncIterator[None]:
        async with self._large:
            yield


class _Kind(NamedTuple):
    """What is sent to one address: how it is taken in, and the log where it goes."""

    take_in: Callable[[bodies.Packed, Sender], Intake]
    log: Log


def _take_in_events(packed: bodies.Packed, sender: Sender) -> Intake:
    body = packed.cut()
    return _whole(body, take_in(body.items, body.whole, sender, body.place))


def _take_in_segments(packed: bodies.Packed, sender: Sender) -> Intake:
    body = packed.cut()
    return _whole(body, take_in_segments(body.items, sender, body.place))


def _whole(body: bodies.Body, taken: Intake) -> Intake:
    """Return what was taken in; raises Malformed if the body is one object that is no JSON."""
    if body.form == "object" and taken.rejected and taken.rejected[0].problem.startswith("malformed"):
        raise bodies.fault_of(body.whole)
    return taken


_EVENTS = _Kind(_take_in_events, EVENTS)
_SEGMENTS = _Kind(_take_in_segments, SEGMENTS)


def _answer(outcome: Outcome, *, quiet: bool) -> Outcome | Counted:
    return Counted(outcome.recorded, outcome.duplicates, outcome.rejected) if quiet else outcome


def _quiet(scope: Scope) -> bool:
    """Whether the query asks to leave the results of single events out."""
    query = scope["query_string"]
    if not query:
        return False
    asked: dict[str, list[str]] = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    for name in asked:
        if name != "results":
            raise Malformed(f"There is no parameter {name[:100]}; there is results.")
    wanted = asked.get("results", ["all"])[-1]
    if wanted not in {"all", "none"}:
        raise Malformed("results may be all or none.")
    return wanted == "none"


def _clock_skew(scope: Scope) -> dt.timedelta | None:
    """Return how far the sender's clock is ahead of ours, if it told its time in a Date header."""
    for name, value in scope["headers"]:
        if name == b"date":
            try:
                told = email.utils.parsedate_to_datetime(value.decode("latin-1"))
                return told - dt.datetime.now(dt.UTC)
            except (ValueError, TypeError):  # no date, or one without a zone
                return None
    return None


def create_app(
    recorder: Recorder, look_up: LookUp, desks_of: DesksOf | None = None, *, limit: Limit | None = None
) -> ASGIApp:
    """Return the ASGI application for ``POST /api/v1/events`` and ``/supervision``; arguments as for ``IngestApp``."""
    return IngestApp(recorder, look_up, desks_of, limit=limit)
