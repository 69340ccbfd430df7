"""A real server in a process of its own, and the command line as a shell would run it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

EARWITNESS = (sys.executable, "-m", "earwitness.cli")
PASSWORD = "correct horse battery staple 7"


def environment(**more: str) -> dict[str, str]:
    """Return the environment of this process without any setting of Earwitness, and with ``more``."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EARWITNESS_")} | more


@dataclass(frozen=True)
class House:
    """A data directory and the commands on it."""

    data: Path
    url: str = ""

    def run(self, *arguments: str, given: str | bytes = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        stdin = given.encode() if isinstance(given, str) else given
        done = subprocess.run(
            [*EARWITNESS, *arguments],
            env=environment(**({"EARWITNESS_DATA": str(self.data)} | env)),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *arguments: str, given: str | bytes = "", **env: str) -> Any:
        """Run a command that succeeds and return what it printed as JSON."""
        done = self.run(*arguments, "--json", given=given, **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def start(data: Path, *command: str) -> tuple[subprocess.Popen[str], str]:
    """Start ``serve`` or ``demo`` on a free port; returns the process and the URL that it says."""
    process = subprocess.Popen(
        [*EARWITNESS, *command, "--data", str(data), "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    give_up = threading.Timer(120, process.kill)
    give_up.start()
    seen = ""
    for line in process.stdout:
        seen += line
        if found := re.match(r"Listening on (http://\S+)", line):
            give_up.cancel()
            return process, found[1]
    give_up.cancel()
    raise AssertionError(f"the server did not start: {seen}{process.communicate()[1]}")


def stop(process: subprocess.Popen[str]) -> str:
    """Stop a server in order; returns what it wrote to stderr."""
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    return log


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served, empty house for the tests of one file: each uses names of its own."""
    data = tmp_path_factory.mktemp("house") / "data"
    process, url = start(data, "serve")
    yield House(data, url)
    stop(process)
