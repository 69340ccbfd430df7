"""What every test may use."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from earwitness.store import Store

# No test fails because the machine has other things to do.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests of this process (the engine allows no second directory): isolate by ``new_tenant``."""
    home: Path = tmp_path_factory.mktemp("earwitness")
    with Store.open(f"chdb://{home / 'events'}", home) as opened:
        yield opened


def new_tenant() -> str:
    """Return the name of a tenant that nobody has used: a test's own part of the shared store."""
    return f"t{uuid.uuid4().hex[:16]}"


def ask(store: Store, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows that a statement of a test's own finds; values are bound as ``{name:Type}``."""
    with store._pool.handle() as handle:
        return handle.query("test.ask", sql, parameters).rows
