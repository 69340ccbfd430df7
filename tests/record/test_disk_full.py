"""A full disk: 503 while it lasts, nothing acknowledged is lost, and recording goes on by itself when there is room."""

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Served

SIZE = 48 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MiB: a real file system, really full when it is."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here: it takes root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def batch(size: int) -> tuple[list[str], bytes]:
    ids = [str(uuid.uuid4()) for _ in range(size)]
    lines = [
        json.dumps({"id": each, "username": "ana", "event": "call", "params": {"noise": os.urandom(300).hex()}})
        for each in ids
    ]
    return ids, "\n".join(lines).encode()


def fill(path: Path, leave: int) -> None:
    """Take all room but so many bytes."""
    state = os.statvfs(path.parent)
    room = state.f_bavail * state.f_frsize - leave
    with path.open("wb") as file:
        file.write(b"x" * max(room, 0))


def send(server: Served, body: bytes) -> tuple[int, dict[str, str], Any]:
    return server.post(body, Content_Type="application/x-ndjson")


def test_it_waits_for_room_and_goes_on(small_disk: Path) -> None:
    """What was acknowledged before, between and after is there once; what was refused can be sent again."""
    server = Served(small_disk)
    server.start()
    acknowledged: dict[str, int] = {}

    def post(body: bytes) -> int:
        status, headers, answer = send(server, body)
        if status == 200:
            acknowledged.update({each["id"]: each["seq"] for each in answer["results"]})
        else:
            assert status == 503, answer
            assert answer["type"] == "unavailable"
            assert int(headers["retry-after"]) > 0
        return status

    try:
        assert post(batch(500)[1]) == 200
        refused: list[bytes] = []
        for leave in (300_000, 40_000, 0):
            fill(small_disk / "ballast", leave)
            for _ in range(12):
                _, body = batch(400)
                if post(body) == 503:
                    refused.append(body)
                if post(batch(1)[1]) == 503 and len(refused) > 3:
                    break
            (small_disk / "ballast").unlink()
            assert _recovers(post), "there is room, but nothing is recorded"
        assert refused, "the disk was never full: the test proves nothing"
        for body in refused:
            assert post(body) == 200
    finally:
        server.end(signal.SIGKILL)
    found = server.rows("SELECT seq, toString(id) FROM events ORDER BY seq")
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    place = {given: seq for seq, given in found}
    assert len(place) == len(found)
    assert {given: place.get(given) for given in acknowledged} == acknowledged


def _recovers(post: Any) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if post(batch(1)[1]) == 200:
            return True
        time.sleep(0.5)
    return False
