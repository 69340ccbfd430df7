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
    """One of the cast. desk: where they sit, or empty; about: what to say of them at sign-in; extension: of their
    telephone on the demo's switch, or empty."""

    name: str
    role: str
    desk: str
    tenant: str
    about: str
    extension: str = ""


CAST = (
    Person("ada", "Administrator", "", HOME, "administrator: everything"),
    Person("sam", "Supervisor", "Support", HOME, "supervisor: the desk Support alone", "2001"),
    Person("alex", "Agent", "Support", HOME, "agent: their own activity", "1001"),
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
    supervision_ready: bool = False


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
    """Make tenants, desks, people and keys through the running server; what is there already is left as it is."""
    if memory.people_ready:
        return
    for person in CAST:
        memory.passwords.setdefault(person.name, secrets.token_urlsafe(12))
    remember(data, memory)
    with _operator(data, HOME) as client:
        _make(client, "/tenants", [{"name": NEIGHBOUR}])
        _make(client, "/desks", [{"name": name} for name in DESKS])
        _make(client, "/users", [*_people(memory, HOME), *_seated()])
        for scope, owner in KEYS.items():
            memory.keys[scope] = _key(client, f"demo-{scope}", {"scope": scope} | ({"user": owner} if owner else {}))
    with _operator(data, NEIGHBOUR) as client:
        _make(client, "/users", _people(memory, NEIGHBOUR))
    memory.people_ready = True
    remember(data, memory)


def _people(memory: Memory, tenant: str) -> list[dict[str, Any]]:
    return [
        {
            "username": person.name,
            "roles": [person.role],
            "desks": [person.desk] if person.desk else [],
            "extensions": [person.extension] if person.extension else [],
            "password": memory.passwords[person.name],
        }
        for person in CAST
        if person.tenant == tenant
    ]


def _seated() -> list[dict[str, Any]]:
    """Return accounts for the busiest generated people, so that what they do has a desk; nobody signs in to them."""
    return [
        {"username": USERS[rank], "roles": ["Agent"], "desks": [desk(rank)], "password": secrets.token_urlsafe(24)}
        for rank in range(SEATED)
        if rank not in STAND_INS
    ]


def _key(client: httpx.Client, name: str, draft: dict[str, str]) -> str:
    """Return a new key; one of the same name from an earlier try, whose secret nobody knows, is revoked."""
    client.delete(f"/keys/{name}")
    key: str = _done(client.post("/keys", json={"name": name, **draft})).json()["key"]
    return key


def neighbour_key(data: Path) -> str:
    """Return a new ingest key of the other tenant."""
    with _operator(data, NEIGHBOUR) as client:
        return _key(client, "demo-history", {"scope": "ingest"})


def _make(client: httpx.Client, path: str, drafts: list[dict[str, Any]]) -> None:
    """Make what is not there yet."""

    def name_of(thing: dict[str, Any]) -> Any:
        return thing.get("username") or thing["name"]

    there = {name_of(item) for item in _done(client.get(path)).json()["items"]}
    missing = [draft for draft in drafts if name_of(draft) not in there]
    with ThreadPoolExecutor(2) as pool:
        for answer in pool.map(lambda draft: client.post(path, json=draft), missing):
            _done(answer)


def _done(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise RuntimeError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
        )
    return answer
