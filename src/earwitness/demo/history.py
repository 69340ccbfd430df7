"""A generated history: deterministic contact-centre activity as NDJSON, in the form that POST /api/v1/events takes.

3,000 users with a long tail, 25 events with their sub-events, office and home networks, phone books, nested params
with before and after; about 640 bytes an event. ``created`` rises with the row and follows a contact centre's week;
``id`` is a UUIDv7 made of it. A chunk depends on the plan and its number alone, so the output is the same however many
processes make it.
"""

import datetime as dt
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from earwitness.demo.shapes import SHAPES, Draw
from earwitness.demo.vocabulary import (
    COMMENTS,
    COUNTRY_CODES,
    EVENTS,
    HOURS,
    PAIRS,
    QUEUES,
    REPORTS,
    USER_AGENTS,
    USERS,
    WEEKDAYS,
    home_network,
    office_network,
)

Array = np.ndarray[Any, Any]

CHUNK = 50_000  # rows that are made at once: about 32 MB of text
NEEDLE = "+442079460123"  # stands in exactly NEEDLE_ROWS rows; generated numbers never begin with +44207
NEEDLE_ROWS = 10
ABSENT = "+442079469999"  # stands nowhere


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate: ``rows`` events in the ``days`` before ``end`` (aware).

    stand_ins: pairs of a rank and the name of who has acted in place of the generated person at that rank.
    """

    rows: int
    end: dt.datetime
    days: int = 300
    seed: int = 20261120
    stand_ins: tuple[tuple[int, str], ...] = ()

    @property
    def start(self) -> dt.datetime:
        """The moment before the first event."""
        return self.end - dt.timedelta(days=self.days)

    @property
    def chunks(self) -> int:
        """How many chunks the rows make."""
        return -(-self.rows // CHUNK)


@lru_cache(maxsize=4)
def _calendar(plan: Plan) -> tuple[Array, Array]:
    """Return the cumulated share of work done by the end of each hour, and that hour's end in ms after the start."""
    hour = np.arange(plan.days * 24)
    day = (hour + plan.start.hour) // 24
    busy = np.array(HOURS)[(hour + plan.start.hour) % 24] * np.array(WEEKDAYS)[(plan.start.weekday() + day) % 7]
    busy *= (1 + 0.15 * np.sin(day / 300 * 6.28)) * (1 + 0.0008 * day)
    done = np.concatenate([[0], np.cumsum(busy)])
    return done / done[-1], np.arange(plan.days * 24 + 1) * 3_600_000.0


def _cumulated(shares: Sequence[float]) -> Array:
    array = np.asarray(shares, float)
    result: Array = np.cumsum(array / array.sum())
    return result


_PAIR_SHARES = _cumulated(
    [
        kind.weight * kind.sub_events[sub_event] / sum(kind.sub_events.values())
        for kind, sub_event in ((EVENTS[event], sub_event) for event, sub_event in PAIRS)
    ]
)
_USER_SHARES = _cumulated([1 / (rank + 1) ** 0.9 for rank in range(len(USERS))])


def _pick(shares: Array, chance: Array) -> list[int]:
    picked: list[int] = np.minimum(np.searchsorted(shares, chance), len(shares) - 1).tolist()
    return picked


def _numbers(entries: Array, salt: int) -> list[str]:
    """Return the telephone number of each entry of a phone book: digits look random, never +44207."""
    mixed = entries.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    country = (mixed % np.uint64(8)).tolist()
    national = (np.uint64(3_000_000_000) + (mixed >> np.uint64(8)) % np.uint64(6_900_000_000)).tolist()
    return [f"{COUNTRY_CODES[c]}{n}" for c, n in zip(country, national, strict=True)]


def _address(rank: int, dice: list[int]) -> str:
    if dice[1] % 100 < 78:
        return f"{office_network((rank * 7) % 60)}{rank % 250 + 2}"
    if dice[1] % 100 < 97:
        return f"{home_network((rank * 13) % 2000)}{dice[2] % 3 + 10}"
    return f"{home_network(dice[3] % 2000)}{dice[2] % 250 + 2}"


def _event_object(kind: str, d: Draw) -> str:
    match kind:
        case "agent" | "ext":
            return f"{kind}:{d.extension}"
        case "cdr":
            return f"cdr:{d.call_id}"
        case "queue":
            return f"queue:{d.queue}"
        case "report":
            return f"report:{REPORTS[d.dice[8] % 8]}"
        case "user":
            return f"user:{USERS[d.dice[12] % len(USERS)]}"
    return f"{kind}:{d.dice[12] % 90}"


def _comment(d: Draw) -> str:
    if d.dice[7] % 100 < 88:
        return ""
    return COMMENTS[d.dice[6] % 10] + ("" if d.dice[5] % 2 else f" ({d.queue}, ref {d.dice[4] % 100000})")


def _uuid7(ms: int, counter: int, chance: int) -> str:
    stamp = f"{ms:012x}"
    tail = (chance >> 14) & 0xFFFFFFFFFFFF
    return f"{stamp[:8]}-{stamp[8:]}-7{counter & 4095:03x}-{0x8000 | (chance & 0x3FFF):04x}-{tail:012x}"


def _line(d: Draw, identity: str, template: str, object_kind: str) -> str:
    params, uri = SHAPES[template](d)
    return (
        f'{{"id":"{identity}","created":"{d.created}","source":"{d.source}","username":"{d.username}",'
        f'"user_ip":"{_address(d.rank, d.dice)}","event":"{d.event}","sub_event":"{d.sub_event}",'
        f'"event_object":"{_event_object(object_kind, d)}","comments":"{_comment(d)}",'
        f'"request_uri":"{uri}","params":{params}}}\n'
    )


class _Chances(NamedTuple):
    """What falls to the rows of one chunk, column by column."""

    moments: list[int]
    created: list[str]
    pairs: list[int]
    ranks: list[int]
    dice: list[list[int]]
    ids: list[int]
    sessions: list[int]
    callers: list[str]
    callees: list[str]


def _chances(plan: Plan, first: int, size: int) -> _Chances:
    random = np.random.default_rng([plan.seed, first // CHUNK])
    share = (np.sort(random.random(size)) * size + first) / plan.rows
    moments = np.interp(share, *_calendar(plan)).astype(np.int64) + int(plan.start.timestamp() * 1000)
    return _Chances(
        moments=moments.tolist(),
        created=np.datetime_as_string(moments.astype("datetime64[ms]"), unit="ms").tolist(),
        pairs=_pick(_PAIR_SHARES, random.random(size)),
        ranks=_pick(_USER_SHARES, random.random(size)),
        dice=random.integers(0, 1 << 30, (14, size)).T.tolist(),
        ids=random.integers(0, 1 << 62, size).tolist(),
        sessions=random.integers(0, 1 << 62, size).tolist(),
        callers=_numbers(random.integers(0, 1_500_000, size), 1),
        callees=_numbers(random.integers(0, 40_000, size), 2),
    )


def _draw(chances: _Chances, i: int, username: str) -> Draw:
    event, sub_event = PAIRS[chances.pairs[i]]
    ms, rank, dice = chances.moments[i], chances.ranks[i], chances.dice[i]
    return Draw(
        event=event,
        sub_event=sub_event,
        source=EVENTS[event].source,
        rank=rank,
        username=username,
        ms=ms,
        created=chances.created[i] + "Z",
        queue=f"{QUEUES[dice[4] % 10]}-{dice[4] // 10 % 24}",
        extension=1000 + rank % 2900,
        call_id=f"{ms // 1000 - dice[5] % 600}.{dice[6] % 99999}",
        session=f"{chances.sessions[i]:016x}",
        user_agent=USER_AGENTS[(rank * 5 + dice[7] % 2) % 48],
        caller=chances.callers[i],
        callee=chances.callees[i],
        dice=dice,
    )


def chunk(plan: Plan, k: int) -> bytes:
    """Return chunk ``k`` of the plan: up to CHUNK lines of NDJSON."""
    first = k * CHUNK
    size = min(CHUNK, plan.rows - first)
    chances = _chances(plan, first, size)
    planted = {int(plan.rows * (j + 0.5) / NEEDLE_ROWS) - first for j in range(NEEDLE_ROWS)}
    names = dict(enumerate(USERS)) | dict(plan.stand_ins)
    lines = []
    counter, previous = 0, -1
    for i in range(size):
        draw = _draw(chances, i, names[chances.ranks[i]])
        kind = EVENTS[draw.event]
        template = kind.template
        if i in planted:
            draw.caller, template = NEEDLE, "call"
        counter = counter + 1 if draw.ms == previous else draw.dice[0] & 255
        previous = draw.ms
        lines.append(_line(draw, _uuid7(draw.ms, counter, chances.ids[i]), template, kind.object_kind))
    return "".join(lines).encode()


def _job(job: tuple[Plan, int]) -> bytes:
    return chunk(*job)


def generate(plan: Plan, *, processes: int = 1, first: int = 0) -> Iterator[bytes]:
    """Yield the chunks of the plan in order, from number ``first`` on.

    processes: how many child processes make them ahead; 1 makes them in this one, on demand.
    """
    jobs = [(plan, k) for k in range(first, plan.chunks)]
    if processes <= 1 or len(jobs) < 2:
        yield from map(_job, jobs)
        return
    # Not forked: the process that asks may hold an open store and running threads.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        waiting = [pool.apply_async(_job, (job,)) for job in jobs[: processes + 1]]
        for job in jobs[processes + 1 :]:
            yield waiting.pop(0).get()
            waiting.append(pool.apply_async(_job, (job,)))
        for result in waiting:
            yield result.get()
