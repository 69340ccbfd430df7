"""Syslog messages (RFC 5424), framed by octet counting (RFC 6587 over TCP, RFC 5425 over TLS).

Facility 13 (log audit); severity 5 (notice), 4 (warning) for what failed or was denied. The structured data carry what
a collector sorts by; the message is the whole item as JSON, or a CEF line. Neither begins with a byte order mark: JSON
must not (RFC 8259, section 8.1), and collectors look for ``CEF:`` at the very beginning; RFC 5424 has it as MSG-ANY.
"""

import socket
from collections.abc import Callable

import msgspec

from earwitness.deliver.mapping import Item, reading
from earwitness.model import times

FACILITY = 13
NOTICE, WARNING = 5, 4
SD_ID = "earwitness@32473"  # 32473 is the number that RFC 5612 sets aside for those without one of their own

Body = Callable[[Item, str], str]


def json_body(item: Item, stream: str) -> str:
    """Return the whole item as JSON on one line; not-ASCII text stays readable."""
    return msgspec.json.encode({"stream": stream, **item}).decode()


def mapped(item: Item, stream: str, body: Body = json_body, host: str = "") -> bytes:
    """Return the item as one syslog message, without frame. host: this machine's name by default."""
    what = reading.essence(item, stream)
    severity = WARNING if what.outcome in ("failure", "denied") else NOTICE
    name = _token(host or socket.gethostname(), 255)
    head = f"<{FACILITY * 8 + severity}>1 {times.text(what.when)} {name} earwitness - {stream}"
    data = {"tenant": item.get("tenant"), "seq": item.get("seq"), "id": item["id"], "user": what.user, "ip": what.ip}
    pairs = "".join(f' {key}="{_data(str(text))}"' for key, text in data.items() if text not in (None, ""))
    return f"{head} [{SD_ID}{pairs}] {body(item, stream)}".encode()


def framed(message: bytes) -> bytes:
    """Return a message behind its length, as it goes over TCP and TLS."""
    return b"%d %s" % (len(message), message)


def _token(text: str, most: int) -> str:
    """Return text as PRINTUSASCII (RFC 5424, section 6), ``-`` where nothing is left."""
    return "".join(c for c in text if "!" <= c <= "~")[:most] or "-"


def _data(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
