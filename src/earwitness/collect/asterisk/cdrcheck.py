"""A look at where the call detail records of a switch are, for ``doctor``: can they be read, is anything written?"""

import datetime as dt
import io
import os
import zoneinfo
from pathlib import Path
from typing import NamedTuple

from earwitness.collect.asterisk.cdr import Cdr, CdrError, read_csv
from earwitness.collect.asterisk.cdrplace import FILE, CdrPlace
from earwitness.collect.asterisk.cdrtable import CdrTable, TableError

OK, NOTE, TROUBLE = "ok", "note", "trouble"
TAIL = 64 * 1024
STALE_AFTER = dt.timedelta(days=3)  # longer than a weekend
AHEAD = dt.timedelta(minutes=5)


class Look(NamedTuple):
    """state: OK, NOTE (worth knowing) or TROUBLE; text: one sentence or two, without secrets."""

    state: str
    text: str


def look(place: CdrPlace, now: dt.datetime) -> Look:
    """Read the newest record that a place holds. Blocks; raises nothing."""
    return _at_file(place, now) if place.kind == FILE else _at_table(place, now)


def _at_file(place: CdrPlace, now: dt.datetime) -> Look:
    path = Path(place.where)
    if not path.exists():
        return Look(TROUBLE, f"{path} is not there: check the path, and that cdr_csv is loaded on the switch.")
    try:
        newest = _last(path, place)
    except OSError as error:
        return Look(TROUBLE, f"{path} cannot be read: {error.strerror}.")
    except CdrError as error:
        return Look(TROUBLE, f"{path} is not read as CDRs. {error}")
    return _of_newest(newest, str(path), now)


def _at_table(place: CdrPlace, now: dt.datetime) -> Look:
    table = CdrTable(place)
    try:
        newest = table.newest()
        if table.joins_by != "linkedid":
            return Look(
                NOTE,
                f"{place} has no column linkedid, so legs of a call other than the first are not found:"
                " add the column to the table.",
            )
    except TableError as error:
        return Look(TROUBLE, str(error))
    finally:
        table.close()
    return _of_newest(newest, str(place), now)


def _of_newest(newest: Cdr | None, where: str, now: dt.datetime) -> Look:
    if newest is None:
        return Look(NOTE, f"{where} can be read and holds no record yet.")
    moment = newest.end or newest.start
    if moment is None:
        return Look(NOTE, f"{where} can be read; its newest record bears no time.")
    said = f"{where} can be read; its newest record is of {moment:%Y-%m-%d %H:%M:%S} UTC"
    if moment > now + AHEAD:
        return Look(TROUBLE, f"{said}, which is to come: say with zone= in which time zone its times are.")
    if now - moment > STALE_AFTER:
        return Look(NOTE, f"{said}, {(now - moment).days} days ago: does the switch still write here?")
    return Look(OK, f"{said}.")


def _last(path: Path, place: CdrPlace) -> Cdr | None:
    """Return the last record of a file, read with the header that it may have. Raises OSError or CdrError."""
    with path.open("rb") as stream:
        header = stream.readline(TAIL)
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - TAIL))
        lines = [line for line in stream.read().splitlines() if line.strip()]
    if not lines:
        return None
    text = b"".join(line + b"\n" for line in (header.rstrip(b"\r\n"), lines[-1])).decode("utf-8", "replace")
    rows = list(read_csv(io.StringIO(text, newline=""), zoneinfo.ZoneInfo(place.zone)))
    return rows[-1] if rows else None
