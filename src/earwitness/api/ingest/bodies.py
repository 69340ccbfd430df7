"""Takes the body of a request in: bounded, decompressed without trusting it, and cut into single JSON texts.

Limits are those of the interface: 64 MiB (as sent, and again after decompression) and 10,000 items.
"""

import codecs
import functools
import json
import zlib
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, Self

import msgspec
import zstandard
from starlette.types import Receive, Scope

from earwitness.model.problem import Malformed, TooLarge, Unavailable, UnsupportedMedia

MAX_BYTES = 64 * 1024 * 1024
MAX_ITEMS = 10_000
MAX_HELD = 512 * 1024 * 1024  # of all requests together
JSON_TYPES = frozenset({"application/json"})
NDJSON_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
WINDOW_LIMIT = 8 * 1024 * 1024  # RFC 9659: what a zstd decoder on the web must and need not exceed
SIP = 512  # bytes unpacked in one go: a zstd block of 4 bytes may stand for 128 KiB, so this is at most 16 MiB
OFF_LOOP = 128 * 1024  # bytes; from here on unpacking would hold up other requests

_items_of_array = msgspec.json.Decoder(list[msgspec.Raw])
_one_item = msgspec.json.Decoder(msgspec.Raw)


class ClientGone(Exception):  # noqa: N818 -- not an error of ours: nobody is left to be answered
    """The client closed the connection before its body was complete; nothing of it is recorded."""


class Room:
    """What is held of the bodies that arrive in pieces, all together: bounded, so that nobody can fill the memory.

    One for each request, as a context; leaving it gives back what it took. Used by one event loop.
    """

    held: ClassVar[int] = 0

    def __init__(self) -> None:
        self._mine = 0

    def take(self, size: int) -> None:
        """Take room for a piece; raises Unavailable where there is none."""
        if Room.held + size > MAX_HELD:
            raise Unavailable("More is being sent at once than there is room for: try again.", retry_after=2)
        Room.held += size
        self._mine += size

    def __enter__(self) -> Self:
        """Begin with nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it all back."""
        Room.held -= self._mine


class Body(NamedTuple):
    """What was sent. whole: the body, unpacked; items: one JSON text for each event, in order, blank lines left out;
    form: ``object``, ``array`` or ``lines``; numbers: the line (from 1) of each item of an NDJSON body, else empty."""

    whole: bytes
    items: list[bytes]
    form: str
    numbers: Sequence[int]

    def place(self, index: int) -> str:
        """Return how the sender finds an item: ``line 7``, ``element 7``, ``the event``."""
        if self.form == "lines":
            return f"line {self.numbers[index]}"
        return f"element {index + 1}" if self.form == "array" else "the event"


@functools.lru_cache(maxsize=256)
def media_type(sent: str) -> str:
    """Return the media type of a Content-Type, in lower case, alone; UnsupportedMedia unless it is one of ours."""
    media, _, rest = sent.partition(";")
    media = media.strip().lower()
    if media not in JSON_TYPES and media not in NDJSON_TYPES:
        raise UnsupportedMedia(
            "Send application/json (an object or an array) or application/x-ndjson (one object a line)."
        )
    charset = rest.lower().partition("charset=")[2].strip(' "')
    if charset and charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMedia("Send the text as UTF-8.")
    return media


async def _receive_all(announced: str, receive: Receive, room: Room) -> bytes:
    if announced.isdigit() and int(announced) > MAX_BYTES:
        raise TooLarge("The body is larger than 64 MiB: send it in parts.")
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message.get("body", b""))
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLarge("The body is larger than 64 MiB: send it in parts.")
        room.take(len(chunk))
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()


def _too_much(encoding: str) -> TooLarge:
    return TooLarge(f"The body is larger than 64 MiB once its {encoding} is unpacked: send it in parts.")


def unpack_gzip(packed: bytes) -> bytes:
    """Return the content of one or more gzip members (RFC 1952); never holds more than the limit."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    at = 0
    while at < len(packed):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        sip = SIP
        try:
            while not member.eof and at < len(packed):
                piece = packed[at : at + sip]
                part = member.decompress(piece, room)
                room -= len(part)
                if room <= 0:
                    raise _too_much("gzip")
                parts.append(part)
                at += len(piece) - len(member.unused_data)
                sip = min(2 * sip, 1 << 18)
        except zlib.error:
            raise Malformed("The body is not valid gzip.") from None
        if not member.eof:
            raise Malformed("The gzip body ends too early: send it again, whole.")
    return b"".join(parts)


def unpack_zstd(packed: bytes) -> bytes:
    """Return the content of one or more zstd frames (RFC 8878); never holds more than the limit."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    at = 0
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT)
    try:
        while at < len(packed):
            frame = decompressor.decompressobj(read_across_frames=False)
            while not frame.eof and at < len(packed):
                piece = packed[at : at + SIP]
                part = frame.decompress(piece)
                room -= len(part)
                if room <= 0:
                    raise _too_much("zstd")
                parts.append(part)
                at += len(piece) - len(frame.unused_data)
            if not frame.eof:
                raise Malformed("The zstd body ends too early: send it again, whole.")
    except zstandard.ZstdError:
        raise Malformed("The body is not valid zstd, or needs a window of more than 8 MiB.") from None
    return b"".join(parts)


UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": unpack_gzip, "x-gzip": unpack_gzip, "zstd": unpack_zstd}


def cut(body: bytes, media: str) -> Body:
    """Cut a body into single JSON texts; whether each is an event is for ``record`` to say.

    Raises Malformed where an object or array is not JSON at all (naming the place), TooLarge over 10,000 items.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if media in NDJSON_TYPES:
        lines = body.split(b"\n")
        if not lines[-1]:
            lines.pop()  # behind the last line's end
        if b"" not in lines and not any(map(bytes.isspace, lines)):
            cut_up = Body(body, lines, "lines", range(1, len(lines) + 1))
        else:
            numbers = [number for number, line in enumerate(lines, 1) if line and not line.isspace()]
            cut_up = Body(body, [lines[number - 1] for number in numbers], "lines", numbers)
    else:
        cut_up = _cut_json(body)
    if len(cut_up.items) > MAX_ITEMS:
        raise TooLarge("A request takes at most 10,000 events: send them in parts.")
    return cut_up


def _cut_json(body: bytes) -> Body:
    first = body[:64].lstrip(b" \t\r\n")[:1] or body.lstrip(b" \t\r\n")[:1]
    if not first:
        raise Malformed("The body is empty: send an event as a JSON object, or an array of them.")
    form = "array" if first == b"[" else "object"
    try:
        if form == "array":
            return Body(body, [bytes(item) for item in _items_of_array.decode(body)], form, [])
        if first == b"{":
            return Body(body, [body], form, [])
    except RecursionError:
        raise Malformed("The body nests objects and arrays too deep: params takes at most 32 levels.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        items = _cut_slowly(body) if b"\\u" in body else None
        if items is None:
            raise Malformed(f"The body is not valid JSON: {_place(body, str(error))}.") from None
        return Body(body, items, form, [])
    raise Malformed("The body is JSON, but neither an object nor an array of objects.")


def fault_of(body: bytes) -> Malformed:
    """Return what is wrong with the one object that a body should be, and where."""
    try:
        _one_item.decode(body)
    except RecursionError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Malformed(f"The body is not valid JSON: {_place(body, str(error))}.")
    return Malformed("The body is not valid JSON, or not in UTF-8.")


def _cut_slowly(body: bytes) -> list[bytes] | None:
    """Cut what the fast reader refuses although only single texts are at fault: it stops at half a character.

    Returns None if the body is no JSON at all.
    """
    read = json.JSONDecoder().raw_decode
    try:
        text = body.decode()
        whole, end = read(text, _after_space(text, 0))
        if _after_space(text, end) != len(text):
            return None
        if not isinstance(whole, list):
            return [body]
        items: list[bytes] = []
        at = _after_space(text, text.index("[") + 1)
        while text[at] != "]":
            _, end = read(text, at)
            items.append(text[at:end].encode())
            at = _after_space(text, end)
            at = _after_space(text, at + 1) if text[at] == "," else at
    except (ValueError, RecursionError):
        return None
    return items


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _place(body: bytes, message: str) -> str:
    """Turn the decoder's byte offset into line and column, which people can find."""
    head, found, offset = message.rpartition("(byte ")
    number = offset.rstrip(")")
    if not found or not number.isdigit():
        if "truncated" not in message:
            return message
        head, number = "it ends too early", str(len(body))
    before = body[: int(number)]
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return f"{head.removeprefix('JSON is malformed: ').strip()} at line {line}, column {column}"


class Packed(NamedTuple):
    """A body as it arrived. media: its type; unpack: what undoes its encoding, None if it has none."""

    data: bytes
    media: str
    unpack: Callable[[bytes], bytes] | None

    @property
    def large(self) -> bool:
        """Whether working on it would hold up other requests."""
        return self.unpack is not None or len(self.data) >= OFF_LOOP

    def cut(self) -> Body:
        """Unpack and cut the body; raises Malformed or TooLarge."""
        return cut(self.unpack(self.data) if self.unpack else self.data, self.media)


async def read(scope: Scope, receive: Receive, room: Room) -> Packed:
    """Read the body of one request.

    room: where it is held. Raises UnsupportedMedia, TooLarge, Malformed, Unavailable, or ClientGone where the body was
    cut off.
    """
    sent = dict.fromkeys((b"content-type", b"content-encoding", b"content-length"), b"")
    for name, value in scope["headers"]:
        if name in sent:
            sent[name] = value
    media = media_type(sent[b"content-type"].decode("latin-1"))
    encoding = sent[b"content-encoding"].decode("latin-1").strip().lower()
    if encoding not in {"", "identity"} and encoding not in UNPACK:
        raise UnsupportedMedia("Content-Encoding may be gzip or zstd.")
    announced = sent[b"content-length"].decode("latin-1")
    return Packed(await _receive_all(announced, receive, room), media, UNPACK.get(encoding))
