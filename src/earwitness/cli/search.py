"""``earwitness search``: find events or segments and print them."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect
from earwitness.cli.output import json_text, note, print_json, print_table, tell_gaps
from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.model.segment import Segment

PAGE = 1000  # the most that the API gives at once
FORMATS = ("table", "json", "ndjson", "csv")


class Stream(NamedTuple):
    """A log. path: of its call; row: what its rows hold; table: head of a column -> where its value stands in a row."""

    path: str
    row: type[msgspec.Struct]
    table: dict[str, str]


STREAMS = {
    ACTIVITY: Stream(
        "/events",
        Event,
        {
            "Created (UTC)": "created",
            "Username": "username",
            "User Ip": "user_ip",
            "Event": "event",
            "Sub Event": "sub_event",
            "Event Object": "event_object",
            "Comments": "comments",
            "Request Uri": "request_uri",
        },
    ),
    SUPERVISION: Stream(
        "/supervision",
        Segment,
        {
            "Started (UTC)": "started_at",
            "Manager": "manager.name",
            "Extension": "manager.extension",
            "Action": "action",
            "Agent": "agent.name",
            "Agent Ext.": "agent.extension",
            "Ms": "duration_ms",
            "CDR ID": "cdr_id",
            "Customer": "customer_number",
            "Queue": "queue",
            "Ended by": "end_reason",
        },
    ),
}


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
@click.option("--from", "start", metavar="T", help="First moment, inclusive: 2026-11-01 or 2026-11-01T08:00:00Z.")
@click.option("--to", "end", metavar="T", help="Last moment, exclusive.")
@click.option("--stream", type=click.Choice(list(STREAMS)), default=ACTIVITY, show_default=True, help="Which log.")
@click.option("--limit", metavar="N", type=click.IntRange(1), default=50, show_default=True, help="The most to print.")
@click.option("--format", "layout", type=click.Choice(FORMATS), default="table", show_default=True, help="How.")
@options.as_json
@options.place
def command(
    query: tuple[str, ...],
    start: str | None,
    end: str | None,
    stream: str,
    limit: int,
    layout: str,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Find what was recorded, newest first, and print it.

    QUERY is in the search language of the search box: words, "phrases" and fields such as user:ana.pop, event:login,
    -ip:10.0.0.0/8 or params.after.status:busy. Put it in quotes, so that the shell leaves it alone.
    """
    for word in query:
        if word.startswith("--"):
            raise click.NoSuchOption(word.partition("=")[0])
    with connect(data, tenant) as connection:
        log = STREAMS[stream]
        pages = _pages(connection, log.path, limit, q=" ".join(query) or None, **{"from": start, "to": end})
        PRINTERS["json" if as_json else layout](pages, log)


def _pages(connection: Connection, path: str, limit: int, **query: str | None) -> Iterator[dict[str, Any]]:
    """Yield pages as the API gives them, ``limit`` items in all."""
    cursor = None
    while limit > 0:
        page = connection.get(path, limit=min(limit, PAGE), cursor=cursor, **query)
        yield page
        limit -= len(page["items"])
        cursor = page["next"]
        if not cursor:
            return


def _print_table(pages: Iterator[dict[str, Any]], log: Stream) -> None:
    found = 0
    for page in pages:
        if page["items"] or not found:
            print_table(list(log.table), [[_cell(item, at) for at in log.table.values()] for item in page["items"]])
        found += len(page["items"])
        _tell_gaps(page)
    if not found:
        note("Nothing found.")


def _cell(item: dict[str, Any], at: str) -> str:
    value: Any = item
    for name in at.split("."):
        value = value.get(name)
    text = "" if value is None else str(value)
    return text[:23].replace("T", " ") if at in ("created", "started_at") else text


def _tell_gaps(page: dict[str, Any]) -> None:
    tell_gaps(page.get("gaps") or ())


def _print_json(pages: Iterator[dict[str, Any]], _: Stream) -> None:
    """Print one object of the form that the API gives for a page."""
    items: list[Any] = []
    page: dict[str, Any] = {"next": None, "gaps": []}
    for page in pages:
        items += page["items"]
    print_json({"items": items, "next": page["next"], "gaps": page.get("gaps", [])})


def _print_lines(pages: Iterator[dict[str, Any]], _: Stream) -> None:
    for page in pages:
        for item in page["items"]:
            click.echo(json_text(item))


def _print_csv(pages: Iterator[dict[str, Any]], log: Stream) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(log.row.__struct_fields__)
    for page in pages:
        writer.writerows([_csv_cell(item.get(name)) for name in log.row.__struct_fields__] for item in page["items"])


def _csv_cell(value: Any) -> Any:
    return json_text(value) if isinstance(value, dict | list) else value


PRINTERS = {"table": _print_table, "json": _print_json, "ndjson": _print_lines, "csv": _print_csv}
