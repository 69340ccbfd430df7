"""Feeds the child process that makes heavy files: rows in, progress and refusals out."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from earwitness.deliver.formats.child import Spec
from earwitness.deliver.formats.rooms import room

LOOK = 0.5  # seconds between two looks at a child that has all its rows


class RenderFailed(Exception):  # noqa: N818 -- told to people as it stands
    """The file was not made; the text is one sentence that says why and what to do."""


class Ended(RenderFailed):
    """The child was ended from outside, perhaps because memory ran short: another try may well succeed."""


class Cancelled(Exception):  # noqa: N818 -- not an error
    """Somebody asked for the work to end."""


def render(spec: Spec, blocks: Iterable[bytes], out: Path, progress: Callable[[int], None]) -> None:
    """Make the file in a child process and return when it is whole.

    blocks: pieces of JSON arrays, one a line, cut anywhere. progress: called with the number of rows fed so far after
    each block and while the child works on; it may raise (Cancelled), which ends the child. Raises RenderFailed, Ended.
    """
    with room(out.parent, "render") as folder:
        plan = folder / "spec.json"
        plan.write_bytes(msgspec.json.encode(spec))
        errors = folder / "stderr"
        with errors.open("wb") as stderr:
            child = subprocess.Popen(  # noqa: S603 -- our own module, no shell
                [sys.executable, "-m", "earwitness.deliver.formats.child", str(plan), str(out)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=_environment(folder),
            )
        try:
            fed = _feed(child, blocks, progress)
            status = _wait(child, fed, progress)
        except BaseException:
            child.kill()
            child.wait()
            raise
        if status or fed is None:
            raise (Ended if status < 0 else RenderFailed)(_reason(errors, status))


def _feed(child: "subprocess.Popen[bytes]", blocks: Iterable[bytes], progress: Callable[[int], None]) -> int | None:
    """Write all blocks to the child; returns how many rows they were, None where it ended before it had them all."""
    assert child.stdin is not None  # noqa: S101 -- PIPE was asked for
    fed = 0
    try:
        for block in blocks:
            child.stdin.write(block)
            fed += block.count(b"\n")
            progress(fed)
        child.stdin.close()
    except BrokenPipeError:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        return None
    return fed


def _wait(child: "subprocess.Popen[bytes]", fed: int | None, progress: Callable[[int], None]) -> int:
    """Return the child's exit status; until it ends, whoever watches is asked again and again whether to go on."""
    while True:
        try:
            return child.wait(LOOK)
        except subprocess.TimeoutExpired:
            progress(fed or 0)


def _environment(folder: Path) -> dict[str, str]:
    """Return what the child may know: paths and language, no secret of the server."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"TMPDIR": str(folder)}


def _reason(errors: Path, status: int) -> str:
    said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if status == 1 and said and said[-1].endswith("."):
        return said[-1]
    if status < 0:
        return "The process that made the file was ended from outside: ask for the file again."
    return f"The process that made the file failed ({said[-1] if said else 'no reason given'}): ask for the file again."
