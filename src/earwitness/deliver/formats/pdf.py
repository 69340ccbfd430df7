"""PDF: a report one would hand to a works council or an auditor.

A title page that says what this is, the figures, the charts, summary tables, then the rows as a listing with page
numbers. Runs in a child process (``child``): WeasyPrint takes its time and its memory there.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from earwitness.deliver.formats import about as about_text
from earwitness.deliver.formats import glyphs
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.book import A4_LANDSCAPE, Book
from earwitness.deliver.formats.listing import Place, cell_width, head_line, pages, widths

if TYPE_CHECKING:
    from pypdf import PdfWriter

PAGES_A_PART = 40  # how many pages of the listing are rendered at once: bounds memory
LEFT, TOP, BOTTOM, LEADING = 39.69, 560.0, 26.0, 8.1  # points, as in LISTING_STYLE
INK, PALE = b".11 .14 .19", b".36 .4 .46"
SHORT, NARROW = 26, 3  # tables of at most so many rows and columns stand side by side
SAID = ("Report", "Range")  # in the heading already
EMPTY = '<div class="table"></div>'  # beside the last table, where it stands alone
DENSE = 12  # tables of more columns are set smaller
NO_PANGO = (
    "PDF needs the Pango library, which is not installed on this machine: install the package libpango-1.0-0 and "
    "libpangoft2-1.0-0 (Debian, Ubuntu) or pango (Fedora, Alpine), then try again; every other format works without."
)


class NoPango(Exception):  # noqa: N818 -- a state of the machine, told to people as it stands
    """The page renderer cannot load Pango; the text says which package to install."""


class Table(msgspec.Struct, frozen=True):
    """A summary table: its caption, the names of its columns, its rows as text; ``numbers`` are columns set right."""

    caption: str
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


class Chart(msgspec.Struct, frozen=True):
    """A picture: its caption and the SVG element as text (made by our own chart module, never by a client)."""

    caption: str
    svg: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a PDF holds before its rows. figures: (label, value) shown large; footer: what stands below each page."""

    about: About
    figures: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    footer: str = ""


TYPE = 'html { font-family: "Liberation Sans", "DejaVu Sans", sans-serif; }\n'
STYLE = (
    TYPE
    + """
@page { size: A4 landscape; margin: 14mm 14mm 16mm; }
html { font-size: 9.5pt; line-height: 1.45; color: #1c2430; }
h1 { font-size: 25pt; line-height: 1.15; margin: 0 0 2mm; letter-spacing: -.01em; }
h2 { font-size: 12pt; margin: 0 0 2mm; }
.mark { font-weight: bold; letter-spacing: .06em; text-transform: uppercase; color: #5b6675; font-size: 8pt;
  border-bottom: .4pt solid #c6ccd4; padding-bottom: 2mm; margin-bottom: 9mm; }
dl { margin: 4mm 0 0; }
.fact { display: flex; border-top: .3pt solid #dfe3e8; padding: 1.2mm 0; }
dt { width: 32mm; color: #5b6675; }
dd { margin: 0; flex: 1; overflow-wrap: anywhere; }
.gap { background: #fff4de; }
.figures { margin: 6mm -5mm 2mm 0; }
.figure { display: inline-block; vertical-align: top; box-sizing: border-box; width: 63mm; min-height: 21mm;
  margin: 0 4mm 4mm 0; border: .4pt solid #c6ccd4; border-radius: 1.5mm; padding: 3mm 5mm; }
.figure b { display: block; font-size: 17pt; line-height: 1.2; }
.figure span { color: #5b6675; font-size: 8.5pt; }
figure { margin: 0 0 8mm; break-inside: avoid; }
figure svg { width: 100%; height: auto; max-height: 130mm; }
.summary { break-before: page; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; }
.table { margin-bottom: 8mm; }
.table h2 { font-size: 11pt; margin-bottom: 1.5mm; break-after: avoid; }
.short { break-inside: avoid; }
th { text-align: left; border-bottom: .6pt solid #1c2430; padding: 1mm 2mm; }
td { border-bottom: .3pt solid #dfe3e8; padding: .9mm 2mm; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.dense table { font-size: 6.8pt; }
.dense :is(th, td) { padding-inline: .6mm; }
.pair { display: table; table-layout: fixed; width: 100%; margin-bottom: 6mm; break-inside: avoid; }
.pair .table { display: table-cell; padding: 0 4mm 0 0; vertical-align: top; }
.pair .table + .table { padding: 0 0 0 4mm; }
"""
)
LISTING_STYLE = (
    """
@page { size: A4 landscape; margin: 10mm 14mm 9mm; }
body { margin: 0; }
section { break-after: page; }
section:last-child { break-after: auto; }
pre { font: """
    + glyphs.FONT.replace("pt ", "pt/8.1pt ", 1)
    + """; margin: 0; height: 183mm; color: #1c2430; }
pre b { display: block; border-bottom: .5pt solid #1c2430; padding-bottom: .8mm; margin-bottom: .8mm; }
"""
)
FOOT = "font: 7.5pt 'Liberation Sans', 'DejaVu Sans', sans-serif; color: #5b6675;"


def _front(report: Report, total_pages: int | None, extra: int) -> str:
    """Return the title page, figures, charts and tables as one HTML document."""
    of = f" of {total_pages}" if total_pages else (' of " counter(pages) "' if not extra else "")
    foot = _css_text(report.footer or report.about.title)
    page = (
        f"@page {{ @bottom-left {{ content: {foot}; {FOOT} }} "
        f'@bottom-right {{ content: "Page " counter(page) "{of}"; {FOOT} }} }}'
    )
    facts = "".join(
        f'<div class="fact{" gap" if label == "Gap" else ""}"><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>'
        for label, text in about_text.lines(report.about)
        if label not in SAID
    )
    figures = "".join(
        f'<div class="figure"><b>{escape(value)}</b><span>{escape(label)}</span></div>'
        for label, value in report.figures
    )
    charts = "".join(f"<figure><h2>{escape(c.caption)}</h2>{c.svg}</figure>" for c in report.charts)
    short = [_table(t) for t in report.tables if len(t.rows) <= SHORT and len(t.labels) <= NARROW]
    long = [_table(t) for t in report.tables if len(t.rows) > SHORT or len(t.labels) > NARROW]
    pairs = (f'<div class="pair">{"".join([*short[at : at + 2], EMPTY][:2])}</div>' for at in range(0, len(short), 2))
    tables = "".join((*long, *pairs))
    summary = f'<div class="summary">{charts}{tables}</div>' if charts or tables else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.about.title)}</title>'
        f"<style>{STYLE}{page}</style></head><body><div class=mark>Earwitness</div>"
        f"<h1>{escape(report.about.title)}</h1><div>{escape(about_text.span(report.about))}</div>"
        f'<div class="figures">{figures}</div><dl>{facts}</dl>{summary}</body></html>'
    )


def _css_text(text: str) -> str:
    """Return a CSS string literal; whatever could end it is written as an escape."""
    return '"' + "".join(c if c.isalnum() or c in " .,:-_()/" else f"\\{ord(c):06x} " for c in text) + '"'


def _table(table: Table) -> str:
    def cells(tag: str, values: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if i in table.numbers else ''}>{escape(v)}</{tag}>" for i, v in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    if not table.rows:
        body = f'<tr><td colspan="{len(table.labels)}">Nothing in this range.</td></tr>'
    sort = " dense" if len(table.labels) > DENSE else ""
    sort += " short" if len(table.rows) <= SHORT else ""
    return (
        f'<div class="table{sort}"><h2>{escape(table.caption)}</h2><table><thead><tr>{cells("th", table.labels)}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _listing(batch: Sequence[tuple[int, list[str]]], head: str, total: int, foot: str) -> str:
    """Return some pages of the listing, each with its number, as an HTML document."""
    sections = "".join(
        f"<section><pre><b>{escape(head)}</b>{escape(chr(10).join(page))}</pre>"
        f'<div style="{FOOT} display: flex; justify-content: space-between"><span>{escape(foot)}</span>'
        f"<span>Page {number} of {total}</span></div></section>"
        for number, page in batch
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<style>{LISTING_STYLE}</style></head><body>{sections}</body></html>"
    )


def load_engine() -> Any:
    """Return what sets pages. Raises NoPango."""
    try:
        import weasyprint
    except OSError:
        raise NoPango(NO_PANGO) from None
    return weasyprint


def rendered(engine: Any, html: str) -> Any:
    """Return a document, set in pages; it fetches nothing."""
    return engine.HTML(string=html, url_fetcher=glyphs.nothing).render()


class Spool(NamedTuple):
    """The listing, laid out. path: one JSON array of lines a page; length: how many pages; chars: all that occur."""

    path: Path
    length: int
    chars: frozenset[str]


def write(path: Path, report: Report, places: Sequence[Place], rows: Iterable[Sequence[str]]) -> int:
    """Write the report and return the number of its pages.

    places: the columns of the listing; rows: their values as text (no row: no listing). Raises NoPango.
    """
    engine = load_engine()
    with tempfile.TemporaryDirectory(prefix=".pdf-") as folder:  # within the room of the child
        spool = _spool(Path(folder) / "pages", places, rows)
        front = rendered(engine, _front(report, None, spool.length))
        if not spool.length:
            front.write_pdf(str(path))
            return len(front.pages)
        total = len(front.pages) + spool.length
        first = Path(folder) / "front.pdf"
        rendered(engine, _front(report, total, spool.length)).write_pdf(str(first))
        head, foot = head_line(places, widths(places)), report.footer or report.about.title
        _Listing(engine, spool, head, foot, total).write(first, path, report.about.title)
        return total


def _spool(path: Path, places: Sequence[Place], rows: Iterable[Sequence[str]]) -> Spool:
    """Lay all pages out into a file."""
    count = 0
    chars: set[str] = set()
    with path.open("wb") as file:
        for page in pages(rows, places):
            file.write(msgspec.json.encode(page) + b"\n")
            chars.update(*page)
            count += 1
    return Spool(path, count, frozenset(chars))


class _Listing:
    """Puts the pages of a listing behind a front: most are written as they are, some by the page renderer."""

    def __init__(self, engine: Any, spool: Spool, head: str, foot: str, total: int) -> None:
        self._engine, self._spool, self._total = engine, spool, total
        self._head, self._foot = head, foot
        self._hard: frozenset[str] = frozenset()

    def write(self, front: Path, out: Path, title: str) -> None:
        """Write the whole book to ``out``."""
        from pypdf import PdfReader, PdfWriter

        sheet = self._spool.path.with_name("sheet.pdf")
        sheet.write_bytes(
            glyphs.sheet(self._engine, self._spool.chars | set(self._head + self._foot + "Page of0123456789"))
        )
        with sheet.open("rb") as file:
            setter = glyphs.Setter(glyphs.faces(glyphs.fonts_of(PdfReader(file).pages[0])))
        every = not setter.sets(self._head + self._foot)
        self._hard = self._spool.chars if every else frozenset(setter.missing(self._spool.chars))
        with PdfWriter() as base:
            base.append(str(front), import_outline=False)
            fronts = len(base.pages)
            for part in self._parts(self._total - self._spool.length + 1):
                base.append(str(part), import_outline=False)
            taken = [page.indirect_reference.idnum for page in base.pages]  # type: ignore[union-attr]  # all were added
            base.append(str(sheet), pages=(0, 1), import_outline=False)
            _plain_codes(base)
            fonts = glyphs.fonts_of(base.pages[-1])
            base.add_metadata({"/Title": title, "/Creator": "Earwitness"})
            base.write(str(out))
        with Book(out) as book:
            book.use(b"<< /Font %s >>" % _as_text(fonts))
            for number in taken[:fronts]:
                book.take(number)
            self._fill(book, setter, iter(taken[fronts:]))

    def _fill(self, book: Book, setter: glyphs.Setter, hard: Iterator[int]) -> None:
        pen = Pen(setter, self._head, self._foot) if setter.sets(self._head + self._foot) else None
        for number, page in enumerate(self._laid(), self._total - self._spool.length + 1):
            if pen is None or self._is_hard(page):
                book.take(next(hard))
            else:
                book.add(pen.page(page, f"Page {number} of {self._total}"))

    def _laid(self) -> Iterator[list[str]]:
        decoder = msgspec.json.Decoder(list[str])
        with self._spool.path.open("rb") as file:
            yield from map(decoder.decode, file)

    def _is_hard(self, page: list[str]) -> bool:
        return bool(self._hard) and not self._hard.isdisjoint("".join(page))

    def _parts(self, first: int) -> Iterator[Path]:
        """Render the pages that need the renderer, some at a time; yield the files in order."""
        hard = (entry for entry in enumerate(self._laid(), first) if self._is_hard(entry[1]))
        while batch := list(islice(hard, PAGES_A_PART)):
            part = self._spool.path.with_name(f"part-{batch[0][0]}.pdf")
            rendered(self._engine, _listing(batch, self._head, self._total, self._foot)).write_pdf(str(part))
            yield part


class Pen:
    """Writes a page of the listing as operators."""

    def __init__(self, setter: glyphs.Setter, head: str, foot: str) -> None:
        self._setter = setter
        self._top = self._at(LEFT, TOP) + setter.line(head)
        self._foot = self._at(LEFT, BOTTOM) + setter.line(foot)

    def page(self, lines: Sequence[str], number: str) -> bytes:
        """Return one page: names of the columns, a rule, the lines, and the foot with the page's number."""
        line = self._setter.line
        right = A4_LANDSCAPE[0] - LEFT - cell_width(number) * self._setter.pitch
        return b"".join(
            (
                b"%s rg\nBT\n%.2f TL\n" % (INK, LEADING),
                self._top,
                self._at(LEFT, TOP - LEADING - 4),
                *map(line, lines),
                b"%s rg\n" % PALE,
                self._foot,
                self._at(right, BOTTOM),
                line(number),
                b"ET\n%s RG .5 w %.2f %.2f m %.2f %.2f l S\n" % (INK, LEFT, TOP - 3, A4_LANDSCAPE[0] - LEFT, TOP - 3),
            )
        )

    def _at(self, x: float, y: float) -> bytes:
        return b"1 0 0 1 %.2f %.2f Tm %s %.2f Tf\n" % (x, y, self._setter.font, glyphs.SIZE)


def _plain_codes(book: "PdfWriter") -> None:
    """Name the ordinary encoding of codes where the renderer wrote it out: programs that read text know it by name."""
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    for page in book.pages:
        for name in (fonts := glyphs.fonts_of(page)):
            font = fonts[name]
            if (
                isinstance(font, DictionaryObject)
                and "/Encoding" in font
                and isinstance(font["/Encoding"], StreamObject)
            ):
                font[NameObject("/Encoding")] = NameObject("/Identity-H")


def _as_text(found: Any) -> bytes:
    stream = BytesIO()
    found.write_to_stream(stream)
    return stream.getvalue()
