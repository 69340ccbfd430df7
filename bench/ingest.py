"""How fast events are recorded over HTTP, held against the engine itself in the same run.

    python bench/ingest.py [--rows 200000] [--seconds 8]

Bulk: the same batches of 10,000 events, first handed straight to the engine with fsync (same schema), then sent over
HTTP and acknowledged. Single: one event a request from raw asyncio sockets over 64 and 256 connections.
What is measured is ``earwitness serve`` on an empty data directory. Processor time is that of its whole process, merges
included; it says more than the clock where others use the machine too.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from serving import Server, serving  # bench/serving.py

from earwitness.demo.history import Plan, generate

BATCH = 10_000
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


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """Serve an empty data directory."""
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as data, serving(Path(data)) as server:
        yield server
        print(f"memory of the server: {server.memory()} MiB")


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
    size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
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
    chosen = parser.parse_args()
    batches = batches_of(chosen.rows)
    with served() as server:
        report_bulk(server, batches, server.keys["ingest"])
        for connections in (1, 64, 256):
            report_single(server, batches[0], server.keys["ingest"], connections, chosen.seconds)


if __name__ == "__main__":
    main()
