"""Sends the generated histories through the same doors as everybody's events: POST /api/v1/events and /supervision."""

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx

from earwitness.demo import cast
from earwitness.demo.history import Plan, generate
from earwitness.demo.supervised import segments

BATCH = 10_000
AHEAD = 2  # requests under way at once: one is checked while the other is written
NEIGHBOURS_EVENTS = 2_000

Told = Callable[[int, int], None]


def plan_of(memory: cast.Memory, events: int) -> Plan:
    """Return the plan of this demo's history: decided at the first start, the same ever after.

    It ends a minute before the first start, so that the page of today is not empty.
    """
    if not memory.history_end:
        memory.history_end = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)).isoformat(timespec="seconds")
        memory.history_events = events
    end = dt.datetime.fromisoformat(memory.history_end)
    return Plan(memory.history_events, end, stand_ins=tuple(cast.STAND_INS.items()))


def fill(url: str, data: Path, memory: cast.Memory, events: int, told: Told) -> int:
    """Record the histories of both logs; returns how many events were recorded now: 0 if it was there already.

    told: called with (events sent, events in all) as it goes. What an earlier, interrupted try has recorded counts as a
    duplicate and is not recorded again.
    """
    recorded = 0 if memory.history_ready else _events(url, data, memory, events, told)
    if not memory.supervision_ready:
        _supervision(url, data, memory)
    return recorded


def _supervision(url: str, data: Path, memory: cast.Memory) -> None:
    end = dt.datetime.fromisoformat(memory.history_end)
    made = segments(end, cast.SEATED, cast.STAND_INS)
    lines = b"".join(json.dumps(segment).encode() + b"\n" for segment in made)
    headers = {"Authorization": f"Bearer {memory.keys['ingest']}", "Content-Type": "application/x-ndjson"}
    with httpx.Client(base_url=url, headers=headers, timeout=120, trust_env=False) as client:
        _post(client, "/api/v1/supervision", lines)
    memory.supervision_ready = True
    cast.remember(data, memory)


def _events(url: str, data: Path, memory: cast.Memory, events: int, told: Told) -> int:
    plan = plan_of(memory, events)
    cast.remember(data, memory)
    recorded = _send(url, memory.keys["ingest"], plan, told)
    theirs = Plan(min(NEIGHBOURS_EVENTS, events), plan.end, seed=7)
    _send(url, cast.neighbour_key(data), theirs, lambda *_: None)
    memory.history_ready = True
    cast.remember(data, memory)
    return recorded


def _send(url: str, key: str, plan: Plan, told: Told) -> int:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    recorded = sent = 0
    waiting: list[Future[int]] = []
    with (
        httpx.Client(base_url=url, headers=headers, timeout=120, trust_env=False) as client,
        ThreadPoolExecutor(AHEAD) as pool,
    ):
        for lines in _batches(plan):
            if len(waiting) == AHEAD:
                recorded += waiting.pop(0).result()
            waiting.append(pool.submit(_post, client, "/api/v1/events", lines))
            sent += BATCH
            told(min(sent, plan.rows), plan.rows)
        return recorded + sum(future.result() for future in waiting)


def _batches(plan: Plan) -> Iterator[bytes]:
    for chunk in generate(plan, processes=min(2, os.cpu_count() or 1)):
        lines = chunk.splitlines(keepends=True)
        for first in range(0, len(lines), BATCH):
            yield b"".join(lines[first : first + BATCH])


def _post(client: httpx.Client, path: str, lines: bytes) -> int:
    """Record one batch, coming back when told to; returns how many of its events were new."""
    while True:
        answer = client.post(path, params={"results": "none"}, content=lines)
        if answer.status_code in (429, 503):
            time.sleep(float(answer.headers.get("Retry-After", "1")))
            continue
        answer.raise_for_status()
        told = answer.json()
        if told["rejected"]:
            raise RuntimeError(f"the generated history was refused: {told['rejected'][0]}")
        return int(told["recorded"])
