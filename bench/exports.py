"""How fast exports are written, held against the engine's own CSV of the same rows, and how much memory they take.

    python bench/exports.py [--rows 1000000] [--data DIR]

CSV has to reach half of the engine's own rate and 150,000 rows a second on two cores, and its memory may not grow with
the rows. Both are asked in turn in the same process. Without --data a log is generated and removed at the end.
"""

import argparse
import platform
import resource
import tempfile
import time
from pathlib import Path

from search import EVERYTHING, house  # bench/search.py: the same log

from earwitness.deliver.exports import making
from earwitness.deliver.exports.order import Order
from earwitness.model.scope import ACTIVITY
from earwitness.search import Reader
from earwitness.store import Store

COLUMNS = "created, username, user_ip, event, sub_event, event_object, comments, request_uri, params"
ENGINE = (
    f"SELECT {COLUMNS} FROM events WHERE tenant = {{tenant:String}} ORDER BY created DESC, seq DESC "
    "SETTINGS max_execution_time = 0, max_block_size = 4096, read_in_order_use_buffering = 0, max_threads = 2\n"
    "FORMAT CSV"
)
ROUNDS = 3


class Unwatched:
    """Nobody waits."""

    def begin(self, total: int) -> None:
        """Do nothing."""

    def advance(self, done: int) -> None:
        """Do nothing."""


def engine(store: Store, path: Path) -> float:
    """Let the engine write its own CSV; returns the seconds."""
    began = time.perf_counter()
    handle = store._open_handle()
    with path.open("wb") as file:
        for block in handle.stream("bench", ENGINE, {"tenant": "default"}):
            file.write(block)
    handle.close()
    return time.perf_counter() - began


def ours(reader: Reader, layout: str, path: Path) -> tuple[int, float]:
    """Write an export; returns rows and seconds, counting and planning included."""
    began = time.perf_counter()
    plan = making.plan(reader, Order(stream=ACTIVITY, format=layout), EVERYTHING, reader.last_seq(EVERYTHING, ACTIVITY))
    made = making.make(reader, plan, path, Unwatched())
    return made.rows, time.perf_counter() - began


def peak(who: int) -> int:
    """Return the most memory that was resident, in MiB."""
    return resource.getrusage(who).ru_maxrss // 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    with house(given.data, given.rows) as store, tempfile.TemporaryDirectory() as room:
        reader = Reader(store, secret=b"x" * 32)
        out = Path(room) / "out"
        print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        for _ in range(ROUNDS):
            theirs = engine(store, out)
            rows, seconds = ours(reader, "csv", out)
            rate = rows / seconds
            print(f"csv      {rate:>10,.0f} rows/s, {theirs / seconds:.2f} of the engine's {rows / theirs:,.0f}")
        print(f"memory   {peak(resource.RUSAGE_SELF)} MiB, the engine included, {rows:,} rows")
        for layout in ("ndjson", "parquet", "xlsx"):
            rows, seconds = ours(reader, layout, out)
            print(f"{layout:<8} {rows / seconds:>10,.0f} rows/s, child {peak(resource.RUSAGE_CHILDREN)} MiB")


if __name__ == "__main__":
    main()
