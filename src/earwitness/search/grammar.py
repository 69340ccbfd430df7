"""The search language: text in, tree out; a mistake is a BadQuery that points at the characters.

    text   = [ either ]
    either = each { "OR" each }
    each   = item { [ "AND" ] item }
    item   = [ "-" ] ( "(" either ")" | term | word )
    term   = NAME ":" value { "," value }          NAME of the table in fields.py, or params.PATH
    value  = run | ( ">" | ">=" | "<" | "<=" ) run | run ".." run | run ".." | ".." run
    word   = run

A run is a piece of text without white space; quotes protect white space and all signs, a backslash protects one sign.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import NoReturn

from earwitness.search import values
from earwitness.search.fields import BY_NAME, CLOCKS, RANGES, Field, Kind, nearest, of_stream
from earwitness.search.lexer import Run, fail, read_run
from earwitness.search.tree import Between, Compare, Everything, Match, Term, Test, Tree, Words, all_of, any_of, negated

MAX_TEXT = 8000
MAX_DEPTH = 20
MAX_ITEMS = 300
MAX_VALUES = 1000
MAX_PATH = 32

_NAME = re.compile(r"([A-Za-z_][\w-]*(?:\.[\w-]+)*):", re.ASCII)
_PARAMS = re.compile(r"params\.", re.IGNORECASE)
_PATH_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s".:,()*\\<>]+)', re.DOTALL)
_PATH_LIKE = re.compile(r'[^\s"(),]*:')
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")

_CHECKS: dict[Kind, Callable[[str], object]] = {
    Kind.ADDRESS: values.network,
    Kind.UUID: values.identifier,
    Kind.INTEGER: values.integer,
    Kind.CLOCK: values.integer,
    Kind.SECONDS: values.milliseconds,
    Kind.TIME: lambda text: values.span(text, dt.UTC),
    Kind.PARAMS: values.number,
}


def parse(text: str, stream: str) -> Tree:
    """Return the tree of a search text for a stream (activity, supervision). Raises BadQuery, nothing else."""
    if len(text) > MAX_TEXT:
        fail(f"The search text is longer than {MAX_TEXT} characters: make it shorter.", MAX_TEXT, len(text))
    if unsendable := _UNSENDABLE.search(text):
        fail("This character can be in no text: remove it.", unsendable.start(), unsendable.end())
    return _Parser(text, stream).whole()


class _Parser:
    """Reads one text from left to right; ``at`` is the next character."""

    def __init__(self, text: str, stream: str) -> None:
        self.text = text
        self.stream = stream
        self.at = 0
        self.depth = 0
        self.items = 0
        self.values = 0

    def whole(self) -> Tree:
        self.skip_space()
        if self.at == len(self.text):
            return Everything()
        tree = self.either()
        if self.at < len(self.text):
            fail("This parenthesis closes nothing: remove it, or open one before.", self.at, self.at + 1)
        return tree

    def skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def keyword(self, word: str) -> bool:
        """Step over a bare OR or AND that stands alone."""
        end = self.at + len(word)
        if self.text[self.at : end] != word:
            return False
        if end < len(self.text) and not (self.text[end].isspace() or self.text[end] in "()"):
            return False
        self.at = end
        return True

    def either(self) -> Tree:
        found = [self.each()]
        while True:
            self.skip_space()
            if not self.keyword("OR"):
                return any_of(found)
            found.append(self.each())

    def each(self) -> Tree:
        found: list[Tree] = []
        while True:
            self.skip_space()
            start = self.at
            joined = bool(found) and self.keyword("AND")
            self.skip_space()
            if joined and self.ended():
                fail("Write something after AND, or put it in quotes to search for the word.", start, start + 3)
            if self.ended():
                break
            found.append(self.item())
        if not found:
            self.missing()
        return all_of(found)

    def ended(self) -> bool:
        """Whether no item can begin here: the end, a closing parenthesis or OR."""
        if self.at == len(self.text) or self.text[self.at] == ")":
            return True
        here = self.at
        found = self.keyword("OR")
        self.at = here
        return found

    def missing(self) -> NoReturn:
        if self.at < len(self.text) and self.text[self.at] == ")":
            fail("There is nothing between these parentheses.", self.at, self.at + 1)
        if self.at < len(self.text):
            fail("Write something before OR, or put it in quotes to search for the word.", self.at, self.at + 2)
        start = len(self.text.rstrip()) - 2
        fail("Write something after OR, or put it in quotes to search for the word.", max(start, 0), start + 2)

    def item(self) -> Tree:
        start = self.at
        self.items += 1
        if self.items > MAX_ITEMS:
            fail(f"The search has more than {MAX_ITEMS} conditions: make it shorter.", start, len(self.text))
        if self.text[start] != "-":
            return self.positive()
        self.at += 1
        if self.at == len(self.text) or self.text[self.at].isspace() or self.text[self.at] in "-)":
            sentence = 'A minus excludes what follows it directly: remove it, or write "-" to search for the sign.'
            fail(sentence, start, start + 1)
        return negated(self.positive())

    def positive(self) -> Tree:
        if self.text[self.at] == "(":
            return self.group()
        if path := _PARAMS.match(self.text, self.at):
            term = self.params(path.end())
            if term is not None:
                return term
        if name := _NAME.match(self.text, self.at):
            return self.term(name)
        return self.word()

    def group(self) -> Tree:
        start = self.at
        self.at += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            fail(f"Parentheses stand more than {MAX_DEPTH} deep: make it simpler.", start, start + 1)
        self.skip_space()
        tree = self.either() if self.at < len(self.text) else Everything()
        if self.at == len(self.text):
            fail("This parenthesis is not closed: write ) where the group ends.", start, start + 1)
        self.depth -= 1
        self.at += 1
        return tree

    def word(self) -> Tree:
        run = read_run(self.text, self.at, commas=True)
        if not run.text:
            fail("There is nothing between these quotes.", run.start, run.end)
        self.at = run.end
        return Words(run.text)

    def params(self, start: int) -> Tree | None:
        """Read ``params.PATH:values`` whose path begins at ``start``; None if it is a word after all."""
        path: list[str] = []
        at = start
        while key := _PATH_KEY.match(self.text, at):
            path.append(re.sub(r"\\(.)", r"\1", key[1], flags=re.DOTALL) if key[2] is None else key[2])
            at = key.end()
            if self.text[at : at + 1] != ".":
                break
            at += 1
        if self.text[at : at + 1] != ":":
            if _PATH_LIKE.match(self.text, at):
                fail("Write the names of the path with dots between, odd names in quotes.", self.at, at + 1)
            return None
        if self.stream not in BY_NAME["params"].columns:
            self.unknown("params", self.at, start - 1)
        if not path or self.text[at - 1] == ".":
            fail("Write the name of a value after the dot, as in params.after.status:busy.", self.at, at)
        if len(path) > MAX_PATH:
            fail(f"The path has more than {MAX_PATH} names.", start, at)
        field_start, self.at = self.at, at + 1
        return Term("params", self.tests(BY_NAME["params"], field_start), tuple(path))

    def term(self, name: re.Match[str]) -> Tree:
        field = BY_NAME.get(name[1].lower())
        if field is None or self.stream not in field.columns:
            self.unknown(name[1], name.start(1), name.end(1))
        if field.kind is Kind.PARAMS:
            fail("params needs the path of a value, as in params.after.status:busy.", name.start(1), name.end())
        self.at = name.end()
        return Term(field.name, self.tests(field, name.start(1)))

    def unknown(self, name: str, start: int, end: int) -> NoReturn:
        names = ", ".join(field.name for field in of_stream(self.stream))
        if name.lower() in BY_NAME:
            fail(f"This log has no field {name}; its fields are {names}.", start, end)
        like = nearest(name.lower(), self.stream)
        advice = f"did you mean {like}:?" if like else f"the fields are {names}."
        fail(f"There is no field {name}; {advice} Put quotes around text that holds a colon.", start, end)

    def tests(self, field: Field, start: int) -> tuple[Test, ...]:
        found: list[Test] = []
        while True:
            run = read_run(self.text, self.at, commas=False)
            if run.end == run.start:
                self.no_value(field, start)
            self.values += 1
            if self.values > MAX_VALUES:
                fail(f"The search has more than {MAX_VALUES} values: make it shorter.", run.start, len(self.text))
            found.append(_test(field, run))
            self.at = run.end
            if self.text[self.at : self.at + 1] != ",":
                return tuple(found)
            self.at += 1

    def no_value(self, field: Field, start: int) -> NoReturn:
        if self.text[self.at - 1 : self.at] == ",":
            fail("Write a value after this comma, without a space.", self.at - 1, self.at)
        empty = f', or {field.name}:"" for an empty one' if field.kind is Kind.TEXT else ""
        fail(f"Write a value directly after the colon, as in {field.example}{empty}.", start, self.at)


def _test(field: Field, run: Run) -> Test:
    kind = field.kind
    if kind in (Kind.SUBSTRING, Kind.TOKEN):
        return _literal(field, run)
    if kind in RANGES:
        found = _range(field, run)
        if found is not None:
            return found
    elif run.bare_at(">") or run.bare_at("<"):
        fail(f"{field.name}: takes no range; put quotes around text that begins with < or >.", run.start, run.end)
    if kind in (Kind.TEXT, Kind.PARAMS):
        return Match(_parts(run))
    return Compare("=", _checked(field, run))


def _literal(field: Field, run: Run) -> Test:
    if not run.text:
        fail(f"Write what to look for after {field.name}:, as in {field.example}.", run.start, run.end)
    if field.kind is Kind.TOKEN:
        _valid(values.token, run)
    return Match((run.text,))


def _parts(run: Run) -> tuple[str, ...]:
    """Split at bare stars; neighbouring stars are one."""
    parts = [""]
    for glyph in run.glyphs:
        if glyph.bare and glyph.char == "*":
            if len(parts) == 1 or parts[-1]:
                parts.append("")
        else:
            parts[-1] += glyph.char
    return tuple(parts)


def _range(field: Field, run: Run) -> Test | None:
    for op in (">=", "<=", ">", "<"):
        if run.bare_at(op):
            return Compare(op, _checked(field, run.from_glyph(len(op))))
    place = run.find_bare("..")
    if place < 0:
        return None
    low, high = run.from_glyph(0, place), run.from_glyph(place + 2)
    if field.kind is Kind.PARAMS and not _numeric_range(low.text, high.text):
        return None
    if not low.text and not high.text:
        fail("Write a value on at least one side of the two dots.", run.start, run.end)
    if not low.text:
        return Compare("<=", _checked(field, high))
    if not high.text:
        return Compare(">=", _checked(field, low))
    return Between(_checked(field, low), _checked(field, high))


def _numeric_range(low: str, high: str) -> bool:
    return bool(low or high) and all(values.is_number(side) for side in (low, high) if side)


def _checked(field: Field, run: Run) -> str:
    _valid(_CHECKS[field.kind], run)
    least, most = CLOCKS.get(field.name, (0, values.MAX_INTEGER))
    if field.kind is Kind.CLOCK and not least <= int(run.text) <= most:
        fail(f"{field.name}: goes from {least} to {most}.", run.start, run.end)
    return run.text


def _valid(check: Callable[[str], object], run: Run) -> None:
    try:
        check(run.text)
    except ValueError as error:
        sentence = str(error)
        fail(f"{sentence[0].upper()}{sentence[1:]}.", run.start, run.end)
