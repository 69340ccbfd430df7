"""CSV (RFC 4180): UTF-8, CRLF, names in the first line, formulas made harmless.

A note before or after the rows would be taken for rows by every program that reads CSV. The first line is therefore
the names, every further line is one row, and what the file says about itself is the *heading of a last, empty column*:
people see it in their spreadsheet, and programs that pick columns by name never meet it.
``BOM`` goes before files that people open by a double click (Excel reads UTF-8 only with it): those from pages and
mails. Files for programs (HTTP API, command line) have none.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from earwitness.deliver.formats.about import About, sentence
from earwitness.deliver.formats.safe import guard

BOM = b"\xef\xbb\xbf"
BLOCK = 1000


def header(labels: Sequence[str], about: About | None, *, bom: bool) -> bytes:
    """Return the first line: the labels, then what the file says about itself (None: nothing)."""
    names = [*labels, sentence(about)] if about else list(labels)
    return (BOM if bom else b"") + line(names)


def line(values: Iterable[object]) -> bytes:
    """Return one row as a line; None is an empty cell, and every text is guarded."""
    out = io.StringIO()
    csv.writer(out).writerow([guard(v) if isinstance(v, str) else "" if v is None else v for v in values])
    return out.getvalue().encode()


def write(
    labels: Sequence[str], rows: Iterable[Sequence[object]], about: About | None, *, bom: bool = False
) -> Iterator[bytes]:
    """Yield the file in blocks. For small tables that Python has at hand: the log itself is written by the engine."""
    yield header(labels, about, bom=bom)
    extra = (None,) if about else ()
    block: list[bytes] = []
    for row in rows:
        block.append(line((*row, *extra)))
        if len(block) == BLOCK:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)
