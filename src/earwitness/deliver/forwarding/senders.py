"""Hands a batch of rows to a receiver and returns when it has them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
import zstandard

from earwitness.deliver import secrets
from earwitness.deliver.mapping import Item, cef, ecs, hec, ocsf, syslog, webhook
from earwitness.deliver.models import Forward
from earwitness.deliver.wire import http, s3
from earwitness.deliver.wire.guard import Guard
from earwitness.deliver.wire.syslog import Broken, Connection, Peer
from earwitness.model.times import UTC

_encode = msgspec.json.Encoder().encode
CALL = 800_000  # bytes: many servers take a million in one request


class NotTaken(Exception):  # noqa: N818 -- told to people as it stands
    """The receiver did not take a batch; sending it again is right. retry_after: seconds it asked for."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class TooLarge(NotTaken):
    """A batch is more than the receiver takes at once: sending it in smaller ones is right."""


class Sender(Protocol):
    """``most`` rows at a time, of about ``most_bytes`` of JSON in all; ``hourly`` where a batch holds one hour and
    waits until that is over."""

    most: int
    most_bytes: int
    hourly: bool

    def send(self, items: Sequence[Item]) -> None:
        """Return when the receiver has all of them. Raises NotTaken."""

    def close(self) -> None:
        """Let go of what is open."""


WORDS: dict[str, Callable[[Item, str], Any]] = {
    "json": lambda item, stream: {"stream": stream, **item},
    "ecs": ecs.mapped,
    "ocsf": ocsf.mapped,
    "cef": cef.mapped,
}


class SyslogSender:
    """Syslog over TCP or TLS; the message is JSON in some words, or CEF."""

    most, most_bytes, hourly = 500, 8_000_000, False

    def __init__(self, forward: Forward, guard: Guard) -> None:
        settings = forward.settings
        tls, trust = bool(settings.get("tls")), str(settings.get("trust") or "")
        self._connection = Connection(Peer(settings["host"], settings["port"], tls, trust), guard)
        self._stream, self._words = forward.stream, forward.words

    def send(self, items: Sequence[Item]) -> None:
        """Send each row as one message."""
        try:
            self._connection.send([syslog.mapped(item, self._stream, self._body) for item in items])
        except Broken as error:
            raise NotTaken(str(error)) from None

    def _body(self, item: Item, stream: str) -> str:
        made = WORDS[self._words](item, stream)
        return made if isinstance(made, str) else _json(made)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class WebhookSender:
    """A signed call; its message id is that of the rows in it, the same at every try."""

    most, most_bytes, hourly = 100, CALL, False

    def __init__(self, forward: Forward, guard: Guard) -> None:
        self._forward, self._guard = forward, guard

    def send(self, items: Sequence[Item]) -> None:
        """Send the rows in one call."""
        forward, now = self._forward, dt.datetime.now(UTC)
        data = {"stream": forward.stream, "items": [WORDS[forward.words](item, forward.stream) for item in items]}
        body = webhook.payload("records", now, data)
        name = f"forward-{forward.pk}-{items[0]['seq']}-{items[-1]['seq']}"
        signed = webhook.signed(secrets.reveal(forward.secret), name, now, body)
        _post(http.Request(forward.settings["url"], signed.body, signed.headers), self._guard)

    def close(self) -> None:
        """Nothing stays open."""


class SplunkSender:
    """The HTTP Event Collector; 200 means that Splunk has the events."""

    most, most_bytes, hourly = 500, CALL, False

    def __init__(self, forward: Forward, guard: Guard) -> None:
        self._forward, self._guard = forward, guard

    def send(self, items: Sequence[Item]) -> None:
        """Send the rows in one call."""
        forward = self._forward
        index = str(forward.settings.get("index") or "")
        events = []
        for item in items:
            event = hec.mapped(item, forward.stream, index)
            if forward.words != "json":
                event["event"] = WORDS[forward.words](item, forward.stream)
            events.append(_json(event))
        token = secrets.reveal(forward.secret)
        headers = {"Authorization": f"Splunk {token}", "Content-Type": "application/json"}
        _post(http.Request(forward.settings["url"], "\n".join(events).encode(), headers), self._guard)

    def close(self) -> None:
        """Nothing stays open."""


class BucketSender:
    """An object for each hour (several where an hour is large), named by its first place in the log: writing it again
    replaces it."""

    most, most_bytes, hourly = 20_000, 32_000_000, True

    def __init__(self, forward: Forward, guard: Guard) -> None:
        self._forward, self._guard = forward, guard

    def send(self, items: Sequence[Item]) -> None:
        """Write the rows, which are of one hour, as one object."""
        forward, settings = self._forward, self._forward.settings
        lines = "".join(_json(WORDS[forward.words](item, forward.stream)) + "\n" for item in items)
        body = zstandard.ZstdCompressor(level=9).compress(lines.encode())
        bucket = s3.Bucket(
            settings["endpoint"],
            settings["region"],
            settings["bucket"],
            settings["key_id"],
            secrets.reveal(forward.secret),
        )
        try:
            answer = s3.put(bucket, self.key(items[0]), body, self._guard, dt.datetime.now(UTC))
        except http.Failed as error:
            raise NotTaken(str(error)) from None
        _demand_good(answer)

    def key(self, first: Item) -> str:
        """Return the name of the object that begins with a row."""
        forward = self._forward
        hour = str(first["received_at"])[:13].replace("-", "/").replace("T", "/")
        prefix = str(forward.settings.get("prefix") or "")
        return f"{prefix}{first['tenant']}/{forward.stream}/{hour}-{int(first['seq']):020d}.ndjson.zst"

    def close(self) -> None:
        """Nothing stays open."""


def _json(value: Any) -> str:
    return _encode(value).decode()


def _post(request: http.Request, guard: Guard) -> None:
    try:
        answer = http.send(request, guard)
    except http.Failed as error:
        raise NotTaken(str(error)) from None
    _demand_good(answer)


def _demand_good(answer: http.Answer) -> None:
    if not answer.good:
        said = " ".join(answer.text.split())[:200]
        kind = TooLarge if answer.status == http.TOO_LARGE else NotTaken
        raise kind(f"{http.told(answer)}{f': {said}' if said else '.'}", answer.retry_after)


SENDERS: dict[str, Callable[[Forward, Guard], Sender]] = {
    "syslog": SyslogSender,
    "cef": SyslogSender,
    "webhook": WebhookSender,
    "hec": SplunkSender,
    "s3": BucketSender,
}
