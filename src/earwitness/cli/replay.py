"""``earwitness replay``: recorded AMI traffic through the collector, into the log or only onto the screen."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

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
@options.as_json
@options.place
def command(
    paths: tuple[Path, ...],
    pbx: str,
    cdr: Path | None,
    dry_run: bool,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Send recorded traffic of a switch through the collector, as if it were live, and print the segments.

    A recording is lines {"t": epoch seconds, "raw": message}; several files are successive connections to one switch.
    A FOLDER means its ami.jsonl, then ami-after.jsonl, with cdr.csv. The same recording again adds nothing.
    """
    from earwitness.collect.asterisk.cdr import CdrError
    from earwitness.collect.asterisk.replay import ReplayError, replay, segments

    try:
        found = list(replay(paths, pbx=pbx, cdr=cdr, tenant=tenant or DEFAULT_TENANT))
    except (ReplayError, CdrError) as error:
        raise refused(str(error)) from None
    _show(list(segments(found)), as_json)
    if not dry_run:
        with connect(data, tenant, create=True) as connection:
            _record(connection, found)


def _show(shown: Sequence["Segment"], as_json: bool) -> None:
    if as_json:
        for segment in shown:
            click.echo(json_text(segment.to_json()))
        return
    rows = [
        (
            f"{segment.started_at:%Y-%m-%d %H:%M:%S}",
            segment.manager.name or segment.manager.extension,
            segment.action,
            f"{segment.agent.name} {segment.agent.extension}".strip(),
            f"{segment.duration_ms / 1000:.1f}",
            segment.cdr_id,
            segment.end_reason,
        )
        for segment in shown
    ]
    print_table(HEADS, rows)


def _record(connection: Connection, found: Sequence["Found"]) -> None:
    from earwitness.collect.spool import line_of

    total = {"recorded": 0, "duplicates": 0, "rejected": 0}
    for lines in _batches(line_of(one) for one in found):
        answer = connection.post_lines("/findings", b"".join(lines))
        if not answer.is_success:
            raise failure_of(answer)
        for name, count in answer.json().items():
            total[name] += count
    click.echo(
        f"{total['recorded']:,} recorded, {total['duplicates']:,} duplicates, {total['rejected']:,} rejected", err=True
    )


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
