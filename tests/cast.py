"""The people of every test: Ada administrator, Sam supervisor of one desk, Alex agent, Audrey auditor (reads, never
changes), Mallory administrator of another tenant. Fixtures here are imported by the conftest of each room."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from earwitness.accounts import access, caches, desks, extensions, knocks, recorder, tenants
from earwitness.accounts.hashers import PasswordHasher
from earwitness.accounts.models import ApiKey, Desk, Role, Tenant, User
from earwitness.accounts.recorder import Actor

PASSWORD = "correct horse battery staple"
NAMES = ("ada", "sam", "alex", "audrey", "mallory")
HOME, AWAY = "default", "elsewhere"
IP = "192.0.2.10"


def page_of(answer: Any) -> str:
    """Return the HTML of an answer, each run of white space as the one blank that a browser makes of it."""
    return " ".join(answer.content.decode().split())


@dataclass
class Log:
    """What was recorded: each event as the keyword arguments of ``record_own``."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, tenant: str, **fields: Any) -> int:
        self.events.append({"tenant": tenant, **fields})
        return len(self.events)

    def acts(self) -> list[str]:
        """Return ``event.sub_event`` of each, in order."""
        return [f"{e['event']}.{e['sub_event']}" for e in self.events]

    def last(self) -> dict[str, Any]:
        """Return the newest event."""
        return self.events[-1]

    def clear(self) -> None:
        """Forget what came before the act under test."""
        self.events.clear()


@dataclass
class Cast:
    """Two tenants with their people; sam and alex sit at the desk Support."""

    people: dict[str, User]
    desk: Desk

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def actor(self, name: str, ip: str = IP) -> Actor:
        """Return somebody as the one who acts, with what they may at this moment."""
        person = User.objects.get(pk=self.people[name].pk)
        return Actor(access=access.of_user(person, ip), ip=ip, request_uri="/test")

    def client(self, name: str, ip: str = IP) -> Client:
        """Return a browser in which somebody is signed in; ``nobody`` is not."""
        client = Client(REMOTE_ADDR=ip, HTTP_USER_AGENT="test browser")
        if name in self.people:
            client.force_login(self.people[name])
        return client


@pytest.fixture(scope="session")
def password_hash() -> Iterator[str]:
    """One hash for everybody, and a lighter way to make more: else hashing would be most of the time of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHasher, "memory_cost", 1024)
        yield make_password(PASSWORD)


@pytest.fixture
def log() -> Iterator[Log]:
    """Take down what is recorded."""
    kept = Log()
    caches.forget()
    desks._tenants.clear()  # a rolled back test leaves generations behind that come again
    extensions._built.clear()
    recorder.set_recorder(kept)
    yield kept
    knocks.settle()  # what is recorded in the background is of this test
    recorder.refusals._open.clear()
    recorder.set_recorder(None)


@pytest.fixture
def cast(db: None, log: Log, password_hash: str) -> Cast:
    """Make everybody."""
    home, away = tenants.ensure(HOME), tenants.ensure(AWAY)
    desk = Desk.objects.create(tenant=home, name="Support")
    people = {
        "ada": person(home, "ada", password_hash, "Administrator"),
        "sam": person(home, "sam", password_hash, "Supervisor", desk),
        "alex": person(home, "alex", password_hash, "Agent", desk),
        "audrey": person(home, "audrey", password_hash, "Auditor"),
        "mallory": person(away, "mallory", password_hash, "Administrator"),
    }
    return Cast(people, desk)


def person(tenant: Tenant, username: str, password: str, role: str = "", *desks: Desk) -> User:
    """Make somebody whose password is already hashed."""
    user = User.objects.create(tenant=tenant, username=username, password=password)
    if role:
        user.roles.set([Role.objects.get(tenant=tenant, name=role)])
    user.desks.set(desks)
    return user


def role_of(tenant: Tenant, name: str, *permissions: str, **fields: Any) -> Role:
    """Make a role."""
    return Role.objects.create(tenant=tenant, name=name, permissions=list(permissions), **fields)


def key_of(tenant: Tenant, scope: str, user: User | None = None, name: str = "") -> str:
    """Make a key and return its token."""
    from earwitness.accounts import keys

    token, prefix, digest = keys.generate(scope)
    ApiKey.objects.create(
        tenant=tenant, name=name or f"key {prefix[-6:]}", scope=scope, user=user, prefix=prefix, digest=digest
    )
    return token


@pytest.fixture
def house(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open doors for Django's test client: what is recorded goes to ``log``; the log itself is not read here."""
    from earwitness.server import runtime

    doors = SimpleNamespace(reader=None, recorder=SimpleNamespace(record_own=log))
    monkeypatch.setattr(runtime._Current, "house", doors)
