"""Delivery over HTTP: exports, saved searches, schedules, alerts, forwards. ``ROUTERS`` is what ``api.app`` mounts."""

from earwitness.api.deliver.alerts import router as alerts
from earwitness.api.deliver.exports import router as exports
from earwitness.api.deliver.forwards import router as forwards
from earwitness.api.deliver.saved_searches import router as saved_searches
from earwitness.api.deliver.schedules import router as schedules

ROUTERS = [
    ("/exports", exports),
    ("/saved-searches", saved_searches),
    ("/schedules", schedules),
    ("/alerts", alerts),
    ("/forwards", forwards),
]
