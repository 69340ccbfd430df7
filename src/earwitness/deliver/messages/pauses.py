"""How long to wait before the next try."""

import datetime as dt
import random

PAUSES = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 3600, 3600, 7200, 7200, 14400, 14400)  # about 14 hours in all


def pause(tries: int, asked: float | None = None) -> dt.timedelta | None:
    """Return how long to wait after ``tries`` failed ones, None to give up. asked: seconds the receiver asked for.

    A tenth of jitter keeps many messages to one receiver apart.
    """
    if tries > len(PAUSES):
        return None
    seconds = max(PAUSES[tries - 1], asked or 0)
    return dt.timedelta(seconds=seconds * random.uniform(1.0, 1.1))  # noqa: S311 -- not a secret
