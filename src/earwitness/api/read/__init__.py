"""Reading over HTTP: both logs, their live tails, calls. ``ROUTERS`` is what ``api.app`` mounts."""

from earwitness.api.read import calls, live, logs, reasons, shapes, tail
from earwitness.model.scope import ACTIVITY, SUPERVISION

segments = reasons.add_to(logs.router_of(SUPERVISION, "segments", shapes.SegmentPage, shapes.SegmentShown))

ROUTERS = [
    ("/events", tail.router_of(ACTIVITY, "events")),
    ("/events", logs.router_of(ACTIVITY, "events", shapes.EventPage, shapes.EventShown)),
    ("/supervision", tail.router_of(SUPERVISION, "segments")),
    ("/supervision", live.router),
    ("/supervision", segments),
    ("/calls", calls.router),
]
