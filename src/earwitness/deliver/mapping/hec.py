"""Splunk HTTP Event Collector: JSON objects one after another in one body."""

import json
from collections.abc import Sequence

from earwitness.deliver.mapping import Item, reading


def mapped(item: Item, stream: str, index: str = "") -> dict[str, object]:
    """Return the item as one HEC event. index: the Splunk index, where it is not the token's own."""
    what = reading.essence(item, stream)
    found: dict[str, object] = {
        "time": f"{what.when.timestamp():.6f}",
        "host": str(item.get("pbx") or item.get("source") or "earwitness"),
        "source": "earwitness",
        "sourcetype": f"earwitness:{stream}",
        "event": dict(item),
    }
    return found | ({"index": index} if index else {})


def body(items: Sequence[Item], stream: str, index: str = "") -> bytes:
    """Return the body of one request."""
    return "\n".join(
        json.dumps(mapped(item, stream, index), ensure_ascii=False, separators=(",", ":")) for item in items
    ).encode()
