"""How fast the API answers, held against the best SQL for the same question, asked of the engine directly.

    python bench/search.py [--rows 10000000] [--data DIR] [--times 7]

The server is Earwitness as it is served, over HTTP and with everything that belongs to a call: key, scope, the record
of the search, JSON. It runs in this process, so that the engine can be asked directly too; both are asked in turn, so
that whatever else the machine does slows both. The engine's cache of conditions is off. A call may take 1.5 times its
SQL and 15 ms; the newest page 40 ms, a whole word anywhere 100 ms. Without --data a log is generated into a directory
that is removed at the end.
"""

import argparse
import datetime as dt
import http.client
import json
import os
import platform
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from serving import keys_of  # bench/serving.py

from earwitness.demo.history import ABSENT, NEEDLE, Plan, generate
from earwitness.demo.vocabulary import USERS
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search.rows import EVENT_COLUMNS
from earwitness.server.config import load
from earwitness.server.runtime import House
from earwitness.server.serve import serve
from earwitness.store import Store, engine
from earwitness.store.handles import Handle

END = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
COLUMNS_OF_EVENTS = """SELECT name FROM system.columns
WHERE database = currentDatabase() AND table = 'events' AND default_kind != 'ALIAS'"""
EVERYTHING = Scope(tenant="default", streams=frozenset({ACTIVITY}), desks=None, masked=False, viewer="bench")
COLUMNS = ", ".join(EVENT_COLUMNS)
NEWEST = "ORDER BY created DESC, seq DESC LIMIT 50"
WORDS = "(lowerUTF8(comments) LIKE '{0}' OR lowerUTF8(event_object) LIKE '{0}' OR lowerUTF8(request_uri) LIKE '{0}'"
WORDS += " OR lowerUTF8(params) LIKE '{0}')"


class Question(NamedTuple):
    """name; path, given: the call; best: SQL for the same, the fastest counts; most_ms: a bound of its own."""

    name: str
    path: str
    given: dict[str, str]
    best: tuple[str, ...]
    most_ms: float | None = None


class Caller:
    """Asks the API over one connection."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"))
        self._headers = {"Authorization": f"Bearer {key}"}

    def ask(self, path: str, given: dict[str, str]) -> Any:
        """Return what a call answers; anything but 200 ends the benchmark."""
        self._connection.request("GET", f"/api/v1/events{path}?{urlencode(given)}", headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} {given}: {answer.status} {content[:300]!r}")
        return json.loads(content)


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


def questions(cursor: str, end: dt.datetime) -> list[Question]:
    """Return what is asked. cursor: leads to page 200 of everything; end: of the generated history."""
    day, night, quarter = end - dt.timedelta(days=10), end - dt.timedelta(days=9), end - dt.timedelta(days=90)
    within = f" AND created >= {moment(day)} AND created < {moment(night)}"
    since = f" AND created >= {moment(quarter)}"
    frequent, rare = USERS[0], USERS[1500]
    number, absent = NEEDLE.lstrip("+"), ABSENT.lstrip("+")
    tenant = "tenant = 'default'"
    status = "JSONExtractString(params, 'after', 'status') = 'busy'"
    both = "event = 'queue_config' AND sub_event = 'update'"
    quarters = (
        f"SELECT toDate(toStartOfFifteenMinutes(created)) AS day, count() FROM events WHERE {tenant} GROUP BY day"
    )
    top = f"SELECT username, count() AS n FROM events WHERE {tenant} GROUP BY username ORDER BY n DESC LIMIT 20"

    def page(name: str, text: str, best: tuple[str, ...], most_ms: float | None = None, **more: str) -> Question:
        return Question(name, "", ({"q": text} if text else {}) | more, best, most_ms)

    def figure(name: str, path: str, *best: str, **given: str) -> Question:
        return Question(name, path, given, best)

    return [
        page("newest 50", "", rows("1"), 40),
        page("newest 50 of a day", "", rows("1", within), 40, **{"from": day.isoformat(), "to": night.isoformat()}),
        page(
            "a frequent user, 90 days",
            f"user:{frequent}",
            rows(f"username = '{frequent}'", since),
            40,
            **{"from": quarter.isoformat()},
        ),
        page(
            "a rare user, 90 days",
            f"user:{rare}",
            rows(f"username = '{rare}'", since),
            **{"from": quarter.isoformat()},
        ),
        page("event and sub-event", "event:queue_config sub:update", rows(both), 40),
        page("a whole number anywhere", f"has:{number}", rows(f"hasAllTokens(search_words, ['{number}'])"), 100),
        page(
            "a number as part of a text",
            number,
            (*rows(f"search_words LIKE '%{number}%'"), *rows(WORDS.format(f"%{number}%"))),
        ),
        page(
            "a part that is nowhere",
            absent,
            (*rows(f"search_words LIKE '%{absent}%'"), *rows(WORDS.format(f"%{absent}%"))),
        ),
        page("a frequent word", "busy", rows(WORDS.format("%busy%")), 40),
        page("a phrase", '"changed on"', rows(WORDS.format("%changed on%")), 40),
        page(
            "an office network",
            "ip:10.20.1.0/24",
            rows("user_ip BETWEEN toIPv6('::ffff:10.20.1.0') AND toIPv6('::ffff:10.20.1.255')"),
            40,
        ),
        page(
            "a home network",
            "ip:203.0.7.0/24",
            rows("user_ip BETWEEN toIPv6('::ffff:203.0.7.0') AND toIPv6('::ffff:203.0.7.255')"),
        ),
        page("a path in params", "params.after.status:busy", rows(status), 40),
        page(
            "page 200",
            "",
            (f"SELECT {COLUMNS} FROM events WHERE {tenant} ORDER BY created DESC, seq DESC LIMIT 50 OFFSET 9950",),
            cursor=cursor,
        ),
        figure("count", "/count", f"SELECT count() FROM events WHERE {tenant}"),
        figure(
            "count of a user",
            "/count",
            f"SELECT count() FROM events WHERE {tenant} AND username = '{frequent}'",
            q=f"user:{frequent}",
        ),
        figure(
            "daily histogram",
            "/histogram",
            f"SELECT toStartOfDay(created) AS day, count() FROM events WHERE {tenant} GROUP BY day",
            quarters,
            interval="P1D",
        ),
        figure("top 20 users", "/facets", top, by="username", top="20"),
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


def repeat(store: Store, rows_there: int, rows_wanted: int) -> None:
    """Let a log grow to more rows than are generated in an hour: the engine repeats what is there, a little later, with
    other ids."""
    table = store._open_handle()
    names = [row[0] for row in table.query("bench.columns", COLUMNS_OF_EVENTS).rows]
    for first in range(rows_there, rows_wanted, rows_there):
        later = {
            "id": "generateUUIDv4()",
            "seq": f"seq + {first}",
            "created": f"created + toIntervalMicrosecond({first // rows_there})",
        }
        chosen = ", ".join(later.get(name, name) for name in names)
        among = f"seq <= {min(rows_there, rows_wanted - first)}"
        into = f"INSERT INTO events ({', '.join(names)}) SETTINGS max_memory_usage = 0, max_execution_time = 0"
        table.command("bench.repeat", f"{into} SELECT {chosen} FROM events WHERE {among}")
        print(f"\r{min(first + rows_there, rows_wanted):,} events", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    table.close()


@contextmanager
def filled(data: Path | None, rows_wanted: int) -> Iterator[Path]:
    """Return a data directory with a log, made where none is given."""
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
        home = Path(folder)
        with Store.open(f"chdb://{home / 'events'}", home) as store:
            fill(store, rows_wanted)
        yield home


def timed(ask: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    begin = time.perf_counter()
    ask()
    return (time.perf_counter() - begin) * 1000


def measure(question: Question, caller: Caller, handle: Handle, times: int) -> tuple[float, float]:
    """Return median milliseconds of (the API, the fastest SQL), asked in turn."""

    def asked(sql: str) -> Callable[[], object]:
        return lambda: handle.query("bench", sql)

    def called() -> object:
        return caller.ask(question.path, question.given)

    took = [timed(asked(sql)) for sql in question.best]
    best = question.best[took.index(min(took))]
    timed(called)
    pairs = [(timed(called), timed(asked(best))) for _ in range(times)]
    return statistics.median(ours for ours, _ in pairs), statistics.median(straight for _, straight in pairs)


def cursor_to(caller: Caller, number: int) -> str:
    """Return the cursor of a page of everything."""
    cursor = ""
    for _ in range(number - 1):
        cursor = caller.ask("", {"cursor": cursor} if cursor else {})["next"]
    return cursor


def report(house: House, caller: Caller, times: int) -> int:
    """Measure and print; returns how many questions are over their bounds."""
    handle = house.store._open_handle()
    version = ".".join(map(str, house.store.engine_version))
    end = handle.query("bench", "SELECT max(created) FROM events WHERE source = 'pbx_stats'").rows[0][0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, engine {version}")
    print(f"{caller.ask('/count', {})['count']:,} events")
    print("| question | API, ms | best SQL, ms | ratio | bound, ms | |\n|---|---:|---:|---:|---:|---|")
    over = 0
    for question in questions(cursor_to(caller, 200), end):
        ours, straight = measure(question, caller, handle, times)
        bound = 1.5 * straight + 15
        bound = min(bound, question.most_ms) if question.most_ms else bound
        over += ours > bound
        verdict = "over" if ours > bound else ""
        print(
            f"| {question.name} | {ours:.1f} | {straight:.1f} | {ours / straight:.2f} | {bound:.0f} | {verdict} |",
            flush=True,
        )
    handle.close()
    return over


def main() -> int:
    """Measure and print; 1 if anything is over its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    found: list[int] = []
    engine.SESSION_SETTINGS["use_query_condition_cache"] = 0
    with filled(options.data, options.rows) as data:
        key = keys_of(data)["read"]

        def ask(house: House, url: str) -> None:
            try:
                found.append(report(house, Caller(url, key), options.times))
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        def begin(house: House, url: str) -> None:
            threading.Thread(target=ask, args=(house, url)).start()

        serve(load({}, data), "127.0.0.1", 0, started=begin, offer_setup=False)
    return 1 if found != [0] else 0


if __name__ == "__main__":
    sys.exit(main())
