"""One fast look over many events at once: which of them may hold a secret? Only those are looked at closely."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import re2

from earwitness.record.redaction import names

_BETWEEN = "[-_. ]?"
_SPACE = r"(?:\s|\\[tnrfb])*"
_TAIL = r"[a-z0-9_.\-]{0,40}"
# A secret's name before its value: password=, "token":, \"pin\" :, %22secret%22%3A
_AS_NAME = rf"""{_TAIL}(?:\[\w*\]|%5b\w*%5d|\]|%5d)?(?:\\*["']|%2[27])?{_SPACE}(?:=|:|%3[ad])"""
# ... as the value of a name ({{"name":"password","value":...}}), and first in a pair (["Authorization", ...])
_AS_VALUE = r"""(?:name|key|field|path|header|param|parameter|attribute)\\*["']{space}:{space}\\*["'][^"']*"""
_IN_PAIR = r"""\[{space}\\*["'][^"']*"""
# Before a number that stands for itself: no letter or digit, unless it belongs to an escape; a hyphen only behind none.
_APART = r"(?:^|[^0-9a-z_-]|[^0-9a-z_]-|\\[nrtbf]-?|\\u00[01][0-9a-f]-?|%[0-9a-f]{2}-?)"
# What has a form of its own: bearer tokens, JWTs, our keys, passwords in addresses, private keys, percent-encoded
# letters (nobody needs them but to hide a name), and what may be a card number.
_SHAPES = (
    r"bearer\s+[a-z0-9\-._~+/]{16}",
    r"eyj[a-z0-9_-]{8}",
    r"ew_(?:ingest|read|admin)_",
    r"""://[^\s/@"\\]*:[^\s/@"\\]*@""",
    r"""%2f%2f[^\s"&]*%3a[^\s"&]*%40""",
    r"private key-----",
    r"%(?:[46][1-9a-f]|[57][0-9a])",
    rf"{_APART}[0-9]{{14,21}}(?:[^0-9a-z_]|$)",
    rf"{_APART}[0-9]{{4}}(?:[ +-]|%20)(?:[0-9]{{4}}(?:[ +-]|%20)[0-9]{{4}}|[0-9]{{6}})(?:[ +-]|%20)[0-9]{{4}}",
)


# The pieces of a pattern. Plain ones find in JSON what they find in the text that it stands for: letters, digits, what
# JSON never escapes, and the signs of repetition, choice and grouping. Assertions are left out: the scan may see more.
_PIECE = re.compile(
    r"(?P<plain>[\w :;,@#&%=~!<>/'-]|\\[dw.+*?()|{}-]|\[(?:[\w .:;,@#&%+=~!*()?|{}<>/'-]|\\[dw.-])+\]"
    r"|\((?:\?:)?|[)|+*?]|\{\d+(?:,\d*)?\})"
    r"|(?P<assertion>\\[bBAz]|[\^$])"
    r"|(?P<other>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\[^Q]|[^\\])",
    re.DOTALL,
)
_UNESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
_ESCAPE = re.compile(rb"\\(?:u00([01][0-9a-f])|(.))", re.DOTALL | re.IGNORECASE)
_DEEPEST = 4  # JSON within text within JSON


class Bare(NamedTuple):
    """A pattern without its assertions; plain: it finds in JSON whatever it finds in the strings that it stands for."""

    expression: str
    plain: bool


def bared(pattern: str) -> Bare | None:
    """Return a pattern as the scan looks for it; None where it cannot be said what it needs."""
    kept: list[str] = []
    at = 0
    plain = True
    while piece := _PIECE.match(pattern, at):
        plain = plain and piece["other"] is None
        kept.append(piece["plain"] or piece["other"] or "")
        at = piece.end()
    bare = "".join(kept)
    if at < len(pattern) or _compiled([bare]).search(b""):
        return None
    return Bare(bare, plain)


def _unescaped(line: bytes) -> bytes:
    """Return JSON with every escape in it as the character itself."""
    return _ESCAPE.sub(
        lambda found: bytes([int(found[1], 16)]) if found[1] else _UNESCAPED.get(found[2], found[2]), line
    )


class Scan:
    """Finds every place where something secret may stand; often nothing does, but what it passes over is clean."""

    def __init__(self, extra_names: tuple[str, ...] = (), extra_patterns: tuple[str, ...] = ()) -> None:
        """extra_names: further names of secrets; extra_patterns: further secret texts, as RE2 expressions."""
        nouns = [_BETWEEN.join(noun) for noun in names.NOUNS]
        nouns += [rf"\b{whole}" for whole in sorted(names.WHOLE)]
        nouns += [_BETWEEN.join(map(re2.escape, names.words(name))) for name in extra_names]
        noun = f"(?:{'|'.join(nouns)})"
        before = f"(?:{_AS_VALUE}|{_IN_PAIR})".replace("{space}", _SPACE)
        known = (rf"""{noun}{_AS_NAME}|{before}{noun}{_TAIL}\\*["']""", *_SHAPES)
        self._everything = False
        self._loose: Any = None
        try:
            bare = [found for found in map(bared, extra_patterns) if found]
            self._everything = len(bare) < len(extra_patterns)
            plain = [each.expression for each in bare if each.plain]
            other = [each.expression for each in bare if not each.plain]
            encoded = ("%[0-9a-f]{2}",) if extra_patterns else ()  # in an address, any character may stand so
            self._expression = _compiled((*known, *encoded, *plain))
            self._loose = _compiled(other) if other else None
        except re2.error:  # too large together
            self._everything = True
            self._expression = _compiled(known)

    def positions(self, body: bytes) -> Iterator[int]:
        """Yield, in order, the places in ``body`` that are worth a closer look. Texts must be plain UTF-8 JSON."""
        return (match.start() for match in self._expression.finditer(body))

    def also(self, lines: Sequence[bytes]) -> list[int]:
        """Return the numbers of those lines that are worth a closer look though ``positions`` may say nothing: what
        some patterns look for stands otherwise in JSON."""
        if self._everything:
            return list(range(len(lines)))
        return [number for number, line in enumerate(lines) if self._loosely(line)] if self._loose else []

    def _loosely(self, line: bytes) -> bool:
        for _ in range(_DEEPEST):
            if self._loose.search(line):
                return True
            if b"\\" not in line:
                return False
            line = _unescaped(line)
        return True

    def touches(self, text: bytes) -> bool:
        """Whether any place in a text, or in JSON, is worth a closer look."""
        return (
            self._everything
            or self._expression.search(text) is not None
            or (self._loose is not None and self._loosely(text))
        )


def _compiled(expressions: Iterable[str]) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile("|".join(f"(?:{each})" for each in expressions).encode(), options)


@functools.lru_cache(maxsize=256)
def scan_for(extra_names: tuple[str, ...], extra_patterns: tuple[str, ...]) -> Scan:
    """Return the scan for an administrator's additions, made once."""
    return Scan(extra_names, extra_patterns)
