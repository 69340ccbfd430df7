"""Ids of events: UUIDs, made here in the order of time where the sender gave none."""

import os
import re
import time
from typing import Final

UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def new_ids(count: int) -> list[str]:
    """Return that many new UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    if not count:
        return []
    stamp = f"{time.time_ns() // 1_000_000:012x}"
    noise = os.urandom(10 * count).hex()
    return [_version_7(stamp, noise[20 * n : 20 * n + 20]) for n in range(count)]


def _version_7(stamp: str, noise: str) -> str:
    variant = "89ab"[int(noise[3], 16) & 3]
    return f"{stamp[:8]}-{stamp[8:]}-7{noise[:3]}-{variant}{noise[4:7]}-{noise[7:19]}"
