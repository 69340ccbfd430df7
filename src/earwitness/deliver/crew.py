"""Threads that do the waiting for receivers, so that one that hangs delays no other."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connections

from earwitness.deliver.models.lease import Leased

WORKERS = 16
AT_ONCE = 4  # of one kind and one tenant

Key = tuple[str, str]


@dataclass
class _Share:
    """What one tenant has of one kind: how many are being worked on, and what waits behind them."""

    at_work: int = 0
    waiting: deque[tuple[Key, Callable[[], object]]] = field(default_factory=deque)


class Crew:
    """Works on rows side by side: never twice on one row at a time, and on a few of each tenant: none takes all."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="deliver")
        self._lock = threading.Lock()
        self._busy: set[Key] = set()
        self._shares: defaultdict[tuple[str, int], _Share] = defaultdict(_Share)

    def begin(self, row: Leased, work: Callable[[], object]) -> bool:
        """Have some work done on a row, unless that is under way already; returns whether."""
        kind = row._meta.label
        key, share = (kind, str(row.pk)), self._shares[kind, row.tenant_id]  # type: ignore[attr-defined]  # every kind of row has a tenant
        with self._lock:
            if key in self._busy:
                return False
            self._busy.add(key)
            if share.at_work >= AT_ONCE:
                share.waiting.append((key, work))
                return True
            share.at_work += 1
        self._pool.submit(self._work, share, key, work)
        return True

    def _work(self, share: _Share, key: Key, work: Callable[[], object]) -> None:
        """Do some work, then what waited behind it: one thread keeps the place that its tenant has."""
        while True:
            try:
                work()
            finally:
                connections.close_all()
                with self._lock:
                    self._busy.discard(key)
                    following = share.waiting.popleft() if share.waiting else None
                    if following is None:
                        share.at_work -= 1
            if following is None:
                return
            key, work = following

    def end(self) -> None:
        """Let what waits go, and return when what is under way has ended."""
        with self._lock:
            for share in self._shares.values():
                self._busy.difference_update(key for key, _ in share.waiting)
                share.waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)
