"""The parts that a server may run: all of them, or those that ``serve --only`` names."""

from typing import Final

PARTS: Final = {
    "web": "pages, and the API that reads and manages",
    "ingest": "the door for events and segments: POST /api/v1/events and /supervision",
    "collect": "listening to switches",
    "jobs": "exports, schedules, alerts and forwarding",
}
ALL: Final = frozenset(PARTS)
