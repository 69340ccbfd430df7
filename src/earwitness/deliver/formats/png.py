"""A chart as a picture for mails, which show no SVG: PNG, drawn from the very text that pages and PDF show.

It knows the elements of which ``charts`` makes its pictures and no others; one that is new there is refused here, so
that a test finds it. Runs in a child process (``child``).
"""

import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from earwitness.deliver.formats.pdf import Chart, Report

SHARP = 2  # dots to a pixel: as clear on a telephone
SMOOTH = 2  # every dot is drawn larger and reduced, so that slanting lines have no steps
COLOURS = 96
PAPER = "#ffffff"
SILENT = frozenset({"title", "g", "a", "svg"})  # what they hold is drawn, they themselves are not seen


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
    """Write figures and charts of a report to ``path``, as JSON."""
    front = Front(report.figures, tuple(picture(chart) for chart in report.charts))
    path.write_bytes(msgspec.json.encode(front))


def picture(chart: Chart) -> Picture:
    """Return a chart as a picture. Raises ValueError for an element that no chart has."""
    root = ET.fromstring(chart.svg)  # noqa: S314 -- made by ``charts``, which escapes what it is given
    width, height = _size(root)
    sheet = _Sheet(width, height)
    for element, size in _drawn(root, 11.0):
        sheet.draw(element, size)
    return Picture(chart.caption, root.get("aria-label") or chart.caption, round(width), round(height), sheet.png())


def _size(root: ET.Element) -> tuple[float, float]:
    if box := root.get("viewBox"):
        return float(box.split()[2]), float(box.split()[3])
    raise ValueError("a chart for a mail has a size in pixels")


def _drawn(parent: ET.Element, size: float) -> Iterator[tuple[ET.Element, float]]:
    """Yield what is seen, in the order in which it is drawn, with the type size that holds for it."""
    size = float(parent.get("font-size") or size)
    if parent.tag not in SILENT:
        yield parent, size
    for child in parent:
        yield from _drawn(child, size)


class _Words(NamedTuple):
    at: tuple[float, float]
    text: str
    anchor: str
    colour: str
    size: float


class _Sheet:
    """The picture under work. Words come last, at the size at which they stay: reduced ones would blur."""

    def __init__(self, width: float, height: float) -> None:
        from PIL import Image, ImageDraw

        self._width, self._height, self._scale = width, height, SHARP * SMOOTH
        self._image = Image.new("RGB", (round(width * self._scale), round(height * self._scale)), PAPER)
        self._pen = ImageDraw.Draw(self._image)
        self._words: list[_Words] = []

    def draw(self, element: ET.Element, size: float) -> None:
        """Draw one element."""
        drawing = {"rect": self._rect, "line": self._line, "path": self._path, "polyline": self._polyline}
        if element.tag == "text":
            at = (self._number(element, "x"), self._number(element, "y"))
            text = "".join(element.itertext())
            anchor = {"middle": "ms", "end": "rs"}.get(element.get("text-anchor", ""), "ls")
            self._words.append(_Words(at, text, anchor, element.get("fill", "#000000"), size))
        elif element.tag in drawing:
            drawing[element.tag](element)
        else:
            raise ValueError(f"no picture is made of <{element.tag}>")

    def png(self) -> bytes:
        """Return the picture, with its words."""
        from PIL import Image, ImageDraw

        image = self._image.reduce(SMOOTH)
        pen = ImageDraw.Draw(image)
        for words in self._words:
            _write(pen, words)
        out = BytesIO()
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _number(self, element: ET.Element, name: str, whole: float | None = None) -> float:
        text = element.get(name, "0")
        if text.endswith("%"):
            return float(text[:-1]) / 100 * (self._width if whole is None else whole)
        return float(text)

    def _rect(self, element: ET.Element) -> None:
        colour = _colour(element)
        left, top = self._number(element, "x"), self._number(element, "y")
        wide, tall = self._number(element, "width"), self._number(element, "height", self._height)
        if colour is None or wide <= 0 or tall <= 0:
            return
        box = [self._dot(left), self._dot(top), self._dot(left + wide) - 1, self._dot(top + tall) - 1]
        box[2], box[3] = max(box[2], box[0]), max(box[3], box[1])
        radius = min(self._number(element, "rx"), wide / 2, tall / 2) * self._scale
        self._pen.rounded_rectangle(box, radius, fill=colour)

    def _line(self, element: ET.Element) -> None:
        ends = [self._number(element, name, self._height if "y" in name else None) for name in ("x1", "y1", "x2", "y2")]
        wide = round(float(element.get("stroke-width", 1)) * self._scale)
        self._pen.line([value * self._scale for value in ends], fill=element.get("stroke", "#000000"), width=wide)

    def _path(self, element: ET.Element) -> None:
        parts = element.get("d", "").replace("M", "").replace("Z", "").split("L")
        if colour := _colour(element):
            self._pen.polygon(self._points(parts), fill=colour)

    def _polyline(self, element: ET.Element) -> None:
        wide = round(float(element.get("stroke-width", 1)) * self._scale)
        points = self._points(element.get("points", "").split())
        self._pen.line(points, fill=element.get("stroke", "#000000"), width=wide, joint="curve")

    def _points(self, pairs: list[str]) -> list[tuple[float, float]]:
        return [(float(x) * self._scale, float(y) * self._scale) for x, y in (pair.split(",") for pair in pairs)]

    def _dot(self, value: float) -> int:
        return round(value * self._scale)


def _colour(element: ET.Element) -> str | tuple[int, ...] | None:
    """Return the colour of an area on paper, None where nothing is seen."""
    from PIL import ImageColor

    fill = element.get("fill", "#000000")
    if fill in ("none", "transparent"):
        return None
    opacity = float(element.get("fill-opacity", 1))
    return tuple(round(255 + (part - 255) * opacity) for part in ImageColor.getrgb(fill)[:3])


def _write(pen: Any, words: _Words) -> None:
    """Write some words; each stretch of them in a type that has its characters."""
    runs: list[tuple[Any, str]] = []
    for char in words.text:
        font = _font(_face(char), words.size)
        if runs and (runs[-1][0] is font or char == " "):  # a blank parts no words that run from right to left
            runs[-1] = (font, runs[-1][1] + char)
        else:
            runs.append((font, char))
    whole = sum(font.getlength(text) for font, text in runs)
    x = words.at[0] * SHARP - {"l": 0, "m": whole / 2, "r": whole}[words.anchor[0]]
    for font, text in runs:
        pen.text((x, words.at[1] * SHARP), text, words.colour, font, "ls")
        x += font.getlength(text)


OURS = ""  # the type of the pages


@lru_cache(maxsize=4096)
def _face(char: str) -> str:
    """Return the file of a type that has a character: ours, else what the system has for it, else ours again."""
    if char.isspace() or _has(char):
        return OURS
    try:
        asked = ["fc-match", "-f", "%{file}", f"sans:charset={ord(char):x}"]
        found = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.strip()  # noqa: S603 -- a number
    except (OSError, subprocess.SubprocessError):
        return OURS
    return found if Path(found).suffix.lower() in (".ttf", ".otf", ".ttc") else OURS


@lru_cache(maxsize=4096)
def _has(char: str) -> bool:
    """Whether our own type has a character: what it lacks looks as what no type has."""
    font = _font(OURS, 11.0)
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff")) or char.isascii()


@lru_cache(maxsize=64)
def _font(file: str, size: float) -> Any:
    from fontpkg_geist import ROOT
    from PIL import ImageFont

    return ImageFont.truetype(file or str(ROOT / "files" / "Geist[wght].ttf"), size * SHARP)
