"""Commands that cannot do what they are asked say so in one sentence, with the promised exit status."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

EARWITNESS = (sys.executable, "-m", "earwitness.cli")


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EARWITNESS_")}
    return subprocess.run(
        [*EARWITNESS, *arguments],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["serch"],
        ["user", "create", "x"],
        ["key", "create", "x", "--scope", "everything"],
        ["search", "--limit", "0"],
        ["search", "--form", "2026-01-01"],
        ["serve", "--port", "70000"],
        ["serve", "--only", "web,telephone"],
        ["export", "word"],
        ["user", "create", "x", "--role", "Administrator"],
        ["import", "nowhere.ndjson"],
    ],
)
def test_wrong_usage_is_exit_status_2_and_one_line(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["search"], ["user", "list"], ["key", "list"], ["tenant", "list"]])
def test_looking_where_there_is_no_data_is_exit_status_3_and_leaves_the_disk_alone(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 3
    assert "--data" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["256.0.0.1", "192.0.2.1"])
def test_an_address_that_is_not_here_is_wrong_usage(tmp_path: Path, host: str) -> None:
    """One that is no address, and one of another machine."""
    done = run("serve", "--host", host, "--port", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"--host: {host} is no address of this machine")


def test_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """What a full disk behind stdout takes no more ends the command, without a traceback at the very end either."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*EARWITNESS, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (2, "The output cannot be written: No space left on device.\n")


@pytest.mark.parametrize(
    ("url", "key", "says"),
    [
        ("http://127.0.0.1:1", "sch\u00fcssel", "EARWITNESS_KEY holds no API key"),
        ("http://127.0.0.1:1", "two words", "EARWITNESS_KEY holds no API key"),
        ("http://", "ew_read_x", "EARWITNESS_URL: expected an address"),
        ("log.example.com", "ew_read_x", "EARWITNESS_URL: expected an address"),
    ],
)
def test_a_wrong_way_to_a_server_elsewhere_is_named(tmp_path: Path, url: str, key: str, says: str) -> None:
    done = run("search", cwd=tmp_path, EARWITNESS_URL=url, EARWITNESS_KEY=key)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says)


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["tenant", "create", "acme"]])
def test_data_that_cannot_be_kept_is_exit_status_3_and_one_line(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing can be made below a file that the system itself keeps."""
    done = run(*arguments, "--data", "/proc/earwitness", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("The data directory /proc/earwitness cannot be made")
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    done = run("search", cwd=tmp_path, EARWITNESS_RETENTION_ACTIVITY="soon")
    assert done.returncode == 2
    assert "EARWITNESS_RETENTION_ACTIVITY" in done.stderr


def test_a_remote_server_needs_a_key(tmp_path: Path) -> None:
    done = run("search", cwd=tmp_path, EARWITNESS_URL="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "EARWITNESS_KEY" in done.stderr


def test_a_remote_server_that_is_not_there_is_exit_status_3(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = run("search", cwd=tmp_path, EARWITNESS_URL=url, EARWITNESS_KEY="k")
    assert done.returncode == 3
    assert url in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_arguments_the_commands_are_listed(tmp_path: Path) -> None:
    assert "Commands:" in run("--help", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("name", "dsn"),
    [
        ("EARWITNESS_ACCOUNTS_DSN", "postgresql://nobody:secret@127.0.0.1:1/none"),
        ("EARWITNESS_EVENTS_DSN", "clickhouse://nobody:secret@127.0.0.1:1/none"),
    ],
)
def test_a_database_that_is_not_there_is_exit_status_3_and_one_sentence(tmp_path: Path, name: str, dsn: str) -> None:
    done = run("serve", "--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path, **{name: dsn})
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "cannot be reached" in done.stderr
    assert "secret" not in done.stderr
