"""A generated history of supervision: sixty days of listening, whispering and barging, as POST /supervision takes it.

Deterministic: the same plan makes the same segments with the same ids, so that recording it twice adds nothing.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from typing import Any, Final

from earwitness.demo.vocabulary import COUNTRY_CODES, DESKS, HOURS, QUEUES, USERS, WEEKDAYS, desk
from earwitness.model import times

DAYS: Final = 60
SESSIONS_A_DAY: Final = 34
_NAMESPACE: Final = uuid.UUID("7a7c1f2e-3b0d-5c52-9c7a-2f8f0d8f6a10")
_SEED: Final = 20261127

# (username, extension): who supervises each desk; Sam, of the demo's people, supervises Support.
MANAGERS: Final = {
    name: ("sam", "2001") if name == "Support" else (USERS[40 + rank], str(2010 + rank))
    for rank, name in enumerate(DESKS)
}
# How the modes of one session follow each other, and how often.
_COURSES: Final = (
    (("listen",), 58),
    (("listen", "whisper"), 14),
    (("whisper",), 8),
    (("listen", "whisper", "listen"), 8),
    (("listen", "barge"), 5),
    (("listen", "whisper", "barge"), 4),
    (("barge",), 3),
)
_LENGTHS: Final = {"listen": 95.0, "whisper": 24.0, "barge": 41.0}  # seconds, on average
_REASONS: Final = ("coaching", "complaint", "onboarding", "quality review", "")
_ENDS: Final = ("manager-hung-up",) * 6 + ("agent-hung-up",) * 3 + ("customer-hung-up",) * 4


def segments(end: dt.datetime, agents: int, stand_ins: dict[int, str]) -> Iterator[dict[str, Any]]:
    """Yield segments in the days before ``end`` (aware), as an application reports them, about two a session.

    agents: how many of the busiest generated people are supervised; stand_ins: rank -> who has acted in their place.
    """
    chance = random.Random(_SEED)  # noqa: S311 -- a history, no secret
    first = (end - dt.timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(DAYS + 1):
        midnight = first + dt.timedelta(days=day)
        for number in range(round(SESSIONS_A_DAY * WEEKDAYS[midnight.weekday()])):
            hour = chance.choices(range(24), HOURS)[0]
            begin = midnight + dt.timedelta(hours=hour, seconds=chance.uniform(0, 3600))
            session = list(_session(chance, begin, f"{day}.{number}", _agent(chance, agents, stand_ins)))
            if dt.datetime.fromisoformat(session[-1]["ended_at"]) < end:
                yield from session


def _agent(chance: random.Random, agents: int, stand_ins: dict[int, str]) -> tuple[int, dict[str, str]]:
    rank = min(int(chance.expovariate(5 / agents)), agents - 1)  # some are listened to far more often than others
    username = stand_ins.get(rank, USERS[rank])
    return rank, {"username": username, "name": _name(username), "extension": str(1001 + rank)}


def _name(username: str) -> str:
    return " ".join(part.rstrip("0123456789").capitalize() for part in username.split("."))


def _session(
    chance: random.Random, begin: dt.datetime, key: str, who: tuple[int, dict[str, str]]
) -> Iterator[dict[str, Any]]:
    rank, agent = who
    manager, extension = MANAGERS[desk(rank)]
    call = f"{int(begin.timestamp()) - 40}.{chance.randrange(10_000)}"
    modes = chance.choices([course for course, _ in _COURSES], [share for _, share in _COURSES])[0]
    common = {
        "session_id": str(uuid.uuid5(_NAMESPACE, key)),
        "source": "pbx_stats",
        "pbx": "main",
        "manager": {"username": manager, "name": _name(manager), "extension": extension},
        "agent": agent,
        "customer_number": f"{chance.choice(COUNTRY_CODES)}{chance.randrange(3_000_000_000, 9_900_000_000)}",
        "queue": chance.choice(QUEUES),
        "cdr_id": call,
        "call_linkedid": call,
        "reason": chance.choice(_REASONS),
        "outside_application": chance.random() < 0.3,
    }
    at = begin
    for number, mode in enumerate(modes):
        until = at + dt.timedelta(seconds=round(2 + chance.expovariate(1 / _LENGTHS[mode]), 1))
        last = number == len(modes) - 1
        yield common | {
            "id": str(uuid.uuid5(_NAMESPACE, f"{key}.{number}")),
            "action": mode,
            "started_at": times.text(at),
            "ended_at": times.text(until),
            "end_reason": chance.choice(_ENDS) if last else "mode-changed",
        }
        at = until
