"""Retention classes: how long rows are kept, as the partitions of the store know it.

Partitions are made per class and month, so there are few classes, whatever periods are asked for.
"""

import re
from typing import Final

DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
CLASSES: Final = ("30d", "90d", "180d", "400d", "3y", "7y", "10y")
_PERIOD = re.compile(r"([1-9]\d{0,4})([dwmy])")


def days(period: str) -> int:
    """Return a period such as ``400d`` or ``3y`` in days; ValueError for anything else."""
    match = _PERIOD.fullmatch(period)
    if not match:
        raise ValueError(f"{period!r} is not a period: write a number with d, w, m or y, such as 400d")
    return int(match[1]) * DAYS[match[2]]


def class_for(period: str) -> str:
    """Return the class in which rows to be kept for a period are recorded: the shortest that is long enough.

    Raises ValueError for a period that is none, or longer than the longest class.
    """
    wanted = days(period)
    for name in CLASSES:
        if days(name) >= wanted:
            return name
    raise ValueError(f"{period} is longer than the longest class, {CLASSES[-1]}")
