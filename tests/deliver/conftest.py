"""A tenant of its own for each test: its people, rows in the real store, and what jobs work with."""

import datetime as dt
import ipaddress
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts import access, tenants
from earwitness.accounts.models import Desk, Tenant, User
from earwitness.accounts.recorder import Actor
from earwitness.deliver import means as meanings
from earwitness.deliver.means import Means
from earwitness.deliver.wire.guard import Guard
from earwitness.model.times import UTC
from earwitness.search import Reader
from earwitness.store import Store
from tests.cast import IP, Log, key_of, log, password_hash, person
from tests.conftest import new_tenant

__all__ = ["log", "password_hash"]

BEGIN = dt.datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass
class World:
    """A tenant, its people, and its log."""

    store: Store
    tenant: Tenant
    people: dict[str, User]
    means: Means
    log: Log
    seqs: dict[str, int] = field(default_factory=lambda: {"events": 0, "segments": 0, "gaps": 0})

    @property
    def reader(self) -> Reader:
        return self.means.reader

    def access(self, name: str) -> access.Access:
        return access.of_user(User.objects.get(pk=self.people[name].pk), IP)

    def actor(self, name: str) -> Actor:
        return Actor(access=self.access(name), ip=IP, request_uri="/test")

    def client(self, name: str) -> Client:
        """A browser in which somebody is signed in."""
        client = Client(REMOTE_ADDR=IP)
        if name in self.people:
            client.force_login(self.people[name])
        return client

    def key(self, name: str, scope: str = "read") -> Client:
        """A program with somebody's key."""
        token = key_of(self.tenant, scope, self.people[name])
        return Client(REMOTE_ADDR=IP, headers={"Authorization": f"Bearer {token}"})

    def events(self, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """Record events, a second apart unless they say when."""
        return self._insert("events", rows, _event)

    def segments(self, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """Record segments."""
        return self._insert("segments", rows, _segment)

    def gaps(self, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """Record that the switch hq could not be heard, for a minute each."""
        return self._insert("gaps", rows, _gap)

    def _insert(
        self, table: str, rows: tuple[dict[str, Any], ...], make: Callable[[int], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        made = []
        for row in rows:
            self.seqs[table] += 1
            seq = self.seqs[table]
            made.append({**make(seq), "tenant": self.tenant.name, "seq": seq, **row})
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made).encode()
        self.store.insert_lines(table, lines)
        return made


def at(seconds: float) -> str:
    """A moment some seconds after the beginning, as the store takes it."""
    return (BEGIN + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def now(seconds: float = 0) -> str:
    """A moment some seconds from now, as the store takes it."""
    return (dt.datetime.now(UTC) + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _event(seq: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "created": at(seq),
        "received_at": at(seq + 0.5),
        "retention_class": "400d",
        "epoch": 1,
        "source": "pbx_stats",
        "username": f"user{seq % 7}",
        "user_ip": f"::ffff:10.0.0.{seq % 250}",
        "event": "queue_config",
        "sub_event": "update",
        "event_object": f"queue:support-{seq}",
        "comments": "",
        "request_uri": f"/admin/queues/{seq}",
        "params": f'{{"n":{seq}}}',
        "outcome": "success",
        "desks": ["Support"],
    }


def _segment(seq: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid4()),
        "received_at": at(seq * 60 + 30),
        "retention_class": "180d",
        "epoch": 1,
        "source": "asterisk",
        "pbx": "berlin",
        "action": "listen",
        "talks_to": "nobody",
        "started_at": at(seq * 60),
        "ended_at": at(seq * 60 + 12.5),
        "duration_ms": 12_500,
        "manager_username": "maria",
        "manager_name": "Maria Rossi",
        "manager_extension": "2001",
        "agent_name": "Zoë",
        "agent_extension": "1001",
        "desks": ["Support"],
        "customer_number": "+442079460123",
        "queue": "support",
        "call_linkedid": "1769277733.331",
        "end_reason": "manager-hung-up",
        "outside_application": True,
    }


def _gap(seq: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "source": "asterisk",
        "pbx": "hq",
        "started_at": at(seq * 600),
        "ended_at": at(seq * 600 + 60),
        "reason": "The switch hq could not be heard.",
    }


@pytest.fixture
def world(db: None, log: Log, password_hash: str, store: Store, tmp_path: Path, monkeypatch: Any) -> Iterator[World]:
    """Ada administers, Sam supervises the desk Support, Alex is an agent, Audrey audits."""
    tenant = tenants.ensure(new_tenant())
    desk = Desk.objects.create(tenant=tenant, name="Support")
    mark = tenant.name[:6]
    people = {
        "ada": person(tenant, f"ada{mark}", password_hash, "Administrator"),
        "sam": person(tenant, f"sam{mark}", password_hash, "Supervisor", desk),
        "alex": person(tenant, f"alex{mark}", password_hash, "Agent", desk),
        "audrey": person(tenant, f"audrey{mark}", password_hash, "Auditor"),
    }
    reader = Reader(store, secret=b"x" * 32)
    guard = Guard((ipaddress.ip_network("127.0.0.0/8"),))
    means = Means(reader, tmp_path / "exports", "https://log.example.com", guard, "log@example.com")
    from earwitness.server import runtime

    quiet = SimpleNamespace(going_on=lambda tenant: (), statuses=[], tenant=tenant)
    doors = SimpleNamespace(reader=reader, recorder=SimpleNamespace(record_own=log), switches=quiet)
    monkeypatch.setattr(runtime._Current, "house", doors)
    meanings.use(means)
    yield World(store, tenant, people, means, log)
    meanings.use(None)
