"""What tests of the read door may use."""

import pytest

from earwitness.search import Reader
from earwitness.store import Store
from tests.conftest import new_tenant


@pytest.fixture(scope="session")
def reader(store: Store) -> Reader:
    """The read door over the shared store."""
    return Reader(store, secret=b"of this test run")


@pytest.fixture
def tenant() -> str:
    """A tenant of this test's own."""
    return new_tenant()
