"""Files open safely in the programs that people open them with, hold every row, and say what they are."""

import csv
import datetime as dt
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from pypdf import PdfReader

from earwitness.deliver.formats import csv as csv_format
from earwitness.deliver.formats import listing, pdf, render, safe, xlsx
from earwitness.deliver.formats.about import MOST_GAPS, About, gap_lines, lines, sentence
from earwitness.deliver.formats.book import KIDS
from earwitness.deliver.formats.child import Spec
from earwitness.deliver.formats.listing import Place
from earwitness.deliver.formats.xlsx import Heading
from earwitness.model.gap import Gap
from earwitness.model.times import UTC

GAP = Gap(
    id="",
    source="asterisk",
    pbx="hq",
    started_at=dt.datetime(2026, 11, 2, 8, tzinfo=UTC),
    ended_at=dt.datetime(2026, 11, 2, 9, tzinfo=UTC),
    reason="The switch hq could not be heard.",
)
ABOUT = About(
    title="Activity audit log",
    search='user:ana* "changed by"',
    start=dt.datetime(2026, 11, 1, tzinfo=UTC),
    end=dt.datetime(2026, 11, 8, tzinfo=UTC),
    tz="Europe/Bucharest",
    who="sam",
    when=dt.datetime(2026, 11, 9, 6, 30, tzinfo=UTC),
    rows=3,
    gaps=(GAP,),
)
EVIL = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1")
ROWS = [
    ["2026-11-01 10:00:00", "ana.pop", "=HYPERLINK(1)", 'Ștefan, "said"\nso'],
    ["2026-11-01 10:00:01", "日本太郎", "+442079460123", None],
    ["2026-11-01 10:00:02", "z" * 40_000, "<b>&amp;</b>", "\x01\x1f"],
]
LABELS = ["Created (Europe/Bucharest)", "Username", "Event Object", "Comments"]


def test_what_a_file_says_about_itself_is_complete() -> None:
    """Search, range, zone, who, when, how many and the gap are all in it."""
    text = sentence(ABOUT)
    for part in (
        'user:ana* "changed by"',
        "2026-11-01 02:00:00 to 2026-11-08 02:00:00 (Europe/Bucharest)",
        "sam",
        "2026-11-09 08:30:00",
        "Rows: 3",
        "The switch hq could not be heard, from 2026-11-02 10:00:00 to 2026-11-02 11:00:00",
    ):
        assert part in text


def test_more_gaps_than_one_reads_are_counted() -> None:
    """The first are told one by one; of a switch that comes and goes all day no file becomes unreadable."""
    nameless = msgspec.structs.replace(GAP, reason="")
    told = gap_lines([nameless] * (MOST_GAPS + 1_500), "UTC")
    assert len(told) == MOST_GAPS + 1
    assert told[0] == ("Gap", "asterisk hq could not be heard, from 2026-11-02 08:00:00 to 2026-11-02 09:00:00 (UTC)")
    assert told[-1] == ("Gaps", "and 1,500 more")


def test_csv_has_the_names_first_and_one_line_for_each_row() -> None:
    """Programs that read by name meet neither a preamble nor a trailer; the note is the heading of an empty column."""
    data = b"".join(csv_format.write(LABELS, ROWS, ABOUT))
    read = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert read[0][:-1] == LABELS
    assert read[0][-1] == sentence(ABOUT)
    assert [row[:-1] for row in read[1:]] == [["" if v is None else safe.guard(str(v)) for v in row] for row in ROWS]
    assert {row[-1] for row in read[1:]} == {""}
    assert data.count(b"\r\n") == 4


def test_csv_for_people_begins_with_the_mark_that_spreadsheets_need() -> None:
    """Only files for people have it: a program would take it for a part of the first name."""
    assert b"".join(csv_format.write(LABELS, ROWS, ABOUT, bom=True)).startswith(b"\xef\xbb\xbfCreated")
    assert b"".join(csv_format.write(LABELS, ROWS, ABOUT)).startswith(b"Created")


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_that_begins_like_a_formula_is_made_text(text: str) -> None:
    """An apostrophe goes before it; nothing is taken away."""
    assert safe.guard(text) == (f"'{text[0]}'{text[1:]}" if text[0] in "\t\r" else f"'{text}")


@pytest.mark.parametrize("divider", [";", "\t", "\n", "\r\n"])
def test_a_cell_that_begins_within_a_value_is_made_text_too(divider: str) -> None:
    """For a spreadsheet that divides at semicolons or tabs, quoted or not."""
    text = f'all well{divider}=HYPERLINK("http://evil.example";"see"){divider}bye'
    assert safe.guard(text) == text.replace("=", "'=")


@given(st.text(), st.text(alphabet="=+-@;\t\r\n' a"))
def test_other_text_is_left_as_it_is(text: str, tricky: str) -> None:
    """The guard adds apostrophes and changes nothing else; no cell begins like a formula, wherever it is divided."""
    for value in (text, tricky):
        made = safe.guard(value)
        rest = iter(made)
        assert all(char in rest for char in value)
        assert made.count("'") - value.count("'") == len(made) - len(value)
        assert not any(cell[:1] in set(safe.FIRST) for cell in re.split("[;\t\r\n]", made) if cell)


def rendered(kind: str, out: Path, rows: list[list[str | None]], **more: object) -> None:
    spec = Spec(
        kind=kind,
        report=pdf.Report(
            about=ABOUT,
            figures=(("Events", "3"),),
            charts=(pdf.Chart("Events a day", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'),),
            tables=(pdf.Table("By user", ("User", "Events"), (("ana.pop", "3"),), (1,)),),
        ),
        headings=tuple(Heading(label) for label in LABELS),
        places=tuple(Place(label, 20, grows=True) for label in LABELS),
        **more,
    )
    render.render(spec, _blocks(rows), out, lambda _: None)


def _blocks(rows: list[list[str | None]]) -> Iterator[bytes]:
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    yield text[:17]  # cut anywhere
    yield text[17:]


def test_xlsx_holds_every_row_as_text_and_says_what_it_is(tmp_path: Path) -> None:
    """No cell is a formula, what is too long says so, and the first sheet holds search, range, who, when and gaps."""
    out = tmp_path / "x.xlsx"
    rendered("xlsx", out, ROWS)
    book = openpyxl.load_workbook(out)
    about = {str(row[0].value): str(row[1].value) for row in book["About"].iter_rows()}
    assert about == dict(lines(ABOUT))
    read = list(book["Rows"].iter_rows())
    assert [cell.value for cell in read[0]] == LABELS
    assert {cell.data_type for row in read for cell in row} <= {"s", "inlineStr", "n"}
    assert read[1][2].value == "=HYPERLINK(1)"
    assert read[1][2].data_type == "s"
    assert read[2][1].value == "日本太郎"
    long = str(read[3][1].value)
    assert len(long) == xlsx.CELL
    assert long.endswith(xlsx.CUT)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=6))
def test_whatever_stands_in_a_cell_is_read_back_as_it_was(texts: list[str]) -> None:
    """Markup, control characters, what looks like an escaped one, blanks at the ends: none changes, none breaks the
    file."""
    texts = [*texts, "<r>x<t>\n&amp;</r>", "_x0041_", " x ", "a\tb\nc\rd", "\ufffe", "]]>", "&amp;"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "x.xlsx"
        xlsx.write(out, ABOUT, (Heading("Comments"),) * len(texts), [texts])
        book = openpyxl.load_workbook(out, read_only=True)
        ((*read,),) = book["Rows"].iter_rows(min_row=2, max_col=len(texts), values_only=True)
        book.close()
    assert [unescape(value or "") for value in read] == [
        text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for text in texts
    ]


def test_no_text_is_taken_for_markup_of_a_workbook(tmp_path: Path) -> None:
    """What looks like the library's own markup: in rows, in names of columns, in what the file says, in tables."""
    evil = "<r><t>you & I</t></r>"
    about = msgspec.structs.replace(ABOUT, search=evil)
    xlsx.write(tmp_path / "rows.xlsx", about, (Heading(evil),), [[evil]])
    xlsx.write_tables(tmp_path / "tables.xlsx", about, [pdf.Table("By user", (evil,), ((evil,),))])
    for name, sheet in (("rows", "Rows"), ("tables", "1 By user")):
        book = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")
        assert [row[0].value for row in book[sheet].iter_rows()] == [evil, evil]
        assert evil in [row[1].value for row in book["About"].iter_rows()]


def test_a_number_is_a_number_and_an_empty_cell_is_none(tmp_path: Path) -> None:
    """Spreadsheets add numbers up; nothing stands where nothing was."""
    out = tmp_path / "x.xlsx"
    headings = (Heading("Seq", "number"), Heading("Comments"), Heading("Duration", "number"))
    assert xlsx.write(out, ABOUT, headings, [[4711, "", 12.5], ["n/a", None, None]]) == 2
    read = openpyxl.load_workbook(out)["Rows"].iter_rows(min_row=2, max_col=3, values_only=True)
    assert list(read) == [(4711, None, 12.5), ("n/a", None, None)]


def test_xlsx_goes_on_on_another_sheet_where_one_is_full(tmp_path: Path) -> None:
    """Three rows at two a sheet: two sheets, each with its names; none is lost or doubled."""
    out = tmp_path / "x.xlsx"
    rendered("xlsx", out, ROWS, rows_a_sheet=2)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["About", "Rows", "Rows 2"]
    times = [row[0] for name in book.sheetnames[1:] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert times == [row[0] for row in ROWS]
    assert book["Rows 2"]["A1"].value == LABELS[0]


def test_an_export_of_nothing_is_a_whole_file(tmp_path: Path) -> None:
    """A workbook with names and no rows, a PDF of a title page and summary, a CSV of one line."""
    rendered("xlsx", tmp_path / "x.xlsx", [])
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["Rows"].max_row == 1
    rendered("pdf", tmp_path / "x.pdf", [])
    assert "Page 2 of 2" in pdf_text(tmp_path / "x.pdf")
    assert b"".join(csv_format.write(LABELS, [], ABOUT)).count(b"\n") == 1


def pdf_text(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout


def test_pdf_has_a_title_page_figures_a_table_and_numbered_pages(tmp_path: Path) -> None:
    """Every page says its number of the total; what HTML would take for markup is text."""
    out = tmp_path / "x.pdf"
    rows: list[list[str | None]] = [
        [f"2026-11-01 10:{n // 60:02d}:{n % 60:02d}", f"user{n}", "<b>x</b>", "y"] for n in range(200)
    ]
    rendered("pdf", out, rows)
    pages = pdf_text(out).rstrip("\f").split("\f")
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert "Activity audit log" in pages[0]
    assert "The switch hq could not be heard" in pages[0]
    assert "By user" in pages[1]
    listed = "".join(pages[2:])
    assert all(f" user{n} " in listed for n in range(200))
    assert listed.count("<b>x</b>") == 200


def test_tables_of_a_report_are_whole_on_paper(tmp_path: Path) -> None:
    """Small ones side by side, an odd one, an empty one, one over several pages: every row of each is there, once."""
    sizes = (26, 26, 6, 0, 26, 60)
    tables = tuple(
        pdf.Table(f"Table {n}", ("User", "Events"), tuple((f"user{n}-{k}", str(k)) for k in range(size)), (1,))
        for n, size in enumerate(sizes)
    )
    pdf.write(tmp_path / "x.pdf", pdf.Report(about=ABOUT, tables=tables), (), ())
    text = pdf_text(tmp_path / "x.pdf")
    assert sorted(re.findall(r"user\d-\d+", text)) == sorted(f"user{n}-{k}" for n in range(6) for k in range(sizes[n]))
    assert sorted(re.findall(r"Table \d", text)) == [f"Table {n}" for n in range(6)]
    assert text.count("Nothing in this range.") == 1
    assert all(page.count("\n") > 3 for page in text.rstrip("\f").split("\f"))


def test_a_long_listing_keeps_every_character_in_its_place(tmp_path: Path) -> None:
    """Thousands of rows, among them scripts that need the renderer: every row once, in order, as text that is found by
    two readers; the file is one that a strict reader takes."""
    out = tmp_path / "x.pdf"
    odd = {
        700: "\u65e5\u672c \u0219\u021b\u2192",
        7_000: "\u05e9\u05dc\u05d5\u05dd",
        7_001: "e\u0301 \u0e01\u0e33",
        13_000: "\\(x)\\",
    }
    rows: list[list[str | None]] = [[f"row{n:06d}", odd.get(n, "plain"), "", ""] for n in range(15_000)]
    rendered("pdf", out, rows)
    text = pdf_text(out)
    assert re.findall(r"row\d{6}", text) == [row[0] for row in rows]
    assert all(part in text for part in ("\u0219\u021b\u2192", "\u05e9\u05dc\u05d5\u05dd", "\\(x)\\"))
    pages = text.rstrip("\f").split("\f")
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    reader = PdfReader(out, strict=True)
    assert len(reader.pages) == len(pages) > KIDS
    last = reader.pages[-1].extract_text()
    assert "row014999" in last
    assert f"Page {len(pages)} of {len(pages)}" in last
    assert reader.metadata is not None
    assert reader.metadata.title == "Activity audit log"


def test_a_page_of_the_listing_looks_the_same_from_both_pens(tmp_path: Path) -> None:
    """A page that the renderer set, because of one character, has its lines where a page without it has them."""
    boxes = []
    for name, text in (("plain", "plain"), ("hard", "\u05e9")):
        out = tmp_path / f"{name}.pdf"
        rendered("pdf", out, [[f"row{n}", text, "", "end"] for n in range(20)])
        found = subprocess.run(["pdftotext", "-bbox", str(out), "-"], capture_output=True, check=True, text=True).stdout
        boxes.append(
            [
                [float(v) for v in box]
                for box in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>(?:row\d+|end)<', found)
            ]
        )
    assert len(boxes[0]) == len(boxes[1]) == 40
    for plain, hard in zip(*boxes, strict=True):
        assert plain == pytest.approx(hard, abs=3)


def test_a_child_that_is_killed_is_told_in_a_sentence(tmp_path: Path) -> None:
    """The parent lives, says what happened, and leaves nothing behind but what the child had begun."""

    def children() -> set[int]:
        return {int(pid) for pid in Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()}

    others = children()  # a server or a browser of other tests, perhaps: they are not ours to kill

    def blocks() -> Iterator[bytes]:
        for _ in range(200):
            for pid in children() - others:
                os.kill(pid, signal.SIGKILL)
            yield b'["a","b","c","d"]\n' * 1000

    spec = Spec(kind="xlsx", report=pdf.Report(about=ABOUT), headings=(Heading("a"),) * 4, places=())
    with pytest.raises(render.RenderFailed, match=r"ended from outside: ask for the file again\."):
        render.render(spec, blocks(), tmp_path / "x.xlsx", lambda _: None)
    assert {path.name for path in tmp_path.iterdir()} <= {"x.xlsx"}


def test_a_child_ends_with_the_process_that_feeds_it(tmp_path: Path) -> None:
    """A server that is killed leaves no child that takes the rows it got for all of them."""
    spec = Spec(kind="xlsx", report=pdf.Report(about=ABOUT), headings=(Heading("a"),), places=())
    (tmp_path / "spec.json").write_bytes(msgspec.json.encode(spec))
    feeder = """
import subprocess, sys, time
made = [sys.executable, "-m", "earwitness.deliver.formats.child", *sys.argv[2:]]
print(subprocess.Popen(made, stdin=int(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""
    rows, held_open = os.pipe()  # as if more were to come: nothing but the end of its parent can end it
    command = [sys.executable, "-c", feeder, str(rows), str(tmp_path / "spec.json"), str(tmp_path / "x.xlsx")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=(rows,)) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        child = os.pidfd_open(pid)
        while os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0):  # it is not ready yet
            assert not select.select([child], [], [], 0.05)[0], "it ended by itself"
        parent.kill()
    assert select.select([child], [], [], 120)[0], "it waits on"
    for number in (child, rows, held_open):
        os.close(number)


def test_cancelling_ends_the_child(tmp_path: Path) -> None:
    """Whoever watches the progress may end the work at any block."""

    def stop(fed: int) -> None:
        raise render.Cancelled

    spec = Spec(kind="xlsx", report=pdf.Report(about=ABOUT), headings=(Heading("a"),) * 4, places=())
    with pytest.raises(render.Cancelled):
        render.render(spec, _blocks(ROWS), tmp_path / "x.xlsx", stop)
    assert not list(tmp_path.glob(".render-*"))


def test_a_child_that_works_on_alone_can_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has all its rows and sets pages: whoever watches is still asked, whether to keep its lease or to end."""
    monkeypatch.setattr(render, "LOOK", 0.001)  # s: however quick the child is with its last rows
    asked: list[int] = []

    def stop(fed: int) -> None:
        asked.append(fed)
        if len(asked) > 1:
            raise render.Cancelled

    spec = Spec(
        kind="pdf",
        report=pdf.Report(about=ABOUT),
        headings=(Heading("a"),),
        places=(Place("a", 20),),
    )
    with pytest.raises(render.Cancelled):
        render.render(spec, iter([b'["x"]\n' * 200_000]), tmp_path / "x.pdf", stop)
    assert asked == [200_000, 200_000]


@given(st.text(), st.integers(1, 60))
def test_folded_text_keeps_within_its_column(text: str, width: int) -> None:
    """No line is wider than its column (a wide character in a column of one is the exception), none breaks a page."""
    for line in listing.fold(text, width):
        assert listing.cell_width(line) <= max(width, 2)
        assert "\n" not in line
        assert "\u202e" not in line


def test_a_row_longer_than_a_page_goes_on_on_the_next() -> None:
    """Nothing is cut: all characters of a very long value are on the pages."""
    places = [Place("A", 20), Place("Params", 20, grows=True, below=True)]
    value = "x" * 40_000
    found = list(listing.pages([["a", value]], places))
    assert len(found) > 3
    assert sum(line.count("x") for page in found for line in page) == 40_000
    assert max(len(page) for page in found) <= listing.LINES_A_PAGE
