"""The VERSION file of a data directory: which schema, engine and leaf format its rows were written with."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from earwitness.model.problem import Conflict

LEAF = 1  # how a row becomes a leaf of the seal's tree


class Version(NamedTuple):
    """schema: number of the last migration; engine: (year, month) of the ClickHouse release; leaf: leaf format."""

    schema: int
    engine: tuple[int, int]
    leaf: int

    def text(self) -> str:
        """Return the content of the file."""
        return f"schema {self.schema}\nengine {self.engine[0]}.{self.engine[1]}\nleaf {self.leaf}\n"


def read(path: Path) -> Version | None:
    """Return what a VERSION file says, or None if there is none. Raises Conflict if it cannot be understood."""
    try:
        content = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    found = re.fullmatch(r"schema (\d+)\nengine (\d+)\.(\d+)\nleaf (\d+)\n", content)
    if not found:
        raise Conflict(f"{path} cannot be understood: restore it from a backup, or use another directory with --data.")
    schema, year, month, leaf = map(int, found.groups())
    return Version(schema, (year, month), leaf)


def check(path: Path, ours: Version) -> None:
    """Raise Conflict if the directory was written by a newer program than this one."""
    theirs = read(path)
    if theirs is None:
        return
    newer = [name for name in Version._fields if getattr(theirs, name) > getattr(ours, name)]
    if newer:
        raise Conflict(
            f"The data directory {path.parent} was written by a newer Earwitness ({' and '.join(newer)}): "
            "install that version or a later one, or use another directory with --data."
        )


def write(path: Path, ours: Version) -> None:
    """Replace the VERSION file, durably, if it says something else."""
    if read(path) == ours:
        return
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="ascii") as file:
        file.write(ours.text())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
