"""How fast exports are written, held against the engine's own CSV of the same rows, and how much memory they take.

    python bench/exports.py [--rows 1000000] [--data DIR] [--formats csv,ndjson,parquet,xlsx,pdf] [--rounds 3]
                               [--grow ROWS]

CSV has to reach half of the engine's own rate and 150,000 rows a second on two cores, and its memory may not grow with
the rows. Both are asked in turn in the same process. Without --data a log is generated and removed at the end; with it
the first --rows of that log are written. --grow makes a log of that many rows in an empty --data and ends: a million of
them generated, repeated by the engine.
"""

import argparse
import platform
import resource
import tempfile
import time
from pathlib import Path

from search import EVERYTHING, fill, house, repeat  # bench/search.py: the same log

from earwitness.deliver.exports import making
from earwitness.deliver.exports.order import Order
from earwitness.model.scope import ACTIVITY
from earwitness.search import Reader
from earwitness.store import Store
from earwitness.store import engine as engine_setup

COLUMNS = "created, username, user_ip, event, sub_event, event_object, comments, request_uri, params"
GENERATED = 1_000_000
ENGINE = (
    f"SELECT {COLUMNS} FROM events WHERE tenant = {{tenant:String}} AND seq <= {{rows:UInt64}} "
    "ORDER BY created DESC, seq DESC SETTINGS max_execution_time = 0, max_threads = 2, max_memory_usage = 0\nFORMAT CSV"
)


class Unwatched:
    """Nobody waits."""

    def begin(self, total: int) -> None:
        """Do nothing."""

    def advance(self, done: int) -> None:
        """Do nothing."""


def engine(store: Store, path: Path, rows: int) -> float:
    """Let the engine write its own CSV, with its own settings; returns the seconds."""
    began = time.perf_counter()
    handle = store._open_handle()
    with path.open("wb") as file:
        for block in handle.stream("bench", ENGINE, {"tenant": "default", "rows": rows}):
            file.write(block)
    handle.close()
    return time.perf_counter() - began


def ours(reader: Reader, layout: str, path: Path, rows: int) -> tuple[int, float]:
    """Write an export; returns rows and seconds, counting and planning included."""
    began = time.perf_counter()
    plan = making.plan(reader, Order(stream=ACTIVITY, format=layout), EVERYTHING, rows)
    made = making.make(reader, plan, path, Unwatched())
    return made.rows, time.perf_counter() - began


def forget_peak() -> int:
    """Forget the most memory that was resident, and return what is now, in MiB (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return own_peak()


def own_peak() -> int:
    """Return the most memory that was resident since it was forgotten, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def grow(data: Path, rows: int) -> None:
    """Make a large log."""
    engine_setup.ENGINE_OPTIONS["max_server_memory_usage"] = 0  # for this process, which measures nothing
    with Store.open(f"chdb://{data / 'events'}", data) as store:
        fill(store, min(rows, GENERATED))
        repeat(store, min(rows, GENERATED), rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--formats", default="csv,ndjson,parquet,xlsx,pdf")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--grow", type=int)
    given = parser.parse_args()
    if given.grow:
        grow(given.data, given.grow)
        return
    with house(given.data, given.rows) as store, tempfile.TemporaryDirectory() as room:
        reader = Reader(store, secret=b"x" * 32)
        out = Path(room) / "out"
        print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        for layout in given.formats.split(","):
            for _ in range(given.rounds if layout == "csv" else 1):
                theirs = engine(store, out, given.rows) if layout == "csv" else 0
                before = forget_peak()
                rows, seconds = ours(reader, layout, out, given.rows)
                line = (
                    f"{layout:<8} {rows:>11,} rows {rows / seconds:>10,.0f} rows/s {out.stat().st_size / 1e6:,.0f} MB"
                )
                line += f", memory {before} to {own_peak()} MiB"
                if theirs:
                    line += f", {theirs / seconds:.2f} of the engine's {rows / theirs:,.0f}"
                if layout not in ("csv", "ndjson"):
                    line += f", child {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB"
                print(line, flush=True)


if __name__ == "__main__":
    main()
