"""Params as they were sent, to the digit: a page of evidence may not round ``0.10`` or fail at ``1e400``."""

import json
from typing import Any

import msgspec


class Figure(str):
    """A number of a JSON text, as its digits stand there."""

    __slots__ = ()


def read(raw: bytes) -> Any:
    """Return the value of a JSON text; its numbers are ``Figure``."""
    return json.loads(raw, parse_int=Figure, parse_float=Figure)


def written(value: Any) -> str:
    """Return a value, of ``read`` or of Python's own numbers, as JSON text on one line."""
    if isinstance(value, Figure):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(name)}:{written(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return msgspec.json.encode(value).decode()


def indented(raw: bytes) -> str:
    """Return a JSON text with one value a line, its numbers and texts untouched."""
    return msgspec.json.format(raw, indent=2).decode()
