"""Ids of events: UUIDs, made here in the order of time where the sender gave none."""

import os
import re
import time
from collections.abc import Sequence
from typing import Final, cast

import numpy as np

UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

_HYPHENS: Final = [8, 13, 18, 23]
_DIGIT: Final = np.zeros(256, dtype=np.bool_)
_DIGIT[list(b"0123456789abcdef")] = True


def are_uuids(ids: Sequence[str | None]) -> bool:
    """Whether every id is there and is a UUID in lower case. False may mean no more than capital letters."""
    if len(ids) < 8:
        return all(each is not None and UUID_FORM.fullmatch(each) and each == each.lower() for each in ids)
    if not all(ids):
        return False
    try:
        text = "".join(cast("Sequence[str]", ids)).encode("ascii")
    except UnicodeEncodeError:
        return False
    if len(text) != 36 * len(ids) or any(len(each or "") != 36 for each in ids):
        return False
    marks = np.frombuffer(text, dtype=np.uint8).reshape(-1, 36)
    hyphens = marks[:, _HYPHENS] == ord("-")
    return bool(hyphens.all()) and int(np.count_nonzero(_DIGIT[marks])) == 32 * len(ids)


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
