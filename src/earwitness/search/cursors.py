"""Cursors: where a page ended, in a form that nobody can make or change, and that fits one person and one query."""

import base64
import binascii
import hashlib
import hmac
import struct
from typing import NamedTuple

import msgspec

from earwitness.model import times
from earwitness.model.problem import BadCursor
from earwitness.model.scope import Scope
from earwitness.search.query import Query

_FORM = struct.Struct(">qQ")
_TAG = 16


class Place(NamedTuple):
    """The last row of a page: its time in microseconds since 1970, and its seq."""

    us: int
    seq: int


class Cursors:
    """Makes and reads cursors with a secret key."""

    def __init__(self, secret: bytes) -> None:
        """secret: kept by the server; with another one, cursors handed out before no longer work."""
        self._key = hmac.digest(secret, b"earwitness cursor 1", "sha256")

    def write(self, place: Place, scope: Scope, query: Query, order: str) -> str:
        """Return the cursor that goes on after a place."""
        body = _FORM.pack(*place)
        return _text(body + self._tag(body, scope, query, order))

    def read(self, cursor: str, scope: Scope, query: Query, order: str) -> Place:
        """Return the place of a cursor; BadCursor unless this person got it for this query in this order."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        body, tag = raw[: _FORM.size], raw[_FORM.size :]
        if (
            _text(raw) != cursor
            or len(tag) != _TAG
            or not hmac.compare_digest(tag, self._tag(body, scope, query, order))
        ):
            raise BadCursor("This cursor belongs to another query or key: ask for the first page again.")
        return Place(*_FORM.unpack(body))

    def _tag(self, body: bytes, scope: Scope, query: Query, order: str) -> bytes:
        start, end = (times.text(moment) if moment else "" for moment in (query.start, query.end))
        bound = (scope.tenant, scope.viewer, scope.own, query.stream, query.text, start, end, query.tz, order)
        digest = hmac.new(self._key, body + msgspec.json.encode(bound), hashlib.sha256).digest()
        return digest[:_TAG]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
