"""Exports that wait: made once, kept, cancelled, told of, whatever happens to the process that makes them."""

import datetime as dt
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from earwitness.accounts.models import User
from earwitness.deliver import means as meanings
from earwitness.deliver.exports import actions, letters, work
from earwitness.deliver.exports.order import Order
from earwitness.deliver.formats import rooms
from earwitness.deliver.formats.render import Ended
from earwitness.deliver.models import Export, Message
from earwitness.model import times
from earwitness.model.problem import Conflict
from tests.cast import page_of

from .conftest import World
from .test_exports import made


def test_the_export_of_somebody_disabled_is_not_made(world: World) -> None:
    """It fails with a sentence that says why."""
    export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    User.objects.filter(pk=world.people["ada"].pk).update(disabled=True)
    work.work(world.means)
    export.refresh_from_db()
    assert export.status == Export.FAILED
    assert "was disabled" in export.problem


def test_an_export_can_be_cancelled_while_it_waits_and_while_it_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither leaves a file; one that is not done cannot be fetched."""
    world.events(*({} for _ in range(200)))
    waiting = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    with pytest.raises(Conflict, match="queued"):
        actions.fetch(world.actor("ada"), waiting, world.means.folder)
    assert actions.cancel(world.actor("ada"), waiting).status == Export.CANCELLED
    running = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    monkeypatch.setattr(work, "WATCHED", 0)
    begin = work.Watch.begin

    def cancelled_at_once(watch: work.Watch, total: int) -> None:
        begin(watch, total)
        actions.cancel(world.actor("ada"), running)

    monkeypatch.setattr(work.Watch, "begin", cancelled_at_once)
    work.work(world.means)
    running.refresh_from_db()
    assert running.status == Export.CANCELLED
    assert list(world.means.folder.iterdir()) == []


def test_an_export_survives_the_end_of_its_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted work begins anew at the next start; after three deaths it says so instead."""
    world.events({}, {})
    export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    world.means.stop.set()
    work.work(world.means)
    export.refresh_from_db()
    assert (export.status, export.tries) == (Export.RUNNING, 0)
    world.means.stop.clear()
    work.work(world.means)
    export.refresh_from_db()
    assert export.status == Export.DONE
    died = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    Export.objects.filter(pk=died.pk).update(
        status=Export.RUNNING, tries=3, lease_holder="dead", lease_until=times.from_us(0)
    )
    work.work(world.means)
    died.refresh_from_db()
    assert (died.status, died.problem[:25]) == (Export.FAILED, "It was interrupted 3 time")


def test_two_runners_never_make_the_same_export(world: World) -> None:
    """While one holds the lease the other finds nothing to do."""
    export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    assert export.take(dt.datetime.now(dt.UTC), "somebody else")
    assert not work.work(world.means)
    export.release("somebody else")
    assert work.work(world.means)


def test_what_the_engine_writes_waits_for_no_workbook(world: World) -> None:
    """The two runners of a process never look at the same export."""
    book = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="xlsx"))
    lines = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    assert work.work_streamed(world.means)
    assert not work.work_streamed(world.means)
    lines.refresh_from_db()
    book.refresh_from_db()
    assert (lines.status, book.status) == (Export.DONE, Export.QUEUED)
    assert work.work_rendered(world.means)
    assert not work.work_rendered(world.means)


def test_a_server_without_jobs_says_why_nothing_is_made(world: World) -> None:
    """Started with ``--only`` and without them: what waits would wait without a word."""
    client = world.client("ada")
    assert "without <code>jobs</code>" not in page_of(client.get("/exports"))
    meanings.use(replace(world.means, jobs=False))
    assert "without <code>jobs</code>" in page_of(client.get("/exports"))


def test_exports_are_kept_seven_days(world: World) -> None:
    """Then row and file go."""
    path = made(world, "ada", "csv")
    work.sweep(world.means)
    assert path.is_file()
    Export.objects.update(expires=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    work.sweep(world.means)
    assert not Export.objects.filter(tenant=world.tenant).exists()
    os.utime(path, (time.time() - 7200,) * 2)
    work.sweep(world.means)
    assert list(world.means.folder.iterdir()) == []


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    """The folders of a process that is no more; at a start also those of an earlier one with the same number."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    rooms_of = {pid: tmp_path / f".render-{pid}-abc" for pid in (gone.pid, os.getpid(), os.getppid())}
    for folder in rooms_of.values():
        folder.mkdir()
        (folder / "spec.json").touch()
    assert rooms.sweep(tmp_path) == 1
    assert not rooms_of[gone.pid].exists()
    assert rooms.sweep(tmp_path, starting=True) == 1
    assert list(tmp_path.iterdir()) == [rooms_of[os.getppid()]]


def test_a_file_whose_maker_was_killed_is_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory may have run short for a moment: another try, but not without end."""
    from earwitness.deliver.exports import making

    killed = 0

    def kill(*args: object) -> None:
        nonlocal killed
        killed += 1
        raise Ended("The process that made the file was ended from outside: ask for the file again.")

    world.events({})
    actor = world.actor("ada")
    first, second = (actions.ask(actor, world.reader, Order(stream="activity", format="xlsx")) for _ in range(2))
    with monkeypatch.context() as patched:
        patched.setattr(making, "render", kill)
        assert work.work(world.means)
        first.refresh_from_db()
        assert (first.status, first.lease_holder) == (Export.QUEUED, "")
        actions.cancel(actor, first)
        while work.work(world.means):
            pass
    second.refresh_from_db()
    assert (second.status, killed) == (Export.FAILED, 1 + work.TRIES)
    assert "ended from outside" in second.problem
    assert "tried 3 times" in second.problem


def test_the_disk_running_full_is_told_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The export fails, nothing half-made is left, and the next one works."""
    from earwitness.deliver.exports import making

    export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))

    def full(*args: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(making, "_write", full)
        work.work(world.means)
    export.refresh_from_db()
    assert export.problem == (
        "The file could not be written: No space left on device. "
        "Make room under the data directory, then ask for it again."
    )
    made(world, "ada", "csv")


def test_whoever_waits_for_a_file_is_told_by_mail_once(world: World) -> None:
    """An export asked for on a page ends with a mail to its owner; one of a program, or of somebody without an address,
    does not."""
    world.events({}, {})
    User.objects.filter(pk=world.people["ada"].pk).update(email="ada@example.com")
    made(world, "ada", "csv")
    assert not Message.objects.exists()
    path = made(world, "ada", "csv", for_people=True, search="user:user*")
    (mail,) = Message.objects.all()
    assert (mail.kind, mail.target) == (Message.MAIL, "ada@example.com")
    assert mail.subject == "Export ready: Activity audit log"
    assert "Rows: 2" in mail.body
    assert f"https://log.example.com/exports/{path.stem}" in mail.body
    export = Export.objects.get(pk=path.stem)
    letters.tell(world.means, export)
    assert Message.objects.count() == 1
    made(world, "audrey", "csv", for_people=True)
    assert Message.objects.count() == 1
    failed = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv", for_people=True))
    Export.objects.filter(pk=failed.pk).update(tries=3)
    work.work(world.means)
    assert "It was interrupted 3 times" in Message.objects.latest("created").body


def test_every_page_tells_once_that_an_export_is_ready(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one waits, pages ask; when it is made they say so, once, and stop asking."""
    monkeypatch.setitem(actions.AT_ONCE, "csv", 0)
    world.events({}, {})
    client = world.client("ada")
    assert b"export-news" not in client.get("/reports").content
    assert client.post("/exports/ask", {"stream": "activity", "format": "csv"}).status_code == 302
    assert b'hx-get="/exports/news"' in client.get("/reports").content
    assert b"every 3s" in client.get("/exports/news").content
    work.work(world.means)
    told = client.get("/exports/news").content.decode()
    assert "Your export is ready: Activity audit log as CSV." in told
    assert "every 3s" not in told
    assert b"ready" not in client.get("/exports/news").content
    assert b"export-news" not in client.get("/reports").content
    assert world.client("audrey").get("/exports/news").content.count(b"ready") == 0
