"""What an agent can do at the desk, and the event that each act becomes."""

import random
import threading
import time
import uuid
from collections import deque

from sender import Sender

STATES = {"available": "Available", "busy": "Busy", "lunch": "Lunch", "training": "Training", "offline": "Offline"}
QUEUES = ("support-3", "billing-1", "sales-2")
DISPOSITIONS = ("Solved", "Call back", "Escalated", "Wrong number")
CUSTOMERS = (
    ("+442079460018", "Harriet Lowe"),
    ("+13125550142", "Miguel Ortega"),
    ("+4930901820", "Anna Brandt"),
    ("+34915550176", "Pablo Gil"),
    ("+61255501842", "Chloe Tran"),
)
RING_AFTER = 2.0  # seconds an available agent waits for a call
SHOWN = 40


class DeskError(Exception):
    """An act that makes no sense now; the text says why."""


class Desk:
    """One signed-in agent: state, call, and the receipts of the events sent so far."""

    def __init__(self, username: str, extension: str, sender: Sender) -> None:
        self.username = username
        self.extension = extension
        self.sender = sender
        self.session = uuid.uuid4().hex[:16]
        self.state = "offline"
        self.call: dict | None = None
        self.last_call: dict | None = None
        self.free_since = time.monotonic()
        self.receipts: deque[dict] = deque(maxlen=SHOWN)
        self.lock = threading.Lock()

    def picture(self) -> dict:
        """Return what the page shows. An available agent's next call begins to ring here."""
        with self.lock:
            if self.state == "available" and not self.call and time.monotonic() - self.free_since > RING_AFTER:
                self._ring()
            return {
                "username": self.username,
                "extension": self.extension,
                "state": self.state,
                "call": self.call,
                "last_call": self.last_call,
                "events": list(reversed(self.receipts)),
                "earwitness": self.sender.url,
            }

    def act(self, name: str, given: dict, came: dict) -> None:
        """Do what a button says. given: what the page sent with it; came: user_ip, user_agent, request_uri."""
        acts = {
            "login": self._login,
            "logout": self._logout,
            "state": self._set_state,
            "answer": self._answer,
            "hangup": self._hang_up,
            "hold": self._hold,
            "transfer": self._transfer,
            "disposition": self._dispose,
            "note": self._note,
        }
        if name not in acts:
            raise DeskError("There is no such button.")
        with self.lock:
            for event in acts[name](given):
                self._record(event, came)

    def _record(self, event: dict, came: dict) -> None:
        self.receipts.append(
            self.sender.send(
                {
                    "username": self.username,
                    "extension": self.extension,
                    "session_id": self.session,
                    "outcome": "success",
                    **came,
                    **event,
                }
            )
        )

    # Each act changes the desk and returns the events that tell of it.

    def _login(self, _: dict) -> list[dict]:
        params = {"method": "password", "client": {"name": "agent-workspace"}}
        return [self._about_agent("session", "login", params), *self._set_state({"state": "available"})]

    def _logout(self, _: dict) -> list[dict]:
        if self.call:
            raise DeskError("Finish the call first.")
        return [*self._set_state({"state": "offline"}), self._about_agent("session", "logout", {})]

    def _set_state(self, given: dict) -> list[dict]:
        after = given.get("state")
        if after not in STATES:
            raise DeskError("There is no such state.")
        if self.call and self.call["status"] != "ringing":
            raise DeskError("Finish the call first.")
        before, self.state = self.state, after
        self.call = None
        self.free_since = time.monotonic()
        if before == after:
            return []
        params = {
            "agent": {"ext": self.extension, "name": self.username},
            "before": {"status": before},
            "after": {"status": after, "reason": "manual"},
        }
        event = self._about_agent("agent_state", after, params)
        return [{**event, "changes": [{"path": "status", "old": before, "new": after}]}]

    def _answer(self, _: dict) -> list[dict]:
        call = self._current("ringing")
        call["status"] = "talking"
        call["since"] = time.time()
        return [self._about_call(call, "call", "answer", {"direction": "inbound"})]

    def _hang_up(self, _: dict) -> list[dict]:
        return [self._end("hangup", {})]

    def _transfer(self, given: dict) -> list[dict]:
        target = given.get("to")
        if target not in QUEUES:
            raise DeskError("There is no such queue.")
        return [self._end("transfer_blind", {"transfer": {"to": target}})]

    def _hold(self, _: dict) -> list[dict]:
        call = self._current("talking", "held")
        call["status"] = "talking" if call["status"] == "held" else "held"
        return [self._about_call(call, "call", "hold" if call["status"] == "held" else "unhold", {})]

    def _dispose(self, given: dict) -> list[dict]:
        call, value = self._recent(), given.get("value")
        if value not in DISPOSITIONS:
            raise DeskError("There is no such disposition.")
        before, call["disposition"] = call.get("disposition"), value
        params = {"before": {"disposition": before}, "after": {"disposition": value}}
        event = self._about_call(call, "disposition", "change" if before else "set", params)
        return [{**event, "changes": [{"path": "disposition", "old": before, "new": value}]}]

    def _note(self, given: dict) -> list[dict]:
        call, text = self._recent(), str(given.get("text", "")).strip()[:2000]
        if not text:
            raise DeskError("Write the note first.")
        call.setdefault("notes", []).append(text)
        return [{**self._about_call(call, "note", "add", {"note": {"text": text}}), "comments": text}]

    def _ring(self) -> None:
        number, name = random.choice(CUSTOMERS)
        self.call = {
            "id": f"{int(time.time())}.{random.randrange(10_000, 99_999)}",
            "number": number,
            "name": name,
            "queue": random.choice(QUEUES),
            "status": "ringing",
            "since": time.time(),
        }

    def _end(self, sub_event: str, params: dict) -> dict:
        call = self._current("talking", "held")
        self.last_call, self.call = call, None
        self.free_since = time.monotonic()
        call["status"] = "ended"
        return self._about_call(call, "call", sub_event, {"duration": round(time.time() - call["since"]), **params})

    def _current(self, *statuses: str) -> dict:
        if not self.call or self.call["status"] not in statuses:
            raise DeskError("There is no such call now.")
        return self.call

    def _recent(self) -> dict:
        call = self.call if self.call and self.call["status"] != "ringing" else self.last_call
        if not call:
            raise DeskError("Answer a call first.")
        return call

    def _about_agent(self, event: str, sub_event: str, params: dict) -> dict:
        return {
            "event": event,
            "sub_event": sub_event,
            "event_object": f"agent:{self.extension}",
            "params": {**params, "session": self.session},
        }

    def _about_call(self, call: dict, event: str, sub_event: str, params: dict) -> dict:
        about = {"call_id": call["id"], "caller": call["number"], "queue": call["queue"]}
        return {
            "event": event,
            "sub_event": sub_event,
            "event_object": f"cdr:{call['id']}",
            "call_id": call["id"],
            "params": {**about, "agent": {"ext": self.extension, "status": self.state}, **params},
        }
