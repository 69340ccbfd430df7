"""What is remembered for a moment, and how it is forgotten.

Every change in this process forgets at once; a change in another process is noticed within ``SECONDS``.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from earwitness.model.problem import Unavailable

SECONDS = 0.8

V = TypeVar("V")
K = TypeVar("K")


class Remembered(Generic[K, V]):
    """A small map that forgets: each entry after ``SECONDS``, everything at ``forget()``; safe in threads."""

    def __init__(self, clock: Callable[[], float], limit: int = 8192) -> None:
        self._clock = clock
        self._limit = limit
        self._entries: dict[K, tuple[float, V]] = {}
        self._round = 0

    def get(self, key: K) -> V | None:
        """Return what is remembered, or None."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > self._clock() else None

    def of(self, key: K, question: Callable[[], V]) -> V:
        """Return what is remembered; else ask the accounts database, as ``read`` does, and remember the answer."""
        known = self.get(key)
        if known is None:
            mark = self.begin()
            known = read(question)
            self.put(key, known, mark)
        return known

    def begin(self) -> int:
        """Return a mark to hand to ``put``: what was read before a ``forget()`` must not be kept after it."""
        return self._round

    def put(self, key: K, value: V, mark: int) -> None:
        """Remember a value that was read after ``begin()`` gave this mark."""
        if len(self._entries) >= self._limit:
            self._entries.clear()
        self._entries[key] = (self._clock() + SECONDS, value)
        if mark != self._round:
            self._entries.pop(key, None)

    def forget(self) -> None:
        """Forget everything."""
        self._round += 1
        self._entries.clear()


_forgetters: list[Callable[[], None]] = []


def forgotten_with_changes(forget: Callable[[], None]) -> None:
    """Have a function called after every committed change of people, keys or desks."""
    _forgetters.append(forget)


def forget() -> None:
    """Forget everything that was derived from the accounts database."""
    for each in _forgetters:
        each()


_reader = ThreadPoolExecutor(1, thread_name_prefix="accounts-look-up")
_ready = threading.Lock()


def read(question: Callable[[], V]) -> V:
    """Ask the accounts database from wherever: a request, a thread of ours, or an event loop.

    Django refuses to touch a database from an event loop; such a call is made on a thread kept for it, and waits.
    Raises Unavailable where the database cannot answer.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _asked(question)
    context = contextvars.copy_context()
    with _ready:
        answer = _reader.submit(context.run, _asked, question)
    return answer.result()


def _asked(question: Callable[[], V]) -> V:
    if not connection.in_atomic_block:  # within a transaction this would cut it off
        close_old_connections()  # a thread that serves no Django request would keep a connection that was lost
    try:
        return question()
    except (DatabaseError, InterfaceError) as error:
        raise Unavailable("The accounts database cannot answer now; try again.", retry_after=2) from error
