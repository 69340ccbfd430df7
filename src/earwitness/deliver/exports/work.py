"""Makes the exports that wait, one at a time in each process that runs jobs."""

import contextlib
import datetime as dt
import time
from pathlib import Path

import structlog
from django.db.models import F, Q

from earwitness.accounts import access
from earwitness.deliver import owners
from earwitness.deliver.exports import actions, fronts, letters, making, reports, summary
from earwitness.deliver.exports.order import CSV, NDJSON
from earwitness.deliver.formats import pdf, rooms
from earwitness.deliver.formats.render import Cancelled, Ended, RenderFailed
from earwitness.deliver.means import Means
from earwitness.deliver.models import Export
from earwitness.deliver.models.lease import free
from earwitness.model.problem import Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC
from earwitness.search import items

log = structlog.get_logger()
EVERY = Q()
TRIES = 3
WATCHED = 1.0  # seconds between looks at whether it was cancelled, and between notes of the progress


class Interrupted(Exception):  # noqa: N818 -- not an error: the work goes on after the next start
    """The process is about to end."""


class Watch:
    """Notes progress in the database, prolongs the lease, and ends the work where somebody asked for that."""

    def __init__(self, export: Export, means: Means) -> None:
        self._export = export
        self._means = means
        self._looked = 0.0

    def begin(self, total: int) -> None:
        """Note how many rows there will be."""
        Export.objects.filter(pk=self._export.pk).update(total=total, done=0)

    def advance(self, done: int) -> None:
        """Note how many rows are made. Raises Cancelled, Interrupted."""
        if self._means.stop.is_set():
            raise Interrupted
        if time.monotonic() - self._looked < WATCHED:
            return
        self._looked = time.monotonic()
        Export.objects.filter(pk=self._export.pk).update(done=done)
        if not self._export.take(dt.datetime.now(UTC)):
            raise Interrupted
        if self._export.cancel_asked:
            raise Cancelled


STREAMED = (CSV, NDJSON)  # what the engine writes by itself: made beside the others, so that none waits for a workbook


def work(means: Means, among: Q = EVERY) -> bool:
    """Make the export that waits longest (among: of those); False where none waits."""
    now = dt.datetime.now(UTC)
    waiting = Export.objects.filter(among, Q(status=Export.QUEUED) | Q(status=Export.RUNNING), free(now))
    for export in waiting.order_by("created")[:5]:
        if export.take(now) and export.status in Export.OPEN:
            carry_out(means, export)
            letters.tell(means, export)
            return True
    return False


def work_streamed(means: Means) -> bool:
    """Make the export that waits longest of those that the engine writes."""
    return work(means, Q(format__in=STREAMED))


def work_rendered(means: Means) -> bool:
    """Make the export that waits longest of those that a child process renders."""
    return work(means, ~Q(format__in=STREAMED))


def carry_out(means: Means, export: Export) -> None:
    """Make one export whose lease is ours, and note how it went."""
    export.tries += 1
    Export.objects.filter(pk=export.pk).update(status=Export.RUNNING, tries=F("tries") + 1)
    means.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = means.folder / f"{export.id}.part"
    draft.unlink(missing_ok=True)  # of a process that was killed, and of which a child may write on for a moment
    try:
        if export.tries > TRIES:
            raise RenderFailed(f"It was interrupted {TRIES} times: ask for it again, perhaps for a shorter range.")  # noqa: TRY301 -- as when it is made
        made = _make(means, export, draft)
        _finish(means, export, draft, made)
    except Cancelled:
        _end(export, Export.CANCELLED, "")
    except Interrupted:
        Export.objects.filter(pk=export.pk).update(tries=F("tries") - 1)
        export.release()
    except Problem as problem:
        _end(export, Export.FAILED, problem.detail)
    except Ended as error:
        if export.tries >= TRIES:
            _end(export, Export.FAILED, f"{error} It was tried {TRIES} times.")
        else:
            Export.objects.filter(pk=export.pk).update(status=Export.QUEUED, done=0)
            export.release()
    except (RenderFailed, owners.Stopped) as error:
        _end(export, Export.FAILED, str(error))
    except OSError as error:
        _end(export, Export.FAILED, rooms.unwritten(error))
    except Exception:
        log.exception("export_failed", export=str(export.id))
        _end(
            export, Export.FAILED, "It could not be made, through a mistake of Earwitness: the server's log says more."
        )
    finally:
        draft.unlink(missing_ok=True)


def _make(means: Means, export: Export, draft: Path) -> making.Made:
    order = actions.order_of(export)
    scope = scope_of(export)
    if actions.to_json(scope) != export.scope:
        raise owners.Stopped(actions.CHANGED)
    watch = Watch(export, means)
    wanted = fronts.is_wanted(export)
    shown: pdf.Report | None = None
    if export.report:
        made, shown = reports.make(means.reader, export, scope, draft)
    else:
        plan = making.plan(means.reader, order, scope, export.up_to or 0)
        made = making.make(means.reader, plan, draft, watch)
        if wanted:
            shown = summary.report(means.reader, scope, plan.query, plan.about)
    if wanted and shown is not None:
        fronts.keep(means.folder, export, shown, lambda _: watch.advance(made.rows))
    return made


def scope_of(export: Export) -> Scope:
    """Return what the owner of an export sees now. Raises Stopped where they may not export any more."""
    if export.user is not None:
        return owners.scope_of(export.user, export.tenant.name, export.ip, export.stream, "export_logs")
    return access.of_operator(export.owner, export.tenant.name).scope


def _finish(means: Means, export: Export, draft: Path, made: making.Made) -> None:
    name = f"{export.id}.{export.format}"
    size = draft.stat().st_size
    draft.replace(means.folder / name)
    gaps = [items.gap(gap) for gap in made.gaps]
    Export.objects.filter(pk=export.pk).update(file=name, size=size, done=made.rows, total=made.rows, gaps=gaps)
    _end(export, Export.DONE, "")


def _end(export: Export, status: str, problem: str) -> None:
    Export.objects.filter(pk=export.pk).update(
        status=status, problem=problem, finished=dt.datetime.now(UTC), lease_holder="", lease_until=None
    )
    export.refresh_from_db()


def sweep(means: Means) -> None:
    """Delete the exports that were kept long enough, and files that no export knows."""
    now = dt.datetime.now(UTC)
    for export in Export.objects.filter(expires__lt=now).exclude(status__in=Export.OPEN):
        export.delete()
    known = {str(key) for key in Export.objects.values_list("id", flat=True)}
    rooms.sweep(means.folder)
    for path in means.folder.iterdir() if means.folder.is_dir() else ():
        with contextlib.suppress(OSError):
            old = now.timestamp() - path.lstat().st_mtime > 3600
            if old and path.name.partition(".")[0] not in known and (path.is_symlink() or not path.is_dir()):
                path.unlink()
