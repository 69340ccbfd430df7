"""Rows as lines of a fixed pitch: how a long log is set on paper.

A table of cells costs the page renderer 10 ms a row and memory with it; lines of one pitch cost 1 ms, stay flat,
and let us number the pages before any is made. Nothing is cut: what does not fit its column goes on below.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

LINES_A_PAGE = 62
PITCHES = 196  # characters across a landscape page at the listing's type size
GAP = 2


class Place(NamedTuple):
    """A column on paper. pitch: its wish in characters; grows: may take more room; below: set on lines of its own."""

    label: str
    pitch: int
    grows: bool = False
    below: bool = False


def widths(places: Sequence[Place], across: int = PITCHES) -> list[int]:
    """Return the characters each column gets (0 for those set below): wishes scaled down, or the rest shared out."""
    shown = [0 if p.below else max(p.pitch, 4) for p in places]
    room = across - GAP * max(sum(1 for w in shown if w) - 1, 0)
    growing = [i for i, p in enumerate(places) if p.grows and not p.below]
    spare = room - sum(shown)
    if spare >= 0:
        for i in growing:
            shown[i] += spare // len(growing)
        return shown
    total = sum(shown)
    return [max(w * room // total, 4) if w else 0 for w in shown]


def cell_width(text: str) -> int:
    """Return how many pitches a text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_pitch(char) for char in text)


def _pitch(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fold(text: str, width: int) -> list[str]:
    """Return the text in lines of at most ``width`` pitches, broken at spaces where that costs little.

    Control and bidirectional-override characters become U+FFFD, so that no value can reorder or break a line.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c in "\t\r\n" else "�" for c in text)
    if cell_width(text) <= width:
        return [text]
    found: list[str] = []
    while text:
        end = _reach(text, width)
        if end < len(text):
            space = text.rfind(" ", end // 2, end + 1)
            end = space if space > 0 else end
        found.append(text[:end])
        text = text[end:].lstrip(" ")
    return found


def _reach(text: str, width: int) -> int:
    if text.isascii():
        return min(width, len(text))
    taken = 0
    for at, char in enumerate(text):
        taken += _pitch(char)
        if taken > width:
            return max(at, 1)
    return len(text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_width(text))


def row_lines(values: Sequence[str], places: Sequence[Place], shares: Sequence[int]) -> list[str]:
    """Return one row as the lines it takes."""
    cells = [fold(v, w) if w else [] for v, w in zip(values, shares, strict=True)]
    height = max((len(c) for c in cells), default=1)
    sep = " " * GAP
    found = [
        sep.join(_pad(cell[n] if n < len(cell) else "", w) for cell, w in zip(cells, shares, strict=True) if w).rstrip()
        for n in range(height)
    ]
    for value, place in zip(values, places, strict=True):
        if place.below and value:
            found += [f"    {part}" for part in fold(f"{place.label}: {value}", PITCHES - 4)]
    return found


def head_line(places: Sequence[Place], shares: Sequence[int]) -> str:
    """Return the line of column names that stands above each page."""
    sep = " " * GAP
    return sep.join(_pad(fold(p.label, w)[0], w) for p, w in zip(places, shares, strict=True) if w).rstrip()


def pages(rows: Iterable[Sequence[str]], places: Sequence[Place], lines: int = LINES_A_PAGE) -> Iterator[list[str]]:
    """Yield the lines of each page; a row stays on one page unless it is longer than a page."""
    shares = widths(places)
    page: list[str] = []
    for row in rows:
        found = row_lines(row, places, shares)
        if page and len(page) + len(found) > lines:
            yield page
            page = []
        page += found
        while len(page) > lines:
            yield page[:lines]
            page = page[lines:]
    if page:
        yield page
