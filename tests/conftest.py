"""What every test may use."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests of this process (the engine allows no second directory): isolate by ``new_tenant``."""
    home: Path = tmp_path_factory.mktemp("earwitness")
    with Store.open(f"chdb://{home / 'events'}", home) as opened:
        yield opened


def new_tenant() -> str:
    """Return the name of a tenant that nobody has used: a test's own part of the shared store."""
    return f"t{uuid.uuid4().hex[:16]}"
