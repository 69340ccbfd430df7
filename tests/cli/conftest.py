"""A real server in a process of its own, and the command line as a shell would run it."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.started import EARWITNESS, Started, environment

PASSWORD = "correct horse battery staple 7"


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


def start(data: Path, *command: str, **env: str) -> tuple[Started, str]:
    """Start ``serve`` or ``demo`` on a free port; returns the process and the URL that it says."""
    process = Started(data, *command, **env)
    return process, process.url


def stop(process: Started) -> str:
    """Stop a server in order; returns what it wrote to stderr."""
    return process.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served, empty house for the tests of one file: each uses names of its own."""
    data = tmp_path_factory.mktemp("house") / "data"
    process, url = start(data, "serve")
    yield House(data, url)
    stop(process)
