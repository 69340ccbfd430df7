"""Holds every recorded segment against the rules of its tenant, in a thread of its own.

How far it has come is kept in the accounts database, and only moved when marks and events are durable: after a crash
the same segments are looked at again, and what was told already adds nothing.
"""

import threading
from typing import Final

import structlog

from earwitness.model.problem import Problem
from earwitness.model.scope import SUPERVISION
from earwitness.record import Recorder
from earwitness.search import Query, Reader
from earwitness.server.judging import Judging, everything_of, following

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 5.0  # what another process recorded is found within this time


class Policing:
    """Watches the supervision logs of a house. ``start`` and ``stop`` from any thread."""

    def __init__(self, recorder: Recorder, reader: Reader, judging: Judging) -> None:
        self._judging = judging
        self._reader = reader
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        recorder.on_commit(self._committed)

    def start(self) -> None:
        """Begin with what was recorded while nobody looked."""
        self._thread = threading.Thread(target=self._run, name="policing")
        self._thread.start()

    def stop(self) -> None:
        """End after the segments at hand; the rest is looked at after the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _committed(self, _tenant: str, table: str, _stream: str, _first: int, _last: int) -> None:
        if table == "segments":
            self._wake.set()

    def _run(self) -> None:
        from earwitness.accounts import policies as accounts  # Django is set up by the time the house is open

        while not self._stopping:
            self._wake.clear()
            try:
                for tenant in accounts.watched():
                    self.look(tenant)
            except Problem as problem:
                log.warning("segments could not be held against the policies", problem=problem.detail)
            except Exception:
                log.exception("policing_failed")
            self._wake.wait(LOOK_EVERY_S)

    def look(self, tenant: str) -> None:
        """Look at what was recorded since the last time; raises a problem where store or accounts cannot answer."""
        from earwitness.accounts import policies as accounts

        scope = everything_of(tenant, "policies")
        last = self._reader.last_seq(scope, SUPERVISION)
        while (at := accounts.mark(tenant)) < last and not self._stopping:
            with self._judging.turn:
                found, at = next(following(self._reader, scope, Query(SUPERVISION), at, last))
                self._judging.first(scope, accounts.of(tenant), found)
                accounts.move(tenant, at)
