"""A chart as a picture for mails, which show no SVG: set on a page of its own size, as in a PDF, and that page as PNG.

Runs in a child process (``child``).
"""

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec

from earwitness.deliver.formats import pdf
from earwitness.deliver.formats.pdf import Chart, Report

SHARP: Final = 2  # dots to a pixel: as clear on a telephone
COLOURS: Final = 96
_PIXEL: Final = 96 / 72  # pixels in a point, the unit of a PDF
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SAID: Final = re.compile(r'aria-label="([^"]*)"')


class Picture(msgspec.Struct, frozen=True):
    """caption: over it; text: what it shows, for people who do not see it; width, height: in pixels as it is shown."""

    caption: str
    text: str
    width: int
    height: int
    png: bytes


class Front(msgspec.Struct, frozen=True):
    """What a mail shows of a report: figures as (label, value), and its charts."""

    figures: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]


def write(path: Path, report: Report) -> None:
    """Write figures and charts of a report to ``path``, as JSON. Raises NoPango."""
    front = Front(report.figures, tuple(picture(chart) for chart in report.charts))
    path.write_bytes(msgspec.json.encode(front))


def picture(chart: Chart) -> Picture:
    """Return a chart as a picture. Raises ValueError for one without a size in pixels, and NoPango."""
    size = _SIZE.search(chart.svg)
    if size is None:
        raise ValueError("a chart for a mail has a size in pixels")
    width, height = round(float(size[1])), round(float(size[2]))
    said = _SAID.search(chart.svg)
    text = html.unescape(said[1]) if said else chart.caption
    return Picture(chart.caption, text, width, height, _drawn(chart.svg, width, height))


def _drawn(svg: str, width: int, height: int) -> bytes:
    import pypdfium2
    from PIL import Image

    style = (
        f"@page {{ size: {width}px {height}px; margin: 0; background: #fff }} "
        f"{pdf.TYPE} body {{ margin: 0 }} "
        f"svg {{ display: block; width: {width}px; height: {height}px }}"
    )
    page = pdf.rendered(pdf.load_engine(), f"<style>{style}</style>{svg}").write_pdf()
    image = pypdfium2.PdfDocument(page)[0].render(scale=SHARP * _PIXEL).to_pil()
    out = BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
