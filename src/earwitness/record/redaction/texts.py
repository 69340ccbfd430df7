"""Secrets in plain text: what follows a secret's name, a header, a token's own form, a card number."""

import json
import re
from collections.abc import Callable
from typing import Final

from earwitness.record.redaction import cards
from earwitness.record.redaction.cards import REPLACEMENT

IsSecret = Callable[[str], bool]

# Headers whose whole value is secret, to the end of the line or of the quotation.
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authori[sz]ation|(?:set-)?cookie2?)(\s*:\s*)(?=[^\s\"'])([^\r\n\"'\\]+)")
# A word is taken whole whatever follows it: that keeps the search linear.
_NAME = re.compile(r"([\w.\-]+(?:\[\w*\])?)((?:\\*[\"'])?\s*(?:=>|:=|[=:])\s*)?")
_QUOTE = re.compile(r"(\\*)([\"'])")
_BARE = re.compile(r"[^\s,;&\"'<>()\[\]{}]+")
_SHAPES: Final = (
    re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9\-._~+/]{16,}=*()"),
    re.compile(r"(\b)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*()"),
    re.compile(r"(\b)ew_(?:ingest|read|admin)_[A-Za-z0-9_-]{20,}()"),
    re.compile(r"(\b[a-z][a-z0-9+.\-]{1,31}://[^\s/:@]{0,256}:)[^\s/@]{1,256}(@)", re.IGNORECASE),
    re.compile(
        r"(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----)(?:(?!-----END).)*(-----END [A-Z ]{0,32}PRIVATE KEY-----|\Z)",
        re.DOTALL,
    ),
)


def redacted(text: str, is_secret: IsSecret) -> str:
    """Return text with every secret in it replaced; the same text if there is none."""
    text = _HEADER.sub(_header, text)
    for shape in _SHAPES:
        text = shape.sub(_shape, text)
    return cards.redacted(_assignments(text, is_secret))


def _shape(match: re.Match[str]) -> str:
    return f"{match[1]}{REPLACEMENT}{match[2]}"


def _header(match: re.Match[str]) -> str:
    return match[0] if match[3].startswith(REPLACEMENT) else f"{match[1]}{match[2]}{REPLACEMENT}"


def _assignments(text: str, is_secret: IsSecret) -> str:
    """Return text with the values in ``password=x``, ``token: x`` and ``"pin":"1"`` replaced, quotes kept."""
    out: list[str] = []
    done = position = 0
    while match := _NAME.search(text, position):
        position = match.end()
        if not match[2] or not is_secret(match[1]):
            continue
        start, end = _value(text, match.end())
        if end > start and not text.startswith(REPLACEMENT, start):
            out += (text[done:start], REPLACEMENT)
            done = end
        position = max(end, position)
    return "".join((*out, text[done:])) if out else text


def _value(text: str, start: int) -> tuple[int, int]:
    """Return where the value that begins at ``start`` stands: inside its quotes, or up to where a bare word ends."""
    quoted = _QUOTE.match(text, start)
    if quoted:
        closing = text.find(quoted[0], quoted.end())
        while closing > 0 and not quoted[1] and text[closing - 1] == "\\":
            closing = text.find(quoted[0], closing + 1)
        return quoted.end(), closing if closing >= 0 else len(text)
    if text.startswith(("{", "["), start):
        return start, _container_end(text, start)
    bare = _BARE.match(text, start)
    if not bare or bare[0] in {"null", "true", "false", "None", "True", "False"}:
        return start, start
    return start, bare.end()


def _container_end(text: str, start: int) -> int:
    """Return where the JSON value that begins at ``start`` ends; the end of the text if it is none."""
    try:
        return json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return len(text)
