"""Memory of a server that runs for months: given back when it is free, and not searched for garbage all the time."""

import ctypes
import gc
import sys
from typing import Final

# mallopt(3) of glibc.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8


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
