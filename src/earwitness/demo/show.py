"""What happens when the demo starts: people move in, history is recorded, and it is said how to sign in."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from earwitness.demo import cast, feed, workspace
from earwitness.model.problem import Conflict

EVENTS = 1_000_000


def demand_demo(data: Path) -> None:
    """Raise Conflict where the data directory holds an Earwitness that is no demo: its log is not ours to fill."""
    if cast.recall(data) is None and data.is_dir() and any(data.iterdir()):
        raise Conflict(f"{data} is not the data directory of a demo: name another one with --data.")


def begin(data: Path) -> None:
    """Leave the mark of a demo in a data directory that is still empty."""
    demand_demo(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if cast.recall(data) is None:
        cast.remember(data, cast.Memory())


@contextlib.contextmanager
def open_to_visitors(url: str, data: Path, events: int, told: Callable[[int, int], None]) -> Iterator[str]:
    """Make the demo complete on a server that runs; yields the text that says how to sign in.

    url: of the server; events: how many to generate at the first start; told: hears how far the history is, as
    (events sent, events in all). The example workspace runs as long as the block does.
    """
    memory = cast.recall(data) or cast.Memory()
    memory.url = url
    cast.move_in(data, memory)
    feed.fill(url, data, memory, events, told)
    port = int(url.rpartition(":")[2])
    with workspace.beside(url, memory.keys["ingest"], port + 1) as memory.workspace:
        cast.remember(data, memory)
        yield _welcome(data, memory)


def _welcome(data: Path, memory: cast.Memory) -> str:
    people = "\n".join(f"    {person.name:<9}{memory.passwords[person.name]:<18}{person.about}" for person in cast.CAST)
    beside = f"\nAgent workspace, every button an event: {memory.workspace}\n" if memory.workspace else ""
    return f"""\
A demo contact centre with {memory.history_events:,} events of history. Sign in at {memory.url} as

{people}
{beside}
Passwords and API keys are in {data / cast.FILE}. The first event of your own:

    curl {memory.url}/api/v1/events -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
      -d '{{"username": "you", "event": "hello"}}'

with KEY={memory.keys["ingest"]}
"""
