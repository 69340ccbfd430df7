"""A MariaDB server of one's own for a while: Debian's binaries, a free port, a directory that goes away."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql


def binary(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Run a server with an empty database ``asterisk``, user ``reader``, password ``s3cr/t``; yields its port."""
    install, daemon = binary("mariadb-install-db"), binary("mariadbd")
    assert install, "mariadb-server is not installed"
    assert daemon, "mariadb-server is not installed"
    with tempfile.TemporaryDirectory(prefix="earwitness-my-") as folder:
        data = Path(folder) / "data"
        common = ["--no-defaults", f"--datadir={data}", "--user=root", "--innodb-buffer-pool-size=8M"]
        subprocess.run(
            [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        where = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]
        child = subprocess.Popen([daemon, *common, *where, f"--log-error={folder}/log"])
        try:
            with contextlib.closing(_connected(port, child)) as root, root.cursor() as cursor:
                cursor.execute("CREATE DATABASE asterisk")
                cursor.execute("CREATE USER reader@'127.0.0.1' IDENTIFIED BY 's3cr/t'")
                cursor.execute("GRANT ALL ON asterisk.* TO reader@'127.0.0.1'")
            yield port
        finally:
            child.kill()
            child.wait()


def _connected(port: int, child: subprocess.Popen[bytes]) -> "pymysql.Connection":
    deadline = time.monotonic() + 60
    while True:
        try:
            return pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True)
        except pymysql.OperationalError:
            assert child.poll() is None, "MariaDB did not start"
            assert time.monotonic() < deadline, "MariaDB does not answer"
            time.sleep(0.1)
