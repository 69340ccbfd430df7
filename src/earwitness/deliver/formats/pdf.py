"""PDF: a report one would hand to a works council or an auditor.

A title page that says what this is, the figures, the charts, summary tables, then the rows as a listing with page
numbers. Runs in a child process (``child``): WeasyPrint takes its time and its memory there.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from earwitness.deliver.formats import about as about_text
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.listing import Place, head_line, pages, widths

PAGES_A_PART = 40  # how many pages of the listing are rendered at once: bounds memory
MOST_ROWS = 100_000
SHORT, NARROW = 30, 3  # tables of at most so many rows and columns stand side by side
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


STYLE = """
@page { size: A4 landscape; margin: 14mm 14mm 16mm; }
html { font: 9.5pt/1.45 "Liberation Sans", "DejaVu Sans", sans-serif; color: #1c2430; }
h1 { font-size: 25pt; line-height: 1.15; margin: 0 0 2mm; letter-spacing: -.01em; }
h2 { font-size: 12pt; margin: 0 0 2mm; }
.mark { font-weight: bold; letter-spacing: .06em; text-transform: uppercase; color: #5b6675; font-size: 8pt;
  border-bottom: .4pt solid #c6ccd4; padding-bottom: 2mm; margin-bottom: 14mm; }
dl { margin: 8mm 0 0; }
.fact { display: flex; border-top: .3pt solid #dfe3e8; padding: 1.2mm 0; }
dt { width: 32mm; color: #5b6675; }
dd { margin: 0; flex: 1; overflow-wrap: anywhere; }
.gap { background: #fff4de; }
.figures { display: flex; flex-wrap: wrap; gap: 5mm; margin: 8mm 0; }
.figure { border: .4pt solid #c6ccd4; border-radius: 1.5mm; padding: 3mm 5mm; min-width: 34mm; }
.figure b { display: block; font-size: 17pt; line-height: 1.2; }
.figure span { color: #5b6675; font-size: 8.5pt; }
figure { margin: 0 0 8mm; break-inside: avoid; }
figure svg { width: 100%; height: auto; max-height: 120mm; }
.summary { break-before: page; }
table { border-collapse: collapse; width: 100%; margin-bottom: 8mm; font-size: 8.5pt; }
th { text-align: left; border-bottom: .6pt solid #1c2430; padding: 1mm 2mm; }
td { border-bottom: .3pt solid #dfe3e8; padding: .9mm 2mm; overflow-wrap: anywhere; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.pairs { columns: 2; column-gap: 10mm; }
.pairs table { break-inside: avoid; }
caption { text-align: left; font-weight: bold; font-size: 11pt; margin-bottom: 1.5mm; }
"""
LISTING_STYLE = """
@page { size: A4 landscape; margin: 10mm 14mm 9mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
pre { font: 6.45pt/8.1pt "Liberation Mono", "DejaVu Sans Mono", monospace; margin: 0; height: 183mm; color: #1c2430; }
pre b { display: block; border-bottom: .5pt solid #1c2430; padding-bottom: .8mm; margin-bottom: .8mm; }
"""
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
    )
    figures = "".join(
        f'<div class="figure"><b>{escape(value)}</b><span>{escape(label)}</span></div>'
        for label, value in report.figures
    )
    charts = "".join(f"<figure><h2>{escape(c.caption)}</h2>{c.svg}</figure>" for c in report.charts)
    short = [_table(t) for t in report.tables if len(t.rows) <= SHORT and len(t.labels) <= NARROW]
    long = [_table(t) for t in report.tables if len(t.rows) > SHORT or len(t.labels) > NARROW]
    tables = "".join(long) + (f'<div class="pairs">{"".join(short)}</div>' if short else "")
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
    return (
        f"<table><caption>{escape(table.caption)}</caption><thead><tr>{cells('th', table.labels)}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _listing(batch: Sequence[list[str]], head: str, first: int, total: int, foot: str) -> str:
    """Return some pages of the listing as an HTML document; the first is page ``first`` of ``total``."""
    sections = "".join(
        f"<section><pre><b>{escape(head)}</b>{escape(chr(10).join(page))}</pre>"
        f'<div style="{FOOT} display: flex; justify-content: space-between"><span>{escape(foot)}</span>'
        f"<span>Page {first + n} of {total}</span></div></section>"
        for n, page in enumerate(batch)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<style>{LISTING_STYLE}</style></head><body>{sections}</body></html>"
    )


def _engine() -> Any:
    try:
        import weasyprint
    except OSError:
        raise NoPango(NO_PANGO) from None
    return weasyprint


def _nothing(url: str, *_: object, **__: object) -> Any:
    raise ValueError(f"a report loads nothing from outside: {url}")


def _render(engine: Any, html: str) -> Any:
    return engine.HTML(string=html, url_fetcher=_nothing).render()


def write(path: Path, report: Report, places: Sequence[Place], rows: Iterable[Sequence[str]]) -> int:
    """Write the report and return the number of its pages.

    places: the columns of the listing; rows: their values as text (no row: no listing). At most MOST_ROWS are set,
    which the caller has to say in ``report.about.notes``. Raises NoPango.
    """
    engine = _engine()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".pdf-") as folder:
        spool = Path(folder) / "pages"
        count = _spool(spool, places, rows)
        front = _render(engine, _front(report, None, count))
        if not count:
            front.write_pdf(str(path))
            return len(front.pages)
        total = len(front.pages) + count
        first = Path(folder) / "front.pdf"
        _render(engine, _front(report, total, count)).write_pdf(str(first))
        head = head_line(places, widths(places))
        numbers = range(len(front.pages) + 1, total + 1)
        rest = _parts(engine, spool, head, numbers, report.footer or report.about.title)
        _join([first, *rest], path, report.about.title)
        return total


def _spool(spool: Path, places: Sequence[Place], rows: Iterable[Sequence[str]]) -> int:
    """Lay all pages out into a file, one JSON array of lines each; return how many there are."""
    count = 0
    with spool.open("w", encoding="utf-8") as file:
        for page in pages(islice(rows, MOST_ROWS), places):
            file.write(json.dumps(page) + "\n")
            count += 1
    return count


def _parts(engine: Any, spool: Path, head: str, numbers: range, foot: str) -> Iterator[Path]:
    """Render the spooled pages, which carry ``numbers``, some at a time; yield the files in order."""
    number = numbers.start
    with spool.open(encoding="utf-8") as file:
        while batch := [json.loads(text) for text in islice(file, PAGES_A_PART)]:
            part = spool.with_name(f"part-{number}.pdf")
            _render(engine, _listing(batch, head, number, numbers.stop - 1, foot)).write_pdf(str(part))
            number += len(batch)
            yield part


def _join(parts: Iterable[Path], path: Path, title: str) -> None:
    from pypdf import PdfWriter

    with PdfWriter() as book:
        for part in parts:
            book.append(str(part), import_outline=False)
        book.add_metadata({"/Title": title, "/Creator": "Earwitness"})
        book.write(str(path))
