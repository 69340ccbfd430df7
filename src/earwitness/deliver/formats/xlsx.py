"""XLSX: a sheet that says what this is, then the rows, on as many sheets as they need. Memory stays flat.

Every text is written as text, so nothing in a cell is ever run. Limits are those of the format
(ECMA-376; Microsoft, "Excel specifications and limits"): 1,048,576 rows a sheet, 32,767 characters a cell.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from earwitness.deliver.formats.about import About, lines

ROWS_A_SHEET = 1_048_576 - 1  # the first row of each sheet holds the names
CELL = 32_767
CUT = "… (cut here: a cell holds 32,767 characters; NDJSON and Parquet hold all)"


class Heading(NamedTuple):
    """A column of the sheet. kind: "text" or "number"; width in characters."""

    label: str
    kind: str = "text"
    width: int = 18


class Sheet(Protocol):
    """A table of text: its caption, names, rows, and which columns hold numbers."""

    @property
    def caption(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def numbers(self) -> tuple[int, ...]: ...


UNSAYABLE = dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")  # XML 1.0, 2.2: not even escaped; the library lets them through
CONTROLS = {code: "\ufffd" for code in range(32) if code not in (9, 10)}

Write = Callable[[int, int, Any], object]


def write(
    path: Path,
    about: About,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    *,
    rows_a_sheet: int = ROWS_A_SHEET,
) -> int:
    """Write the workbook and return how many rows it holds.

    rows: values in the order of the headings; None is an empty cell. rows_a_sheet: after how many a new sheet begins.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "use_zip64": True}
    # Its own files, 0.9 GB a full sheet, are in the room of the child (TMPDIR), which goes whatever becomes of that.
    with xlsxwriter.Workbook(str(path), options) as book:
        _about_sheet(book, about)
        return _sheets(book, headings, rows, rows_a_sheet)


def write_tables(path: Path, about: About, tables: Sequence[Sheet]) -> None:
    """Write a workbook with a sheet for each of some small tables."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        _about_sheet(book, about)
        bold = book.add_format({"bold": True, "bottom": 1})
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(_sheet_name(number, table.caption))
            sheet.freeze_panes(1, 0)
            for column, label in enumerate(table.labels):
                sheet.set_column(column, column, 12 if column in table.numbers else 34)
                _text(sheet, 0, column, label, bold)
            for row, cells in enumerate(table.rows, 1):
                for column, cell in enumerate(cells):
                    _write_cell(sheet, (row, column), cell, number=column in table.numbers)


def _write_cell(sheet: Any, place: tuple[int, int], cell: str, *, number: bool) -> None:
    plain = cell.replace(",", "")
    if number and plain.isdigit():
        sheet.write_number(*place, int(plain))
    else:
        _text(sheet, *place, cell)


def _sheet_name(number: int, caption: str) -> str:
    """Return a caption as the name of a sheet: at most 31 characters, none of []:*?/\\."""
    return f"{number} " + "".join(c if c not in "[]:*?/\\'" else " " for c in caption)[:28].strip()


def _about_sheet(book: Any, about: About) -> None:
    sheet = book.add_worksheet("About")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    for number, (label, text) in enumerate(lines(about)):
        sheet.write_string(number, 0, label, bold)
        _text(sheet, number, 1, text, wrap)


def _sheets(book: Any, headings: Sequence[Heading], rows: Iterable[Sequence[Any]], rows_a_sheet: int) -> int:
    bold = book.add_format({"bold": True, "bottom": 1})
    total, at, number = 0, rows_a_sheet, 0
    sheet: Any = None
    writers: list[Write] = []
    for row in rows:
        if at == rows_a_sheet:
            number += 1
            sheet = _sheet(book, number, headings, bold)
            writers = [_writer(sheet, heading.kind) for heading in headings]
            at = 0
        at += 1
        total += 1
        for column, value in enumerate(row):
            if value is not None and value != "":
                writers[column](at, column, value)
    if sheet is None:
        _sheet(book, 1, headings, bold)
    return total


def _sheet(book: Any, number: int, headings: Sequence[Heading], bold: Any) -> Any:
    sheet = book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, heading.width)
        _text(sheet, 0, column, heading.label, bold)
    return sheet


def _writer(sheet: Any, kind: str) -> Write:
    def text(row: int, column: int, value: Any) -> object:
        return _text(sheet, row, column, value if isinstance(value, str) else str(value))

    def number(row: int, column: int, value: Any) -> object:
        return sheet.write_number(row, column, value) if isinstance(value, int | float) else text(row, column, value)

    return number if kind == "number" else text


def _text(sheet: Any, row: int, column: int, text: str, *look: Any) -> object:
    """Write a text as it is. What begins and ends like a run of rich text the library would take for its own markup and
    not escape: such a text is given to it as three runs, each of which it does escape (control characters twice)."""
    text = _fit(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        return sheet.write_rich_string(row, column, "<r>", text[3:-4].translate(CONTROLS) or " ", "</r>", *look)
    return sheet.write_string(row, column, text, *look)


def _fit(text: str) -> str:
    """Cut what is too long for a cell, and say so in the cell."""
    if not text.isascii():
        text = text.translate(UNSAYABLE)
    units = len(text.encode("utf-16-le")) // 2 if len(text) > CELL // 2 else len(text)
    if units <= CELL:
        return text
    room = (CELL - len(CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT
