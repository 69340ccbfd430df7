"""People, keys and a real log behind the calls that read."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts import tenants
from earwitness.accounts.models import Desk, Role, User
from earwitness.search import Reader
from earwitness.store import Store
from tests.cast import Log, key_of, log, password_hash, person
from tests.conftest import new_tenant
from tests.search.log import insert

__all__ = ["log", "password_hash"]

PHONE = "+442079460123"
EVENTS: list[dict[str, Any]] = [
    {
        "id": "0190a3c8-5d3e-7c1a-9f00-000000000001",
        "created": "2026-11-01 08:00:00.000001",
        "username": "ana.pop",
        "user_ip": "10.1.2.3",
        "sub_event": "login_failed",
        "event_object": "queue:support-1",
        "comments": f"call back {PHONE}",
        "params": {"caller": PHONE, "n": 1.50, "after": {"status": "busy"}},
        "changes": [{"path": "a", "old": None, "new": 1}],
        "call_id": "1769277733.331",
        "desks": ["support"],
    },
    {
        "id": "0190a3c8-5d3e-7c1a-9f00-000000000002",
        "created": "2026-11-02 09:00:00.000000",
        "username": "ben",
        "event": "call",
        "event_object": "cdr:1769277733.331",
        "desks": ["sales"],
    },
    {"created": "2026-11-03 10:00:00.000000", "username": "ana.pop", "event": "call", "clock_skew_ms": 5},
]


@dataclass
class House:
    """What a test needs: the tenant's name, its people's keys, what was recorded, and who they are."""

    tenant: str
    keys: dict[str, str]
    log: Log
    people: dict[str, User]

    def get(self, path: str, who: str = "ada", **headers: str) -> Any:
        """Ask as somebody, with their key; ``nobody`` has none."""
        if who in self.keys:
            headers["authorization"] = f"Bearer {self.keys[who]}"
        return Client().get(f"/api/v1{path}", headers=headers)


@pytest.fixture
def reader(store: Store) -> Reader:
    """The read door over the shared store."""
    return Reader(store, secret=b"of this test run")


@pytest.fixture
def make_house(
    store: Store, reader: Reader, db: None, log: Log, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], House]:
    """Open a house with the cast, and a small log."""

    def make() -> House:
        from earwitness.server import runtime

        doors = SimpleNamespace(reader=reader, recorder=SimpleNamespace(record_own=log))
        monkeypatch.setattr(runtime._Current, "house", doors)
        home, away = tenants.ensure(new_tenant()), tenants.ensure(new_tenant())
        insert(store, home.name, EVENTS)
        insert(store, away.name, [{"username": "zoe"}])
        desk = Desk.objects.create(tenant=home, name="support")
        Role.objects.filter(tenant=home, name="Supervisor").update(mask_phone=True)
        people = {
            "ada": person(home, f"ada.{home.name}", password_hash, "Administrator"),
            "sam": person(home, f"sam.{home.name}", password_hash, "Supervisor", desk),
            "alex": person(home, f"alex.{home.name}", password_hash, "Agent", desk),
            "audrey": person(home, f"audrey.{home.name}", password_hash, "Auditor"),
            "mallory": person(away, f"mallory.{home.name}", password_hash, "Administrator"),
        }
        keys = {name: key_of(user.tenant, "read", user, f"of {name}") for name, user in people.items()}
        keys["second"] = key_of(home, "read", people["ada"], "second of ada")
        keys["ingest"] = key_of(home, "ingest", name="of the PBX")
        log.clear()
        return House(home.name, keys, log, people)

    return make


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """An open house."""
    return make_house()
