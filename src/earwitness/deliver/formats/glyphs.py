"""Which font has which character, and under which code: asked once for all characters of a listing.

The page renderer sets one sheet with every character; its fonts and their Unicode maps (ISO 32000-1, 9.10.3) then
serve to write thousands of pages without it. What a code alone cannot set (marks that combine, scripts that are joined
or run from right to left, pictures in colour) has none here, and its page is left to the renderer.
"""

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from earwitness.deliver.formats.listing import cell_width

if TYPE_CHECKING:  # a server that makes no PDF does without: it is a sixth of its start
    from pypdf.generic import DictionaryObject, PdfObject

SIZE = 6.45  # points; 196 pitches fill a landscape page
FONT = f'{SIZE}pt "Liberation Mono", "DejaVu Sans Mono", monospace'
_PAIR = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")
_JOINED = range(
    0x0900, 0x1100
)  # the scripts of India, Thai, Lao, Tibetan, Burmese: letters change with their neighbours
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI", "FSI"})


class Face(NamedTuple):
    """One font of the sheet. name: as the sheet's resources call it; codes: character (as a number) -> code;
    advance: thousandths of the type size that a digit takes, 0 where the font has none."""

    name: str
    codes: dict[int, int]
    advance: float


def settable(char: str) -> bool:
    """Whether a character stands for itself wherever it stands."""
    return (
        not unicodedata.combining(char)
        and unicodedata.category(char) not in ("Mn", "Me", "Cf", "Cs", "Co", "Cn")
        and unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT
        and ord(char) not in _JOINED
    )


def sheet(engine: Any, chars: Iterable[str]) -> bytes:
    """Return a PDF of one page or more that holds each settable character once."""
    text = escape(" ".join(sorted(set("0 ") | {char for char in chars if settable(char)})))
    html = f"<style>pre {{ font: {FONT}; white-space: pre-wrap; word-break: break-all }}</style><pre>{text}</pre>"
    made: bytes = engine.HTML(string=html, url_fetcher=nothing).write_pdf()
    return made


def nothing(url: str, *_: object, **__: object) -> Any:
    """Refuse to load anything."""
    raise ValueError(f"a report loads nothing from outside: {url}")


def fonts_of(page: "DictionaryObject") -> "DictionaryObject":
    """Return the fonts of a page, empty where it has none."""
    from pypdf.generic import DictionaryObject

    found: PdfObject = page
    for name in ("/Resources", "/Font"):
        if not isinstance(found, DictionaryObject) or name not in found:
            return DictionaryObject()
        found = found[name]
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def faces(fonts: Any) -> list[Face]:
    """Return the fonts of a sheet, that of the digits first. fonts: its /Font dictionary (pypdf)."""
    found = [_face(name, fonts[name].get_object()) for name in fonts if "/ToUnicode" in fonts[name].get_object()]
    return sorted(found, key=lambda face: (ord("0") not in face.codes, face.name))


def _face(name: str, font: Any) -> Face:
    codes: dict[int, int] = {}
    for code, text in _PAIR.findall(font["/ToUnicode"].get_object().get_data()):
        chars = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        if len(chars) == 1:
            codes.setdefault(ord(chars), int(code, 16))
    child = font["/DescendantFonts"].get_object()[0].get_object()
    digit = codes.get(ord("0"))
    return Face(name, codes, _width(child.get("/W", []), digit) if digit is not None else 0)


def _width(widths: Any, code: int) -> float:
    """Return the width of a code, from the array of a CID font: ``c [w ...]`` or ``first last w``."""
    entries = [entry.get_object() for entry in widths]
    at = 0
    while at + 1 < len(entries):
        first, second = int(entries[at]), entries[at + 1]
        if isinstance(second, list):
            if first <= code < first + len(second):
                return float(second[code - first])
            at += 2
        else:
            if first <= code <= int(second):
                return float(entries[at + 2])
            at += 3
    return 0


class Setter:
    """Turns a line of text into the operators that set it, with the fonts of a sheet."""

    def __init__(self, found: list[Face]) -> None:
        """found: as ``faces`` returns them."""
        self._faces = found
        self._main = {char: chr(code) for char, code in found[0].codes.items()} if found else {}
        self._narrow = frozenset(chr(char) for char in self._main if cell_width(chr(char)) == 1)
        self._of = {char: index for index, face in reversed(list(enumerate(found))) for char in face.codes}
        self.pitch = found[0].advance * SIZE / 1000 if found else 0.0

    @property
    def font(self) -> bytes:
        """The main font, as pages call it."""
        return self._faces[0].name.encode() if self._faces else b""

    def sets(self, chars: Iterable[str]) -> bool:
        """Whether it can set all of some characters; without digits and their width it sets none."""
        return self.pitch > 0 and not self.missing(chars)

    def missing(self, chars: Iterable[str]) -> set[str]:
        """Return the characters it cannot set."""
        return {char for char in chars if not settable(char) or ord(char) not in self._of}

    def line(self, text: str) -> bytes:
        """Return the operators of one line; the next one begins below. The main font is chosen before and after."""
        if not text:
            return b"T*\n"
        if self._narrow.issuperset(text):
            return _shown(text.translate(self._main)) + b" Tj T*\n"
        return self._mixed(text)

    def _mixed(self, text: str) -> bytes:
        """Set each run of a font, and each wide character, where its cell is."""
        parts: list[bytes] = []
        at, moved = 0, 0.0
        for face, run in self._runs(text):
            x = at * self.pitch
            codes = "".join(chr(self._faces[face].codes[ord(char)]) for char in run)
            parts.append(
                b"%.3f 0 Td %s %.2f Tf %s Tj\n" % (x - moved, self._faces[face].name.encode(), SIZE, _shown(codes))
            )
            moved = x
            at += cell_width(run)
        parts.append(b"%.3f 0 Td %s %.2f Tf T*\n" % (-moved, self._faces[0].name.encode(), SIZE))
        return b"".join(parts)

    def _runs(self, text: str) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for char in text:
            face = self._of[ord(char)]
            if found and found[-1][0] == face == 0 and cell_width(char) == cell_width(found[-1][1][-1]) == 1:
                found[-1] = (face, found[-1][1] + char)
            else:
                found.append((face, char))
        return found


def _shown(codes: str) -> bytes:
    """Return two-byte codes as a string; in hexadecimal, which every reader takes for what it is."""
    return b"<%s>" % codes.encode("utf-16-be", "surrogatepass").hex().encode()
