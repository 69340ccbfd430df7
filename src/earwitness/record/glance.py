"""One glance at a whole batch: what none of its events can contain need not be looked for in each."""

from typing import NamedTuple

import numpy as np

from earwitness.record.row import MAX_DEPTH

_SMALL = 16_384  # bytes under which plain searches are quicker than arrays


def _table(characters: bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters)] = True
    return table


_BEFORE_SPACE = _table(b':,{["\n}]')
_AFTER_SPACE = _table(b'"{[}]-0123456789:\n ')


class Glance(NamedTuple):
    """Each says whether some event may: hold escapes that can be written plainly; hold space between its tokens;
    have more than 32 levels; hold anything but ASCII. False is certain, True only possible."""

    escaped: bool
    spaced: bool
    deep: bool
    wide: bool

    @classmethod
    def at(cls, body: bytes) -> "Glance":
        """Look at a body of events, one a line or in one array."""
        escaped = b"\\" in body and (b"\\u" in body or b"\\/" in body)
        if len(body) < _SMALL:
            spaced = (
                b'": ' in body or b', "' in body or b"\n" in body or b"\t" in body or b'" :' in body or b"{ " in body
            )
            deep = body.count(b"{") + body.count(b"[") > MAX_DEPTH
        else:
            marks = np.frombuffer(body, dtype=np.uint8)
            spaced = b"\t" in body or b"\r" in body or _spaced(marks)
            deep = _deep(marks)
        return cls(escaped, spaced, deep, not body.isascii())


def _spaced(marks: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> bool:
    places = np.flatnonzero(marks[1:-1] == ord(" ")) + 1
    return bool((_BEFORE_SPACE[marks[places - 1]] & _AFTER_SPACE[marks[places + 1]]).any())


def _deep(marks: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> bool:
    """Whether 33 opening brackets stand so close that they could be in one line."""
    places = np.flatnonzero((marks | 0x20) == ord("{"))  # "[" and "{" differ in this bit alone
    if len(places) <= MAX_DEPTH:
        return False
    ends = np.flatnonzero(marks == ord("\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(marks)).max())
    return bool((places[MAX_DEPTH:] - places[:-MAX_DEPTH]).min() < longest)
