"""What the engine says when it fails, turned into errors that people can act on. No SQL and no value gets out."""

import re
from collections.abc import Callable

import structlog

from earwitness.model.problem import Problem, Unavailable

log = structlog.get_logger(__name__)

DISK_FULL = "The disk that holds the events is full: make room, recording goes on by itself."
MEMORY = "The store is short of memory for this: ask for a smaller time range, or try again."
SLOW = "The store took too long to answer: ask for a smaller time range, or try again."
AWAY = "The event store cannot be reached: check that it runs and that EARWITNESS_EVENTS_DSN is right."
BUSY = "The event store is busy merging what it has: try again in a moment."
OTHER = "The event store could not do this; its reason is in the log of the server."

# Error codes of ClickHouse (src/Common/ErrorCodes.cpp) that say something to the person who asks.
_BY_CODE: dict[int, tuple[str, int]] = {
    241: (MEMORY, 2),
    159: (SLOW, 2),
    160: (SLOW, 2),
    202: (BUSY, 1),
    243: (DISK_FULL, 5),
    252: (BUSY, 2),
    209: (AWAY, 5),
    210: (AWAY, 5),
}
# Files that cannot be written: the disk is full only if the message says so.
_FILE_CODES = frozenset({74, 75, 76, 77, 78, 424, 425, 1001})
_UNREACHABLE = ("Connection refused", "Max retries exceeded", "timed out", "Name or service not known", "reset by peer")
_SYMBOL = re.compile(r"\(([A-Z][A-Z_]{3,})\)")
_NO_SPACE = ("No space left on device", "errno: 28", "Disk quota exceeded", "errno: 122", "File too large", "errno: 27")


_CODE = re.compile(r"Code: (\d+)")


def code_in(message: str) -> int | None:
    """Return the engine's error number from its message, or None if it names none."""
    found = _CODE.search(message)
    return int(found[1]) if found else None


class EngineFault(Unavailable):
    """503: the engine failed in a way that no caller can mend; ``extra`` says nothing, the log says everything."""


class DiskFull(Unavailable):
    """503: no room for what is to be written; nothing of it is there, and it may be tried again."""


def translated(name: str, code: int | None, message: str) -> Problem:
    """Return the problem to raise for an error of the engine.

    name: the query that failed; code: the engine's number, if it gave one; message: its text, for the log only.
    """
    if any(mark in message for mark in _NO_SPACE) and (code is None or code in _FILE_CODES or code == 243):
        return DiskFull(DISK_FULL, retry_after=5)
    if code in _BY_CODE:
        sentence, retry_after = _BY_CODE[code]
        kind: Callable[..., Problem] = DiskFull if code == 243 else Unavailable
        return kind(sentence, retry_after=retry_after)
    if code is None and any(mark in message for mark in _UNREACHABLE):
        return Unavailable(AWAY, retry_after=5)
    log.error("the engine failed", query=name, code=code, reason=_loggable(name, message))
    return EngineFault(OTHER, retry_after=5)


def _loggable(name: str, message: str) -> str:
    """Return what may be logged: of an insert only the error's own name, for its text quotes what was inserted."""
    if name.endswith(".insert"):
        return ", ".join(_SYMBOL.findall(message)[-1:])
    return message[:300]
