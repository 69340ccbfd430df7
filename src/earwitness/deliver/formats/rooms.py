"""Folders for files under work, each named after its process: what a killed one left is found and removed."""

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"\.(?:at-once|render|report)-(\d+)-")


@contextlib.contextmanager
def room(folder: Path, what: str) -> Iterator[Path]:
    """Give a folder within ``folder`` to work in; it goes at the end. what: ``at-once``, ``render`` or ``report``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{what}-{os.getpid()}-") as made:
        yield Path(made)


def sweep(folder: Path, *, starting: bool = False) -> int:
    """Remove the folders of processes that are no more; returns how many. starting: this process has none yet, so that
    one with its number is of an earlier process that had the same."""
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        found = NAME.match(path.name)
        if found and path.is_dir() and not path.is_symlink() and not _lives(int(found[1]), starting=starting):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _lives(pid: int, *, starting: bool) -> bool:
    if pid == os.getpid():
        return not starting
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def unwritten(error: OSError) -> str:
    """Return why a file could not be written, as a sentence, and what to do."""
    room_first = (
        "Make room under the data directory, then ask" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Ask"
    )
    return f"The file could not be written: {error.strerror or error}. {room_first} for it again."
