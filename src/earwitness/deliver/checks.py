"""What every form of this room checks the same way. Each check returns what is wrong by field: all errors at once."""

import datetime as dt
import re
from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from earwitness.model.problem import BadQuery, Invalid
from earwitness.model.scope import STREAMS
from earwitness.search import values
from earwitness.search.grammar import parse

MOST_RECIPIENTS = 50
LONGEST_NAME = 100
RELATIVE = re.compile(r"now|today|yesterday|month|last-month|-[0-9]{1,5}[mhdw]")  # the words of the Time Range


def name(text: str) -> dict[str, str]:
    """Check a name."""
    if not text.strip():
        return {"name": "Give it a name."}
    if len(text) > LONGEST_NAME or not text.isprintable():
        return {"name": f"A name has at most {LONGEST_NAME} printable characters."}
    return {}


def search(text: str, stream: str) -> dict[str, str]:
    """Check the log and the search text."""
    if stream not in STREAMS:
        return {"stream": f"Choose one of {', '.join(STREAMS)}."}
    try:
        parse(text, stream)
    except BadQuery as problem:
        return {"search": problem.detail}
    return {}


def span(text: str) -> dict[str, str]:
    """Check a range as it stands in the address of a page: ``from..to``, either end may be empty."""
    start, dots, end = text.partition("..")
    if text and not (dots and _is_moment(start) and _is_moment(end)):
        return {"range": "Write a range like -7d.. or 2026-11-01..2026-12-01."}
    return {}


def _is_moment(text: str) -> bool:
    if not text or RELATIVE.fullmatch(text):
        return True
    try:
        values.span(text, dt.UTC)
    except (ValueError, OverflowError):
        return False
    return True


def recipients(addresses: Iterable[str], *, needed: bool) -> dict[str, str]:
    """Check mail addresses."""
    given = list(addresses)
    if needed and not given:
        return {"recipients": "Name at least one mail address."}
    if len(given) > MOST_RECIPIENTS:
        return {"recipients": f"At most {MOST_RECIPIENTS} mail addresses."}
    for address in given:
        try:
            validate_email(address)
        except ValidationError:
            return {"recipients": f"{address[:100]!r} is not a mail address."}
    return {}


def choice(field: str, value: str, choices: Collection[str]) -> dict[str, str]:
    """Check that a value is one of some."""
    return {} if value in choices else {field: f"Choose one of {', '.join(sorted(choices))}."}


def demand(wrong: dict[str, str], what: str) -> None:
    """Raise Invalid where anything is wrong."""
    if wrong:
        raise Invalid(f"The {what} is not valid: " + " ".join(wrong.values()), fields=wrong)
