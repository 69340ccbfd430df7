"""The engine, asked directly: for tests of SQL that our own code writes."""

from collections.abc import Mapping
from typing import Any

from earwitness.store import Store


def evaluate(store: Store, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    handle = store._open_handle()
    try:
        return handle.query("test.evaluate", sql, parameters).rows
    finally:
        handle.close()
