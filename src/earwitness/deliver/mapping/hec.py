"""Splunk HTTP Event Collector: JSON objects one after another in one body."""

from collections.abc import Sequence

import msgspec

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
    return b"\n".join(msgspec.json.encode(mapped(item, stream, index)) for item in items)
