"""Characters that nobody sees and that change what everybody sees: they may make ``exe.gpj`` of ``jpg.exe``.

Text comes back as it was sent, these included. The pages keep each value apart from what stands around it, and say
where such characters are.
"""

import re
import unicodedata

import msgspec

from earwitness.model.event import Event
from earwitness.web.activity import params

SIGNS = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
FIELDS = {
    "username": "Username",
    "event": "Event",
    "sub_event": "Sub Event",
    "event_object": "Event Object",
    "comments": "Comments",
    "request_uri": "Request Uri",
    "error": "Error",
    "reason": "Reason",
    "on_behalf_of": "On behalf of",
    "user_agent": "User agent",
}


def signs(event: Event) -> list[tuple[str, list[str]]]:
    """Return [(label of the field, names of the hidden characters in it)]; nothing for nearly every event."""
    texts = {label: str(getattr(event, name)) for name, label in FIELDS.items()}
    texts["Params"] = params.written(params.read(bytes(event.params))) if bytes(event.params) else ""
    texts["Changes"] = msgspec.json.encode(event.changes).decode() if event.changes else ""
    return [(label, found) for label, text in texts.items() if (found := _names(text))]


def _names(text: str) -> list[str]:
    """Return what stands in a text, each once."""
    return [_name(sign) for sign in dict.fromkeys(SIGNS.findall(text))]


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '').lower()}".strip()
