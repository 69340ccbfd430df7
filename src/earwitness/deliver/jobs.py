"""The background tasks of this room: one list of what, how often and why. ``server`` starts them with ``run``."""

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import structlog
from django.db import close_old_connections

from earwitness.accounts import sessions
from earwitness.deliver import means as meanings
from earwitness.deliver import reminders
from earwitness.deliver.alerts import work as alerts
from earwitness.deliver.crew import Crew
from earwitness.deliver.exports import work as exports
from earwitness.deliver.formats import rooms
from earwitness.deliver.forwarding import work as forwarding
from earwitness.deliver.means import Means
from earwitness.deliver.messages import sending
from earwitness.deliver.models import Alert, Export, Forward, Message, Schedule
from earwitness.deliver.schedules import work as schedules

log = structlog.get_logger()


class Job(NamedTuple):
    """name: in logs; sentence: what it does; every: seconds between two rounds; work: does one round, and returns
    something true where more may be waiting."""

    name: str
    sentence: str
    every: float
    work: Callable[[Means], object]


JOBS = (
    Job("exports", "Make the workbooks, reports and Parquet files that wait.", 1, exports.work_rendered),
    Job("exports-streamed", "Make the CSV and NDJSON files that wait.", 1, exports.work_streamed),
    Job("schedules", "Begin the scheduled reports that are due.", 10, schedules.begin_due),
    Job("letters", "Write the mails of reports that are made.", 3, schedules.post_finished),
    Job("messages", "Send mails and webhooks that wait, and try again those that failed.", 3, sending.send_waiting),
    Job("alerts", "Look at the alerts whose time has come, or whose log has grown.", 2, alerts.check_due),
    Job("forwarding", "Send on what was recorded.", 1, forwarding.send_due),
    Job("reminders", "Ask managers for the reasons that are required and missing.", 60, reminders.remind),
    Job("sweep", "Delete exports that were kept long enough.", 3600, exports.sweep),
    Job("sessions", "Forget sessions that have expired.", 3600, lambda _: sessions.sweep()),
)


def run(stop: threading.Event) -> None:
    """Run all jobs, each in its own thread, until ``stop`` is set; returns when the last has ended its round."""
    means = replace(meanings.current(), crew=Crew())
    free_dead()
    rooms.sweep(means.folder, starting=True)
    threads = [threading.Thread(target=_loop, args=(job, means, stop), name=f"job-{job.name}") for job in JOBS]
    for thread in threads:
        thread.start()
    stop.wait()
    means.stop.set()
    for thread in threads:
        thread.join()
    if means.crew:
        means.crew.end()
    forwarding.hang_up()


def _loop(job: Job, means: Means, stop: threading.Event) -> None:
    while not stop.is_set():
        began = time.monotonic()
        more = False
        try:
            more = bool(job.work(means)) and job.name.startswith("exports")
        except Exception:
            log.exception("job_failed", job=job.name)
        finally:
            close_old_connections()
        if not more:
            stop.wait(max(job.every - (time.monotonic() - began), 0.2))


def free_dead() -> None:
    """Free what a process of this machine held that is no more, so that its work goes on at once."""
    host = socket.gethostname()
    for model in (Export, Schedule, Alert, Message, Forward):
        held = model._default_manager.filter(lease_holder__startswith=f"{host}:")
        for holder in set(held.values_list("lease_holder", flat=True)):
            if not _alive(int(holder.split(":")[1])):
                held.filter(lease_holder=holder).update(lease_holder="", lease_until=None)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False  # a number that came again: this process holds nothing yet
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
