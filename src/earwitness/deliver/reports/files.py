"""Reports as files: CSV (the first table), XLSX (a sheet for each table) and PDF."""

import datetime as dt
from pathlib import Path

import msgspec

from earwitness.deliver import periods
from earwitness.deliver.formats import csv, pdf
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.child import Spec
from earwitness.deliver.formats.render import render
from earwitness.deliver.reports.catalog import Report
from earwitness.deliver.reports.parts import Asking, Made
from earwitness.model.times import UTC

FORMATS = ("csv", "xlsx", "pdf")


def about_of(report: Report, asking: Asking, made: Made, who: str, notes: tuple[str, ...] = ()) -> About:
    """Return what a file of a report says about itself."""
    return About(
        title=report.title,
        search=asking.search,
        start=asking.span.start,
        end=asking.span.end,
        tz=asking.tz,
        who=who,
        when=dt.datetime.now(UTC),
        rows=made.rows,
        tenant=asking.scope.tenant,
        gaps=made.gaps,
        masked=asking.scope.masked,
        notes=(report.sentence, *made.notes, *notes),
    )


def write(path: Path, layout: str, about: About, made: Made) -> None:
    """Write a report. layout: one of FORMATS. Raises RenderFailed, OSError."""
    if layout == "csv":
        table, about = made.tables[0], _of_one_table(about, made)
        with path.open("wb") as file:
            file.writelines(csv.write(table.labels, [row.cells for row in table.rows], about, bom=True))
        return
    kind = "tables" if layout == "xlsx" else "pdf"
    render(Spec(kind=kind, report=on_paper(about, made, behind=layout == "xlsx")), (), path, lambda _: None)


def _of_one_table(about: About, made: Made) -> About:
    """Return what a CSV says about itself: it has one table, so it names it where the report has more."""
    if len(made.tables) == 1:
        return about
    note = f"This file holds {made.tables[0].caption}; XLSX and PDF hold all {len(made.tables)} tables of the report."
    return msgspec.structs.replace(about, notes=(*about.notes, note))


def on_paper(about: About, made: Made, *, behind: bool = False) -> pdf.Report:
    """Return a report as paper and mails show it. behind: also the tables that pages hide behind their charts."""
    hidden = [chart.table for chart in made.charts if chart.table] if behind else []
    return pdf.Report(
        about=about,
        figures=tuple(
            (f"{figure.label}: {figure.before}" if figure.before else figure.label, figure.value)
            for figure in made.figures
        ),
        charts=tuple(pdf.Chart(chart.caption, chart.svg) for chart in made.charts),
        tables=tuple(
            pdf.Table(table.caption, table.labels, tuple(row.cells for row in table.rows), table.numbers)
            for table in (*made.tables, *hidden)
        ),
    )


def span_of(start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> periods.Span:
    """Return a range as a report needs it: with both ends. Without a start it is the thirty days before its end."""
    last = end or now
    return periods.Span(start or last - dt.timedelta(days=30), last)
