"""The people of the demo, their keys, and the file that remembers both."""

import json
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from earwitness.demo.vocabulary import DESKS, USERS, desk
from earwitness.server import control

FILE = "demo.json"
NEIGHBOUR = "northwind"  # the other tenant
HOME = "default"
SEATED = 36  # of the generated people, the busiest have accounts and so a desk


class Person(NamedTuple):
    """One of the cast. desk: where they sit, or empty; about: what to say of them at sign-in."""

    name: str
    role: str
    desk: str
    tenant: str
    about: str


CAST = (
    Person("ada", "Administrator", "", HOME, "administrator: everything"),
    Person("sam", "Supervisor", "Support", HOME, "supervisor: the desk Support alone"),
    Person("alex", "Agent", "Support", HOME, "agent: their own activity"),
    Person("audrey", "Auditor", "", HOME, "auditor: reads everything, changes nothing"),
    Person("mallory", "Administrator", "", NEIGHBOUR, "administrator of another tenant"),
)
KEYS = {"ingest": None, "read": "audrey", "admin": "ada"}  # scope -> whose key it is
STAND_INS = {24: "alex"}  # rank among the generated people -> who of the cast has done these things


@dataclass
class Memory:
    """What the demo must know at its next start; kept in demo.json for its user alone."""

    passwords: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    url: str = ""
    workspace: str = ""
    people_ready: bool = False
    history_end: str = ""
    history_events: int = 0
    history_ready: bool = False


def remember(data: Path, memory: Memory) -> None:
    """Write demo.json (mode 0600), whole or not at all."""
    draft = data / f"{FILE}.new"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(memory), file, indent=2)
        file.write("\n")
    draft.replace(data / FILE)


def recall(data: Path) -> Memory | None:
    """Return what demo.json remembers, or None where no demo has been."""
    path = data / FILE
    return Memory(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


@contextmanager
def _operator(data: Path, tenant: str) -> Iterator[httpx.Client]:
    headers = {"X-Earwitness-Tenant": tenant}
    with (
        control.over_socket(data) as transport,
        httpx.Client(base_url="http://localhost/api/v1", headers=headers, transport=transport, timeout=60) as client,
    ):
        yield client


def move_in(data: Path, memory: Memory) -> None:
    """Make tenants, desks, people and keys through the running server; what is there already is brought into line."""
    if memory.people_ready:
        return
    with _operator(data, HOME) as client:
        _make(client, "/tenants", {"name": NEIGHBOUR})
        for name in DESKS:
            _make(client, "/desks", {"name": name})
        for person in CAST:
            memory.passwords.setdefault(person.name, secrets.token_urlsafe(12))
        remember(data, memory)
        _people(client, memory, HOME)
        agents = [{"username": USERS[rank], "roles": ["Agent"], "desks": [desk(rank)]} for rank in range(SEATED)]
        with ThreadPoolExecutor(4) as pool:
            list(
                pool.map(lambda agent: _make(client, "/users", agent | {"password": secrets.token_urlsafe(24)}), agents)
            )
        for scope, owner in KEYS.items():
            memory.keys[scope] = _key(client, f"demo-{scope}", {"scope": scope} | ({"user": owner} if owner else {}))
    with _operator(data, NEIGHBOUR) as client:
        _people(client, memory, NEIGHBOUR)
    memory.people_ready = True
    remember(data, memory)


def _people(client: httpx.Client, memory: Memory, tenant: str) -> None:
    for person in CAST:
        if person.tenant != tenant:
            continue
        password = {"password": memory.passwords[person.name]}
        draft = {"username": person.name, "roles": [person.role], "desks": [person.desk] if person.desk else []}
        if not _make(client, "/users", draft | password):
            _done(client.patch(f"/users/{person.name}", json=password))


def _seat(client: httpx.Client, rank: int) -> None:
    """Give one of the generated people an account, so that what they do belongs to a desk; nobody knows its password."""
    draft = {"username": USERS[rank], "roles": ["Agent"], "desks": [desk(rank)], "password": secrets.token_urlsafe(24)}
    _make(client, "/users", draft)


def _key(client: httpx.Client, name: str, draft: dict[str, str]) -> str:
    """Return a new key; one of the same name from an earlier try, whose secret nobody knows, is revoked."""
    client.delete(f"/keys/{name}")
    key: str = _done(client.post("/keys", json={"name": name, **draft})).json()["key"]
    return key


def neighbour_key(data: Path) -> str:
    """Return a new ingest key of the other tenant."""
    with _operator(data, NEIGHBOUR) as client:
        return _key(client, "demo-history", {"scope": "ingest"})


def _make(client: httpx.Client, path: str, draft: dict[str, Any]) -> bool:
    """Make a thing; False where one of that name is there already."""
    answer = client.post(path, json=draft)
    if (
        answer.status_code in (409, 422)
        and client.get(f"{path}/{draft.get('username') or draft.get('name')}").is_success
    ):
        return False
    _done(answer)
    return True


def _done(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise RuntimeError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
        )
    return answer
