"""Files as HTTP answers, a piece at a time: nothing is held in memory, whatever its size."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import StreamingHttpResponse

from earwitness.deliver.exports import making
from earwitness.deliver.exports import order as orders
from earwitness.deliver.formats.rooms import room
from earwitness.deliver.models import Export
from earwitness.search import Reader

PIECE = 256 * 1024
_END = object()


async def pieces(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the blocks of an ordinary iterator, each waited for outside the event loop."""
    try:
        while (block := await asyncio.to_thread(next, blocks, _END)) is not _END:
            yield block  # type: ignore[misc]  # everything but the mark of the end is bytes
    finally:
        close = getattr(blocks, "close", None)
        if close:
            await asyncio.to_thread(close)


def _read_open(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def attachment(blocks: Iterator[bytes], file_format: str, name: str, size: int | None = None) -> StreamingHttpResponse:
    """Return an answer that a browser saves under ``name``."""
    answer = StreamingHttpResponse(pieces(blocks), content_type=orders.MEDIA_TYPES[file_format])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    if size is not None:
        answer["Content-Length"] = str(size)
    return answer


def at_once(reader: Reader, plan: making.Plan, folder: Path) -> StreamingHttpResponse:
    """Return a small export: streamed where the engine writes it, else made in a child process first."""
    order = plan.order
    name = orders.file_name(order.format, order.stream, plan.about.when)
    if order.format in (orders.CSV, orders.NDJSON):
        return attachment(making.stream(reader, plan), order.format, name)
    with room(folder, "at-once") as made:
        path = made / "file"
        making.make(reader, plan, path, _Unwatched())
        size, opened = path.stat().st_size, path.open("rb")  # the name goes with its folder, the file stays readable
    return attachment(_read_open(opened), order.format, name, size)


class _Unwatched:
    """Nobody waits to see how far it is."""

    def begin(self, total: int) -> None:
        """Do nothing."""

    def advance(self, done: int) -> None:
        """Do nothing."""


def file_of(export: Export, path: Path) -> StreamingHttpResponse:
    """Return the file of a finished export, as ``actions.fetch`` found it."""
    name = orders.file_name(export.format, export.stream, export.created)
    return attachment(_read_open(path.open("rb")), export.format, name, path.stat().st_size)
