"""Makes the file of an order: engine-side where the engine has the format, in a child process where it is heavy."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from earwitness.deliver import columns
from earwitness.deliver.exports import summary
from earwitness.deliver.exports.order import CSV, NDJSON, PARQUET, PDF, TITLES, Order
from earwitness.deliver.formats import csv, pdf
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.child import Spec
from earwitness.deliver.formats.render import render
from earwitness.deliver.formats.safe import guard_sql
from earwitness.model.gap import Gap
from earwitness.model.scope import Scope
from earwitness.model.times import UTC
from earwitness.search import Query, Reader


class Progress(Protocol):
    """Who watches; both may raise (``render.Cancelled``), which ends the work."""

    def begin(self, total: int) -> None:
        """Say how many rows there will be."""

    def advance(self, done: int) -> None:
        """Say how many rows are made."""


class Made(NamedTuple):
    """What the file holds: the rows of the search, and the gaps of its range."""

    rows: int
    gaps: tuple[Gap, ...]


class Plan(NamedTuple):
    """An order at the moment it is carried out: what is looked for and what the file says about itself."""

    order: Order
    query: Query
    about: About
    scope: Scope


def plan(reader: Reader, order: Order, scope: Scope, up_to: int) -> Plan:
    """Count what there is up to a place in the log, and describe it. Raises BadQuery and other problems."""
    query = order.up_to(up_to)
    found = reader.count(scope, query)
    about = About(
        title=order.title or TITLES[order.stream],
        search=order.search,
        start=order.start,
        end=order.end,
        tz=order.tz,
        who=order.who,
        when=dt.datetime.now(UTC),
        rows=found.count,
        tenant=scope.tenant,
        gaps=found.gaps,
        masked=scope.masked,
        notes=order.notes,
    )
    return Plan(order, query, about, scope)


def stream(reader: Reader, made: Plan) -> Iterator[bytes]:
    """Yield the file as it is made, for the formats that need no child: CSV and NDJSON."""
    order = made.order
    chosen = columns.chosen(order.stream, order.columns)
    if order.format == CSV:
        yield csv.header(columns.labels(chosen, order.tz), made.about, bom=order.for_people)
        names = [column.name for column in chosen]
        yield from reader.export(made.scope, made.query, names, form="csv", order=order.order, wrap=guard_sql)
    else:
        yield from reader.export(made.scope, made.query, order.columns, form="items", order=order.order)


def make(reader: Reader, made: Plan, path: Path, progress: Progress) -> Made:
    """Write the whole file and return what it holds. Raises RenderFailed, OSError and problems of the store."""
    progress.begin(made.about.rows)
    if made.order.format in (CSV, NDJSON):
        _write(stream(reader, made), path, progress, header=made.order.format == CSV)
    else:
        _render(reader, made, path, progress)
    return Made(made.about.rows, made.about.gaps)


def _write(blocks: Iterable[bytes], path: Path, progress: Progress, *, header: bool) -> None:
    done = -1 if header else 0
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            done += block.count(b"\n")  # a value may hold line ends: near enough for a progress bar
            progress.advance(done)


def _render(reader: Reader, made: Plan, path: Path, progress: Progress) -> None:
    order = made.order
    chosen = columns.chosen(order.stream, order.columns)
    report = summary.report(reader, made.scope, made.query, made.about) if order.format == PDF else None
    spec = Spec(
        kind=order.format,
        report=report or pdf.Report(about=made.about),
        headings=columns.headings(chosen, order.tz),
        places=columns.places(chosen, order.tz),
        columns=tuple((column.name, column.kind) for column in chosen),
    )
    names = [column.name for column in chosen]
    form = "plain" if order.format == PARQUET else "cells"
    blocks = reader.export(made.scope, made.query, names, form=form, order=order.order)
    render(spec, blocks, path, progress.advance)
