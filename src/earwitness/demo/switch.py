"""A switch for the demo: the recorded busy minute of a real Asterisk, over and over, on a real socket with fresh times.

The server listens to it through AMI as to any other switch; nothing in the log was put there in another way. The call
detail records that the same minute left in ``Master.csv`` are told as the event ``Cdr``, each as its channel hangs up,
so that segments are completed after they were recorded, as in real life.
"""

import asyncio
import contextlib
import csv
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from earwitness.collect.asterisk.cdr import AMI_HEADERS, COLUMNS
from earwitness.collect.asterisk.replay import messages
from earwitness.collect.asterisk.replayserver import Manners, ReplayServer

RECORDING = Path(__file__).parent / "recordings" / "busy-minute.jsonl.gz"
RECORDS = RECORDING.with_name("busy-minute.csv")
USER = "earwitness"
START_WITHIN_S = 10.0


def recorded() -> Iterator[tuple[int, str]]:
    """Yield (microseconds since 1970, message) of the busy minute, its call detail records among the events."""
    with RECORDS.open(encoding="utf-8", newline="") as stream:
        records: dict[str, list[dict[str, str]]] = {}
        for row in csv.reader(stream):
            record = dict(zip(COLUMNS, row, strict=True))
            records.setdefault(record["channel"], []).append(record)
    for us, message in messages(RECORDING):
        yield us, message.raw.decode("utf-8", "surrogateescape")
        if message.name == "Hangup":
            for record in records.pop(message.get("Channel"), ()):
                yield us, _told(record)


def _told(record: dict[str, str]) -> str:
    headers = [("Event", "Cdr"), ("Privilege", "cdr,all"), *((AMI_HEADERS[name], record[name]) for name in AMI_HEADERS)]
    return "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"


@contextlib.contextmanager
def playing() -> Iterator[str]:
    """Serve the recording on a free loopback port for as long as the block lasts; yields its ``ami://`` URL."""
    secret = secrets.token_urlsafe(12)
    ports: list[int] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = ReplayServer(recorded(), Manners(username=USER, secret=secret, forever=True))
        ports.append(await server.start())
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            await server.stop()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="demo-switch", daemon=True)
    thread.start()
    if not ready.wait(START_WITHIN_S):
        raise TimeoutError("the demo's switch did not start")
    try:
        yield f"ami://{USER}:{secret}@127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join(5)


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
