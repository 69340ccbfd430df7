"""A PDF that grows: pages are appended to a finished file as an incremental update (ISO 32000-1, 7.5.6).

What is written is out of memory, so the number of pages has no ceiling but that of the file format: offsets of ten
digits, some 10 GB.
"""

import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

A4_LANDSCAPE = (841.89, 595.28)
KIDS = 200  # pages below one node of the page tree


class Book:
    """A PDF under work. Pages stand in the order in which they are added; ``close`` makes it whole."""

    def __init__(self, path: Path) -> None:
        """path: a finished PDF with a table of cross-references; it is changed in place."""
        from pypdf import PdfReader

        with path.open("rb") as file:
            reader = PdfReader(file)
            trailer = reader.trailer
            self._root = _reference(trailer.raw_get("/Root"))
            self._info = _reference(trailer.raw_get("/Info")) if "/Info" in trailer else None
            self._tree = _reference(reader.root_object.raw_get("/Pages"))
            self._next = self._first = _number(trailer["/Size"])
            self._before = last_table(path)
        self._offsets = array("Q")
        self._kids: list[int] = []
        self._node: tuple[int, list[int]] | None = None
        self._count = 0
        self._resources = b"<< >>"
        self._file: BinaryIO = path.open("r+b")
        self._file.seek(0, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        self._file.close()

    def use(self, resources: bytes) -> None:
        """Say what the pages to come may use: a resource dictionary as text."""
        self._resources = resources

    def take(self, page: int) -> None:
        """Place a page that is in the file already; page: the number of its object."""
        self._end_node()
        self._kids.append(page)
        self._count += 1

    def add(self, operators: bytes) -> None:
        """Write a page; its content is given as operators."""
        if self._node is None or len(self._node[1]) == KIDS:
            self._end_node()
            self._node = (self._new(), [])
        parent, kids = self._node
        body = zlib.compress(operators, 1)
        content = self._object(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(body), body))
        page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources %s /Contents %d 0 R >>"
        kids.append(self._object(page % (parent, *A4_LANDSCAPE, self._resources, content)))
        self._count += 1

    def close(self) -> None:
        """Write the page tree and the table of cross-references."""
        self._end_node()
        tree = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (self._count, _references(self._kids))
        root_at = self._write(self._tree, tree)
        start = self._file.tell()
        self._file.write(b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (self._tree, root_at))
        self._file.write(b"%d %d\n" % (self._first, len(self._offsets)))
        for offset in self._offsets:
            self._file.write(b"%010d 00000 n \n" % offset)
        info = b" /Info %d 0 R" % self._info if self._info else b""
        trailer = b"trailer\n<< /Size %d /Root %d 0 R%s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        self._file.write(trailer % (self._next, self._root, info, self._before, start))

    def _end_node(self) -> None:
        if self._node is None:
            return
        number, kids = self._node
        node = b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>"
        self._offsets[number - self._first] = self._write(number, node % (self._tree, len(kids), _references(kids)))
        self._kids.append(number)
        self._node = None

    def _new(self) -> int:
        self._offsets.append(0)
        self._next += 1
        return self._next - 1

    def _object(self, body: bytes) -> int:
        number = self._new()
        self._offsets[number - self._first] = self._write(number, body)
        return number

    def _write(self, number: int, body: bytes) -> int:
        at = self._file.tell()
        self._file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return at


def last_table(path: Path) -> int:
    """Return where the newest table of cross-references begins: behind the last ``startxref``."""
    with path.open("rb") as file:
        file.seek(-min(64, path.stat().st_size), 2)
        return int(file.read().rpartition(b"startxref")[2].split()[0])


def _reference(found: object) -> int:
    from pypdf.generic import IndirectObject

    if not isinstance(found, IndirectObject):
        raise TypeError("a PDF of ours refers to its root, its pages and its notes")
    return int(found.idnum)


def _number(found: object) -> int:
    if not isinstance(found, int):
        raise TypeError("a PDF of ours says how many objects it has")
    return int(found)


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
