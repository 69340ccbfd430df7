"""XLSX: a sheet that says what this is, then the rows, on as many sheets as they need. Memory stays flat.

Every text is written as text, so nothing in a cell is ever run.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from earwitness.deliver.formats import sheets
from earwitness.deliver.formats.about import About, lines

ROWS_A_SHEET = sheets.ROW_AT_MOST - 1  # the first row of each sheet holds the names


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

    def frame(count: int) -> bytes:
        return _frame(about, headings, count)

    numbers = [heading.kind == "number" for heading in headings]
    return sheets.write(path, frame, numbers, rows, rows_a_sheet)


def _frame(about: About, headings: Sequence[Heading], count: int) -> bytes:
    """Return the workbook without its rows: the sheet that says what it is, and so many that have their names only."""
    import xlsxwriter

    made = BytesIO()
    options = {"constant_memory": True}  # names of columns stand in the sheets, not in a table of their own
    with xlsxwriter.Workbook(made, options) as book:
        _about_sheet(book, about)
        bold = book.add_format({"bold": True, "bottom": 1})
        for number in range(1, count + 1):
            _sheet(book, number, headings, bold)
    return made.getvalue()


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
                sheet.write_string(0, column, label, bold)
            for row, cells in enumerate(table.rows, 1):
                for column, cell in enumerate(cells):
                    _write_cell(sheet, (row, column), cell, number=column in table.numbers)


def _write_cell(sheet: Any, place: tuple[int, int], cell: str, *, number: bool) -> None:
    plain = cell.replace(",", "")
    if number and plain.isdigit():
        sheet.write_number(*place, int(plain))
    else:
        sheet.write_string(*place, sheets.fit(cell))


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
        sheet.write_string(number, 1, sheets.fit(text), wrap)


def _sheet(book: Any, number: int, headings: Sequence[Heading], bold: Any) -> None:
    sheet = book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, heading.width)
        sheet.write_string(0, column, heading.label, bold)
