"""``earwitness replay --follow``: what is still being written is heard as it comes, until somebody ends it."""

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

RECORDINGS = Path(__file__).parents[1] / "recordings" / "v22"


def test_segments_come_while_the_file_grows(tmp_path: Path) -> None:
    """The file begins in the middle of a session; each end is told when its line is there, and SIGTERM is no error."""
    lines = gzip.decompress((RECORDINGS / "18-busy-minute" / "ami.jsonl.gz").read_bytes()).splitlines(keepends=True)
    growing = tmp_path / "ami.jsonl"
    half = len(lines) // 2
    growing.write_bytes(b"".join(lines[:half]) + lines[half][:10])
    process = subprocess.Popen(
        [sys.executable, "-m", "earwitness.cli", "replay", growing, "--follow", "--dry-run", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        first = json.loads(process.stdout.readline())
        with growing.open("ab") as file:
            file.write(lines[half][10:] + b"".join(lines[half + 1 :]))
        told = [first]
        while len({one["id"] for one in told}) < 14:
            told.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    assert {one["action"] for one in told} == {"listen", "whisper", "barge"}


def test_what_is_wrong_ends_it_with_a_sentence(tmp_path: Path) -> None:
    """A line that is none is named."""
    wrong = tmp_path / "ami.jsonl"
    wrong.write_text("nonsense\n")
    command = [sys.executable, "-m", "earwitness.cli", "replay", wrong, "--follow", "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Line 1 of" in done.stderr
