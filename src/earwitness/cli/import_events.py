"""``earwitness import``: record a file of events, batch by batch."""

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect, failure_of
from earwitness.cli.failures import NO, refused
from earwitness.cli.lines import Entry, Source, entries, layout_of
from earwitness.cli.output import Progress, note, print_json

BATCH_EVENTS = 10_000
BATCH_BYTES = 16 << 20
SHOWN = 20  # rejected events that are printed; --json names up to KEPT
KEPT = 1000
PATIENCE = 300.0  # seconds of "not now" from the server before giving up


@dataclass
class Tally:
    """What became of the events so far, and up to where the file is done."""

    recorded: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    offset: int = 0
    sha256: str = ""

    def reject(self, line: int, problem: str) -> None:
        """Count one rejected event."""
        self.rejected += 1
        if len(self.problems) < KEPT:
            self.problems.append({"line": line, "problem": problem})


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "layout", type=click.Choice(["ndjson", "csv"]), help="Otherwise the file's name tells.")
@click.option("--source", metavar="S", help="Record every event under this source, whatever the file says.")
@options.as_json
@options.place
def command(file: Path, layout: Any, source: str | None, as_json: bool, data: Path | None, tenant: str | None) -> int:
    """Record the events of a file.

    FILE (- is standard input) is NDJSON or CSV; gzip or zstd may have packed it. Importing the same file again adds
    nothing: events without an id get one made of their line. An import that was cut off goes on where it was. The exit
    status is 1 if an event was rejected.
    """
    path = None if str(file) == "-" else file
    if path and not path.is_file():
        raise refused(f"There is no file {path}: name a file of events, or - for standard input.")
    with connect(data, tenant, create=True) as connection:
        kept = _kept_at(connection.data, path, [tenant, layout, source])
        tally = _import(connection, path, layout or layout_of(path), source, kept)
    tally.problems.sort(key=lambda problem: problem["line"])  # a batch is told in two parts
    if as_json:
        print_json({name: value for name, value in asdict(tally).items() if name not in ("offset", "sha256")})
    else:
        _print(tally)
    return NO if tally.rejected else 0


def _print(tally: Tally) -> None:
    for problem in tally.problems[:SHOWN]:
        note(f"line {problem['line']}: {problem['problem']}")
    if tally.rejected > SHOWN:
        note(f"... and {tally.rejected - SHOWN:,} more; --json names up to {KEPT}.")
    click.echo(f"Recorded {tally.recorded:,}, duplicate {tally.duplicates:,}, rejected {tally.rejected:,}.")


def _kept_at(data: Path | None, path: Path | None, meaning: list[str | None]) -> Path | None:
    """Return where the state of this import is kept: in the data directory, so that it never outlives the events."""
    if data is None or path is None:
        return None
    name = hashlib.sha256(json.dumps([str(path.resolve()), *meaning]).encode()).hexdigest()[:20]
    return data / "imports" / f"{name}.json"


def _import(connection: Connection, path: Path | None, layout: Any, source: str | None, kept: Path | None) -> Tally:
    tally = _resume(path, kept)
    if tally.offset:
        note("Going on where an earlier import of this file stopped.")
    progress = Progress(f"Importing {path.name if path else 'standard input'}")
    file = Source(path, sys.stdin.buffer)
    with contextlib.closing(file), contextlib.closing(progress):
        for batch, end, digest in _batches(file, entries(file, layout, source), tally.offset):
            _send(connection, batch, tally)
            tally.offset, tally.sha256 = end, digest
            _keep(kept, tally)
            progress.update(file.share(), f"{tally.recorded + tally.duplicates + tally.rejected:,} events")
    if kept:
        kept.unlink(missing_ok=True)
    return tally


def _batches(file: Source, found: Iterator[Entry], done: int) -> Iterator[tuple[list[Entry], int, str]]:
    """Yield batches of entries, each with the file's offset and digest at its end; skip the first ``done`` bytes."""
    batch: list[Entry] = []
    size = 0
    for entry in found:
        if file.offset <= done:
            continue
        batch.append(entry)
        size += len(entry.event or b"")
        if len(batch) == BATCH_EVENTS or size >= BATCH_BYTES:
            yield batch, file.offset, file.sha256.hexdigest()
            batch, size = [], 0
    if batch:
        yield batch, file.offset, file.sha256.hexdigest()


def _send(connection: Connection, batch: list[Entry], tally: Tally) -> None:
    sent = [entry for entry in batch if entry.event is not None]
    for entry in batch:
        if entry.event is None:
            tally.reject(entry.line, entry.problem)
    if not sent:
        return
    answer = _post(connection, b"\n".join(entry.event or b"" for entry in sent))
    tally.recorded += answer["recorded"]
    tally.duplicates += answer["duplicates"]
    for rejected in answer["rejected"]:
        tally.reject(sent[rejected["index"]].line, rejected["problem"])


def _post(connection: Connection, lines: bytes) -> Any:
    """Record one batch, waiting as long as the server says "not now" with a time to come back."""
    give_up = time.monotonic() + PATIENCE
    while True:
        answer = connection.post_lines("/events", lines, results="none")
        if answer.is_success:
            return answer.json()
        wait = answer.headers.get("Retry-After", "")
        if answer.status_code not in (429, 503) or not wait.isdigit() or time.monotonic() + int(wait) > give_up:
            raise failure_of(answer)
        time.sleep(max(1, int(wait)))


def _resume(path: Path | None, kept: Path | None) -> Tally:
    """Return how far an import of this very file has come: nothing, if what was read then reads differently now."""
    if path is None or kept is None or not kept.is_file():
        return Tally()
    try:
        tally = Tally(**json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Tally()
    with contextlib.closing(Source(path, sys.stdin.buffer)) as file:
        for _ in file:
            if file.offset >= tally.offset:
                break
        same = file.offset == tally.offset and file.sha256.hexdigest() == tally.sha256
    return tally if same else Tally()


def _keep(kept: Path | None, tally: Tally) -> None:
    if kept is None:
        return
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    draft = kept.with_suffix(".new")
    draft.write_text(json.dumps(asdict(tally)), encoding="utf-8")
    draft.replace(kept)
