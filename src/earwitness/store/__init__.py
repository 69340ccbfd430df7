"""The event store: one driver and one SQL for embedded chDB, a ClickHouse server and a cluster."""

from earwitness.store.faults import DiskFull, EngineFault
from earwitness.store.handles import Result
from earwitness.store.store import Store

__all__ = ["DiskFull", "EngineFault", "Result", "Store"]
