"""``earwitness export``: everything that a search finds, as a file."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect, failure_of
from earwitness.cli.failures import refused
from earwitness.cli.output import note, print_json, tell_gaps

FORMATS = ("csv", "xlsx", "pdf", "ndjson", "parquet")
OPEN = ("queued", "running")
PAUSE = 0.25  # seconds between two looks at how far it is


@click.command("export", context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
@click.option("--from", "start", metavar="T", help="First moment, inclusive: 2026-11-01 or 2026-11-01T08:00:00Z.")
@click.option("--to", "end", metavar="T", help="Last moment, exclusive.")
@click.option("--stream", type=click.Choice(("activity", "supervision")), default="activity", show_default=True)
@click.option("--format", "layout", type=click.Choice(FORMATS), required=True, help="What kind of file.")
@click.option("--columns", metavar="A,B", help="Columns by their stored names; otherwise those of the page.")
@click.option("--tz", default="UTC", show_default=True, help="Zone of dates without one, and of times in the file.")
@click.option("--order", type=click.Choice(("newest", "oldest")), default="newest", show_default=True)
@click.option("-o", "--output", "out", required=True, metavar="FILE", help="Where to write it; - is standard output.")
@options.as_json
@options.place
def command(
    query: tuple[str, ...],
    start: str | None,
    end: str | None,
    stream: str,
    layout: str,
    columns: str | None,
    tz: str,
    order: str,
    out: str,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Write everything that a search finds into a file: CSV, XLSX, PDF, NDJSON or Parquet.

    QUERY is in the search language of the search box. Put it in quotes, so that the shell leaves it alone.
    """
    for word in query:
        if word.startswith("--"):
            raise click.NoSuchOption(word.partition("=")[0])
    wish = {
        "stream": stream,
        "q": " ".join(query),
        "from": start,
        "to": end,
        "format": layout,
        "columns": columns.split(",") if columns else [],
        "tz": tz,
        "order": order,
    }
    with connect(data, tenant) as connection:
        made = _wait(connection, connection.post("/exports", wish))
        size = _fetch(connection, made, out)
    _tell(made, out, size, as_json)


def _wait(connection: Connection, export: dict[str, Any]) -> dict[str, Any]:
    """Return the export once it is made; a Failure where it cannot be."""
    bar = click.progressbar(length=export["total"] or 1, label="Exporting", file=sys.stderr)
    shown = sys.stderr.isatty()
    try:
        while export["status"] in OPEN:
            if connection.where == "process":
                _work()
            else:
                time.sleep(PAUSE)
            export = connection.get(f"/exports/{export['id']}")
            if shown:
                bar.update(max(export["done"] - bar.pos, 0))
    except KeyboardInterrupt:
        connection.delete(f"/exports/{export['id']}")
        raise
    finally:
        if shown:
            bar.render_finish()
    if export["status"] != "done":
        raise refused(export["problem"] or f"The export was {export['status']}: ask for it again.")
    return export


def _work() -> None:
    """Make what waits, in this process: no server runs that would."""
    from earwitness.deliver import means
    from earwitness.deliver.exports import work

    work.work(means.current())


def _fetch(connection: Connection, export: dict[str, Any], out: str) -> int:
    """Write the file and return its bytes; a draft beside it takes its name only when it is whole."""
    with connection.client.stream("GET", export["file"]) as answer:
        if not answer.is_success:
            answer.read()
            raise failure_of(answer)
        if out == "-":
            return sum(sys.stdout.buffer.write(piece) for piece in answer.iter_bytes())
        draft = Path(f"{out}.part")
        try:
            with draft.open("wb") as file:
                size = sum(file.write(piece) for piece in answer.iter_bytes())
            draft.replace(out)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise refused(f"{out} cannot be written: {error.strerror}.") from None
        return size


def _tell(export: dict[str, Any], out: str, size: int, as_json: bool) -> None:
    tell_gaps(export["gaps"])
    if as_json and out != "-":
        print_json({"file": out, "rows": export["total"], "bytes": size, "format": export["format"]})
    else:
        note(f"{export['total']:,} rows, {size:,} bytes{'' if out == '-' else f': {out}'}.")
