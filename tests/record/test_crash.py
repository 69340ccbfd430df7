"""kill -9 at any moment: every acknowledged event is there exactly once, every batch whole or absent."""

import json
import random
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest

from tests.serving import Served


class Sender(threading.Thread):
    """Sends batches with ids, and the same batch again until it is acknowledged."""

    def __init__(self, server: Served, size: int) -> None:
        super().__init__()
        self.server = server
        self.size = size
        self.enough = threading.Event()
        self.acknowledged: dict[str, int] = {}
        self.batches: list[list[str]] = []

    def run(self) -> None:
        while not self.enough.is_set():
            ids = [str(uuid.uuid4()) for _ in range(self.size)]
            self.batches.append(ids)
            lines = [json.dumps({"id": each, "username": "ana", "event": "call", "params": {"n": 1}}) for each in ids]
            body = "\n".join(lines).encode()
            while not self._sent(body) and not self.enough.is_set():
                time.sleep(0.05)

    def _sent(self, body: bytes) -> bool:
        try:
            status, _, answer = self.server.post(body, Content_Type="application/x-ndjson")
        except (OSError, ValueError, EOFError):
            return False
        except Exception as error:  # http.client has many ways to say that the server is gone
            if type(error).__module__ != "http.client":
                raise
            return False
        if status != 200:
            assert status == 503, answer
            return False
        assert answer["rejected"] == []
        self.acknowledged.update({each["id"]: each["seq"] for each in answer["results"]})
        return True


MIXED = (1, 1, 1, 1, 7, 60, 500)
BULK = (10_000, 10_000, 1)


def crash(data: Path, times: int, seed: int, sizes: tuple[int, ...] = MIXED) -> None:
    chance = random.Random(seed)
    server = Served(data)
    server.start()
    senders = [Sender(server, size) for size in sizes]
    for sender in senders:
        sender.start()
    try:
        for _ in range(times):
            time.sleep(chance.uniform(0.2, 1.5))
            server.end(signal.SIGKILL)
            server.start()
        time.sleep(1)
    finally:
        for sender in senders:
            sender.enough.set()
        for sender in senders:
            sender.join(60)
        server.end(signal.SIGKILL)
    check(server, senders)


def check(server: Served, senders: list[Sender]) -> None:
    found = server.rows("SELECT seq, toString(id) FROM events WHERE tenant = 'default' ORDER BY seq")
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1)), "places are not contiguous"
    place = {given: seq for seq, given in found}
    assert len(place) == len(found), "an id is there twice"
    acknowledged = {given: seq for sender in senders for given, seq in sender.acknowledged.items()}
    assert len(acknowledged) > 100, "hardly anything was recorded: the test proves nothing"
    assert {given: place.get(given) for given in acknowledged} == acknowledged
    for sender in senders:
        for batch in sender.batches:
            assert sum(given in place for given in batch) in {0, len(batch)}, "a batch is there in part"


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    """Killed in a loop under load, with senders that repeat what was not acknowledged."""
    crash(tmp_path, times=4, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_however_often_it_is_killed(tmp_path: Path, seed: int) -> None:
    """The same, two hundred times in all."""
    crash(tmp_path, times=40, seed=seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_no_bulk_request_is_lost_or_there_in_part(tmp_path: Path, seed: int) -> None:
    """Killed while requests of 10,000 events are under way."""
    crash(tmp_path, times=30, seed=seed, sizes=BULK)
