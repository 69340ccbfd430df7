"""Who is asking, reduced to what the read door needs to know."""

import datetime as dt

import msgspec

DEFAULT_TENANT = "default"

ACTIVITY = "activity"
SUPERVISION = "supervision"
STREAMS = (ACTIVITY, SUPERVISION)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the log that one caller may see.

    ``accounts`` makes it from a signed-in person or a key; ``search`` applies it to every row, count, facet and export.

    tenant: the only tenant whose rows exist for this caller.
    streams: the streams that may be read; any other answers as if it were forbidden, whatever it holds.
    desks: names of the desks whose rows are visible, or None for all desks (and rows without a desk).
    masked: True replaces the digits of telephone numbers by X, before any filter looks at the text.
    own: if set, only rows about this username are visible (the page ``/me``): as actor in the activity stream, as agent
        in the supervision stream.
    own_since: if set, only rows from this moment on are theirs: before, the username was somebody else's.
    viewer: username for the record; never used to decide what is visible.
    """

    tenant: str
    streams: frozenset[str]
    desks: frozenset[str] | None
    masked: bool
    viewer: str
    own: str | None = None
    own_since: dt.datetime | None = None
