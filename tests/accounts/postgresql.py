"""A PostgreSQL server of one's own for a while: Debian's binaries, a free port, a directory that goes away."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


def binaries() -> Path | None:
    """Return the directory of the newest PostgreSQL server on this machine, or None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def _account() -> dict[str, object]:
    """Return who is to run the server: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server; yields the DSN of an empty database."""
    where = binaries()
    assert where
    account = _account()
    with tempfile.TemporaryDirectory(prefix="earwitness-pg-") as folder:
        home = Path(folder) / "data"
        if account:
            os.chown(folder, account["user"], account["group"])  # both are numbers
        quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}}
        given = [where / "initdb", "-D", home, "-U", "earwitness", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(given, check=True, **account, **quiet)  # keywords as Popen has them
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        control = [where / "pg_ctl", "-D", home, "-w", "-l", home / "log"]
        subprocess.run([*control, "-o", options, "start"], check=True, **account, **quiet)
        try:
            yield f"postgresql://earwitness@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **account, **quiet)
