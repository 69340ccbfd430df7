"""Secrets are replaced before anything is written: passwords, tokens, cookies, card numbers, what is added by hand."""

import bisect
import functools
import itertools
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, Raw

from earwitness.model.problem import Invalid
from earwitness.model.redaction import Additions, pattern_of
from earwitness.record.redaction import documents, names, texts, uris
from earwitness.record.redaction.cards import REPLACEMENT
from earwitness.record.redaction.scan import Scan, scan_for
from earwitness.record.row import TEXTS, Row

__all__ = ["REPLACEMENT", "Additions", "Redactor", "redactor_for"]


_WORDS = frozenset({"source", "outcome", "actor_type"})  # of a few that are known: no secret is one of them


class Redactor:
    """Replaces secrets in the rows of one tenant and names the places in ``redactions``."""

    def __init__(self, additions: Additions) -> None:
        """Raises Invalid when a pattern is no RE2 expression."""
        self._added = frozenset(names.folded(name) for name in additions.names)
        try:
            self._patterns = [pattern_of(pattern) for pattern in additions.patterns]
        except ValueError as error:
            raise Invalid(
                "A pattern for redaction is not an RE2 expression.", fields={"patterns": str(error)}
            ) from None
        self._scan: Scan = scan_for(additions.names, additions.patterns)
        self._rules = documents.Rules(is_secret=self._is_secret, text=self._text)

    def suspects(self, lines: Sequence[bytes], body: bytes) -> list[int]:
        """Return the numbers of the lines that need a closer look.

        lines: those of ``body``, which is them joined by one byte each: plain UTF-8 JSON without ``\\\\u`` escapes.
        """
        if len(lines) == 1:
            return [0] if self._scan.touches(body) else []
        starts: list[int] | None = None
        found: list[int] = []
        for position in self._scan.positions(body):
            if starts is None:
                starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
            line = bisect.bisect_right(starts, position) - 1
            if not found or found[-1] != line:
                found.append(line)
        also = self._scan.also(lines)
        return sorted({*found, *also}) if also else found

    def redact(self, row: Row) -> None:
        """Replace every secret in a row, in place."""
        found: list[str] = []
        for name in TEXTS:
            text = getattr(row, name)
            if text and name not in _WORDS:
                changed = self.text(text, uri=name == "request_uri")
                if changed != text:
                    setattr(row, name, None if name == "user_ip" else changed)  # no address holds a word
                    found.append(name)
        for name in ("params", "changes"):
            document = getattr(row, name)
            if document is not UNSET:
                changed, places = documents.redacted(bytes(document).decode(), name, self._rules)
                if places:
                    setattr(row, name, Raw(changed.encode()))
                    found += places
        if found:
            row.redactions = tuple(dict.fromkeys(found))

    def text(self, text: str, *, uri: bool = False) -> str:
        """Return one text (or address) without its secrets; the same text if there are none."""
        if uri and self._scan.touches(text.encode()):
            return uris.redacted(text, self._is_secret, self._cleaned)
        return self._text(text)

    def sample(self, text: str) -> str:
        """Return a text as it would be kept: JSON as params are, anything else as a comment or an address."""
        if text.lstrip()[:1] in {"{", "["}:
            try:
                msgspec.json.decode(text)
                return documents.redacted(text, "params", self._rules)[0]
            except (ValueError, RecursionError):
                pass
        return self.text(text, uri="://" in text or text.startswith(("/", "?")))

    def _is_secret(self, name: str) -> bool:
        return names.is_secret(name) or (bool(self._added) and names.folded(name) in self._added)

    def _text(self, text: str) -> str:
        if not self._scan.touches(text.encode()):
            return text
        return self._cleaned(text)

    def _cleaned(self, text: str) -> str:
        text = texts.redacted(text, self._is_secret)
        for pattern in self._patterns:
            text = pattern.sub(REPLACEMENT, text)
        return text


@functools.lru_cache(maxsize=256)
def redactor_for(additions: Additions) -> Redactor:
    """Return the redactor for an administrator's additions, made once."""
    return Redactor(additions)
