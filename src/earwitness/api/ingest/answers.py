"""Answers of the ingest door: JSON, and problems as RFC 9457 says, straight to ASGI."""

from typing import Any

import msgspec
from starlette.types import Send

from earwitness.model.problem import NotAllowed, NotSignedIn, Problem

_encode = msgspec.json.Encoder().encode


async def send_json(
    send: Send,
    status: int,
    body: Any,
    *,
    media: bytes = b"application/json",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Send one JSON answer. body: anything msgspec encodes, or bytes that are JSON already."""
    encoded = body if isinstance(body, bytes) else _encode(body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media),
                (b"content-length", b"%d" % len(encoded)),
                (b"cache-control", b"no-store"),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": encoded})


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return the members of an ``application/problem+json`` document."""
    document: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.fields:
        document["fields"] = problem.fields
    return {**problem.extra, **document}


async def send_problem(send: Send, problem: Problem) -> None:
    """Send a problem with its status, and Retry-After or WWW-Authenticate where they belong."""
    headers: list[tuple[bytes, bytes]] = []
    if problem.retry_after is not None:
        headers.append((b"retry-after", b"%d" % problem.retry_after))
    if isinstance(problem, NotSignedIn):
        headers.append((b"www-authenticate", b'Bearer realm="earwitness"'))
    await send_json(
        send, problem.status, problem_document(problem), media=b"application/problem+json", headers=tuple(headers)
    )


async def send_method_not_allowed(send: Send) -> None:
    """Say that only POST is spoken here."""
    problem = NotAllowed("Send events with POST.")
    await send_json(
        send,
        problem.status,
        problem_document(problem),
        media=b"application/problem+json",
        headers=((b"allow", b"POST"),),
    )
