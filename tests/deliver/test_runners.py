"""Several job runners that share the accounts database: what is due is done once."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .inbox import Inbox, inbox

__all__ = ["inbox"]

RUNNER = """
import datetime as dt, os, sys, time
from pathlib import Path
import django
django.setup()
from django.conf import settings
from earwitness.deliver.means import Means
from earwitness.deliver.messages import sending
from earwitness.deliver.models import Export, Schedule
from earwitness.deliver.schedules import work
from earwitness.deliver.wire.guard import Guard

class Reader:
    def last_seq(self, scope, stream):
        return 7

means = Means(Reader(), Path(sys.argv[1]), "", Guard(), "log@example.com")
Path(sys.argv[2]).touch()
while not Path(sys.argv[3]).exists():
    time.sleep(0.005)
end = time.monotonic() + 6
while time.monotonic() < end:
    work.begin_due(means)
    Export.objects.filter(status="queued").update(status="done", total=3)
    work.post_finished(means)
    sending.send_waiting(means)
"""


def test_two_processes_on_postgresql_send_one_mail(tmp_path: Path, inbox: Inbox, settings: Any) -> None:
    """Two job runners that share a PostgreSQL database, started together: ten due reports, ten mails, no more."""
    from tests.accounts.postgresql import binaries, server

    if not binaries():
        pytest.skip("PostgreSQL is not installed")
    with server() as dsn:
        environment = {
            **os.environ,
            "EARWITNESS_ACCOUNTS_DSN": dsn,
            "EARWITNESS_DATA": str(tmp_path / "data"),
            "EARWITNESS_SECRET_KEY": "x" * 50,
            "EARWITNESS_SMTP_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
            "DJANGO_SETTINGS_MODULE": "earwitness.server.settings",
        }
        (tmp_path / "data").mkdir()
        prepare = (
            "import datetime as dt, django; django.setup()\n"
            "from django.core.management import call_command\n"
            "call_command('migrate', verbosity=0)\n"
            "from earwitness.accounts import tenants\n"
            "from earwitness.accounts.models import Role, User\n"
            "from earwitness.deliver.models import Schedule\n"
            "t = tenants.ensure('default')\n"
            "u = User.objects.create(tenant=t, username='ada', password='x')\n"
            "u.roles.set([Role.objects.get(tenant=t, name='Administrator')])\n"
            "for n in range(10):\n"
            "    Schedule.objects.create(tenant=t, owner=u, name=f's{n}', stream='activity', attach=False,\n"
            "        recipients=['boss@example.com'], next_run=dt.datetime.now(dt.UTC), format='csv')\n"
        )
        subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
        runner = tmp_path / "runner.py"
        runner.write_text(RUNNER)
        ready, go = [tmp_path / f"ready{n}" for n in range(2)], tmp_path / "go"
        runners = [
            subprocess.Popen([sys.executable, str(runner), str(tmp_path), str(file), str(go)], env=environment)
            for file in ready
        ]
        while not all(file.exists() for file in ready):
            assert all(process.poll() is None for process in runners)
        go.touch()
        assert [process.wait(60) for process in runners] == [0, 0]
    subjects = [str(mail["Subject"]).partition(":")[0] for _, mail in inbox.mails]
    assert sorted(subjects) == [f"s{n}" for n in range(10)]
