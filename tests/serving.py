"""The ingest door in a process of its own: tests kill it, fill its disk, and send it what they like."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SERVER = """
import asyncio, socket, sys
from pathlib import Path
from types import SimpleNamespace
import uvicorn, uvloop
from earwitness.api.ingest.app import create_app
from earwitness.record import Recorder
from earwitness.store import Store

data, port = Path(sys.argv[1]), int(sys.argv[2])
store = Store.open(f"chdb://{data}/events", data)
recorder = Recorder(store)
recorder.start()
keys = {
    "writes": SimpleNamespace(tenant="default", scope="ingest", name="writes", sources=None),
    "other": SimpleNamespace(tenant="other", scope="admin", name="other", sources=("crm", "dialer")),
    "reads": SimpleNamespace(tenant="default", scope="read", name="reads", sources=None),
    "hurries": SimpleNamespace(tenant="default", scope="ingest", name="hurries", sources=None),
}
app = create_app(
    recorder, lambda token, ip, path: keys.get(token), limit=lambda writer: 7 if writer.name == "hurries" else None
)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(256)
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(
    app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=5
)
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(uvicorn.Server(config).serve(sockets=[listener]))
recorder.stop()
store.close()
"""
ROWS = """
import json, sys
from pathlib import Path
from earwitness.store import Store

data = Path(sys.argv[1])
with Store.open(f"chdb://{data}/events", data) as store, store._pool.handle() as handle:
    for row in handle.query("test.rows", sys.argv[2]).rows:
        print(json.dumps(row, default=str))
"""


class Served:
    """A server on a data directory. ``start`` and ``kill`` as often as you like; the port stays."""

    def __init__(self, data: Path, prelude: str = "") -> None:
        """prelude: Python that its process runs before anything else."""
        self.data = data
        self._prelude = prelude
        self.port = 0
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and return when it listens."""
        command = [sys.executable, "-c", self._prelude + SERVER, str(self.data), str(self.port)]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        self.port = int(self._child.stdout.readline())

    def end(self, with_signal: signal.Signals) -> None:
        """End it with a signal and wait until it is gone."""
        if self._child is not None:
            os.kill(self._child.pid, with_signal)
            self._child.wait(60)
            assert self._child.stdout is not None
            self._child.stdout.close()
            self._child = None

    def post(
        self, body: bytes, *, key: str = "writes", query: str = "", path: str = "/api/v1/events", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Send one request; return status, headers in lower case, and what the JSON says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            sent = {"Content-Type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
            if key:
                sent["Authorization"] = f"Bearer {key}"
            connection.request("POST", path + query, body, sent)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(content or b"null")
        finally:
            connection.close()

    def rows(self, sql: str) -> list[list[Any]]:
        """Return what a statement finds; the server must not be running."""
        command = [sys.executable, "-c", ROWS, str(self.data), sql]
        found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
        return [json.loads(line) for line in found.splitlines()]


@contextlib.contextmanager
def served(data: Path) -> Iterator[Served]:
    """Serve a data directory, from here to the end of the block."""
    server = Served(data)
    server.start()
    try:
        yield server
    finally:
        server.end(signal.SIGTERM)
