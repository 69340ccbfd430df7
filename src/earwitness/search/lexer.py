"""The characters of a search text, each knowing whether it was written bare or protected by quotes or a backslash."""

from typing import NamedTuple, NoReturn

from earwitness.model.problem import BadQuery

# What a backslash outside quotes takes the meaning from. Before any other character it is itself (``DOMAIN\user``).
ESCAPABLE = frozenset('"\\*,()<>.:- ')


class Glyph(NamedTuple):
    """One character; ``bare`` is false where quotes or a backslash took any special meaning from it."""

    char: str
    bare: bool


class Run(NamedTuple):
    """A word or value: its glyphs, and where it stands in the text (``start`` to ``end``, character offsets)."""

    glyphs: tuple[Glyph, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters, whatever protected them."""
        return "".join(glyph.char for glyph in self.glyphs)

    def from_glyph(self, first: int, last: int | None = None) -> "Run":
        """Return the part from glyph ``first`` up to ``last``; its place stays that of the whole."""
        return Run(self.glyphs[first:last], self.start, self.end)

    def bare_at(self, marks: str) -> bool:
        """Whether the run begins with these characters, written bare."""
        head = self.glyphs[: len(marks)]
        return len(head) == len(marks) and all(g.bare and g.char == mark for g, mark in zip(head, marks, strict=True))

    def find_bare(self, marks: str) -> int:
        """Return the first glyph at which these characters stand bare, or -1."""
        for place in range(len(self.glyphs) - len(marks) + 1):
            if self.from_glyph(place).bare_at(marks):
                return place
        return -1


def fail(sentence: str, start: int, end: int) -> NoReturn:
    """Raise BadQuery for the characters from ``start`` up to ``end``."""
    raise BadQuery(sentence, extra={"position": start, "end": max(end, start + 1)})


def read_run(text: str, start: int, *, commas: bool) -> Run:
    """Read a word or value from ``start`` until white space, a parenthesis or (``commas`` false) a comma."""
    glyphs: list[Glyph] = []
    at = start
    while at < len(text):
        char = text[at]
        if char.isspace() or char == ")" or (char == "," and not commas):
            break
        if char == "(":
            fail("Put a space before this parenthesis, or quotes around text that holds one.", at, at + 1)
        if char == '"':
            at = _read_quoted(text, at, glyphs)
        elif char == "\\" and at + 1 < len(text) and text[at + 1] in ESCAPABLE:
            glyphs.append(Glyph(text[at + 1], bare=False))
            at += 2
        else:
            glyphs.append(Glyph(char, bare=True))
            at += 1
    return Run(tuple(glyphs), start, at)


def _read_quoted(text: str, start: int, glyphs: list[Glyph]) -> int:
    at = start + 1
    while at < len(text):
        if text[at] == '"':
            return at + 1
        if text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\"):
            at += 1
        glyphs.append(Glyph(text[at], bare=False))
        at += 1
    fail('This quote is not closed: write " where the phrase ends.', start, len(text))
