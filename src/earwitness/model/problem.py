"""Errors that people and programs meet, each with one stable type.

A problem becomes ``application/problem+json`` (RFC 9457) in the API, a sentence on a page, and a line on stderr.
"""

from typing import ClassVar


class Problem(Exception):  # noqa: N818 -- the word of RFC 9457 and of the interface
    """Something the caller can do something about: ``detail`` is one sentence that says what.

    status: HTTP status; type: stable kebab-case name; title: what this type always means;
    retry_after: seconds after which trying again makes sense, or None where it does not help;
    fields: field name -> sentence, where single fields are wrong; extra: further members for programs.
    """

    status: ClassVar[int] = 400
    type: ClassVar[str] = "malformed"
    title: ClassVar[str] = "The request cannot be understood"

    def __init__(
        self,
        detail: str,
        *,
        retry_after: int | None = None,
        fields: dict[str, str] | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
        self.fields = fields or {}
        self.extra = extra or {}


class Malformed(Problem):
    """400: the bytes or parameters are not of the form that the interface describes."""


class BadQuery(Problem):
    """400: the search text has a mistake; ``extra`` holds ``position`` and ``end`` (character offsets, from 0)."""

    type = "bad-query"
    title = "The search text has a mistake"


class BadCursor(Problem):
    """400: the cursor belongs to another query, key or person, or is no cursor at all."""

    type = "bad-cursor"
    title = "The cursor does not belong to this query"


class NotSignedIn(Problem):
    """401: no key or session, or one that is unknown, revoked or expired."""

    status = 401
    type = "not-authenticated"
    title = "A valid key or session is needed"


class Forbidden(Problem):
    """403: the permission that is lacking is named; the text never depends on data."""

    status = 403
    type = "forbidden"
    title = "A permission is lacking"


class PasswordNeeded(Forbidden):
    """403: a signed-in person has to give their password again before an act as dangerous as this one."""

    type = "password-needed"
    title = "The password has to be given again"


class NotFound(Problem):
    """404: absent, out of scope, or another tenant's: the same answer."""

    status = 404
    type = "not-found"
    title = "There is no such thing here"


class NotAllowed(Problem):
    """405: the address exists, but not for this method; the header Allow names those that are."""

    status = 405
    type = "method-not-allowed"
    title = "This method is not allowed here"


class Conflict(Problem):
    """409: what is asked for contradicts what is there."""

    status = 409
    type = "conflict"
    title = "The request contradicts what is there"


class TooLarge(Problem):
    """413: the body, decompressed, or its number of events is over the limit."""

    status = 413
    type = "too-large"
    title = "The request is too large"


class UnsupportedMedia(Problem):
    """415: a content type or encoding that is not spoken here."""

    status = 415
    type = "unsupported-media-type"
    title = "This content type or encoding is not accepted"


class Invalid(Problem):
    """422: well-formed, but some fields are wrong; ``fields`` names each."""

    status = 422
    type = "invalid"
    title = "Some fields are not valid"


class Taken(Invalid):
    """409: all that is wrong with the fields is a name that belongs to something else."""

    status = 409
    type = "conflict"
    title = "The request contradicts what is there"


class NotHeld(Invalid, Forbidden):
    """403: a field would grant what the caller does not hold; the permission that is lacking is named."""

    status = 403
    type = "forbidden"
    title = "A permission is lacking"


class TooMany(Problem):
    """429: this caller sends more than it may; ``retry_after`` says when to go on."""

    status = 429
    type = "too-many-requests"
    title = "Too many requests"


class Unavailable(Problem):
    """503: the store cannot take or answer this now (disk full, stopping, overloaded); what is acknowledged is safe."""

    status = 503
    type = "unavailable"
    title = "The store cannot answer now"
