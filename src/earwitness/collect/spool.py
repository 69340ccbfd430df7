"""What was found waits on disk until it has been recorded.

Everything goes through one file, a line each, so that neither a full store nor a crash of ours loses what a switch told
once and never tells again. Delivering the same thing twice is harmless: its id is the same.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
import structlog

from earwitness.collect.sink import Activity, Completion, Found
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment

log = structlog.get_logger(__name__)

KINDS: dict[str, type[Segment | Activity | Gap | Completion]] = {
    "segment": Segment,
    "activity": Activity,
    "gap": Gap,
    "completion": Completion,
}
BATCH = 500
MOST_UNWRITTEN = 1_000
RETRY_FIRST_S, RETRY_MOST_S = 0.5, 30.0

Record = Callable[[Sequence[Found]], Awaitable[None]]


class _Line(msgspec.Struct):
    kind: str
    found: msgspec.Raw


class Spool:
    """A sink for collectors. ``deliver`` hands what came, and what was left from before, to the recorder in order."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file: BinaryIO = path.open("ab+")
        self._lock = threading.Lock()
        self._unwritten: list[bytes] = []
        self._at = 0
        self._count = _mend(self._file)
        self._came = asyncio.Event()

    def __len__(self) -> int:
        """How much waits to be recorded."""
        return self._count

    def __call__(self, found: Found, /) -> None:
        """Take what was found. It is on disk with the next turn of ``deliver``, before it is handed on."""
        self._unwritten.append(line_of(found))
        self._count += 1
        if len(self._unwritten) >= MOST_UNWRITTEN:
            self.keep()
        self._came.set()

    async def deliver(self, record: Record) -> None:
        """Hand everything to ``record``, in batches, again and again until it takes them. Runs until cancelled."""
        try:
            while True:
                await asyncio.to_thread(self.keep)
                batch, at = await asyncio.to_thread(self._next)
                if batch:
                    await self._insist(record, batch)
                self._count -= len(batch)
                self._at = at
                if not batch:
                    await asyncio.to_thread(self._forget)
                    await self._came.wait()
                    self._came.clear()
        finally:
            self.keep()

    def close(self) -> None:
        """Write what is not yet on disk, and close the file."""
        self.keep()
        self._file.close()

    async def _insist(self, record: Record, batch: Sequence[Found]) -> None:
        wait_s = RETRY_FIRST_S
        while True:
            try:
                await record(batch)
            except Exception as error:  # whatever ails the store: what was found must not be lost
                log.warning("not recorded yet", waiting=len(self), problem=str(error), again_in_s=wait_s)
                await asyncio.to_thread(self.keep)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, RETRY_MOST_S)
            else:
                return

    def keep(self) -> None:
        """Bring what came to the disk. A full disk is waited out: it stays in memory until there is room."""
        with self._lock:
            lines, self._unwritten = self._unwritten, []
            if not lines:
                return
            size = os.fstat(self._file.fileno()).st_size
            try:
                self._file.write(b"".join(lines))
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                self._unwritten = lines + self._unwritten
                log.warning("cannot be kept on disk", waiting=len(self), problem=error.strerror)
                with contextlib.suppress(OSError):
                    self._file.close()
                self._file = _begin_anew(self._path, size)

    def _next(self) -> tuple[list[Found], int]:
        """Read the next batch; return it and where the one after it begins."""
        batch: list[Found] = []
        with self._lock:
            self._file.seek(self._at)
            while len(batch) < BATCH and (line := self._file.readline()).endswith(b"\n"):
                batch.append(read_line(line))
            return batch, self._file.tell() if batch else self._at

    def _forget(self) -> None:
        """Where all is recorded, begin the file anew."""
        with self._lock:
            if self._at and self._at == os.fstat(self._file.fileno()).st_size:
                self._file.truncate(0)
                self._at = 0


def read_line(line: bytes) -> Found:
    """Return what a line holds. Raises MsgspecError or KeyError for one that ``line_of`` never made."""
    row = msgspec.json.decode(line, type=_Line)
    return msgspec.json.decode(row.found, type=KINDS[row.kind])


def line_of(found: Found) -> bytes:
    """Return what was found as one line of JSON, with its kind beside it."""
    kind = next(name for name, type_ in KINDS.items() if isinstance(found, type_))
    return msgspec.json.encode(_Line(kind, msgspec.Raw(msgspec.json.encode(found)))) + b"\n"


def _mend(file: BinaryIO) -> int:
    """Cut off a last line that a crash left unfinished; return how many lines there are."""
    file.seek(0)
    count = end = 0
    for line in file:
        if line.endswith(b"\n"):
            count, end = count + 1, end + len(line)
    file.truncate(end)
    return count


def _begin_anew(path: Path, size: int) -> BinaryIO:
    """Open a file again after a write that failed half-way, cut back to what it held before."""
    file = path.open("ab+")
    with contextlib.suppress(OSError):
        file.truncate(size)
    return file
