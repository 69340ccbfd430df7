"""A whole server in a process of its own: killed while it forwards, and recording while a receiver hangs."""

import contextlib
import datetime as dt
import http.server
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from earwitness.deliver.alerts import examples
from tests.cli.conftest import House, start

from .inbox import Inbox
from .test_relay import AnyPort

EVENTS = 1500


class Siem:
    """A receiver of webhooks that takes, hangs or refuses, as ``mood`` says; keeps the places it took, as they came."""

    def __init__(self) -> None:
        self.mood, self.open = "take", threading.Event()
        self.seqs: list[int] = []
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.changed = threading.Condition()
        self.hanging = 0
        siem = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                siem.answer(self, dict(self.headers), body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def answer(self, door: Any, headers: dict[str, str], body: bytes) -> None:
        """Take, refuse, or hold the call until ``open`` is set."""
        mood = self.mood
        with self.changed:
            self.hanging += mood == "hang"
            self.changed.notify_all()
        if mood == "hang":
            self.open.wait(300)
        with contextlib.suppress(OSError):
            door.send_response(503 if mood == "refuse" else 200)
            door.end_headers()
        with self.changed:
            if mood != "refuse":
                self.calls.append((headers, body))
                data = json.loads(body)["data"]
                self.seqs += [item["seq"] for item in data.get("items", ())]
            self.changed.notify_all()

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Return when something is so, which a call to this receiver makes so."""
        with self.changed:
            assert self.changed.wait_for(is_so, 240), (self.mood, self.seqs[-5:])


@pytest.fixture
def siem() -> Iterator[Siem]:
    """A receiver on a free port."""
    made = Siem()
    yield made
    made.open.set()
    made.server.shutdown()
    made.server.server_close()


def served_inbox() -> tuple[Inbox, AnyPort]:
    """Start a mail server for a house in a process of its own; whoever asks stops it."""
    kept = Inbox()
    controller = AnyPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    return kept, controller


class Served:
    """A served house with somebody in it, and its keys."""

    def __init__(self, data: Path, **env: str) -> None:
        self.data, self.env = data, {"EARWITNESS_DELIVER_TO": "127.0.0.0/8"} | env
        self.keys: dict[str, str] = {}
        self.begin()
        made = House(data)
        made.run("user", "create", "ada", "--role", "Administrator", "--password-stdin", given="a long password 1\n")
        for scope, more in (("ingest", ()), ("admin", ("--user", "ada"))):
            self.keys[scope] = made.json("key", "create", f"k-{scope}", "--scope", scope, *more)["key"]

    def begin(self) -> None:
        """Start it, for the first time or again."""
        self.process, self.url = start(self.data, "serve", **self.env)

    def call(self, path: str, body: Any = None, scope: str = "admin", method: str | None = None) -> Any:
        """Send a body, or ask where there is none; returns what the answer holds."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {self.keys[scope]}", "Content-Type": "application/json"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method), timeout=120
        ) as a:
            return json.load(a)

    def record(self, count: int, **fields: Any) -> None:
        """Record some events and return when they are acknowledged."""
        events = [{"username": "ana.pop", "event": "queue_config", **fields} for _ in range(count)]
        assert self.call("/events", events, "ingest")["recorded"] == count

    def until(self, come: Callable[[], object], what: str) -> None:
        """Wait for something to come; it fails where the house has ended, or where it does not come at all."""
        given_up = time.monotonic() + 240
        while not come():
            self.process.check()
            assert time.monotonic() < given_up, f"{what} did not come"
            time.sleep(0.1)

    def last_seq(self) -> int:
        """The place of the newest event."""
        return int(self.call("/events?limit=1&q=event:queue_config")["items"][0]["seq"])


def test_a_house_that_is_killed_while_it_forwards_loses_nothing_and_keeps_the_order(tmp_path: Path, siem: Siem) -> None:
    """kill -9 in the middle of a batch: after the next start every row arrives, in order; some may come twice."""
    house = Served(tmp_path / "data")
    try:
        siem.mood = "hang"
        house.call("/forwards", {"name": "SIEM", "kind": "webhook", "settings": {"url": siem.url}})
        house.record(EVENTS)
        first = house.last_seq() - EVENTS + 1
        siem.wait(lambda: siem.hanging > 0)
        house.record(10)  # recorded and found while the receiver hangs: back-pressure ends at the cursor
        assert house.call("/events/count?q=event:queue_config")["count"] == EVENTS + 10
        siem.mood = "take"
        siem.open.set()
        siem.wait(lambda: len(siem.seqs) > 200)
        house.process.kill()
        house.begin()
        last = house.last_seq()
        siem.wait(lambda: bool(siem.seqs) and siem.seqs[-1] >= last)
        came = list(dict.fromkeys(siem.seqs))
        assert came == sorted(came)
        assert set(range(first, last + 1)) <= set(came)
        (found,) = house.call("/forwards")["items"]
        assert found["last_error"] == "" or "did not answer" in found["last_error"]
    finally:
        house.process.stop()


def test_an_alert_fires_from_what_is_sent_and_is_tried_until_it_arrives(tmp_path: Path, siem: Siem) -> None:
    """Sign-ins of one user that fail: one mail and one signed call, the call again after the receiver refused it."""
    kept, controller = served_inbox()
    house = Served(tmp_path / "data", EARWITNESS_SMTP_URL=f"smtp://127.0.0.1:{controller.port}")
    try:
        siem.mood = "refuse"
        wish = {"name": "Guessing", "search": "sub:login_failed", "threshold": 5, "per": "username"}
        made = house.call("/alerts", wish | {"webhook": siem.url, "recipients": ["security@example.com"]})
        secret = house.call(f"/alerts/{made['id']}/secret", {})["secret"]
        house.record(4, sub_event="login_failed")
        house.record(5, sub_event="login_failed", username="ben")

        def delivered() -> list[dict[str, Any]]:
            items = house.call("/alerts/history")["items"]
            return items[0]["delivered"] if items else []

        house.until(lambda: any(each["kind"] == "webhook" and each["tries"] for each in delivered()), "a call")
        siem.mood = "take"
        siem.wait(lambda: bool(siem.calls))
        headers, body = siem.calls[0]
        told = Webhook(secret).verify(body, headers)
        assert (told["type"], told["data"]["value"], told["data"]["count"]) == ("alert.fired", "ben", 5)
        house.until(lambda: all(each["sent"] for each in delivered()), "the mail or the second call")
        ((to, mail),) = kept.mails
        assert (to, str(mail["Subject"])) == ("security@example.com", "Alert: Guessing (ben)")
        assert house.url in mail.get_body(("plain",)).get_content()
    finally:
        house.process.stop()
        controller.stop()


def test_alerts_that_people_ask_for_reach_their_inbox(tmp_path: Path) -> None:
    """A barge of a minute and a half, reported by an application, of somebody on the no-listen list: one mail that says
    that it was long, one that names who listened. What neither forbids is nobody's mail."""
    kept, controller = served_inbox()
    house = Served(tmp_path / "data", EARWITNESS_SMTP_URL=f"smtp://127.0.0.1:{controller.port}?from=log@example.com")
    try:
        house.call("/policies", {"no_listen_extensions": ["1009"]}, method="PATCH")
        for name in ("barge", "off-limits"):
            wish = msgspec.to_builtins(examples.BY_NAME[name].wish)
            house.call("/alerts", wish | {"recipients": [f"{name}@example.com"]})
        began = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
        for extension, action, seconds in (("1001", "listen", 90), ("1001", "barge", 30), ("1009", "barge", 90)):
            segment = {
                "pbx": "berlin",
                "action": action,
                "started_at": began.isoformat(),
                "ended_at": (began + dt.timedelta(seconds=seconds)).isoformat(),
                "manager": {"username": "maria.rossi", "extension": "2001"},
                "agent": {"extension": extension},
            }
            assert house.call("/supervision", segment, "ingest")["recorded"] == 1
        house.until(lambda: len(kept.mails) >= 2, "a mail")
        found = dict(kept.mails)
        assert set(found) == {"barge@example.com", "off-limits@example.com"}
        assert {mail["From"] for mail in found.values()} == {"log@example.com"}
        long, forbidden = (found[f"{name}@example.com"] for name in ("barge", "off-limits"))
        assert "1 found in 10 minutes" in long.get_body(("plain",)).get_content()
        assert "1 found of maria.rossi in 10 minutes" in forbidden.get_body(("plain",)).get_content()
        assert sorted(each["count"] for each in house.call("/alerts/history")["items"]) == [1, 1]
    finally:
        house.process.stop()
        controller.stop()


def test_a_house_that_ends_does_not_wait_for_who_follows(tmp_path: Path) -> None:
    """A live tail is closed when the server is told to end; what was recorded before has come."""
    house = Served(tmp_path / "data")
    request = urllib.request.Request(
        f"{house.url}/api/v1/events/tail?q=event:queue_config",
        headers={"Authorization": f"Bearer {house.keys['admin']}"},
    )
    with urllib.request.urlopen(request, timeout=240) as stream:
        assert stream.readline() == b"retry: 3000\n"
        lines = [stream.readline()]
        house.record(1)
        while not lines[-1].startswith(b"data: "):
            lines.append(stream.readline())
            assert lines[-1], "the stream ended before the record"
        assert json.loads(lines[-1].removeprefix(b"data: "))["event"] == "queue_config"
        log = house.process.stop()
        assert stream.read().strip() == b""
    assert "Cancel" not in log
