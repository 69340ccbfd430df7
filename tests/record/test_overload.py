"""More arrives than can be written: 503 with Retry-After, nothing lost, nothing doubled, and it ends by itself."""

import json
import signal
import threading
import uuid
from pathlib import Path

from tests.serving import Served

SENDERS, BATCHES, EVENTS = 24, 4, 100
# The real limit, made so low that two dozen senders reach it.
NARROW = "from earwitness.record import committer; committer.QUEUE_ROWS = 250\n"


class Sender(threading.Thread):
    """Sends batches and, when told to come again, comes again."""

    def __init__(self, server: Served) -> None:
        super().__init__()
        self._server = server
        self.acknowledged: dict[str, int] = {}
        self.refusals: list[tuple[int, str, str]] = []

    def run(self) -> None:
        for _ in range(BATCHES):
            ids = [str(uuid.uuid4()) for _ in range(EVENTS)]
            lines = [json.dumps({"id": each, "username": "ana", "event": "call"}) for each in ids]
            body = "\n".join(lines).encode()
            while not self._sent(body):
                threading.Event().wait(0.02)

    def _sent(self, body: bytes) -> bool:
        status, headers, answer = self._server.post(body, Content_Type="application/x-ndjson")
        if status == 200:
            self.acknowledged.update({each["id"]: each["seq"] for each in answer["results"]})
            return True
        self.refusals.append((status, headers.get("retry-after", ""), answer["type"]))
        return False


def test_an_overload_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """Whoever is refused sends the same again until it is taken; every event is there once."""
    server = Served(tmp_path, NARROW)
    server.start()
    senders = [Sender(server) for _ in range(SENDERS)]
    try:
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(120)
    finally:
        server.end(signal.SIGKILL)
    refusals = {refusal for sender in senders for refusal in sender.refusals}
    assert refusals == {(503, "1", "unavailable")}, "there was no overload, or it was told otherwise"
    acknowledged = {given: seq for sender in senders for given, seq in sender.acknowledged.items()}
    assert len(acknowledged) == SENDERS * BATCHES * EVENTS
    found = server.rows("SELECT seq, toString(id) FROM events ORDER BY seq")
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    assert {given: seq for seq, given in found} == acknowledged
