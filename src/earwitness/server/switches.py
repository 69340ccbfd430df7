"""Listens to the switches that the settings name, and records what they tell, in a thread of its own.

What a switch tells goes to the disk first (``collect.spool``) and from there to the recorder, so that neither a full
store nor a crash loses what no switch ever tells twice. What is going on is written down every second, so that a
session survives a restart.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from earwitness.collect.asterisk import address
from earwitness.collect.asterisk.agents import ALL_CLASSES, measuring_class
from earwitness.collect.asterisk.cdrplace import cdr_place
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.connection import Connection, ConnectionStatus
from earwitness.collect.asterisk.snapshot import SnapshotError
from earwitness.collect.sink import Activity, Completion, Found, Sink
from earwitness.collect.spool import Spool
from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.model.problem import Problem
from earwitness.model.scope import DEFAULT_TENANT, SUPERVISION
from earwitness.model.segment import Segment
from earwitness.record import Outcome, Recorder, naming
from earwitness.server.records import Records, records

log = structlog.get_logger(__name__)

SNAPSHOT_EVERY_S = 1.0
STOP_WITHIN_S = 15.0


class Switches:
    """All switches of one house. ``start`` and ``stop`` from any thread; the questions too."""

    def __init__(
        self,
        recorder: Recorder,
        folder: Path,
        urls: dict[str, str],
        tenant: str = DEFAULT_TENANT,
        cdrs: dict[str, str] | None = None,
    ) -> None:
        """folder: where what waits and what is going on is kept; urls: name of a switch -> its ``ami://`` URL;
        cdrs: name of a switch -> where its call detail records are, if not among its events.

        Raises ValueError with one sentence for a URL that is none.
        """
        self._recorder = recorder
        self._folder = folder
        self._tenant = tenant
        self._addresses = [address.address(name, url) for name, url in sorted(urls.items())]
        self._places = {name: cdr_place(text) for name, text in (cdrs or {}).items()}
        self._records: list[Records] = []
        self._connections: list[Connection] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._spool: Spool | None = None
        self._written: dict[Path, bytes] = {}

    def start(self) -> None:
        """Begin to listen; returns at once."""
        if self._addresses:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._thread = threading.Thread(target=self._run, name="switches")
            self._thread.start()

    def stop(self) -> None:
        """Stop listening, and leave on disk what is not recorded yet."""
        if self._thread is None:
            return
        if self._loop is not None and self._main is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself
                self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(STOP_WITHIN_S)

    @property
    def statuses(self) -> list[ConnectionStatus]:
        """How it stands with each switch."""
        return [connection.status for connection in self._connections]

    @property
    def tenant(self) -> str:
        """Into whose log the switches are heard."""
        return self._tenant

    @property
    def waiting(self) -> int:
        """How many findings wait on disk to be recorded."""
        return len(self._spool) if self._spool is not None else 0

    def going_on(self, tenant: str) -> list[Segment]:
        """Return what lasts at this moment, as segments that end now, people named. The caller applies its scope."""
        if tenant != self._tenant or self._loop is None or self._loop.is_closed():
            return []
        asked = asyncio.run_coroutine_threadsafe(self._going_on(), self._loop)
        try:
            found = asked.result(2.0)
        except (TimeoutError, asyncio.CancelledError):
            return []
        return [_named(segment) for segment in found]

    async def _going_on(self) -> list[Segment]:
        now = times.now_us()
        return [found for connection in self._connections for found in connection.collector.going_on(now)]

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._listen())

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        spool = self._spool = Spool(self._folder / "waiting.ndjson")
        self._connections = [self._connection(one, spool) for one in self._addresses]
        self._records = [
            records(self._places[one.address.name], one.collector, self._folder / f"{one.address.name}.cdr-place")
            for one in self._connections
            if one.address.name in self._places
        ]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(spool.deliver(self._record))
                tasks.create_task(self._keep_snapshots())
                for connection in self._connections:
                    tasks.create_task(connection.run())
                for each in self._records:
                    tasks.create_task(each.run())
        finally:
            self._write_snapshots()
            spool.close()

    def _connection(self, where: address.Address, spool: Spool) -> Connection:
        collector = Collector(
            self._wanted_by(spool),
            pbx=where.name,
            tenant=self._tenant,
            classes=ALL_CLASSES,
            records_come=where.name in self._places,
        )
        kept = self._snapshot(where.name)
        if kept.is_file():
            try:
                collector.resume(kept.read_bytes())
            except (OSError, SnapshotError) as error:
                log.warning("what was going on is not known any more", switch=where.name, problem=str(error))
        return Connection(where, collector)

    def _wanted_by(self, spool: Spool) -> Sink:
        """Return the way to the spool for all but what measures single agents where nobody has said what for."""

        def take(found: Found) -> None:
            name = measuring_class(found) if isinstance(found, Activity) else ""
            if not name or self._is_on(name):
                spool(found)

        return take

    def _is_on(self, name: str) -> bool:
        from earwitness.accounts import policies

        try:
            return name in policies.of(self._tenant).purposes
        except Problem:
            return False  # what may not be recorded is worse than what is missing

    def _snapshot(self, name: str) -> Path:
        return self._folder / f"{name}.going-on"

    async def _keep_snapshots(self) -> None:
        while True:
            await asyncio.sleep(SNAPSHOT_EVERY_S)
            self._write_snapshots()

    def _write_snapshots(self) -> None:
        """Write down what is going on; what it no longer holds, because it was found, is on disk before."""
        taken = [(self._snapshot(one.address.name), one.collector.snapshot()) for one in self._connections]
        if self._spool is not None:
            self._spool.keep()
        for path, going_on in taken:
            if self._written.get(path) != going_on:
                self._write(path, going_on)
        for each in self._records:
            each.keep()

    def _write(self, path: Path, going_on: bytes) -> None:
        draft = path.with_suffix(".new")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(going_on)
            draft.replace(path)
            self._written[path] = going_on
        except OSError as error:
            log.warning("what is going on cannot be written down", switch=path.stem, problem=error.strerror)

    async def _record(self, found: Sequence[Found]) -> None:
        await asyncio.to_thread(self.record, found)

    def record(self, found: Sequence[Found]) -> dict[str, int]:
        """Record a batch, a segment before what completes it; return how many were recorded, known and refused.

        The same findings again are known and add nothing. Raises a problem where the store cannot take them.
        """
        outcomes: list[Outcome] = []
        segments = [_named(each) for each in found if isinstance(each, Segment)]
        if segments:
            outcomes.append(self._recorder.record_segments(segments))
        activities = [each for each in found if isinstance(each, Activity)]
        for tenant in sorted({each.tenant for each in activities}):
            events = [_event(each) for each in activities if each.tenant == tenant]
            outcomes.append(self._recorder.record_system_events(tenant, "asterisk", events))
        for each in found:
            if isinstance(each, Gap):
                self._recorder.record_gap(each)
            elif isinstance(each, Completion):
                fields = {"cdr_id": each.cdr_id, "cdr_sequence": each.cdr_sequence}
                self._recorder.amend(each.tenant, SUPERVISION, each.segment_id, fields, cause=each.cause)
        refused = [rejected for outcome in outcomes for rejected in outcome.rejected]
        if refused:
            log.error("findings of a switch were refused", count=len(refused), first=refused[0].problem)
        return {
            "recorded": sum(outcome.recorded for outcome in outcomes),
            "duplicates": sum(outcome.duplicates for outcome in outcomes),
            "rejected": len(refused),
        }


def _named(segment: Segment) -> Segment:
    """Return a segment with the people whom the directory knows at its extensions, and the desks of its agent."""
    from earwitness.accounts import extensions  # Django is set up by the time a switch is heard

    return naming.named(segment, extensions.at)


def _event(found: Activity) -> dict[str, object]:
    """Return an activity as the recorder takes it; a person that the switch does not name is known by extension."""
    from earwitness.accounts import extensions

    fields = found.to_json()
    del fields["tenant"]
    person = extensions.at(found.tenant, str(found.params.get("pbx", "")), found.extension, found.created)
    if person is not None and found.username in ("", found.extension):
        fields["username"] = person.username or found.username
    if not fields["username"]:
        fields["username"] = f"ext:{found.extension}" if found.extension else "asterisk"
    return {name: value for name, value in fields.items() if value not in ("", None)}
