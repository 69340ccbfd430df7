"""The manager interface as bytes: what a switch sends becomes messages, what we ask becomes bytes. No input or output.

A message is lines ``Key: Value`` up to an empty line; lines end in CRLF, or LF. The first line of a connection is the
banner and has no empty line after it. ``Response: Follows`` (before Asterisk 14) is followed by raw lines up to
``--END COMMAND--``. Source: the AMI chapter of the Asterisk documentation, ``main/manager.c``, and the recordings.
"""

import re
from collections.abc import Iterable, Iterator

MAX_LINE = 64 * 1024
MAX_MESSAGE = 1024 * 1024
BANNER = b"Asterisk Call Manager/"

_FOLLOWS = b"Response: Follows"
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_END_COMMAND = re.compile(rb"--END COMMAND--[ \t]{0,8}\r?\n\r?\n")
_LONGEST_END = 32  # no ending is longer: so much of a message without an end is looked at again with the next chunk
_HEADER = re.compile(r"^([^\s:\x00-\x1f][^:\x00-\x1f]{0,127}):[ ]?(.*)", re.MULTILINE)
_NAME = re.compile(rb"(Event|Response|Action):[ \t]*([^\r\n]{0,128})", re.IGNORECASE)


class Message:
    """One message as it came: ordered, possibly repeated headers; names are matched without regard to case.

    ``raw`` is the bytes without the empty line; ``kind`` is event, response, action, banner or other; ``name`` is the
    event, the response (``Success``) or the version in the banner; ``truncated`` says that a limit cut it.
    Bytes that are not UTF-8 are read as Latin-1, value by value, so that nothing is lost and nothing raises.
    """

    __slots__ = ("_first", "_headers", "kind", "name", "raw", "truncated")

    def __init__(self, raw: bytes, *, truncated: bool = False) -> None:
        self.raw = raw
        self.truncated = truncated
        self._headers: list[tuple[str, str]] | None = None
        self._first: dict[str, str] | None = None
        self.kind, self.name = _kind(raw)
        if self.kind == "other":  # garbage may stand before the first header
            for key, value in self.headers:
                if key.lower() in ("event", "response", "action"):
                    self.kind, self.name = key.lower(), value.strip()
                    break

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order. Lines that are no header are left out."""
        if self._headers is None:
            self._headers = self._parse()
        return self._headers

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a header, or the default if it is absent. An empty header gives the empty text."""
        if self._first is None:
            first: dict[str, str] = {}
            for key, value in self.headers:
                first.setdefault(key.lower(), value)
            self._first = first
        return self._first.get(name.lower(), default)

    def all(self, name: str) -> list[str]:
        """Return every value of a header, in order (``Output`` of a command has one for each line)."""
        name = name.lower()
        return [value for key, value in self.headers if key.lower() == name]

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def __repr__(self) -> str:
        return f"<Message {self.kind} {self.name}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.raw, self.truncated) == (other.raw, other.truncated)

    __hash__ = None  # type: ignore[assignment]  # Python's way to say that it has none

    def _parse(self) -> list[tuple[str, str]]:
        if self.raw.startswith(_FOLLOWS):
            return list(self._command_output())
        if len(self.raw) <= MAX_LINE:
            try:
                return _HEADER.findall(self.raw.decode().replace("\r\n", "\n"))
            except UnicodeDecodeError:
                pass
        return [header for line in self._lines() for header in _HEADER.findall(line)]

    def _command_output(self) -> Iterator[tuple[str, str]]:
        """The old answer to a command: headers, then raw lines, which may look like headers."""
        for line in self._lines():
            match = _HEADER.match(line)
            if match is not None:
                yield match[1], match[2]
            elif line and not line.startswith("--END COMMAND--"):
                yield "Output", line

    def _lines(self) -> list[str]:
        try:
            lines = self.raw.decode().split("\n")
        except UnicodeDecodeError:
            lines = [_text(line) for line in self.raw.split(b"\n")]
        if len(self.raw) > MAX_LINE and any(len(line) > MAX_LINE for line in lines):
            self.truncated = True
            lines = [line[:MAX_LINE] for line in lines]
        return [line.removesuffix("\r") for line in lines]


def message(text: str) -> Message:
    """Return a recorded message (text with or without its closing empty line) as a Message."""
    return Message(text.encode("utf-8", "surrogateescape").rstrip(b"\r\n"))


class Parser:
    """Bytes in, in any chunks; whole messages out. Holds at most ``max_message`` bytes and the last chunk.

    ``garbage`` counts blocks without any header and ``truncated`` those that were too long: the rest of such a message
    is thrown away up to the next empty line.
    """

    def __init__(self, *, max_message: int = MAX_MESSAGE) -> None:
        self.garbage = 0
        self.truncated = 0
        self._max = max_message
        self._buffer = bytearray()
        self._searched = 0
        self._overlong: bytes | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that ``data`` completes."""
        self._buffer += data
        found: list[Message] = []
        start = self._banner(found, 0)
        while (end := self._end(start)) is not None:
            self._take(bytes(self._buffer[start : end[0]]), found)
            start = self._banner(found, end[1])
            self._searched = start
        del self._buffer[:start]
        self._searched = max(0, len(self._buffer) - _LONGEST_END)
        self._bound()
        return found

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished message are held."""
        return len(self._buffer) + len(self._overlong or b"")

    def _end(self, start: int) -> tuple[int, int] | None:
        """Where the message that starts at ``start`` ends, and where the next begins."""
        beginning = self._overlong or self._buffer[start : start + len(_FOLLOWS)]
        follows = beginning.startswith(_FOLLOWS)
        pattern = _END_COMMAND if follows else _EMPTY_LINE
        match = pattern.search(self._buffer, max(start, self._searched))
        return (match.start(), match.end()) if match else None

    def _banner(self, found: list[Message], start: int) -> int:
        """Skip empty lines and take a banner, which no empty line ends; return where to go on."""
        while self._overlong is None:
            while start < len(self._buffer) and self._buffer[start] in b"\r\n":
                start += 1
            newline = self._buffer.find(b"\n", start, start + 256) if self._buffer.startswith(BANNER, start) else -1
            if newline < 0:
                break
            found.append(Message(bytes(self._buffer[start:newline]).rstrip(b"\r")))
            start = newline + 1
        return start

    def _take(self, block: bytes, found: list[Message]) -> None:
        if self._overlong is not None:
            taken = Message(self._overlong, truncated=True)
            self._overlong = None
            self.truncated += 1
        elif len(block) > self._max:
            taken = Message(block[: self._max], truncated=True)
            self.truncated += 1
        else:
            taken = Message(block.rstrip(b"\r"))
        if taken.kind == "other" and not taken.headers:
            self.garbage += 1
        else:
            found.append(taken)

    def _bound(self) -> None:
        """Keep no more than the limit: the beginning of an over-long message is kept, its rest dropped."""
        if self._overlong is None and len(self._buffer) > self._max + _LONGEST_END:
            self._overlong = bytes(self._buffer[: self._max])
        if self._overlong is not None:
            del self._buffer[:-_LONGEST_END]
            self._searched = 0


def encode_action(name: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return the bytes of an action. Raises ValueError where a name or value could begin another header or action."""
    lines = [("Action", name), *headers]
    for key, value in lines:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.()-]*", key):
            raise ValueError(f"{key!r} is no name for a header")
        if re.search(r"[\r\n\x00]", value):
            raise ValueError(f"the value of {key} holds a line break or NUL")
    return "".join(f"{key}: {value}\r\n" for key, value in lines).encode() + b"\r\n"


def _kind(raw: bytes) -> tuple[str, str]:
    if match := _NAME.match(raw):
        return match[1].lower().decode(), _text(match[2]).strip()
    if raw.startswith(BANNER):
        return "banner", _text(raw[len(BANNER) :]).strip()
    return "other", ""


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        key, colon, value = line.partition(b":")
        return (key + colon).decode("ascii", "replace") + value.decode("latin-1")
