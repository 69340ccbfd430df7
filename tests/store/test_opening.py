"""One process owns a data directory, a newer one is refused, and what went wrong is said without SQL."""

import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.model.problem import Conflict, Unavailable
from earwitness.store import DiskFull, EngineFault, Store, faults, version
from earwitness.store.lock import DirectoryLock
from earwitness.store.version import Version
from tests.conftest import ask

OPEN = "import sys; from pathlib import Path; from earwitness.store import Store; data = Path(sys.argv[1]); " + (
    "store = Store.open(f'chdb://{data}/events', data); print('open', flush=True); sys.stdin.read(); store.close()"
)


def in_a_process(data: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_second_process_is_told_who_owns_the_data(tmp_path: Path) -> None:
    """The sentence names the directory and the process id of the first; when that is gone, the way is free."""
    first = in_a_process(tmp_path)
    assert first.stdout is not None
    assert first.stdout.readline() == "open\n"
    _, error = in_a_process(tmp_path).communicate("")
    assert f"is in use by process {first.pid}" in error
    first.kill()
    first.communicate()
    out, error = in_a_process(tmp_path).communicate("")
    assert out == "open\n", error


def test_the_version_file_names_schema_engine_and_leaf(tmp_path: Path) -> None:
    """Three lines of numbers, and nothing about anybody."""
    in_a_process(tmp_path).communicate("")
    written = version.read(tmp_path / "VERSION")
    assert written is not None
    assert written.schema >= 5
    assert written.leaf == version.LEAF


@pytest.mark.parametrize("newer", [Version(99, (26, 9), 1), Version(1, (99, 1), 1), Version(1, (26, 9), 2)])
def test_a_newer_directory_is_refused(tmp_path: Path, newer: Version) -> None:
    """Whichever part is newer, nothing is touched and the sentence says what to do."""
    version.write(tmp_path / "VERSION", newer)
    _, error = in_a_process(tmp_path).communicate("")
    assert "written by a newer Earwitness" in error
    assert version.read(tmp_path / "VERSION") == newer


def test_a_version_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """A file that was damaged is not guessed at."""
    (tmp_path / "VERSION").write_text("schema ?\n")
    with pytest.raises(Conflict, match="cannot be understood"):
        version.check(tmp_path / "VERSION", Version(1, (26, 9), 1))


def test_a_lock_can_be_taken_again_after_release(tmp_path: Path) -> None:
    """Twice in one process is once too often as well."""
    lock = DirectoryLock(tmp_path)
    with pytest.raises(Conflict):
        DirectoryLock(tmp_path)
    lock.release()
    DirectoryLock(tmp_path).release()


def test_migrations_are_written_down(store: Store) -> None:
    """Each numbered file once, in order."""
    numbers = [number for (number,) in ask(store, "SELECT number FROM migrations ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 4


@pytest.mark.parametrize(
    ("code", "message", "kind", "says"),
    [
        (243, "Cannot reserve 1.00 MiB, not enough space", DiskFull, "disk"),
        (75, "Cannot write to file, errno: 28, strerror: No space left on device", DiskFull, "disk"),
        (241, "Query memory limit exceeded", Unavailable, "memory"),
        (159, "Timeout exceeded", Unavailable, "too long"),
        (62, "Syntax error: failed at position 15 (SELECT secret)", EngineFault, "log of the server"),
        (None, "HTTPConnectionPool: Max retries exceeded", Unavailable, "cannot be reached"),
        (None, "something else", EngineFault, "log of the server"),
    ],
)
def test_faults_of_the_engine_become_sentences(code: int | None, message: str, kind: type, says: str) -> None:
    """Nothing of the statement or its values is in them, and trying again has its time."""
    problem = faults.translated("some.query", code, message)
    assert isinstance(problem, kind)
    assert says in problem.detail
    assert "SELECT" not in problem.detail
    assert problem.retry_after


def test_an_insert_that_fails_logs_nothing_of_its_rows(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """The engine quotes what it could not read; the log must not."""
    with pytest.raises(EngineFault):
        store.insert_lines("events", b'{"seq":"hunter2"}\n')
    assert "hunter2" not in "".join(capsys.readouterr())


def test_what_the_engine_refuses_is_a_problem(store: Store) -> None:
    """A statement that is wrong, and lines that are none, raise problems; nothing is half written."""
    with pytest.raises(EngineFault):
        ask(store, "SELECT no_such_column FROM events")
    with pytest.raises(EngineFault):
        store.insert_lines("events", b'{"seq":"x"}\n')


def test_a_stream_can_be_left_early(store: Store) -> None:
    """What was begun and not read to the end disturbs nobody."""
    stream = store.stream("log.ids", slots={"table": "events"}, parameters={"tenant": "nobody"}, format="RowBinary")
    assert list(stream) == []
    begun = store.stream("store.ping", format="CSV")
    assert next(begun) == b"1\n"
    begun.close()
    assert store.query("store.ping").rows == [(1,)]


BEFORE = """
import sys
from pathlib import Path
from earwitness.store import Store, migrations
known = migrations.known()
migrations.known = lambda: known[:4]
with Store.open(f"chdb://{sys.argv[1]}/events", Path(sys.argv[1])) as store:
    store.insert_lines("gaps", b'{"tenant": "t", "id": "0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60", "pbx": "main"}')
"""
AFTER = """
import sys
from pathlib import Path
from earwitness.record.gaps import GAPS
from earwitness.store import Store
with Store.open(f"chdb://{sys.argv[1]}/events", Path(sys.argv[1])) as store:
    print(store.query("log.tail", slots=GAPS.slots, parameters={"tenant": "t"}).rows[0][0])
    print(store.query("gaps.list", parameters={"tenant": "t"}).rows[0][2])
"""


def test_gaps_of_an_older_directory_are_kept(tmp_path: Path) -> None:
    """They were recorded before gaps had places, and go on being told."""
    said = [
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True).stdout
        for code in (BEFORE, AFTER)
    ]
    assert said == ["", "0\nmain\n"]
