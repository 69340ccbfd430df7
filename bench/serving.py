"""The server that is measured: ``earwitness serve`` itself, in a process of its own, with keys to ask it."""

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROGRAM = str(Path(sys.executable).with_name("earwitness"))
KEYS = "bench-keys.json"


class Server(NamedTuple):
    """port, pid: where it is; keys: by scope."""

    port: int
    pid: int
    keys: dict[str, str]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Return seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> dict[str, int]:
        """Return MiB resident: now (VmRSS), its own (RssAnon), of files (RssFile), and the most ever (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return {name: int(size) // 1024 for name, size in re.findall(r"(VmRSS|RssAnon|RssFile|VmHWM):\s+(\d+)", status)}


def keys_of(data: Path) -> dict[str, str]:
    """Return a key of each scope, made with the command line where there is none."""
    demo, ours = data / "demo.json", data / KEYS
    if ours.is_file():
        return dict(json.loads(ours.read_text()))
    if demo.is_file() and (found := json.loads(demo.read_text())["keys"]):
        return {scope: found[scope] for scope in ("ingest", "read", "admin")}
    command(
        "user", "create", "bench", "--role", "Administrator", "--password-stdin", data=data, told=secrets.token_hex()
    )
    made = {}
    for scope in ("ingest", "read", "admin"):
        owner = () if scope == "ingest" else ("--user", "bench")
        answer = command("key", "create", f"bench-{scope}", "--scope", scope, *owner, "--json", data=data)
        made[scope] = str(json.loads(answer)["key"])
    ours.touch(mode=0o600)
    ours.write_text(json.dumps(made))
    return made


def command(*words: str, data: Path, told: str = "") -> str:
    """Run one command of Earwitness on a data directory and return what it printed."""
    whole = [PROGRAM, *words, "--data", str(data)]
    return subprocess.run(whole, input=told, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def serving(data: Path) -> Iterator[Server]:
    """Serve a data directory, which may be empty, to the end of the block."""
    keys = keys_of(data)
    with _started(data) as (port, pid):
        yield Server(port, pid, keys)


def start_seconds(data: Path) -> float:
    """Return seconds from the command until a server listens."""
    began = time.perf_counter()
    with _started(data):
        return time.perf_counter() - began


@contextlib.contextmanager
def _started(data: Path) -> Iterator[tuple[int, int]]:
    with (data / "bench.log").open("w") as log:
        child = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert child.stdout
            line = next(line for line in child.stdout if line.startswith("Listening on "))
            yield int(line.rpartition(":")[2]), child.pid
        finally:
            child.terminate()
            child.wait(60)
