"""People, doors and keys for the tests of this room."""

import pytest

from earwitness.accounts.models import Tenant
from tests.cast import AWAY, HOME, NAMES, Cast, cast, house, key_of, log, password_hash

__all__ = ["cast", "house", "keys", "log", "password_hash"]


@pytest.fixture
def keys(cast: Cast, house: None) -> dict[str, str]:
    """An admin key of each of the cast, an ingest key, and a key that reads for ada."""
    home, away = Tenant.objects.get(name=HOME), Tenant.objects.get(name=AWAY)
    found = {name: key_of(away if name == "mallory" else home, "admin", cast[name], f"of {name}") for name in NAMES}
    return found | {
        "ingest": key_of(home, "ingest", name="of the PBX"),
        "reader": key_of(home, "read", cast["ada"], "reader"),
    }
