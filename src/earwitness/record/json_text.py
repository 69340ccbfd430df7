"""JSON as text: made compact and plain without touching a digit, measured, and checked for what may not be kept."""

import re
from typing import Final

import msgspec
import numpy as np

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
# What JSON cannot hold unescaped (RFC 8259 section 7), and what would end the string.
_KEPT: Final = {'"', "\\"}


class UnfitError(ValueError):
    """The text may not be recorded; the message completes a sentence that begins with the field's name."""


def compact(document: bytes) -> bytes:
    """Return valid JSON without space between its tokens."""
    return msgspec.json.format(document, indent=-1)


def plain(document: str) -> str:
    """Return JSON with every ``\\\\uXXXX`` that need not be one as the character itself, so that a search finds it.

    Raises UnfitError for NUL and for a surrogate without its other half.
    """
    high: list[str] = []

    def replace(match: re.Match[str]) -> str:
        code = match[1]
        if code is None:
            alone(high)
            return "/" if match[2] == "/" else match[0]
        value = int(code, 16)
        if 0xD800 <= value < 0xDC00:
            alone(high)
            high.append(code)
            waiting_until[0] = match.end()
            return ""
        if 0xDC00 <= value < 0xE000:
            if not high or waiting_until[0] != match.start():
                raise UnfitError("holds half a character (a lone surrogate)")
            return chr(0x10000 + ((int(high.pop(), 16) - 0xD800) << 10) + (value - 0xDC00))
        alone(high)
        if value == 0:
            raise UnfitError("holds the character NUL")
        character = chr(value)
        if character in _KEPT:
            return "\\" + character
        return match[0] if value < 0x20 else character

    waiting_until = [-1]
    result = _ESCAPE.sub(replace, document)
    alone(high)
    return result


def alone(high: list[str]) -> None:
    """Raise UnfitError if the first half of a surrogate pair is still waiting for its second."""
    if high:
        raise UnfitError("holds half a character (a lone surrogate)")


def depth(document: bytes) -> int:
    """Return how deep objects and arrays stand in each other; ``{}`` is 1."""
    marks = np.frombuffer(_STRING.sub(b"", document), dtype=np.uint8) | 0x20  # "[" and "{" differ in this bit alone
    level = np.cumsum((marks == ord("{")).astype(np.int32) - (marks == ord("}")))
    return int(level.max(initial=0))
