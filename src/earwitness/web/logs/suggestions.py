"""What to offer while somebody types: names of fields, and values that stand in the log."""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from earwitness.model.event import OUTCOMES
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search.fields import BY_NAME as FIELDS
from earwitness.search.fields import of_stream
from earwitness.web.logs import forms

MOST = 10
VALUED = {
    ACTIVITY: frozenset({"user", "event", "sub", "object", "source", "desk", "outcome"}),
    SUPERVISION: frozenset(
        {"user", "manager", "agent", "extension", "queue", "desk", "pbx", "source", "action", "end"}
    ),
}
TERM = re.compile(r'(?:^|[\s(])-?(?P<name>[a-z_]+):(?P<values>(?:"[^"]*"|[^\s()"])*)$', re.IGNORECASE)
WORD = re.compile(r"(?:^|[\s(])-?(?P<word>[a-z_]+)$", re.IGNORECASE)

Values = Callable[[str, str], Sequence[tuple[str, int]]]


class Offer(NamedTuple):
    """One line: what it shows, what stands beside it, and what replaces the characters from start to end."""

    label: str
    beside: str
    text: str
    start: int
    end: int


def in_field(field: str, text: str, at: int, values: Values, form: forms.Form) -> list[Offer]:
    """Return offers for a form field: the value between the commas around the caret ``at``."""
    if field not in VALUED[form.stream]:
        return []
    start = text.rfind(",", 0, at) + 1
    start += len(text[start:at]) - len(text[start:at].lstrip())
    end = text.find(",", at)
    end = len(text) if end < 0 else end
    return [
        Offer(value, _count(count), forms.shown_value(field, value, form), start, end)
        for value, count in _values(field, text[start:at].strip(' "'), values)
    ]


def in_box(text: str, at: int, values: Values, form: forms.Form) -> list[Offer]:
    """Return offers for the search box: values where a field is being filled, names of fields where a word begins."""
    before = text[:at]
    term = TERM.search(before)
    if term:
        name = term["name"].lower()
        prefix = term["values"].rpartition(",")[2]
        found = _values(name, prefix.strip('"'), values) if name in VALUED[form.stream] else []
        start = at - len(prefix)
        return [
            Offer(value, _count(count), forms.shown_value(name, value, form) + " ", start, at) for value, count in found
        ]
    word = WORD.search(before)
    if not word:
        return []
    start = at - len(word["word"])
    named = [field for field in of_stream(form.stream) if field.name.startswith(word["word"].lower())]
    return [
        Offer(
            f"{field.name}{'.' if field.name == 'params' else ':'}",
            field.sentence,
            f"{field.name}{_colon(field.name)}",
            start,
            at,
        )
        for field in named
    ]


def _colon(name: str) -> str:
    return "." if name == "params" else ":"


def _values(field: str, prefix: str, values: Values) -> Sequence[tuple[str, int]]:
    if field == "outcome":
        return [(name, 0) for name in OUTCOMES if name.startswith(prefix.lower())]
    return values(FIELDS[field].name, prefix)


def _count(count: int) -> str:
    return f"{count:,}" if count else ""


def markup(offers: Sequence[Offer]) -> str:
    """Return the offers as the options of a list box."""
    return "".join(
        f'<div role="option" id="suggestion-{i}" aria-selected="false" data-text="{escape(offer.text)}" '
        f'data-start="{offer.start}" data-end="{offer.end}"><span class="grow">{escape(offer.label)}</span>'
        f'<span class="faint number">{escape(offer.beside)}</span></div>'
        for i, offer in enumerate(offers[:MOST])
    )
