"""``earwitness doctor``: look at everything that must be right, one line each."""

import asyncio
import ctypes
import datetime as dt
import email.utils
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import structlog

from earwitness.cli import options
from earwitness.cli.connection import Connection, connect, failure_of, read_config
from earwitness.cli.failures import NO, Failure
from earwitness.cli.output import plain, print_json
from earwitness.model import times
from earwitness.model.scope import DEFAULT_TENANT

if TYPE_CHECKING:
    from earwitness.collect.asterisk.address import Address
    from earwitness.collect.asterisk.connection import ConnectionStatus
    from earwitness.server.config import Config

LEAST_ROOM = 1 << 30  # bytes free below which recording is about to stop
FAR_OFF = dt.timedelta(minutes=5)  # from here on events get a clock_skew_ms
UNSYNCHRONISED = 5  # adjtimex(2): TIME_ERROR


class Finding(NamedTuple):
    """One line of the report. state: "ok", "note" (worth knowing) or "trouble"."""

    check: str
    state: str
    text: str


@click.command("doctor")
@options.as_json
@options.place
def command(as_json: bool, data: Path | None, tenant: str | None) -> int:
    """Check configuration, store, the switches and their CDRs, disk and clock.

    One line each; the exit status is 1 if something is wrong. With EARWITNESS_URL set: that server, the key and the
    clock.
    """
    findings = list(_examine(data, tenant))
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        width = max(14, *(len(finding.check) + 2 for finding in findings))
        for finding in findings:
            colour = {"ok": "green", "note": "yellow", "trouble": "red"}[finding.state]
            click.echo(f"{finding.check:<{width}}{click.style(f'{finding.state:<8}', fg=colour)} {plain(finding.text)}")
    return NO if any(finding.state == "trouble" for finding in findings) else 0


def _examine(data: Path | None, tenant: str | None) -> Iterator[Finding]:
    if os.environ.get("EARWITNESS_URL") and data is None:
        yield from _examine_remote(tenant)
        return
    try:
        config = read_config(data)
    except Failure as failure:
        yield Finding("configuration", "trouble", failure.message)
        return
    yield Finding("configuration", "ok", f"The settings are right; the data directory is {config.data}.")
    newest: str | None = None
    try:
        with connect(config.data, tenant) as connection:
            yield _store(connection, config, tenant or DEFAULT_TENANT)
            newest = _newest(connection)
    except Failure as failure:
        yield Finding("store", "trouble", failure.message)
    yield from _switches(config)
    yield from _records(config)
    if config.data.is_dir():
        yield _disk(config.data)
    yield _clock(newest)


def _examine_remote(tenant: str | None) -> Iterator[Finding]:
    """Look at what this machine needs of a server elsewhere: that it answers, the key, and that the clocks agree."""
    try:
        with connect(None, tenant) as connection:
            ready = connection.exchange("GET", "/events/count")
            place = str(connection.client.base_url).rstrip("/")
    except Failure as failure:
        yield Finding("server", "trouble", failure.message)
        return
    if ready.status_code >= 500 or ready.status_code == 404:
        yield Finding("server", "trouble", f"{place} answers {ready.status_code}: check that Earwitness runs there.")
        return
    yield Finding("server", "ok", f"{place} answers.")
    if ready.is_success:
        yield Finding("key", "ok", f"It works, and finds {ready.json()['count']:,} events.")
    elif ready.status_code == 403:
        yield Finding("key", "note", "It works, but may not read the activity log.")
    else:
        yield Finding("key", "trouble", failure_of(ready).message)
    yield _clock_there(ready.headers.get("date", ""))


def _clock_there(said: str) -> Finding:
    """Hold this machine's clock against what a server said of its own."""
    try:
        off = abs(email.utils.parsedate_to_datetime(said) - dt.datetime.now(dt.UTC))
    except (TypeError, ValueError):
        return Finding("clock", "note", "The server does not say what time it is there.")
    if off > FAR_OFF:
        seconds = round(off.total_seconds())
        return Finding("clock", "trouble", f"It is {seconds:,} seconds off the server's: set the wrong one right.")
    return Finding("clock", "ok", "It agrees with the server's.")


def _store(connection: Connection, config: "Config", tenant: str) -> Finding:
    answer: Any = connection.client.get("/readyz")
    if not answer.is_success:
        return Finding("store", "trouble", str(answer.json().get("problem", "The store is not ready.")))
    count = connection.get("/events/count")["count"]
    how = "a server runs" if connection.where == "socket" else "no server runs, so it was opened here"
    kind = "embedded" if config.embedded else "ClickHouse server"
    return Finding("store", "ok", f"It answers ({kind}; {how}); the tenant {tenant} holds {count:,} events.")


def _switches(config: "Config") -> Iterator[Finding]:
    """Sign in at every switch once, as the server does, and see what it lets us hear."""
    from earwitness.collect.asterisk.address import address

    addresses = [address(name, url) for name, url in sorted(config.pbx.items())]
    for status in asyncio.run(_signed_in(addresses)) if addresses else ():
        check = f"pbx {status.switch}"
        if status.state == "listening" and not status.problem:
            yield Finding(check, "ok", f"It answers (AMI {status.version}), and all that is needed can be heard.")
        else:
            heard_in_part = status.state == "listening" and not status.missing
            yield Finding(check, "note" if heard_in_part else "trouble", status.problem)


def _records(config: "Config") -> Iterator[Finding]:
    """Read the newest call detail record of every place that the settings name, as the server does."""
    from earwitness.collect.asterisk import cdrcheck
    from earwitness.collect.asterisk.cdrplace import cdr_place

    places = [(name, cdr_place(text)) for name, text in sorted(config.cdr.items())]
    with ThreadPoolExecutor(max_workers=max(1, len(places))) as looking:
        looks = looking.map(lambda each: cdrcheck.look(each[1], dt.datetime.now(dt.UTC)), places)
        for (name, _), found in zip(places, looks, strict=True):
            yield Finding(f"cdr {name}", found.state, found.text)


async def _signed_in(addresses: "Sequence[Address]") -> "list[ConnectionStatus]":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # the lines say it
    from earwitness.collect.asterisk.collector import Collector
    from earwitness.collect.asterisk.connection import Connection

    def pass_over(_found: object) -> None:
        """A look records nothing."""

    links = [Connection(where, Collector(pass_over, pbx=where.name)) for where in addresses]
    return list(await asyncio.gather(*(link.check() for link in links)))


def _newest(connection: Connection) -> str | None:
    items = connection.get("/events", limit=1)["items"]
    return items[0]["received_at"] if items else None


def _disk(data: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=data) as file:
            file.write(b"earwitness")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding("disk", "trouble", f"{data} cannot be written ({error.strerror}): recording is not possible.")
    usage = shutil.disk_usage(data)
    text = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free under {data}"
    if usage.free < LEAST_ROOM:
        return Finding("disk", "trouble", f"Only {text}: make room before recording stops.")
    return Finding("disk", "ok", f"{text}.")


def _clock(newest: str | None) -> Finding:
    now = dt.datetime.now(dt.UTC)
    said = times.text(now)
    if newest and dt.datetime.fromisoformat(newest) > now + dt.timedelta(seconds=1):
        return Finding(
            "clock",
            "trouble",
            f"It says {said}, but an event was recorded at {newest}: set the clock right.",
        )
    if _synchronised() is False:
        return Finding("clock", "note", "Nothing keeps it right on this machine: run an NTP client, such as chrony.")
    return Finding("clock", "ok", f"It says {said}.")


def _synchronised() -> bool | None:
    """Tell whether the kernel counts its clock as synchronised; None where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    state = libc.adjtimex(ctypes.create_string_buffer(512))  # all zero: read, change nothing
    return None if state < 0 else state != UNSYNCHRONISED
