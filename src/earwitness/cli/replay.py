"""``earwitness replay``: recorded AMI traffic through the collector, into the log or only onto the screen."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect, failure_of
from earwitness.cli.failures import refused
from earwitness.cli.output import json_text, print_table
from earwitness.model.scope import DEFAULT_TENANT

if TYPE_CHECKING:
    from earwitness.collect.sink import Found
    from earwitness.model.segment import Segment

BATCH = 1000
PATHS = click.Path(exists=True, path_type=Path)
HEADS = ("Started (UTC)", "Manager", "Action", "Agent", "Seconds", "CDR ID", "Ended by")


@click.command("replay")
@click.argument("paths", metavar="FOLDER|FILE...", nargs=-1, required=True, type=PATHS)
@click.option("--pbx", metavar="NAME", default="replay", show_default=True, help="Name of the switch.")
@click.option("--cdr", metavar="FILE", type=PATHS, help="CSV file of CDRs; otherwise the folder's cdr.csv.")
@click.option("--dry-run", is_flag=True, help="Record nothing: only show the segments.")
@click.option("--follow", is_flag=True, help="Go on with what is still being written to the last file, until Ctrl-C.")
@options.as_json
@options.place
def command(
    paths: tuple[Path, ...],
    pbx: str,
    cdr: Path | None,
    dry_run: bool,
    follow: bool,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Send recorded traffic of a switch through the collector, as if it were live, and print the segments.

    A recording is lines {"t": epoch seconds, "raw": message}; several files are successive connections to one switch.
    A FOLDER means its ami.jsonl, then ami-after.jsonl, with cdr.csv. The same recording again adds nothing. With
    --follow a segment is printed when it ends, and once more when its CDR is known.
    """
    from earwitness.collect.asterisk.cdr import CdrError
    from earwitness.collect.asterisk.replay import ReplayError, replay, segments

    if follow:
        _follow(
            lambda: replay(paths, pbx=pbx, cdr=cdr, tenant=tenant or DEFAULT_TENANT, follow=True),
            as_json,
            data,
            tenant,
            dry_run,
        )
        return
    try:
        found = list(replay(paths, pbx=pbx, cdr=cdr, tenant=tenant or DEFAULT_TENANT))
    except (ReplayError, CdrError) as error:
        raise refused(str(error)) from None
    _show(list(segments(found)), as_json)
    if not dry_run:
        total: dict[str, int] = {}
        with connect(data, tenant, create=True) as connection:
            _record(connection, found, total)
        _tell(total)


def _show(shown: Sequence["Segment"], as_json: bool) -> None:
    if as_json:
        for segment in shown:
            click.echo(json_text(segment.to_json()))
        return
    print_table(HEADS, [_row(segment) for segment in shown])


def _row(segment: "Segment") -> tuple[str, ...]:
    return (
        f"{segment.started_at:%Y-%m-%d %H:%M:%S}",
        segment.manager.name or segment.manager.extension,
        segment.action,
        f"{segment.agent.name} {segment.agent.extension}".strip(),
        f"{segment.duration_ms / 1000:.1f}",
        segment.cdr_id,
        segment.end_reason,
    )


def _follow(
    read: Callable[[], Iterator["Found"]], as_json: bool, data: Path | None, tenant: str | None, dry_run: bool
) -> None:
    """Show and record what is found while a file is written, until SIGINT or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        connection = None if dry_run else stack.enter_context(connect(data, tenant, create=True))
        total: dict[str, int] = {}

        def record(found: Sequence["Found"]) -> None:
            if connection:
                _record(connection, found, total)

        with contextlib.suppress(KeyboardInterrupt):
            _on_and_on(read, as_json, record)
        if connection:
            _tell(total)


def _on_and_on(
    read: Callable[[], Iterator["Found"]], as_json: bool, record: Callable[[Sequence["Found"]], None]
) -> None:
    from earwitness.collect.asterisk.cdr import CdrError
    from earwitness.collect.asterisk.replay import ReplayError, segments
    from earwitness.collect.sink import Completion
    from earwitness.model.segment import Segment

    came: SimpleQueue[Any] = SimpleQueue()

    def reading() -> None:
        try:
            for one in read():
                came.put(one)
        except (ReplayError, CdrError) as error:
            came.put(error)

    threading.Thread(target=reading, daemon=True).start()
    open_ended: dict[str, Segment] = {}  # those without a CDR: it may come
    while True:
        batch = [came.get()]
        while not came.empty() and len(batch) < BATCH:
            batch.append(came.get())
        if isinstance(batch[-1], Exception):
            raise refused(str(batch[-1]))
        known = [
            open_ended[one.segment_id] for one in batch if isinstance(one, Completion) and one.segment_id in open_ended
        ]
        for told in segments([*known, *batch]):
            click.echo(json_text(told.to_json()) if as_json else "  ".join(_row(told)))
            open_ended[told.id] = told
            if told.cdr_id:
                del open_ended[told.id]
        record(batch)


def _record(connection: Connection, found: Sequence["Found"], total: dict[str, int]) -> None:
    from earwitness.collect.spool import line_of

    for lines in _batches(line_of(one) for one in found):
        answer = connection.post_lines("/findings", b"".join(lines))
        if not answer.is_success:
            raise failure_of(answer)
        for name, count in answer.json().items():
            total[name] = total.get(name, 0) + count


def _tell(total: dict[str, int]) -> None:
    click.echo(", ".join(f"{total.get(name, 0):,} {name}" for name in ("recorded", "duplicates", "rejected")), err=True)


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
