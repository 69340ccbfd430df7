"""``earwitness reconcile``: hold a switch's call detail records against the supervision log, both ways."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect
from earwitness.cli.failures import NO, refused
from earwitness.cli.output import plain, print_json, tell_gaps
from earwitness.model import times

if TYPE_CHECKING:
    from earwitness.collect.asterisk.cdr import Cdr
    from earwitness.collect.asterisk.reconcile import Difference, Reconciliation
    from earwitness.model.segment import Segment

PAGE = 1000  # the most that the API gives at once
BEFORE = dt.timedelta(minutes=1)
AFTER = dt.timedelta(days=1)  # a leg that spies may be up for as long before it hears its first call


@click.command("reconcile")
@click.option("--cdr", metavar="FILE", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", metavar="T", help="First moment, inclusive; otherwise that of the first record.")
@click.option("--to", "end", metavar="T", help="Last moment, exclusive; otherwise that of the last record.")
@click.option("--pbx", metavar="NAME", help="The switch that wrote the records, where there are several.")
@click.option("--zone", metavar="ZONE", default="UTC", show_default=True, help="Time zone of the records' times.")
@options.as_json
@options.place
def command(
    cdr: Path,
    start: str | None,
    end: str | None,
    pbx: str | None,
    zone: str,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> int:
    """Hold the supervision that a switch's CDRs show against the log, and the log against the CDRs.

    FILE is the Master.csv of Asterisk, or any CSV file with its columns named in the first line. T is 2026-11-01 or
    2026-11-01T08:00:00Z; without a zone it is UTC. The exit status is 1 if there are differences.
    """
    from earwitness.collect.asterisk.reconcile import reconcile

    rows = _records(cdr, zone)
    since, until = _bounds(rows, _moment(start, "--from"), _moment(end, "--to"))
    with connect(data, tenant) as connection:
        segments, gaps = _log(connection, since, until, pbx)
    result = reconcile(rows, segments, since, until)
    if as_json:
        print_json(_document(result, since, until, gaps))
    else:
        _show(result, gaps)
    return 0 if result.agrees else NO


def _records(file: Path, zone: str) -> "list[Cdr]":
    from earwitness.collect.asterisk.cdr import CdrError, read_csv

    try:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            rows = list(read_csv(stream, zoneinfo.ZoneInfo(zone)))
    except CdrError as error:
        raise refused(str(error)) from None
    except OSError as error:
        raise refused(f"{file} cannot be read: {error.strerror}.") from None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise refused(f"--zone: {zone} is no time zone; write one such as Europe/Bucharest.") from None
    if not rows:
        raise refused(f"{file} holds no call detail record.")
    return rows


def _moment(text: str | None, name: str) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise refused(f"{name}: {text} is no moment; write 2026-11-01 or 2026-11-01T08:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _bounds(
    rows: "Sequence[Cdr]", since: dt.datetime | None, until: dt.datetime | None
) -> tuple[dt.datetime, dt.datetime]:
    """Return the range that is looked at: what is not said is taken from the records."""
    moments = [moment for row in rows for moment in (row.start, row.end) if moment is not None]
    if not moments and (since is None or until is None):
        raise refused("The records hold no time: say --from and --to.")
    since = since if since is not None else min(moments)
    until = until if until is not None else max(moments) + dt.timedelta(seconds=1)
    if since >= until:
        raise refused(f"--from ({times.text(since)}) must be before --to ({times.text(until)}).")
    return since, until


def _log(
    connection: Connection, since: dt.datetime, until: dt.datetime, pbx: str | None
) -> "tuple[list[Segment], list[dict[str, Any]]]":
    """Return the segments that Asterisk told in and around a range, and the gaps in it."""
    import msgspec

    from earwitness.model.segment import Segment

    found: list[Segment] = []
    gaps: list[dict[str, Any]] = []
    query = "source:asterisk" + (f' pbx:"{pbx}"' if pbx else "")
    for page in _pages(connection, query, times.text(since - BEFORE), times.text(until + AFTER)):
        found += [msgspec.convert(item, Segment) for item in page["items"]]
        gaps = page.get("gaps") or gaps
    inside = [
        gap
        for gap in gaps
        if gap["from"] < times.text(until) and (gap["to"] or "9") > times.text(since) and pbx in (None, gap["pbx"])
    ]
    return found, inside


def _pages(connection: Connection, query: str, since: str, until: str) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = connection.get("/supervision", q=query, limit=PAGE, cursor=cursor, **{"from": since, "to": until})
        yield page
        cursor = page["next"]
        if not cursor:
            return


def _document(
    result: "Reconciliation", since: dt.datetime, until: dt.datetime, gaps: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "from": times.text(since),
        "to": times.text(until),
        "agrees": result.agrees,
        "matched": result.matched,
        "missing": [_difference(one) for one in result.missing],
        "surplus": [_difference(one) for one in result.surplus],
        "explained": [_difference(one) for one in result.explained],
        "gaps": gaps,
    }


def _difference(one: "Difference") -> dict[str, Any]:
    cdr = None
    if one.cdr is not None:
        cdr = {
            "cdr_id": one.cdr.cdr_id,
            "cdr_sequence": one.cdr.sequence,
            "linkedid": one.cdr.linkedid,
            "channel": one.cdr.channel,
            "lastapp": one.cdr.lastapp,
            "lastdata": one.cdr.lastdata,
            "start": times.text(one.cdr.start) if one.cdr.start else None,
            "end": times.text(one.cdr.end) if one.cdr.end else None,
        }
    segment = one.segment.to_json() if one.segment is not None else None
    return {"reason": one.reason, "sentence": one.sentence, "cdr": cdr, "segment": segment}


def _show(result: "Reconciliation", gaps: list[dict[str, Any]]) -> None:
    for heading, found in (
        ("Missing from the log", result.missing),
        ("In the log, in no CDR", result.surplus),
        ("Explained", result.explained),
    ):
        if found:
            click.secho(f"{heading} ({len(found)})", bold=True)
        for one in found:
            click.echo(f"  {plain(one.sentence)}")
    missing, surplus = len(result.missing), len(result.surplus)
    verdict = "They agree" if result.agrees else f"They differ: {missing} missing, {surplus} in no CDR"
    click.echo(f"{verdict}; {result.matched} spying calls of the CDRs are in the log.")
    tell_gaps(gaps)
