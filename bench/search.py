"""How fast the read door answers, held against the best SQL for the same question, asked of the engine directly.

    python bench/search.py [--rows 10000000] [--data DIR] [--times 5]

Both are asked in turn in the same process, so that whatever else the machine does slows both. The engine's cache of
conditions is off. A question may take 1.5 times its SQL and 15 ms; the newest page 40 ms, a whole word anywhere 100 ms.
Without --data a log is generated into a directory that is removed at the end.
"""

import argparse
import datetime as dt
import json
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from earwitness.demo.history import ABSENT, NEEDLE, Plan, generate
from earwitness.demo.vocabulary import USERS
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader
from earwitness.search.rows import EVENT_COLUMNS
from earwitness.store import Store, engine
from earwitness.store.handles import Handle

END = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
EVERYTHING = Scope(tenant="default", streams=frozenset({ACTIVITY}), desks=None, masked=False, viewer="bench")
COLUMNS = ", ".join(EVENT_COLUMNS)
NEWEST = "ORDER BY created DESC, seq DESC LIMIT 50"
WORDS = "(lowerUTF8(comments) LIKE '{0}' OR lowerUTF8(event_object) LIKE '{0}' OR lowerUTF8(request_uri) LIKE '{0}'"
WORDS += " OR lowerUTF8(params) LIKE '{0}')"


class Question(NamedTuple):
    """name; answer: asks the read door; best: SQL for the same, the fastest counts; most_ms: a bound of its own."""

    name: str
    answer: Callable[[Reader], object]
    best: tuple[str, ...]
    most_ms: float | None = None


def page(
    text: str = "", start: dt.datetime | None = None, end: dt.datetime | None = None
) -> Callable[[Reader], object]:
    """Return what asks for the first page of a search."""
    return lambda reader: reader.page(EVERYTHING, Query(text=text, start=start, end=end))


def rows(condition: str, also: str = "") -> tuple[str, ...]:
    """Return SQL for a first page, the condition before or while the rows are read."""
    tenant = f"tenant = 'default'{also}"
    return (
        f"SELECT {COLUMNS} FROM events PREWHERE {condition} WHERE {tenant} {NEWEST}",
        f"SELECT {COLUMNS} FROM events WHERE {tenant} AND {condition} {NEWEST}",
    )


def moment(value: dt.datetime) -> str:
    """Return a moment as the engine reads it."""
    return f"toDateTime64('{value:%Y-%m-%d %H:%M:%S}', 6, 'UTC')"


def questions(cursor: str) -> list[Question]:
    """Return what is asked. cursor: leads to page 200 of everything."""
    day = END - dt.timedelta(days=10)
    quarter = END - dt.timedelta(days=90)
    within = f" AND created >= {moment(day)} AND created < {moment(day + dt.timedelta(days=1))}"
    since = f" AND created >= {moment(quarter)}"
    number, absent = NEEDLE.lstrip("+"), ABSENT.lstrip("+")
    everywhere = "tenant = 'default'"
    return [
        Question("newest 50", page(), rows("1"), 40),
        Question("newest 50 of a day", page(start=day, end=day + dt.timedelta(days=1)), rows("1", within), 40),
        Question(
            "a frequent user, 90 days", page(f"user:{USERS[0]}", quarter), rows(f"username = '{USERS[0]}'", since), 40
        ),
        Question(
            "a rare user, 90 days", page(f"user:{USERS[1500]}", quarter), rows(f"username = '{USERS[1500]}'", since)
        ),
        Question(
            "event and sub-event",
            page("event:queue_config sub:update"),
            rows("event = 'queue_config' AND sub_event = 'update'"),
            40,
        ),
        Question(
            "a whole number anywhere", page(f"has:{number}"), rows(f"hasAllTokens(search_words, ['{number}'])"), 100
        ),
        Question(
            "a number as part of a text",
            page(number),
            (*rows(f"search_words LIKE '%{number}%'"), *rows(WORDS.format(f"%{number}%"))),
        ),
        Question(
            "a part that is nowhere",
            page(absent),
            (*rows(f"search_words LIKE '%{absent}%'"), *rows(WORDS.format(f"%{absent}%"))),
        ),
        Question("a frequent word", page("busy"), rows(WORDS.format("%busy%")), 40),
        Question("a phrase", page('"changed on"'), rows(WORDS.format("%changed on%")), 40),
        Question(
            "an office network",
            page("ip:10.20.1.0/24"),
            rows("user_ip BETWEEN toIPv6('::ffff:10.20.1.0') AND toIPv6('::ffff:10.20.1.255')"),
            40,
        ),
        Question(
            "a home network",
            page("ip:203.0.7.0/24"),
            rows("user_ip BETWEEN toIPv6('::ffff:203.0.7.0') AND toIPv6('::ffff:203.0.7.255')"),
        ),
        Question(
            "a path in params",
            page("params.after.status:busy"),
            rows("JSONExtractString(params, 'after', 'status') = 'busy'"),
            40,
        ),
        Question(
            "page 200",
            lambda reader: reader.page(EVERYTHING, Query(), cursor=cursor),
            (f"SELECT {COLUMNS} FROM events WHERE {everywhere} ORDER BY created DESC, seq DESC LIMIT 50 OFFSET 9950",),
        ),
        Question(
            "count",
            lambda reader: reader.count(EVERYTHING, Query()),
            (f"SELECT count() FROM events WHERE {everywhere}",),
        ),
        Question(
            "count of a user",
            lambda reader: reader.count(EVERYTHING, Query(text=f"user:{USERS[0]}")),
            (f"SELECT count() FROM events WHERE {everywhere} AND username = '{USERS[0]}'",),
        ),
        Question(
            "daily histogram",
            lambda reader: reader.histogram(EVERYTHING, Query(), "P1D"),
            (
                f"SELECT toStartOfDay(created) AS day, count() FROM events WHERE {everywhere} GROUP BY day",
                "SELECT toDate(toStartOfFifteenMinutes(created)) AS day, count() FROM events"
                f" WHERE {everywhere} GROUP BY day",
            ),
        ),
        Question(
            "top 20 users",
            lambda reader: reader.facets(EVERYTHING, Query(), ["username"], 20),
            (
                f"SELECT username, count() AS n FROM events WHERE {everywhere}"
                " GROUP BY username ORDER BY n DESC LIMIT 20",
            ),
        ),
    ]


@contextmanager
def house(data: Path | None, rows_wanted: int) -> Iterator[Store]:
    """Open a log, or make one."""
    if data is not None:
        with Store.open(f"chdb://{data / 'events'}", data) as store:
            yield store
        return
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
        if shutil.disk_usage(folder).free < rows_wanted * 400:
            sys.exit(f"{folder} has too little room for {rows_wanted:,} events: set TMPDIR.")
        home = Path(folder)
        with Store.open(f"chdb://{home / 'events'}", home) as store:
            fill(store, rows_wanted)
            yield store


def fill(store: Store, rows_wanted: int) -> None:
    """Put a generated history into a log, past the write door: what is measured is reading."""
    seq = 0
    for block in generate(Plan(rows=rows_wanted, end=END)):
        lines = []
        for line in block.splitlines():
            seq += 1
            event = json.loads(line)
            event |= {"tenant": "default", "seq": seq, "retention_class": "400d", "received_at": "2026-11-20 18:00:00"}
            event["created"] = event["created"].rstrip("Z").replace("T", " ")
            event["user_ip"] = f"::ffff:{event['user_ip']}"
            event["params"] = json.dumps(event["params"], separators=(",", ":"), ensure_ascii=False)
            lines.append(json.dumps(event, ensure_ascii=False))
        store.insert_lines("events", "\n".join(lines).encode())
        print(f"\r{seq:,} events", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def timed(ask: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    begin = time.perf_counter()
    ask()
    return (time.perf_counter() - begin) * 1000


def measure(question: Question, reader: Reader, handle: Handle, times: int) -> tuple[float, float]:
    """Return median milliseconds of (the read door, the fastest SQL), asked in turn."""

    def asked(sql: str) -> Callable[[], object]:
        return lambda: handle.query("bench", sql)

    took = [timed(asked(sql)) for sql in question.best]
    best = question.best[took.index(min(took))]
    timed(lambda: question.answer(reader))
    pairs = [(timed(lambda: question.answer(reader)), timed(asked(best))) for _ in range(times)]
    return statistics.median(ours for ours, _ in pairs), statistics.median(straight for _, straight in pairs)


def cursor_to(reader: Reader, number: int) -> str:
    """Return the cursor of a page of everything."""
    cursor: str | None = None
    for _ in range(number - 1):
        cursor = reader.page(EVERYTHING, Query(), cursor=cursor).next
    return cursor or ""


def main() -> int:
    """Measure and print; 1 if anything is over its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    over = 0
    engine.SESSION_SETTINGS["use_query_condition_cache"] = 0
    with house(options.data, options.rows) as store:
        reader = Reader(store, secret=b"bench")
        handle = store._open_handle()
        version = ".".join(map(str, store.engine_version))
        print(f"{platform.machine()}, Python {platform.python_version()}, engine {version}")
        print("| question | read door, ms | best SQL, ms | ratio | bound, ms | |\n|---|---:|---:|---:|---:|---|")
        for question in questions(cursor_to(reader, 200)):
            ours, straight = measure(question, reader, handle, options.times)
            bound = 1.5 * straight + 15
            bound = min(bound, question.most_ms) if question.most_ms else bound
            over += ours > bound
            verdict = "over" if ours > bound else ""
            print(
                f"| {question.name} | {ours:.1f} | {straight:.1f} | {ours / straight:.2f} | {bound:.0f} | {verdict} |",
                flush=True,
            )
        handle.close()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
