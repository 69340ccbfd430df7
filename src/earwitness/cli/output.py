"""What commands print: tables for people, JSON and CSV for programs. Recorded text never moves a terminal's cursor."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

# Controls, and the marks that reorder text: harmless in a file, not on a terminal.
_CONTROLS = "\x00-\x1f"  # JSON escapes these by itself
_MARKS = "\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_UNSAFE = re.compile(f"[{_CONTROLS}{_MARKS}]")
_UNSAFE_IN_JSON = re.compile(f"[{_MARKS}]")
_encode = msgspec.json.Encoder(decimal_format="number").encode
_WIDE = frozenset("WF")


def plain(text: str) -> str:
    """Return the text with everything that a terminal would obey made visible as an escape."""
    return _UNSAFE.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that is safe on a terminal too; parsed, it is exactly the value. Decimals keep their digits."""
    encoded = _encode(value)
    text = (encoded if indent is None else msgspec.json.format(encoded, indent=indent)).decode()
    return _UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def print_json(value: Any) -> None:
    """Print one JSON value: indented on a terminal, on one line elsewhere."""
    click.echo(json_text(value, indent=2 if sys.stdout.isatty() else None))


def say(sentence: str, result: Any, as_json: bool) -> None:
    """Print what was done: a sentence for people, or what the API answered."""
    if as_json:
        print_json(result)
    else:
        click.echo(plain(sentence))


def width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)


def _fit(text: str, columns: int) -> str:
    taken = 0
    for i, character in enumerate(text):
        taken += width(character)
        if taken > columns - 1 and width(text) > columns:
            return _pad(text[:i] + "…", columns)
    return _pad(text, columns)


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """Return the width of each column; where the room is short, the widest columns give way first."""
    wanted = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    if room is None:
        return wanted
    spare = room - 2 * (len(wanted) - 1)
    while sum(wanted) > spare and max(wanted) > 8:
        widest = wanted.index(max(wanted))
        wanted[widest] -= 1
    return wanted


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under heads; cut to the terminal's width, whole elsewhere."""
    cells = [[plain("" if value is None else str(value)) for value in row] for row in rows]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths = _widths(heads, cells, room)
    click.secho("  ".join(_fit(head, w) for head, w in zip(heads, widths, strict=True)).rstrip(), bold=True)
    for row in cells:
        click.echo("  ".join(_fit(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip())


def note(text: str) -> None:
    """Say something to the person, on stderr, where it does not get into what a program reads."""
    click.echo(plain(text), err=True)


class Progress:
    """One line on stderr that shows how far a long command is; silent where stderr is no terminal."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.shown = sys.stderr.isatty()
        self._drawn = ""

    def update(self, share: float | None, text: str) -> None:
        """Draw the line anew. share: 0 to 1, or None where the end is not known; text: figures to show behind it."""
        if not self.shown:
            return
        bar = ""
        if share is not None:
            done = round(30 * min(share, 1.0))
            bar = f" [{'#' * done}{'.' * (30 - done)}] {share:4.0%}"
        line = f"{self.label}{bar}  {text}"
        if line != self._drawn:
            click.echo(f"\r\x1b[K{line}", err=True, nl=False)
            self._drawn = line

    def close(self) -> None:
        """Remove the line."""
        if self._drawn:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._drawn = ""


def tell_gaps(gaps: Iterable[dict[str, Any]]) -> None:
    """Say on stderr which stretches of time an answer does not cover, and why."""
    for gap in gaps:
        note(f"Gap from {gap['from']} to {gap['to'] or 'now'}: {gap['reason']}")
