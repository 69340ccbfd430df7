"""A clock for a live switch: it runs evenly, and says so when this machine's clock was set."""

import time
from collections.abc import Callable

STEP_US = 2_000_000  # a difference of wall clock and even clock above which the wall clock was set


class SteadyClock:
    """Microseconds since 1970 that run evenly between two looks at ``stepped``, whatever is done to the wall clock."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._anchor = wall() - monotonic()

    def now_us(self) -> int:
        return round((self._anchor + self._monotonic()) * 1_000_000)

    def stepped(self) -> int:
        """Return by how many microseconds the wall clock was set since the last look, 0 if it was not; follow it."""
        difference = self._wall() - self._monotonic() - self._anchor
        if abs(difference) * 1_000_000 < STEP_US:
            return 0
        self._anchor += difference
        return round(difference * 1_000_000)
