"""Static files as packages brought them, under addresses that change with their content."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


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
