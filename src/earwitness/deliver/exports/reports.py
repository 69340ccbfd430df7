"""Report pages as exports: what a schedule of one asks for."""

from pathlib import Path

from earwitness.deliver.exports.making import Made
from earwitness.deliver.formats import pdf
from earwitness.deliver.models import Export
from earwitness.deliver.reports import actions, catalog, files
from earwitness.deliver.reports.parts import Asking
from earwitness.model.problem import Forbidden
from earwitness.model.scope import Scope
from earwitness.model.times import UTC
from earwitness.search import Reader


def make(reader: Reader, export: Export, scope: Scope, path: Path) -> tuple[Made, pdf.Report]:
    """Write the file of an export that is a report; returns what it holds, and the report as paper shows it.

    Raises Forbidden where it was turned off meanwhile.
    """
    report = catalog.find(export.report)
    if report.personal and report.name not in actions.turned_on(scope.tenant):
        raise Forbidden(f"The report {report.title} was turned off.")
    span = files.span_of(export.start, export.end, export.created.astimezone(UTC))
    asking = Asking(reader, scope, span, export.tz, export.search, linked=False)
    made = report.make(asking)
    about = files.about_of(report, asking, made, export.owner, tuple(export.notes))
    files.write(path, export.format, about, made)
    return Made(made.rows, about.gaps), files.on_paper(about, made)
