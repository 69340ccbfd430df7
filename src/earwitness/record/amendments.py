"""Amendments: what becomes known later about a recorded row, as records of their own. The row itself never changes."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.record.log import Log, Placed, same_id

_NAMESPACE: Final = uuid.UUID("4a1f6f5e-52c5-5a0e-9d3e-6f1f1f9f7c11")


class AmendmentRow(Placed):
    """The columns of ``amendments``: one field of one row, its value as JSON text, and why."""

    id: str
    stream: str
    amends: str
    field: str
    value: str
    cause: str
    username: str = ""
    comments: str = ""


def _log(stream: str) -> Log:
    return Log(
        table="amendments",
        stream=stream,
        identity=("field",),
        same=same_id,
        same_sent=same_id,
        encode=msgspec.json.Encoder().encode_lines,
        only=f" AND stream = '{stream}'",
    )


AMENDMENTS: Final = {stream: _log(stream) for stream in (ACTIVITY, SUPERVISION)}


def rows(  # noqa: PLR0913 -- the columns of an amendment, each by name
    stream: str,
    amends: str,
    fields: Mapping[str, Any],
    *,
    cause: str,
    username: str = "",
    comments: str = "",
    apart: str = "",
) -> list[AmendmentRow]:
    """Return one row for each field; the same amendment made twice has the same ids, and is recorded once.

    apart: what tells it from an earlier one that says the same; without it, X, then Y, then X again would stay Y.
    """
    made = []
    for field, value in fields.items():
        text = msgspec.json.encode(value).decode()
        parts = [stream, amends.lower(), field, text, cause, username, comments]
        said = msgspec.json.encode([*parts, apart] if apart else parts).decode()
        made.append(
            AmendmentRow(
                id=str(uuid.uuid5(_NAMESPACE, said)),
                stream=stream,
                amends=amends.lower(),
                field=field,
                value=text,
                cause=cause,
                username=username,
                comments=comments,
            )
        )
    return made
