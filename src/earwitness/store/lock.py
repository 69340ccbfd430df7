"""One process owns a data directory; a second one is told which."""

import contextlib
import fcntl
import os
from pathlib import Path

from earwitness.model.problem import Conflict


class DirectoryLock:
    """Hold a data directory for this process until released, or until the process ends in whatever way."""

    def __init__(self, directory: Path) -> None:
        """Take the lock of ``directory``, which must exist.

        Raises Conflict with the owner's process id when another process (or another store in this one) has it.
        """
        self.path = directory / "lock"
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise Conflict(
                f"The data directory {directory} is in use by process {owner}: "
                "stop that process, or use another directory with --data.",
                extra={"pid": int(owner) if owner.isdigit() else None},
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the directory back. Doing it twice is harmless."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1
