"""A server hears a switch on a real socket, and its log then holds what happened there, no more and no less."""

import asyncio
import collections
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from earwitness.collect.asterisk.replayserver import Manners, ReplayServer
from tests.started import Started

BUSY = Path(__file__).parents[1] / "recordings" / "v22" / "18-busy-minute"
PATIENCE_S = 90


@contextlib.contextmanager
def switch(folder: Path, speed: float) -> Iterator[str]:
    """Play a recording once on a loopback socket; yields its URL."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    file = next(folder.glob("ami.jsonl*"))
    server = ReplayServer.of(file, manners=Manners(speed=speed))
    port = asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield f"ami://earwitness:secret@127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)


@contextlib.contextmanager
def served(data: Path, pbx: str, **settings: str) -> Iterator[httpx.Client]:
    """Run ``earwitness serve`` that listens to a switch; yields a client on its control socket."""
    server = Started(data, "serve", EARWITNESS_PBX_MAIN=pbx, **settings)
    transport = httpx.HTTPTransport(uds=str(data / "control.sock"))
    try:
        with httpx.Client(transport=transport, base_url="http://localhost/api/v1", timeout=60) as client:
            yield client
    finally:
        server.stop()


def segments(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/supervision", params={"limit": 1000}).json()["items"]
    return found


def told(segment: dict[str, Any]) -> tuple[str, str, str]:
    return segment["manager"]["extension"], segment["action"], segment["agent"]["extension"]


def test_the_log_holds_what_the_switch_told(tmp_path: Path) -> None:
    """Who, whom and how, each as often as it happened; and agents' doings at the phone are activity events."""
    expected = [one for one in json.loads((BUSY / "expected.json").read_text()) if not one.get("optional")]
    wanted = collections.Counter((one["manager_extension"], one["action"], one["agent_extension"]) for one in expected)
    with switch(BUSY, 12.0) as url, served(tmp_path, url) as client:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and sum(wanted.values()) > len(segments(client)):
            time.sleep(0.5)
        assert collections.Counter(map(told, segments(client))) == wanted
        assert client.get("/events/count", params={"q": "source:asterisk"}).json()["count"] > 0


def test_what_was_going_on_when_the_server_ended_is_closed_and_the_gap_is_told(tmp_path: Path) -> None:
    """After a restart the switch is gone: nothing stays open, and the gap is there."""
    with switch(BUSY, 4.0) as url, served(tmp_path, url) as client:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not segments(client):
            time.sleep(0.2)
        before = len(segments(client))
        assert before, "nothing was heard"
    with switch(BUSY, 50.0) as url, served(tmp_path, url) as client:
        deadline = time.monotonic() + PATIENCE_S
        gaps: list[Any] = []
        while time.monotonic() < deadline and not gaps:
            answer = client.get("/supervision/count").json()
            gaps = answer["gaps"]
            time.sleep(0.2)
        assert any(gap["pbx"] == "main" for gap in gaps)
        assert len(segments(client)) >= before


def test_a_record_that_is_written_while_no_server_runs_completes_the_segments_of_its_call(tmp_path: Path) -> None:
    """The file is followed from where it was left, and what waited for its call's record waits on."""
    folder = BUSY.with_name("07-two-managers")
    master = tmp_path / "Master.csv"
    master.write_text("")
    settings = {"EARWITNESS_CDR_MAIN": f"file://{master}"}
    with switch(folder, 12.0) as url:
        with served(tmp_path, url, **settings) as client:
            wait_until(lambda: len(segments(client)) == 4)
            heard = segments(client)
            assert {one["cdr_id"] for one in heard} == {""}
        master.write_text(record_of(heard))
        with served(tmp_path, url, **settings) as client:
            before = {one["id"] for one in heard}  # the switch that plays begins anew, and more is heard

            def again() -> list[dict[str, Any]]:
                return [one for one in segments(client) if one["id"] in before]

            wait_until(lambda: all(one["cdr_id"] for one in again()))
            assert {one["cdr_id"] for one in again()} == {heard[0]["call_linkedid"]}


def record_of(heard: list[dict[str, Any]]) -> str:
    """The line that a switch writes when the call of these segments ends."""
    start, end = min(one["started_at"] for one in heard)[:19], max(one["ended_at"] for one in heard)[:19]
    call, channel = heard[0]["call_linkedid"], heard[0]["agent"]["channel"]
    times = [start.replace("T", " "), start.replace("T", " "), end.replace("T", " "), "9", "9"]
    before = ["", "0722000001", "8001001", "from-trunk", "", "PJSIP/trunk-00000001", channel, "Dial", "PJSIP/1001"]
    return ",".join(f'"{value}"' for value in [*before, *times, "ANSWERED", "3", call, "", "", call, "1"]) + "\n"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.3)
