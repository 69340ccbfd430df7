"""What a caller of the read door asks."""

import datetime as dt
from typing import Final, NamedTuple

from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY, STREAMS

NEWEST: Final = "newest"
OLDEST: Final = "oldest"
ORDERS: Final = (NEWEST, OLDEST)


class Query(NamedTuple):
    """stream: activity or supervision; text: in the search language; start: inclusive, end: exclusive, both aware or
    None for no bound; tz: IANA name of the zone in which dates without one are read."""

    stream: str = ACTIVITY
    text: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    tz: str = "UTC"


def check_stream(stream: str) -> None:
    """Raise Invalid for a stream that does not exist."""
    if stream not in STREAMS:
        raise Invalid(f"Choose one of {', '.join(STREAMS)} as stream.", fields={"stream": "There is no such stream."})
