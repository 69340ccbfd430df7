"""Secrets in JSON: found by key, by name-and-value pairs and in every text; all else keeps its bytes."""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from earwitness.record.redaction import names
from earwitness.record.redaction.cards import REPLACEMENT

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_NAME_KEYS: Final = frozenset({"name", "key", "field", "path", "header", "param", "parameter", "attribute"})
_VALUE_KEYS: Final = frozenset({"value", "val", "old", "new", "before", "after", "from", "to"})
_QUOTED = f'"{REPLACEMENT}"'
_ARRAY: Final = "["
_OPENING: Final = frozenset("{[")
_CLOSING: Final = frozenset("}]")
_BETWEEN: Final = frozenset(":,")
_KEPT: Final = frozenset({"null", "true", "false", '""', _QUOTED})
_NESTED: Final = 3  # JSON within text within JSON: how deep it is looked into


class Rules(msgspec.Struct, frozen=True):
    """is_secret: whether a key holds a secret; text: a text without its secrets, the same if there are none."""

    is_secret: Callable[[str], bool]
    text: Callable[[str], str]


class _Frame:
    """An object or array that is open: where we are in it, and the pieces that may turn out to be secret."""

    __slots__ = ("array", "key", "named", "path", "place", "start", "values")

    def __init__(self, path: str, start: int, *, array: bool) -> None:
        self.path = path
        self.start = start
        self.array = array
        self.key: str | None = None
        self.place = 0
        self.named = False
        self.values: list[tuple[int, int, str]] = []


class _Walk:
    """One pass over a document's tokens, writing them out again, changed where they are secret."""

    def __init__(self, document: str, root: str, rules: Rules, depth: int) -> None:
        self.rules = rules
        self.depth = depth
        self.root = root
        self.tokens = _TOKEN.findall(document)
        self.at = 0
        self.out: list[str] = []
        self.found: list[str] = []
        self.frames: list[_Frame] = []

    def run(self) -> tuple[str, list[str]]:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token in _OPENING:
                self._open(token)
            elif token in _CLOSING:
                self._close(token)
            elif token in _BETWEEN:
                self.out.append(token)
                self.at += 1
            else:
                self._scalar(token)
        return "".join(self.out), self.found

    def _path(self) -> str:
        if not self.frames:
            return self.root
        frame = self.frames[-1]
        step = str(frame.place) if frame.array else frame.key or ""
        return f"{frame.path}.{step}" if frame.path else step

    def _secret(self) -> bool:
        """Whether the value that comes next stands under a secret's name."""
        if not self.frames:
            return False
        frame = self.frames[-1]
        if not frame.array:
            return frame.key is not None and self.rules.is_secret(frame.key)
        return frame.named and frame.place == 1 and len(self.frames) > 1 and self.frames[-2].array

    def _open(self, token: str) -> None:
        path = self._path()
        if self._secret() and self.tokens[self.at + 1] not in _CLOSING:
            start = len(self.out)
            self._skip()
            self.out.append(_QUOTED)
            self.found.append(path)
            self._done(start)
            return
        self.frames.append(_Frame(path, len(self.out), array=token == _ARRAY))
        self.out.append(token)
        self.at += 1

    def _skip(self) -> None:
        level = 0
        while True:
            token = self.tokens[self.at]
            self.at += 1
            level += (token in _OPENING) - (token in _CLOSING)
            if level == 0:
                return

    def _close(self, token: str) -> None:
        frame = self.frames.pop()
        if not frame.array and frame.named:
            for start, end, path in frame.values:
                self.out[start:end] = [_QUOTED, *[""] * (end - start - 1)]
                self.found = [each for each in self.found if not each.startswith(f"{path}.") and each != path]
                self.found.append(path)
        self.out.append(token)
        self.at += 1
        self._done(frame.start)

    def _scalar(self, token: str) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame and not frame.array and frame.key is None:
            frame.key = msgspec.json.decode(token)
            self.out.append(self._key(token, frame.key))
            self.at += 1
            return
        start = len(self.out)
        self.out.append(self._value(token, frame))
        self.at += 1
        self._done(start)

    def _key(self, token: str, key: str) -> str:
        """Return a key as it may be kept: a card number or token can stand there too."""
        changed = self.rules.text(key)
        if changed == key:
            return token
        self.found.append(self._path().replace(key, changed))
        return msgspec.json.encode(changed).decode()

    def _value(self, token: str, frame: _Frame | None) -> str:
        text = msgspec.json.decode(token) if token[0] == '"' else None
        if frame and text is not None and self._names(frame, text):
            frame.named = True
        if self._secret() and token not in _KEPT:
            count = text is None and frame is not None and names.is_plural(frame.key or "")
            if not count:
                self.found.append(self._path())
                return _QUOTED
        if text is None:
            changed = self.rules.text(token)
            return token if changed == token else self._changed(changed)
        changed = self._text(text)
        return token if changed == text else self._changed(changed)

    def _changed(self, text: str) -> str:
        self.found.append(self._path())
        return msgspec.json.encode(text).decode()

    def _names(self, frame: _Frame, text: str) -> bool:
        if frame.array:
            return frame.place == 0 and self.rules.is_secret(text)
        return (frame.key or "").lower() in _NAME_KEYS and self.rules.is_secret(re.split(r"[./\[\]]+", text)[-1])

    def _text(self, text: str) -> str:
        if self.depth < _NESTED and text[:1] in {"{", "["}:
            try:
                msgspec.json.decode(text)
            except (ValueError, RecursionError):
                return self.rules.text(text)
            return redacted(text, self._path(), self.rules, self.depth + 1)[0]
        return self.rules.text(text)

    def _done(self, start: int) -> None:
        """Note that the value that was written from piece ``start`` on is complete."""
        if not self.frames:
            return
        frame = self.frames[-1]
        if frame.array:
            frame.place += 1
            return
        if (frame.key or "").lower() in _VALUE_KEYS and "".join(self.out[start:]) not in _KEPT:
            frame.values.append((start, len(self.out), self._path()))
        frame.key = None


def redacted(document: str, root: str, rules: Rules, depth: int = 0) -> tuple[str, list[str]]:
    """Return a JSON document without its secrets, and the paths where they were (``params.headers.Cookie``).

    document: valid JSON, at most 32 levels deep; root: how its paths begin. What is not secret keeps its bytes, numbers
    their digits; space between tokens goes.
    """
    walk = _Walk(document, root, rules, depth)
    changed, found = walk.run()
    return (changed, found) if found else (document, [])
