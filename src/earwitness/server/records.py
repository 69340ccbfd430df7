"""Brings call detail records to the collectors: what is added to a ``Master.csv``, what a table holds of calls."""

import asyncio
import contextlib
import zoneinfo
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from earwitness.collect.asterisk.cdr import Cdr
from earwitness.collect.asterisk.cdrfile import CdrFile, Place
from earwitness.collect.asterisk.cdrplace import FILE, CdrPlace
from earwitness.collect.asterisk.cdrtable import CdrTable, TableError
from earwitness.collect.asterisk.collector import Collector
from earwitness.model import times

log = structlog.get_logger(__name__)

FILE_EVERY_S = 1.0  # the options of a spy may wait for its record
TABLE_EVERY_S = 5.0
TABLE_AGAIN_S = 60.0  # after a failure
MOST_LOOKED_UP = 2_000


class Records(Protocol):
    """Where the records of one switch come from. ``run`` until it is cancelled; it never raises for what it reads."""

    async def run(self) -> None: ...

    def keep(self) -> None:
        """Write down how far it has come."""
        ...


def records(place: CdrPlace, collector: Collector, kept: Path) -> Records:
    """Return what brings the records of a place to a collector; ``kept``: the file for how far it has come."""
    return _OfFile(place, collector, kept) if place.kind == FILE else _OfTable(place, collector)


class _OfFile:
    def __init__(self, place: CdrPlace, collector: Collector, kept: Path) -> None:
        self._collector = collector
        self._kept = kept
        self._path = Path(place.where)
        self._file = CdrFile(self._path, zone=zoneinfo.ZoneInfo(place.zone), place=_place_in(kept))
        self._written: Place | None = None
        self._handed = self._file.place

    async def run(self) -> None:
        told = False
        while True:
            if not told and not self._path.is_file():
                log.warning("file of call detail records is not there yet", file=str(self._path))
                told = True
            now_us = times.now_us()
            rows = await asyncio.to_thread(self._new)
            for row in rows:
                self._collector.record(row, now_us)
            self._handed = self._file.place
            await asyncio.sleep(FILE_EVERY_S)

    def _new(self) -> list[Cdr]:
        try:
            return self._file.new()
        except OSError as error:
            log.warning("file of call detail records cannot be read", file=str(self._path), problem=error.strerror)
            return []

    def keep(self) -> None:
        """Only what has been handed over counts; the same records once more add nothing."""
        if self._handed == self._written:
            return
        with contextlib.suppress(OSError):
            draft = self._kept.with_suffix(".new-place")
            draft.write_bytes(msgspec.json.encode(self._handed))
            draft.replace(self._kept)
            self._written = self._handed


class _OfTable:
    def __init__(self, place: CdrPlace, collector: Collector) -> None:
        self._collector = collector
        self._table = CdrTable(place)

    async def run(self) -> None:
        problem = ""
        try:
            while True:
                wait_s = TABLE_EVERY_S
                try:
                    await self._look()
                    problem = ""
                except TableError as error:
                    wait_s = TABLE_AGAIN_S
                    if str(error) != problem:
                        problem = str(error)
                        log.warning("call detail records cannot be looked up", problem=problem)
                await asyncio.sleep(wait_s)
        finally:
            self._table.close()

    async def _look(self) -> None:
        awaited = self._collector.awaited(times.now_us())[-MOST_LOOKED_UP:]
        if not awaited:
            return
        calls = sorted({heard.linkedid for heard in awaited})
        since = min(heard.started_at for heard in awaited)
        rows = await asyncio.to_thread(self._table.of_calls, calls, since)
        now_us = times.now_us()
        for row in rows:
            self._collector.record(row, now_us)

    def keep(self) -> None:
        """Nothing is to be kept: the collector itself knows what it waits for."""


def _place_in(kept: Path) -> Place | None:
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Place)
    except (OSError, msgspec.MsgspecError):
        return None
