"""Takes the body of a request in: bounded, decompressed without trusting it, and cut into single JSON texts.

Limits are those of the interface: 64 MiB (as sent, and again after decompression) and 10,000 items.
"""

import zlib
from collections.abc import Callable
from typing import NamedTuple

import anyio.to_thread
import msgspec
import zstandard
from starlette.types import Receive, Scope

from earwitness.model.problem import Malformed, TooLarge, UnsupportedMedia

MAX_BYTES = 64 * 1024 * 1024
MAX_ITEMS = 10_000
JSON_TYPES = frozenset({"application/json"})
NDJSON_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
WINDOW_LIMIT = 8 * 1024 * 1024  # RFC 9659: what a zstd decoder on the web must and need not exceed
SIP = 512  # bytes of zstd unpacked in one go: a block of 4 bytes may stand for 128 KiB, so this is at most 16 MiB
OFF_LOOP = 128 * 1024  # bytes; from here on unpacking would hold up other requests

_items_of_array = msgspec.json.Decoder(list[msgspec.Raw])


class ClientGone(Exception):  # noqa: N818 -- not an error of ours: nobody is left to be answered
    """The client closed the connection before its body was complete; nothing of it is recorded."""


class Body(NamedTuple):
    """items: one JSON text for each event, in order, blank lines left out; ndjson: whether lines were sent.

    lines: the line number (from 1) of each item of an NDJSON body, else empty.
    """

    items: list[bytes | memoryview]
    ndjson: bool
    lines: list[int]


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def media_type(scope: Scope) -> str:
    """Return the media type in lower case, without parameters; UnsupportedMedia unless it is one of ours."""
    sent = _header(scope, b"content-type")
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


async def _receive_all(scope: Scope, receive: Receive) -> bytes:
    announced = _header(scope, b"content-length")
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
    while packed:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            part = member.decompress(packed, room)
        except zlib.error:
            raise Malformed("The body is not valid gzip.") from None
        room -= len(part)
        if room <= 0:
            raise _too_much("gzip")
        if not member.eof:
            raise Malformed("The gzip body ends too early: send it again, whole.")
        parts.append(part)
        packed = member.unused_data
    return b"".join(parts)


def unpack_zstd(packed: bytes) -> bytes:
    """Return the content of one or more zstd frames (RFC 8878); never holds more than the limit."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    try:
        while packed:
            frame = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT).decompressobj(read_across_frames=False)
            for start in range(0, len(packed), SIP):
                part = frame.decompress(packed[start : start + SIP])
                room -= len(part)
                if room <= 0:
                    raise _too_much("zstd")
                parts.append(part)
                if frame.eof:
                    packed = frame.unused_data + packed[start + SIP :]
                    break
            else:
                raise Malformed("The zstd body ends too early: send it again, whole.")
    except zstandard.ZstdError:
        raise Malformed("The body is not valid zstd, or needs a window of more than 8 MiB.") from None
    return b"".join(parts)


UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": unpack_gzip, "x-gzip": unpack_gzip, "zstd": unpack_zstd}


def cut(body: bytes, media: str) -> Body:
    """Cut a body into single JSON texts; whether each is an event is for ``record`` to say.

    Raises Malformed where an object or array is not JSON at all (naming the place), TooLarge over 10,000 items.
    """
    if media in NDJSON_TYPES:
        lines = body.split(b"\n")
        numbers = [number for number, line in enumerate(lines, 1) if line and not line.isspace()]
        items: list[bytes | memoryview] = [lines[number - 1] for number in numbers]
    else:
        numbers = []
        items = _cut_json(body)
    if len(items) > MAX_ITEMS:
        raise TooLarge("A request takes at most 10,000 events: send them in parts.")
    return Body(items, media in NDJSON_TYPES, numbers)


def _cut_json(body: bytes) -> list[bytes | memoryview]:
    first = body.lstrip(b" \t\r\n")[:1]
    if not first:
        raise Malformed("The body is empty: send an event as a JSON object, or an array of them.")
    try:
        if first == b"[":
            return [memoryview(item) for item in _items_of_array.decode(body)]
        if first == b"{":
            msgspec.json.decode(body, type=msgspec.Raw)
            return [body]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"The body is not valid JSON: {_place(body, str(error))}.") from None
    raise Malformed("The body is JSON, but neither an object nor an array of objects.")


def _place(body: bytes, message: str) -> str:
    """Turn the decoder's byte offset into line and column, which people can find."""
    head, found, offset = message.rpartition("(byte ")
    number = offset.rstrip(")")
    if not found or not number.isdigit():
        return message
    before = body[: int(number)]
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return f"{head.removeprefix('JSON is malformed: ').strip()} at line {line}, column {column}"


async def read(scope: Scope, receive: Receive) -> Body:
    """Read, unpack and cut the body of one request.

    Raises UnsupportedMedia, TooLarge, Malformed, or ClientGone where the body was cut off.
    """
    media = media_type(scope)
    encoding = _header(scope, b"content-encoding").strip().lower()
    if encoding not in {"", "identity"} and encoding not in UNPACK:
        raise UnsupportedMedia("Content-Encoding may be gzip or zstd.")
    packed = await _receive_all(scope, receive)
    unpack = UNPACK.get(encoding)
    if unpack is None and len(packed) < OFF_LOOP:
        return cut(packed, media)
    return await anyio.to_thread.run_sync(lambda: cut(unpack(packed) if unpack else packed, media))
