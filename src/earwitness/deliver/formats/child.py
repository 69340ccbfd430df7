"""The process in which heavy files are made: ``python -m earwitness.deliver.formats.child SPEC OUT < rows``.

SPEC is a JSON file (``Spec``); the rows come as one JSON array a line, for Parquet as CSV. Ends with 0, or with 1 and
one sentence on stderr. Its parent feeds it and may kill it at any time: nothing is lost but the unfinished file.
"""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from earwitness.deliver.formats import parquet, pdf, png, xlsx
from earwitness.deliver.formats.listing import Place
from earwitness.deliver.formats.rooms import unwritten


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What to make. kind: "xlsx", "tables" (a workbook of those of the report), "pdf", "parquet" or "front" (what
    a mail shows of the report).

    headings, places and columns tell of the same values.
    """

    kind: str
    report: pdf.Report
    headings: tuple[xlsx.Heading, ...] = ()
    places: tuple[Place, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    rows_a_sheet: int = xlsx.ROWS_A_SHEET


def read_rows(stream: IO[bytes]) -> Iterator[list[Any]]:
    """Yield each line of the stream as the JSON array it is."""
    decoder = msgspec.json.Decoder(list[Any])
    for line in stream:
        yield decoder.decode(line)


def make(spec: Spec, out: Path, stream: IO[bytes]) -> None:
    """Write the file that ``spec`` describes to ``out``; its rows come from the stream."""
    rows = read_rows(stream)
    if spec.kind == "xlsx":
        xlsx.write(out, spec.report.about, spec.headings, rows, rows_a_sheet=spec.rows_a_sheet)
    elif spec.kind == "tables":
        xlsx.write_tables(out, spec.report.about, spec.report.tables)
    elif spec.kind == "front":
        png.write(out, spec.report)
    elif spec.kind == "parquet":
        parquet.write(out, stream, spec.columns, spec.report.about)
    else:
        pdf.write(out, spec.report, spec.places, (["" if v is None else str(v) for v in row] for row in rows))


def main(argv: list[str]) -> int:
    """Run the process; returns its exit status."""
    _end_with_parent()
    with contextlib.suppress(OSError):
        os.nice(10)  # recording and pages go first
    spec = msgspec.json.decode(Path(argv[0]).read_bytes(), type=Spec)
    try:
        make(spec, Path(argv[1]), sys.stdin.buffer)
    except pdf.NoPango as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{unwritten(error)}\n")
        return 1
    return 0


def _end_with_parent() -> None:
    """Have the system end this process with the one that feeds it (prctl(2), PR_SET_PDEATHSIG): the rows of a parent
    that was killed end as if they were all."""
    parent = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
