"""Static files as packages brought them, under addresses that change with their content."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


@lru_cache(maxsize=512)
def _version(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""


class VersionedStorage(StaticFilesStorage):
    """Adds ``?v=HASH`` to each address, so that browsers may keep a file for ever and still get a new release."""

    def __init__(self) -> None:
        super().__init__(location=None, base_url="/static/")

    def url(self, name: str | None) -> str:
        """Return the address of a static file with the hash of its content."""
        version = _version(name or "")
        return super().url(name) + (f"?v={version}" if version else "")


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is untyped
    """Answers with static files as a whole: they are small. The package streams them, which makes the event loop wait
    for a thread at every piece, with a warning."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Return a file, or the part of it that was asked for."""
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
