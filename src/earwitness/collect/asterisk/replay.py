"""Recorded AMI traffic through the collector, as if it came from a live switch.

A recording is lines ``{"t": epoch seconds, "raw": message}``, also gzipped. Several files are successive connections to
one switch; a folder means its ``ami.jsonl``, then ``ami-after.jsonl``, with ``cdr.csv``.
"""

import gzip
import io
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.cdr import Cdr, read_csv
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.sink import Completion, Found
from earwitness.model import times
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.model.segment import Segment

SECOND = 1_000_000
LOOK_AGAIN_S = 0.2
CONNECTIONS = ("ami.jsonl", "ami-after.jsonl")
RECORDS = "cdr.csv"


class ReplayError(ValueError):
    """A recording cannot be read; the text is one sentence that says what is wrong with which file."""


class _Line(msgspec.Struct):
    t: float
    raw: str


_DECODER = msgspec.json.Decoder(_Line)


def replay(
    paths: Sequence[Path],
    *,
    pbx: str = "replay",
    tenant: str = DEFAULT_TENANT,
    cdr: Path | None = None,
    follow: bool = False,
) -> Iterator[Found]:
    """Yield what the collector finds in a recording: segments, activity, gaps and completions, in the order found.

    paths: one folder, or files. cdr: CSV file of call detail records, by default that of the folder. follow: go on with
    what is still being written to the last file, until the caller stops. Raises ReplayError or CdrError where a file
    cannot be read.
    """
    files, records = _files(paths, cdr)
    found: list[Found] = []
    collector = Collector(found.append, pbx=pbx, tenant=tenant, cdrs=_records(records))
    us = 0
    for file in files:
        lines = _followed(file) if follow and file is files[-1] else messages(file)
        for entry in lines:
            if entry is None:
                collector.tick(times.now_us())
            else:
                us, message = entry
                collector.feed(message, us)
            yield from found
            found.clear()
        collector.lost(us)
    collector.stopped(us)
    yield from found


def segments(found: Iterable[Found]) -> Iterator[Segment]:
    """Yield the segments among what was found, each with its completions folded in, in the order of their ends."""
    held: dict[str, Segment] = {}
    for one in found:
        if isinstance(one, Segment):
            held[one.id] = one
        elif isinstance(one, Completion) and one.segment_id in held:
            told = held[one.segment_id]
            held[told.id] = msgspec.structs.replace(told, cdr_id=one.cdr_id, cdr_sequence=one.cdr_sequence)
    yield from held.values()


def messages(file: Path) -> Iterator[tuple[int, ami.Message]]:
    """Yield (microseconds since 1970, message) of one recorded connection. Raises ReplayError for a wrong line.

    A last line without its end, which a recorder left that was killed, is passed over.
    """
    with _open(file) as stream:
        for number, line in enumerate(stream, 1):
            if line.endswith("\n"):
                yield from _message(line, number, file)


def _followed(file: Path) -> Iterator[tuple[int, ami.Message] | None]:
    """Yield the messages of a file that is still written to, for ever; None where there is nothing new for a moment."""
    if file.suffix == ".gz":
        raise ReplayError(f"{file} is compressed and cannot be followed.")
    with _open(file) as stream:
        number, begun = 0, ""
        while True:
            line = begun + stream.readline()
            if line.endswith("\n"):
                number, begun = number + 1, ""
                yield from _message(line, number, file)
            else:
                begun = line
                yield None
                time.sleep(LOOK_AGAIN_S)


def _message(line: str, number: int, file: Path) -> Iterator[tuple[int, ami.Message]]:
    if not line.strip():
        return
    try:
        row = _DECODER.decode(line)
        entry = round(row.t * SECOND), ami.message(row.raw)
    except (msgspec.MsgspecError, OverflowError, ValueError) as error:
        raise ReplayError(f'Line {number} of {file} is not {{"t": seconds, "raw": text}}: {error}.') from None
    yield entry


def _open(file: Path) -> TextIO:
    try:
        stream = file.open("rb")
    except OSError as error:
        raise ReplayError(f"{file} cannot be read: {error.strerror}.") from None
    plain = gzip.GzipFile(fileobj=stream) if file.suffix == ".gz" else stream
    return io.TextIOWrapper(plain, encoding="utf-8", errors="surrogateescape", newline="")


def _files(paths: Sequence[Path], cdr: Path | None) -> tuple[list[Path], Path | None]:
    folder = paths[0] if len(paths) == 1 and paths[0].is_dir() else None
    if folder is None:
        return list(paths), cdr
    names = [folder / (name + suffix) for name in CONNECTIONS for suffix in ("", ".gz")]
    files = [name for name in names if name.is_file()]
    if not files or files[0].name.split(".")[0] != "ami":
        raise ReplayError(f"{folder} holds no ami.jsonl.")
    records = folder / RECORDS
    return files, cdr or (records if records.is_file() else None)


def _records(file: Path | None) -> Iterator[Cdr]:
    if file is not None:
        with _open(file) as stream:
            yield from read_csv(stream)


def main(arguments: Sequence[str]) -> int:
    """``python -m earwitness.collect.asterisk.replay FOLDER|FILE... [--json]``: print the segments as NDJSON."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    try:
        for segment in segments(replay(paths)):
            sys.stdout.write(msgspec.json.encode(segment.to_json()).decode() + "\n")
    except (ReplayError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
