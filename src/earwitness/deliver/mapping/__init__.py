"""Rows of the logs in the words of other systems: pure functions from an item to what goes over the wire.

An item is what ``GET /api/v1/events`` and ``GET /api/v1/supervision`` give: field names as stored, JSON values,
times as RFC 3339 text in UTC. Every function takes the item and its stream ("activity" or "supervision").
"""

from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
PRODUCT = "Earwitness"
