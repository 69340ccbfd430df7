"""A batch that waits for its commit, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from earwitness.record.log import EVENTS, Log
from earwitness.record.problems import Rejected

Status = Literal["recorded", "duplicate"]


class Result(msgspec.Struct, frozen=True, gc=False):
    """index: place in the request, from 0; seq: place in the log; status: recorded now, or a duplicate."""

    index: int
    id: str
    seq: int
    status: Status


class Outcome(msgspec.Struct):
    """What became of a batch. ``recorded`` is durable when this exists; the order is that of the request."""

    recorded: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = []
    results: list[Result] = []


Finish = Callable[["Outcome | Exception"], None]


@dataclass(slots=True)
class Submission:
    """Rows of one tenant for one log, committed together: all of them or none.

    places: the place of each row in the request; without_created: numbers of rows that came without their time;
    rejected: what was refused before; weight: bytes, about; quiet: no results are wanted;
    finish: told the outcome, once, by the committer.
    """

    tenant: str
    rows: Sequence[Any]
    finish: Finish
    log: Log = EVENTS
    places: Sequence[int] = ()
    without_created: frozenset[int] = frozenset()
    rejected: list[Rejected] = field(default_factory=list)
    weight: int = 0
    quiet: bool = False
