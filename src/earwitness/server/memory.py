"""Memory of a server that runs for months: given back when it is free, and not searched for garbage all the time."""

import ctypes
import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# mallopt(3) of glibc.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_DONTNEED: Final = 4  # madvise(2): of a file's pages that nobody wrote to, the next look reads the file again
_LARGE: Final = 32 << 20  # bytes of a part of a program file that are worth it
_PART: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r-[x-]p) \S+ \S+ [1-9]\d* ")


def spare() -> None:
    """Have glibc keep little of what was freed. Other C libraries are left as they are.

    Bodies of many megabytes come and go in several threads: each thread's arena would keep the most it ever held.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_ARENA_MAX, 2)
    mallopt(_MMAP_THRESHOLD, 4 << 20)
    mallopt(_TRIM_THRESHOLD, 32 << 20)


def settle() -> None:
    """Take what was made at the start out of garbage collection for good, and look for garbage less often.

    Under load a collection of everything would hold up all requests for some tenths of a second.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)
    _let_go()


def _let_go() -> None:
    """Let go of the pages of large program files: the start alone touches 200 MiB of the engine's, most of it never
    again. What is looked at is there again at once, from the system's cache."""
    if not sys.platform.startswith("linux"):
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, size in list(unwritten(Path("/proc/self/smaps").read_text())):
        madvise(start, size, _DONTNEED)


def unwritten(smaps: str) -> Iterator[tuple[int, int]]:
    """Yield (address, bytes) of the large parts of files, among the mappings of a process (proc_pid_smaps(5)), that can
    only be read, and of which the process holds no page that differs from the file."""
    found: tuple[int, int] | None = None
    for line in smaps.splitlines():
        if (part := _PART.match(line)) is not None:
            start, end = int(part[1], 16), int(part[2], 16)
            found = (start, end - start) if end - start >= _LARGE else None
        elif re.match("[0-9a-f]+-", line):
            found = None
        elif found is not None and line.startswith("Anonymous:"):
            if line.split()[1] == "0":
                yield found
            found = None
