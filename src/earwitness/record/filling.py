"""Fills the filters of known ids from the store, in the background, after a start."""

import threading

import structlog

from earwitness.model.problem import Problem
from earwitness.record.known_ids import KnownIds, keys_of_binary
from earwitness.record.log import Log
from earwitness.store import Store

log = structlog.get_logger(__name__)

_AGAIN = 5.0  # seconds until the next try, when the store could not be read


class Filling:
    """One thread that reads every id once. Until it is through, ids are looked up one by one."""

    def __init__(self, store: Store, known: dict[Log, KnownIds]) -> None:
        """known: the filter of each log; ids that are recorded meanwhile are added to it by the committer."""
        self._store = store
        self._known = known
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="known ids", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Give up; the filters that are not full yet stay unready."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(30)

    def _run(self) -> None:
        for table in self._known:
            while not self._stopping.is_set():
                try:
                    self._fill(table)
                    break
                except Problem as problem:
                    log.warning("known ids could not be read", table=table.table, reason=problem.detail)
                    self._stopping.wait(_AGAIN)

    def _fill(self, table: Log) -> None:
        known = self._known[table]
        slots = table.slots
        tenants = self._store.query("log.tenants", slots=slots).rows
        if tenants:
            known.expect(sum(count for _, count in tenants))
        for tenant, _ in tenants:
            rest = b""
            for chunk in self._store.stream("log.ids", slots=slots, parameters={"tenant": tenant}, format="RowBinary"):
                if self._stopping.is_set():
                    return
                data = rest + chunk
                whole = len(data) // 16 * 16
                known.add(keys_of_binary(tenant, data[:whole]))
                rest = data[whole:]
        known.ready.set()
