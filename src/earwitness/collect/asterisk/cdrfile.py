"""``Master.csv`` followed while the switch writes it: new call detail records, also after the file was rotated."""

import datetime as dt
import io
from pathlib import Path

import msgspec
import structlog

from earwitness.collect.asterisk.cdr import Cdr, CdrError, read_csv

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 4 * 1024 * 1024


class Place(msgspec.Struct, frozen=True):
    """How far a file was read: which file, up to which byte; the header line that names its columns, if it has one."""

    inode: int | None
    at: int
    header: str = ""


class CdrFile:
    """Reads what was added since the last look. Look about once a second: the options of a spy may wait for its CDR.

    zone: that of the file's times (``usegmtime=yes`` in cdr.conf writes UTC). from_end: pass over what is there now.
    place: what ``place`` of an earlier one said: go on from there.
    """

    def __init__(
        self, path: Path, *, zone: dt.tzinfo = dt.UTC, from_end: bool = True, place: Place | None = None
    ) -> None:
        self._path = path
        self._zone = zone
        self._inode: int | None = None
        self._at = 0
        self._header = ""
        if place is not None:
            self._inode, self._at, self._header = place.inode, place.at, place.header
        elif from_end and path.is_file():
            status = path.stat()
            self._inode, self._at = status.st_ino, status.st_size
            with path.open(encoding="utf-8", errors="replace") as stream:
                self._records(stream.readline().rstrip("\r\n"))  # it may be the header

    @property
    def place(self) -> Place:
        return Place(self._inode, self._at, self._header)

    def new(self) -> list[Cdr]:
        """Return the records added since the last look; none where the file is absent or holds nothing new."""
        try:
            status = self._path.stat()
        except OSError:
            return []
        if status.st_ino != self._inode or status.st_size < self._at:
            self._inode, self._at, self._header = status.st_ino, 0, ""
        if status.st_size == self._at:
            return []
        with self._path.open("rb") as stream:
            stream.seek(self._at)
            data = stream.read(MOST_AT_ONCE)
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        return self._records(whole.decode("utf-8", "replace"))

    def _records(self, text: str) -> list[Cdr]:
        """Read line by line, so that one broken line costs only itself."""
        found: list[Cdr] = []
        for line in text.splitlines():
            try:
                rows = list(read_csv(io.StringIO(f"{self._header}{line}\n", newline=""), self._zone))
            except CdrError as error:
                log.warning("call detail record not understood", file=self._path.name, problem=str(error))
                continue
            if not rows and line.strip():
                self._header = line + "\n"
            found += rows
        return found
