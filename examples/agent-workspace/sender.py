"""Sends what happens in the workspace to Earwitness: one POST an event, again until it is acknowledged.

Everything another application needs is here: an ingest key, ``POST /api/v1/events``, and an ``id`` that the application
gives. Because the id stays the same, sending again after a time-out never records anything twice.
"""

import datetime as dt
import json
import queue
import threading
import urllib.error
import urllib.request
import uuid

PATIENCE = 10  # seconds to wait for an answer
PAUSE = 2  # seconds before trying again


class Sender:
    """Hands events to Earwitness one after the other, in the order in which they happened.

    url: where Earwitness is; key: an API key of scope ``ingest``.
    """

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self._waiting: queue.Queue[tuple[dict, dict]] = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def send(self, event: dict) -> dict:
        """Send one event soon. Returns its receipt: ``status`` and ``seq`` are filled in when the answer comes."""
        event = {"id": str(uuid.uuid4()), "created": dt.datetime.now(dt.UTC).isoformat(), **event}
        receipt = {"id": event["id"], "created": event["created"], "status": "waiting", "seq": None, "event": event}
        self._waiting.put((event, receipt))
        return receipt

    def _run(self) -> None:
        while True:
            event, receipt = self._waiting.get()
            while not self._try(event, receipt):
                threading.Event().wait(PAUSE)

    def _try(self, event: dict, receipt: dict) -> bool:
        """Try once; True when there is nothing left to do for this event."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/events",
            data=json.dumps(event).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 429 or error.code >= 500:
                return False  # not now: try again
            receipt.update(status="refused", problem=f"{error.code} {error.reason}")
            return True
        except OSError:
            receipt["status"] = "waiting"
            return False
        if told["rejected"]:
            receipt.update(status="rejected", problem=told["rejected"][0]["problem"])
        else:
            receipt.update(status="recorded", seq=told["results"][0]["seq"])
        return True
