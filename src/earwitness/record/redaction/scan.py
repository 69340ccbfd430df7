"""One fast look over many events at once: which of them may hold a secret? Only those are looked at closely."""

import functools
from collections.abc import Iterator

import re2

from earwitness.model.problem import Invalid
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


class Scan:
    """Finds every place where something secret may stand; often nothing does, but what it passes over is clean."""

    def __init__(self, extra_names: tuple[str, ...] = (), extra_patterns: tuple[str, ...] = ()) -> None:
        """extra_names: further names of secrets; extra_patterns: further secret texts, as RE2 expressions."""
        nouns = [_BETWEEN.join(noun) for noun in names.NOUNS]
        nouns += [rf"\b{whole}" for whole in sorted(names.WHOLE)]
        nouns += [_BETWEEN.join(map(re2.escape, names.words(name))) for name in extra_names]
        noun = f"(?:{'|'.join(nouns)})"
        before = f"(?:{_AS_VALUE}|{_IN_PAIR})".replace("{space}", _SPACE)
        known = rf"""{noun}{_AS_NAME}|{before}{noun}{_TAIL}\\*["']"""
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = 64 << 20
        try:
            self._expression = re2.compile("|".join((known, *_SHAPES, *extra_patterns)).encode(), options)
        except re2.error as error:
            raise Invalid(
                "A pattern for redaction is not an RE2 expression.", fields={"patterns": str(error)}
            ) from None

    def positions(self, body: bytes) -> Iterator[int]:
        """Yield, in order, the places in ``body`` that are worth a closer look. Texts must be plain UTF-8 JSON."""
        return (match.start() for match in self._expression.finditer(body))

    def touches(self, body: bytes) -> bool:
        """Whether any place in ``body`` is worth a closer look."""
        return self._expression.search(body) is not None


@functools.lru_cache(maxsize=256)
def scan_for(extra_names: tuple[str, ...], extra_patterns: tuple[str, ...]) -> Scan:
    """Return the scan for an administrator's additions, made once."""
    return Scan(extra_names, extra_patterns)
