"""Words, phrases and whole values in SQL. The one place that knows how texts are asked, with the word index or without.

The index ``words`` (schema/0001_events.sql) knows every run of letters and digits of four characters and more in the
four texts of an event. A part of such a run is looked up among its words, and what the index has answered need not be
read. For other phrases the longest run is looked up first, and the columns decide.

For a masked caller a question about text that no mask can change or put in is the same question about the stored text.
Every other question is asked of the masked text, of those rows alone whose stored text holds the words in question; the
index is left out of it, so that how long an answer takes says no more about a number than some microseconds.
"""

import re
import unicodedata
from typing import Final

import msgspec

from earwitness.model.scope import ACTIVITY
from earwitness.search import masking
from earwitness.search.columns import ARRAYS, MASKED_JSON, MASKED_NUMBERS
from earwitness.search.condition import Asking, Condition, Cost, Lookup, all_of, any_of, like
from earwitness.search.fields import WORDS
from earwitness.search.tree import Match

INDEXED_LENGTH: Final = 4
_SMALL: Final = frozenset({"comments", "event_object"})
_WORD_EDGE: Final = r"[^\p{L}\p{M}\p{N}]"
# An x that a mask may have put in: not those, at most six, between signs that can be no part of a number.
_APART: Final = f"[^xX.+＋{masking.DIGITS}{masking.SEPARATORS}]"
_LOOSE_X: Final = rf"(?<!{_APART})[xX]+|[xX]+(?!{_APART})|[xX]{{7,}}"
_PUT_IN: Final = {False: re.compile(_LOOSE_X), True: re.compile(rf'{_LOOSE_X}|["-]')}
_DIGIT: Final = re.compile(f"[{masking.DIGITS}]")
_JSON_SPECIAL: Final = re.compile(r'["\\\x01-\x1f]')


def phrase(asking: Asking, text: str) -> Condition:
    """A word or phrase as a part of any of the text columns."""
    stream = asking.columns.stream.name
    columns = WORDS[stream]
    if stream != ACTIVITY:
        return any_of(part(asking, column, text) for column in columns)
    runs = [run for run in _runs(text) if len(run) >= INDEXED_LENGTH and not changeable(asking, run)]
    if asking.lookup < Lookup.PARTS:
        runs = []
    if runs == [text]:
        return _indexed_part(asking, text)
    if _JSON_SPECIAL.search(text) or changeable(asking, text, json=True):
        parts = [any_of(part(asking, column, text) for column in columns)]
    else:
        parts = [Condition(Cost.WIDE, f"search_text LIKE {asking.bound.text(f'%{like(text)}%')}")]
    if runs:
        parts.append(_indexed_part(asking, max(runs, key=len)))
    return all_of(parts)


def part(asking: Asking, column: str, text: str) -> Condition:
    """A text as a part of one column; in JSON it is found as it is written there and as what it says."""
    forms = [text]
    json = column in MASKED_JSON
    if json and _JSON_SPECIAL.search(text):
        forms.append(msgspec.json.encode(text).decode()[1:-1])
    masked = asking.columns.masks(column) and (column in MASKED_NUMBERS or changeable(asking, text, json=json))
    way = _masked_part if masked else _part
    return any_of(way(asking, column, form) for form in forms)


def token(asking: Asking, word: str) -> Condition:
    """One whole word in any of the text columns."""
    stream = asking.columns.stream.name
    if stream != ACTIVITY:
        return any_of(_whole_word(asking, column, word) for column in WORDS[stream])
    if changeable(asking, word):
        return any_of(_whole_word(asking, column, word) for column in WORDS[stream])
    if len(word) >= INDEXED_LENGTH:
        return Condition(Cost.INDEXED, f"hasAllTokens(search_words, [{asking.bound.text(word)}])")
    return _word(asking, "search_text", word)


def whole(asking: Asking, column: str, match: Match) -> Condition:
    """A column (of an array: any element) that matches from its beginning to its end."""
    if column in ARRAYS:
        return Condition(Cost.SMALL, f"arrayExists(item -> {matches(asking, 'item', match)}, {column})")
    if not asking.columns.masks(column):
        return Condition(Cost.FREE, matches(asking, asking.columns.shown(column), match))
    if column not in MASKED_NUMBERS and _same_when_masked(match):
        return Condition(Cost.FREE, matches(asking, column, match))
    return Condition(Cost.MASKED, matches(asking, asking.columns.shown(column), match))


def _same_when_masked(match: Match) -> bool:
    """Whether the value is too short for a number and holds no x that a mask may have put in."""
    text = match.parts[0]
    return len(match.parts) == 1 and not re.search("[xX]", text) and len(_DIGIT.findall(text)) < 7


def matches(asking: Asking, expression: str, match: Match) -> str:
    """SQL for a text expression that matches as a whole."""
    if len(match.parts) == 1:
        return f"lowerUTF8({expression}) = {asking.bound.text(match.parts[0])}"
    pattern = "%".join(like(part) for part in match.parts)
    return f"lowerUTF8({expression}) LIKE {asking.bound.text(pattern)}"


def changeable(asking: Asking, text: str, *, json: bool = False) -> bool:
    """Whether this caller's masks may change or put in what the text asks for."""
    return asking.columns.masked and bool(_DIGIT.search(text) or _PUT_IN[json].search(text))


def indexed_words(asking: Asking, text: str) -> list[Condition]:
    """The index holds all whole words of a text that ends on both sides where words end; nothing if it has none."""
    found = [run for run in _runs(text) if len(run) >= INDEXED_LENGTH]
    if not found:
        return []
    return [Condition(Cost.INDEXED, f"hasAllTokens(search_words, [{', '.join(map(asking.bound.text, found))}])")]


def _runs(text: str) -> list[str]:
    """Return the runs of letters, marks and digits, as the index divides texts."""
    edges = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
    return edges.split(" ") if edges.strip(" ") else []


def _indexed_part(asking: Asking, text: str) -> Condition:
    return Condition(Cost.INDEXED, f"search_words LIKE concat('%', {asking.bound.text(text)}, '%')")


def _part(asking: Asking, column: str, text: str) -> Condition:
    return Condition(Cost.SMALL if column in _SMALL else Cost.WIDE, _like(asking, column, text))


def _masked_part(asking: Asking, column: str, text: str) -> Condition:
    masked = Condition(Cost.MASKED, _like(asking, asking.columns.shown(column), text))
    return all_of([*_stored_part(asking, column, text), masked])


def _stored_part(asking: Asking, column: str, text: str) -> list[Condition]:
    """What the stored text holds if its masked form holds the text: cheap to ask first."""
    if column in MASKED_NUMBERS:
        return []
    longest = max(_PUT_IN[column in MASKED_JSON].split(text), key=len)
    return [_part(asking, column, longest)] if longest else []


def _like(asking: Asking, expression: str, text: str) -> str:
    return f"lowerUTF8({expression}) LIKE {asking.bound.text(f'%{like(text)}%')}"


def _whole_word(asking: Asking, column: str, word: str) -> Condition:
    if not asking.columns.masks(column):
        return _word(asking, column, word)
    masked = _word(asking, asking.columns.shown(column), word)._replace(cost=Cost.MASKED)
    return all_of([*_stored_part(asking, column, word), masked])


def _word(asking: Asking, expression: str, word: str) -> Condition:
    edge = _WORD_EDGE.replace("\\", "\\\\")
    pattern = f"concat('(^|{edge})', {asking.bound.text(re.escape(word))}, '($|{edge})')"
    return Condition(Cost.WIDE, f"match(lowerUTF8({expression}), {pattern})")
