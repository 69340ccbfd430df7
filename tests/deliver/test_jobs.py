"""Background tasks are one list, start and end in order, and go on where a dead process left off."""

import builtins
import datetime as dt
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from earwitness.deliver import jobs
from earwitness.deliver.exports import actions
from earwitness.deliver.exports.order import Order
from earwitness.deliver.formats import pdf
from earwitness.deliver.models import Export
from earwitness.model import times

from .conftest import World
from .test_formats import ABOUT


def test_every_task_says_what_it_does_and_how_often() -> None:
    """One sentence each; no two of a name."""
    assert len({job.name for job in jobs.JOBS}) == len(jobs.JOBS)
    for job in jobs.JOBS:
        assert job.sentence.endswith(".")
        assert job.every > 0


def test_tasks_end_soon_after_they_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails does not end the others; all threads are gone when ``run`` returns."""
    rounds: list[str] = []

    def good(means: object) -> None:
        rounds.append("good")

    def bad(means: object) -> None:
        rounds.append("bad")
        raise RuntimeError("on purpose")

    listed = (jobs.Job("good", "Works.", 0.05, good), jobs.Job("bad", "Fails.", 0.05, bad))
    monkeypatch.setattr(jobs, "JOBS", listed)
    stop = threading.Event()
    runner = threading.Thread(target=jobs.run, args=(stop,))
    runner.start()
    for _ in range(200):
        if rounds.count("good") > 1 and rounds.count("bad") > 1:
            break
        time.sleep(0.05)
    stop.set()
    runner.join(10)
    assert not runner.is_alive()
    assert rounds.count("bad") > 1
    assert world.means.stop.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job-")]


def test_what_a_dead_process_held_is_free_at_once(world: World) -> None:
    """A living one keeps its lease, and so does one of another machine."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = socket.gethostname()
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    held = {}
    for holder in (f"{host}:{dead.pid}:x", f"{host}:{os.getppid()}:x", f"elsewhere:{dead.pid}:x"):
        export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
        Export.objects.filter(pk=export.pk).update(lease_holder=holder, lease_until=until)
        held[holder] = export
    jobs.free_dead()
    kept = {export.lease_holder for export in Export.objects.filter(tenant=world.tenant)}
    assert kept == {"", f"{host}:{os.getppid()}:x", f"elsewhere:{dead.pid}:x"}
    assert times.now_us() > 0


def test_where_pango_is_missing_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PDF says what to install; nothing else needs it."""
    ordinary = builtins.__import__

    def without_pango(name: str, *rest: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return ordinary(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(pdf.NoPango, match=r"install the package libpango-1\.0-0"):
        pdf.write(tmp_path / "x.pdf", pdf.Report(about=ABOUT), (), ())
