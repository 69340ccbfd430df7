"""Reading over HTTP: both logs, their live tails, calls. ``ROUTERS`` is what ``api.app`` mounts."""

from earwitness.api.read import calls, live, logs, shapes, tail
from earwitness.model.scope import ACTIVITY, SUPERVISION

ROUTERS = [
    ("/events", tail.router_of(ACTIVITY, "events")),
    ("/events", logs.router_of(ACTIVITY, "events", shapes.EventPage, shapes.EventShown)),
    ("/supervision", tail.router_of(SUPERVISION, "segments")),
    ("/supervision", live.router),
    ("/supervision", logs.router_of(SUPERVISION, "segments", shapes.SegmentPage, shapes.SegmentShown)),
    ("/calls", calls.router),
]
