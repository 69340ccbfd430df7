"""Starts ``earwitness serve`` or ``demo`` as a shell would, and keeps every word: no server ends in silence."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

EARWITNESS = (sys.executable, "-m", "earwitness.cli")
LISTENING = r"Listening on (http://\S+)"
PATIENCE_S = 240


def environment(**more: str) -> dict[str, str]:
    """Return the environment of this process without any setting of Earwitness, and with ``more``."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EARWITNESS_")} | more


class Started:
    """A server in a process of its own.

    A thread reads its stdout to the end, so that it can neither be held up by a full pipe nor meet a closed one; stderr
    goes into a file. ``url`` is where it listens.
    """

    def __init__(self, data: Path, *command: str, **env: str) -> None:
        self._errors = tempfile.TemporaryFile("w+b")  # noqa: SIM115 -- open as long as the server is of interest
        self.process = subprocess.Popen(
            [*EARWITNESS, *command, "--data", str(data), "--port", "0"],
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            errors="replace",
        )
        self._said = ""
        self._more = threading.Condition()
        self._over = False
        threading.Thread(target=self._listen, daemon=True).start()
        self.url = self.wait_for(LISTENING)[1]

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self._said += line
                self._more.notify_all()
        with self._more:
            self._over = True
            self._more.notify_all()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.process.pid

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return where a pattern is in what the server prints; one that ends without it, or is too slow, fails."""
        with self._more:
            self._more.wait_for(lambda: self._over or re.search(pattern, self._said), PATIENCE_S)
            found = re.search(pattern, self._said)
        if not found:
            self.process.kill()
            raise AssertionError(f"the server never printed {pattern!r}. {self.told()}")
        return found

    def log(self) -> str:
        """Return what the server has written to stderr."""
        return os.pread(self._errors.fileno(), os.fstat(self._errors.fileno()).st_size, 0).decode(errors="replace")

    def told(self) -> str:
        """Return how the process ended, and everything that it said."""
        try:
            status = f"It ended with exit status {self.process.wait(5)}"
        except subprocess.TimeoutExpired:
            status = "It is running"
        return f"{status}.\n--- stdout\n{self._said}\n--- stderr\n{self.log()}"

    def check(self) -> None:
        """Fail, with all that is known, where the server is gone."""
        if self.process.poll() is not None:
            raise AssertionError(f"The server is gone, and nobody here stopped it. {self.told()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> str:
        """Stop it in order; returns what it wrote to stderr."""
        self.check()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0, self.told()
        return self.log()
