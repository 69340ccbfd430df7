"""What the mail of a scheduled report shows before anything is opened: its figures, and its charts as pictures.

Kept beside the file of the export for as long as that. A report without them is a whole report all the same: where they
cannot be made, the mail goes without.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from earwitness.deliver.formats import pdf
from earwitness.deliver.formats.child import Spec
from earwitness.deliver.formats.png import Front
from earwitness.deliver.formats.render import RenderFailed, render
from earwitness.deliver.models import Export, Run

__all__ = ["Front", "RenderFailed", "is_wanted", "keep", "of", "path_of"]
log = structlog.get_logger()


def path_of(folder: Path, export: Export) -> Path:
    """Return where the front of an export is kept."""
    return folder / f"{export.id}.front"


def is_wanted(export: Export) -> bool:
    """Whether a mail will carry the report; one that carries a link alone tells nothing of what stands in it."""
    return Run.objects.filter(export=export, schedule__attach=True).exists()


def keep(folder: Path, export: Export, report: pdf.Report, watch: Callable[[int], None]) -> None:
    """Make the front of a report and keep it. watch: asked again and again whether to go on; it may raise."""
    try:
        render(Spec(kind="front", report=report), (), path_of(folder, export), watch)
    except RenderFailed as error:
        log.warning("front_failed", export=str(export.id), reason=str(error))


def of(folder: Path, export: Export | None) -> Front | None:
    """Return the front of an export; None where it has none."""
    if export is None:
        return None
    try:
        return msgspec.json.decode(path_of(folder, export).read_bytes(), type=Front)
    except (OSError, msgspec.DecodeError):
        return None
