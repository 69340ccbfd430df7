"""What an administrator adds to the secrets that are replaced before anything is written, and what may be added."""

from typing import Any, Final

import msgspec
import re2

MOST_NAMES: Final = 100
MOST_PATTERNS: Final = 50
LONGEST_NAME: Final = 80  # characters
LONGEST_PATTERN: Final = 500  # characters
_MEMORY: Final = 2 << 20  # bytes that one compiled pattern may take


class Additions(msgspec.Struct, frozen=True):
    """What is secret in one tenant besides passwords, tokens, cookies and card numbers.

    names: of fields (keys, parameters, headers), compared without case and separators; patterns: RE2 expressions of
    secret texts, whatever their case.
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


def pattern_of(expression: str) -> Any:
    """Return an expression, compiled as it is applied; raises ValueError with what is wrong with it."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise ValueError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def wrong_name(name: str) -> str:
    """Return what is wrong with the name of a secret field; empty if nothing is."""
    if len(name) > LONGEST_NAME:
        return f"{name[:40]}… is longer than {LONGEST_NAME} characters."
    if sum(character.isalpha() for character in name) < 2:
        return f"{name!r} is no name: it needs two letters at least."
    return "" if name.isprintable() else f"{name!r} holds characters that cannot be seen."


def wrong_pattern(expression: str) -> str:
    """Return what is wrong with a pattern; empty if nothing is."""
    shown = expression if len(expression) <= 60 else f"{expression[:60]}…"
    if len(expression) > LONGEST_PATTERN:
        return f"{shown} is longer than {LONGEST_PATTERN} characters."
    try:
        compiled = pattern_of(expression)
    except ValueError as error:
        return f"{shown} is no RE2 expression: {error}."
    for text in ("", " ", "a b"):
        found = compiled.search(text)
        if found is not None and not found[0].strip():
            return f"{shown} matches an empty text or a space: it would replace everything."
    return ""
