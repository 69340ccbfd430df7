"""How much memory and disk Earwitness takes while it records and is searched, and how long it takes to start.

    python bench/memory.py [--rows 10000000] [--data DIR] [--seconds 60]

``earwitness serve`` on a log of so many events; two senders hand it batches of 10,000 while three readers ask it
everything that ``bench/search.py`` asks, in turn. --data: a log that is there already; it gets events added.
"""

import argparse
import datetime as dt
import http.client
import itertools
import tempfile
import threading
import time
from pathlib import Path

from ingest import batches_of  # bench/ingest.py
from search import Caller, filled, questions  # bench/search.py
from serving import Server, serving, start_seconds  # bench/serving.py

READERS = 3
ROWS_SENT = 200_000


def send(server: Server, bodies: list[bytes], over: threading.Event) -> None:
    """Send batches again and again until it is over; what was recorded already is sent with ids of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Authorization": f"Bearer {server.keys['ingest']}", "Content-Type": "application/x-ndjson"}
    for turn in itertools.count():
        for body in bodies:
            if over.is_set():
                return
            fresh = body.replace(b'{"id":"0', b'{"id":"%x' % (1 + turn % 15))
            connection.request("POST", "/api/v1/events?results=none", fresh, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 503:
                time.sleep(1)
            elif answer.status != 200:
                raise SystemExit(f"{answer.status} {content[:300]!r}")


def read(server: Server, over: threading.Event, end: dt.datetime) -> None:
    """Ask everything, in turn, until it is over."""
    caller = Caller(server.url, server.keys["read"])
    cursor = caller.ask("", {})["next"]
    for question in itertools.cycle(questions(cursor, end)):
        if over.is_set():
            return
        caller.ask(question.path, question.given)


def load(server: Server, seconds: float) -> None:
    """Record and search for so many seconds, telling what it takes."""
    bodies = [b"\n".join(batch) for batch in batches_of(ROWS_SENT)]
    over = threading.Event()
    end = dt.datetime.now(dt.UTC)
    work = [threading.Thread(target=send, args=(server, bodies[number::2], over)) for number in range(2)]
    work += [threading.Thread(target=read, args=(server, over, end)) for _ in range(READERS)]
    print(f"at rest: {server.memory()} MiB", flush=True)
    for each in work:
        each.start()
    began = time.monotonic()
    most: dict[str, int] = {}
    while time.monotonic() - began < seconds:
        time.sleep(0.2)
        for name, size in server.memory().items():
            most[name] = max(size, most.get(name, 0))
    over.set()
    for each in work:
        each.join()
    print(f"recording and searching for {seconds:.0f} s, the most: {most} MiB")
    time.sleep(5)
    print(f"5 s after: {server.memory()} MiB", flush=True)


def on_disk(data: Path) -> int:
    """Return bytes on the disk, everything included."""
    return sum(path.stat().st_blocks * 512 for path in data.rglob("*") if path.is_file())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as empty:
        print(f"first start, on an empty directory: {start_seconds(Path(empty)):.2f} s")
        print(f"second start: {start_seconds(Path(empty)):.2f} s", flush=True)
    with filled(options.data, options.rows) as data:
        print(f"start with the log: {start_seconds(data):.2f} s")
        with serving(data) as server:
            events = Caller(server.url, server.keys["read"]).ask("/count", {})["count"]
            print(f"{events:,} events, {on_disk(data) / events:.1f} bytes on the disk for each", flush=True)
            load(server, options.seconds)


if __name__ == "__main__":
    main()
