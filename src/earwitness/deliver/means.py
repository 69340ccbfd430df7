"""What this room works with: handed in by ``server`` when the house opens, so that nothing here reads a setting."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from earwitness.deliver.crew import Crew
from earwitness.deliver.wire.guard import Guard
from earwitness.search import Reader


@dataclass(frozen=True, slots=True)
class Means:
    """folder: where exports are kept; base_url: how people reach Earwitness, for links in mails; guard: where the
    house may connect to; sender: the From of its mails, empty where no mail server is set; jobs: whether this server
    runs them, so that what waits is made; stop: set at the end;
    crew: threads that wait for receivers, None where everything is done one after another."""

    reader: Reader
    folder: Path
    base_url: str
    guard: Guard
    sender: str
    jobs: bool = True
    stop: Event = field(default_factory=Event)
    crew: Crew | None = None


class _Current:
    means: Means | None = None


def use(means: Means | None) -> None:
    """Say what to work with; None when the house closes."""
    _Current.means = means


def current() -> Means:
    """Return what to work with. RuntimeError where no house is open."""
    if _Current.means is None:
        raise RuntimeError("no house is open in this process")
    return _Current.means
