"""A breach is told however the server ends after it acknowledged the segment."""

import time
import uuid
from pathlib import Path
from typing import Any

import httpx

from tests.started import Started

PATIENCE_S = 90
API = "http://localhost/api/v1"


def local(data: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(data / "control.sock")), base_url=API, timeout=60)


def breaches_of(client: httpx.Client, segment: str, wanted: list[str]) -> list[str]:
    """Return the breaches of a segment, once they are those that are wanted, or when patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found: list[str] = client.get(f"/supervision/{segment}").json()["breaches"]
        if found == wanted or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def report(url: str, key: str) -> str:
    """Report a segment as an application does; returns its id once it is acknowledged."""
    segment: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "action": "whisper",
        "started_at": "2026-11-03T10:00:00Z",
        "ended_at": "2026-11-03T10:01:00Z",
        "manager": {"extension": "2001"},
        "agent": {"extension": "1099"},
    }
    answer = httpx.post(f"{url}/api/v1/supervision", json=segment, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["recorded"] == 1, answer.text
    return str(segment["id"])


def test_a_breach_survives_a_killed_server(tmp_path: Path) -> None:
    """Acknowledged, then killed at once: after the next start it is marked and told, once."""
    server = Started(tmp_path, "serve")
    with local(tmp_path) as client:
        assert client.patch("/policies", json={"no_listen_extensions": ["1099"]}).status_code == 200
        items = [{"extension": "1099", "name": "Zoë", "valid_from": "2026-01-01"}]
        assert client.post("/directory", json={"items": items}).status_code == 200
        key = client.post("/keys", json={"name": "acd", "scope": "ingest"}).json()["key"]
    first = report(server.url, key)
    server.kill()
    server = Started(tmp_path, "serve")
    with local(tmp_path) as client:
        second = report(server.url, key)
        for segment in (first, second):
            assert breaches_of(client, segment, ["no-listen"]) == ["no-listen"]
            assert client.get(f"/supervision/{segment}").json()["agent"]["name"] == "Zoë"
        deadline = time.monotonic() + PATIENCE_S
        asked = {"q": "event:policy_breach"}
        while client.get("/events/count", params=asked).json()["count"] < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        told = client.get("/events", params=asked).json()["items"]
    assert sorted(event["event_object"] for event in told) == sorted(f"segment:{each}" for each in (first, second))
    server.stop()
