"""Files of events for ``earwitness import``: NDJSON or CSV, plain or packed, turned into events as they are sent."""

import csv
import gzip
import hashlib
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec
import zstandard

from earwitness.cli.failures import refused
from earwitness.model.event import Event

Layout = Literal["ndjson", "csv"]

LONGEST_LINE = 1 << 20  # bytes; an event with every field at its limit is far below
NAMESPACE = b"earwitness-import-1\0"
OURS = frozenset({"tenant", "seq", "received_at", "desks", "redactions", "clock_skew_ms"})  # never sent
COLUMNS = frozenset(Event.__struct_fields__) - OURS


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a file. line: where it begins (from 1); event: JSON to send, or None if ``problem`` says why not."""

    line: int
    event: bytes | None
    problem: str = ""


class _Head(msgspec.Struct):
    """The only fields that an import looks at."""

    id: Any = msgspec.UNSET
    source: Any = msgspec.UNSET


class Source:
    """Reads a file line by line and knows how far it is; ``sha256`` covers every byte up to ``offset``."""

    def __init__(self, path: Path | None, standard_input: BinaryIO) -> None:
        self._raw: BinaryIO = path.open("rb") if path else standard_input
        self.size = path.stat().st_size if path else None
        self._stream = _unpacked(self._raw)
        self.offset = 0
        self.line = 0
        self.sha256 = hashlib.sha256()

    def share(self) -> float | None:
        """Return how much of the file has been read, 0 to 1, or None where its size is not known."""
        return self._raw.tell() / self.size if self.size else None

    def __iter__(self) -> Iterator[bytes]:
        while raw := self._stream.readline(LONGEST_LINE):
            self.line += 1
            self._count(raw)
            if not raw.endswith(b"\n") and len(raw) == LONGEST_LINE:
                while (rest := self._stream.readline(LONGEST_LINE)) and self._count(rest) and not rest.endswith(b"\n"):
                    pass
            yield raw

    def _count(self, raw: bytes) -> bool:
        self.offset += len(raw)
        self.sha256.update(raw)
        return True

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


def _unpacked(raw: BinaryIO) -> BinaryIO:
    """Return the stream of what the file says, seeing by its first bytes whether gzip or zstd packed it."""
    stream: Any = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
    magic = stream.peek(4)[:4]
    if magic[:2] == b"\x1f\x8b":
        stream = io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 20)
    elif magic == b"\x28\xb5\x2f\xfd":
        stream = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True), 1 << 20)
    result: BinaryIO = stream
    return result


def layout_of(path: Path | None) -> Layout:
    """Return the layout that the name of a file suggests."""
    suffixes = [s.lower() for s in path.suffixes] if path else []
    return "csv" if ".csv" in suffixes else "ndjson"


def entries(source: Source, layout: Layout, replaced_source: str | None) -> Iterator[Entry]:
    """Yield the events of a file.

    An event without ``id`` gets one made of its line number and its bytes: importing a file again, or a longer version
    of it, adds nothing twice. replaced_source: what every event's ``source`` becomes, or None to leave it alone.
    """
    return _from_csv(source, replaced_source) if layout == "csv" else _from_lines(source, replaced_source)


def _identity(line: int, content: bytes) -> str:
    """Return a UUID of version 8 (RFC 9562: bits of one's own choosing) for a line."""
    digest = bytearray(hashlib.sha256(NAMESPACE + str(line).encode() + b"\0" + content).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def _from_lines(source: Source, replaced: str | None) -> Iterator[Entry]:
    decoder = msgspec.json.Decoder(_Head)
    for raw in source:
        text = raw.strip()
        if source.line == 1:
            text = text.removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        if len(raw) >= LONGEST_LINE:
            yield Entry(source.line, None, "The line is longer than 1 MiB.")
            continue
        try:
            head = decoder.decode(text)
            identity = _identity(source.line, text) if head.id is msgspec.UNSET else None
            event = _completed(text, head, identity, replaced)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield Entry(source.line, None, f"Not a JSON object: {error}.")
        except RecursionError:
            yield Entry(source.line, None, "The JSON is nested too deeply.")
        else:
            yield Entry(source.line, event)


def _completed(text: bytes, head: _Head, identity: str | None, replaced: str | None) -> bytes:
    """Return the object with what is missing put in front; the rest stays as it was written, digit by digit."""
    if replaced is not None and head.source not in (msgspec.UNSET, replaced):
        event = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        del event["source"]
        text = msgspec.json.encode(event)
        head.source = msgspec.UNSET
    added = {} if identity is None else {"id": identity}
    if replaced is not None and head.source is msgspec.UNSET:
        added["source"] = replaced
    if not added:
        return text
    rest = text[1:].lstrip()
    return json.dumps(added).encode()[:-1] + (b"" if rest == b"}" else b",") + rest


def _decoded(source: Source) -> Iterator[str]:
    for raw in source:
        # What is not UTF-8 is kept apart as lone surrogates, and the row is rejected for them below.
        yield raw.decode("utf-8-sig" if source.line == 1 else "utf-8", "surrogateescape")


def _from_csv(source: Source, replaced: str | None) -> Iterator[Entry]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(_decoded(source), strict=True)
    try:
        heads = [_column(head) for head in next(reader, [])]
        begin = source.line + 1
        for cells in reader:
            if cells:
                yield _row(begin, heads, cells, replaced)
            begin = source.line + 1
    except csv.Error as error:
        yield Entry(source.line, None, f"Not CSV from here on: {error}.")


def _column(head: str) -> str:
    """Return the field that a column holds; both field names and the names of the page are understood."""
    name = head.strip().lower().removesuffix("(utc)").strip().replace(" ", "_")
    if name not in COLUMNS:
        raise refused(f"The column {head!r} is not a field of an event: rename or remove it (docs/reference/cli.md).")
    return name


def _row(line: int, heads: list[str], cells: list[str], replaced: str | None) -> Entry:
    if len(cells) > len(heads):
        return Entry(line, None, f"{len(cells)} cells under {len(heads)} columns.")
    event: dict[str, Any] = {head: cell for head, cell in zip(heads, cells, strict=False) if cell}
    try:
        for name in ("params", "changes"):
            if name in event:
                event[name] = msgspec.json.decode(event[name], type=msgspec.Raw)
        if "producer_seq" in event:
            event["producer_seq"] = int(event["producer_seq"])
        content = json.dumps(cells, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Entry(line, None, "Not UTF-8.")
    except RecursionError:
        return Entry(line, None, "The JSON is nested too deeply.")
    except (ValueError, msgspec.DecodeError) as error:
        return Entry(line, None, f"A cell that should hold JSON or a number does not: {error}.")
    event.setdefault("id", _identity(line, content))
    if "created" in event:
        event["created"] = _moment(event["created"])
    if replaced is not None:
        event["source"] = replaced
    return Entry(line, msgspec.json.encode(event))


def _moment(text: str) -> str:
    """Return the time of a cell as RFC 3339: without a zone it is UTC, as the head of the column says."""
    moment = text.strip().replace(" ", "T", 1)
    zoned = moment[-1:] in "Zz" or "+" in moment[10:] or "-" in moment[10:]
    return moment if zoned else f"{moment}Z"
