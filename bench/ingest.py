"""How fast events are recorded over HTTP, held against the engine itself in the same run.

    python bench/ingest.py [--rows 200000] [--seconds 8] [--port PORT --key KEY]

Bulk: the same batches of 10,000 events, first handed straight to the engine with fsync (same schema), then sent over
HTTP and acknowledged. Single: one event a request from raw asyncio sockets over 64 and 256 connections.
Without --port the ingest door alone is served, from a child process on a fresh data directory. Processor time is that
of the whole process, merges included; it says more than the clock where others use the machine too.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from earwitness.demo.history import Plan, generate

BATCH = 10_000
SERVER = """
import asyncio, gc, socket, sys
from pathlib import Path
from types import SimpleNamespace
import uvicorn, uvloop
from earwitness.api.ingest.app import create_app
from earwitness.record import Recorder
from earwitness.store import Store

data = Path(sys.argv[1])
store = Store.open(f"chdb://{data}/events", data)
recorder = Recorder(store)
recorder.start()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
grant = SimpleNamespace(tenant="default", scope="ingest", name="bench", sources=None)
app = create_app(recorder, lambda token, ip, path: grant, lambda tenant, user: ())
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(
    app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
)
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(uvicorn.Server(config).serve(sockets=[listener]))
recorder.stop()
store.close()
"""
STRAIGHT = """
import json, sys, time
from pathlib import Path
from earwitness.store import Store

data = Path(sys.argv[1])
store = Store.open(f"chdb://{data}/events", data)
batches = [Path(name).read_bytes() for name in sys.argv[2:]]
start, cpu = time.perf_counter(), time.process_time()
for batch in batches:
    store.insert_lines("events", batch)
print(time.perf_counter() - start, time.process_time() - cpu)
store.close()
"""


def batches_of(rows: int) -> list[list[bytes]]:
    """Return generated events as lines, 10,000 to a batch; sources that are reserved are renamed."""
    plan = Plan(rows=rows, end=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    text = b"".join(generate(plan)).replace(b'"source":"asterisk"', b'"source":"pbx"')
    lines = text.split(b"\n")[:rows]
    return [lines[start : start + BATCH] for start in range(0, rows, BATCH)]


class Server:
    """A server that is measured. pid: None where it is not ours to look into."""

    def __init__(self, port: int, pid: int | None) -> None:
        self.port = port
        self.pid = pid

    def cpu(self) -> float:
        """Return seconds of processor time that it has used."""
        if self.pid is None:
            return 0.0
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """Serve the ingest door from a child process."""
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as data:
        child = subprocess.Popen([sys.executable, "-c", SERVER, data], stdout=subprocess.PIPE, text=True)
        try:
            assert child.stdout
            yield Server(int(child.stdout.readline()), child.pid)
            status = Path(f"/proc/{child.pid}/status").read_text()
            print("  server's peak memory:", re.search(r"VmHWM:\s+(\d+)", status)[1], "kB")  # type: ignore[index]
        finally:
            child.terminate()
            child.wait()


def straight(batches: Sequence[Sequence[bytes]]) -> tuple[float, float]:
    """Return seconds, and seconds of processor time, in which the engine takes the batches as they will be kept."""
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
        names = []
        seq = 0
        for number, batch in enumerate(batches):
            path = Path(folder) / f"{number}.ndjson"
            with path.open("wb") as file:
                for line in batch:
                    seq += 1
                    file.write(
                        b'{"tenant":"default","seq":%d,"received_at":"2026-11-20 18:00:00.000000",'
                        b'"retention_class":"400d","epoch":1,%b\n' % (seq, line[1:])
                    )
            names.append(str(path))
        command = [sys.executable, "-c", STRAIGHT, f"{folder}/data", *names]
        Path(f"{folder}/data").mkdir()
        wall, cpu = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return float(wall), float(cpu)


def request(body: bytes, media: str, key: str, query: str = "") -> bytes:
    """Return one HTTP request as bytes."""
    head = (
        f"POST /api/v1/events{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Return the body of one answer; anything but 200 ends the benchmark."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
    body = await reader.readexactly(size)
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{head.decode()}{body.decode()}")
    return body


async def bulk(port: int, batches: Sequence[Sequence[bytes]], key: str, senders: int) -> float:
    """Return seconds in which all batches are acknowledged."""
    requests = [request(b"\n".join(batch), "application/x-ndjson", key) for batch in batches]
    waiting = iter(requests)

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        for body in waiting:
            writer.write(body)
            recorded = json.loads(await answer(reader))["recorded"]
            assert recorded == BATCH, recorded
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(senders)))
    return time.perf_counter() - start


async def single(port: int, lines: Sequence[bytes], key: str, connections: int, seconds: float) -> list[float]:
    """Send one event a request for so many seconds; return how long each acknowledgement took, in seconds."""
    taken: list[float] = []
    numbers = iter(range(10**9))
    end = time.perf_counter() + seconds

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            line = lines[next(numbers) % len(lines)]
            fresh = b'{"id":"%b%b' % (str(uuid.uuid4()).encode(), line[43:])
            start = time.perf_counter()
            writer.write(request(fresh, "application/json", key))
            await answer(reader)
            taken.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(sender() for _ in range(connections)))
    return taken


def report_bulk(server: Server, batches: Sequence[Sequence[bytes]], key: str) -> None:
    """Print bulk rates, in turns with the engine's own."""
    half = len(batches) // 2
    for senders, part in ((1, batches[:half]), (2, batches[half:])):
        count = sum(map(len, part))
        wall, cpu = straight(part)
        before = server.cpu()
        over_http = asyncio.run(bulk(server.port, part, key, senders))
        used = server.cpu() - before
        print(
            f"bulk, {senders} sender(s), {count} events: engine {count / wall:,.0f}/s ({cpu / count * 1e6:.1f} us of "
            f"processor each), HTTP {count / over_http:,.0f}/s ({used / count * 1e6:.1f} us): {wall / over_http:.2f}"
        )


def report_single(server: Server, lines: Sequence[bytes], key: str, connections: int, seconds: float) -> None:
    """Print the rate and the times of single events."""
    before = server.cpu()
    taken = asyncio.run(single(server.port, lines, key, connections, seconds))
    used = server.cpu() - before
    cuts = [cut * 1e3 for cut in statistics.quantiles(taken, n=100)]
    print(
        f"single, {connections} connections: {len(taken) / seconds:,.0f}/s acknowledged ({used / len(taken) * 1e6:.0f} "
        f"us of processor each), median {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, longest {max(taken) * 1e3:.0f} ms"
    )


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--port", type=int, help="of a server that runs already, instead of one of its own")
    parser.add_argument("--key", default="bench")
    chosen = parser.parse_args()
    batches = batches_of(chosen.rows)
    with contextlib.ExitStack() as stack:
        server = Server(chosen.port, None) if chosen.port else stack.enter_context(served())
        report_bulk(server, batches, chosen.key)
        for connections in (1, 64, 256):
            report_single(server, batches[0], chosen.key, connections, chosen.seconds)


if __name__ == "__main__":
    main()
