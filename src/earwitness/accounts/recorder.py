"""What this room tells the log: every change, sign-in and refusal, as an event of source ``earwitness``.

``server`` hands in the recorder; without one nothing can be recorded, and so nothing can be changed.
"""

import contextlib
import hashlib
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest

from earwitness.accounts.access import Access
from earwitness.model.event import Change
from earwitness.model.problem import NotSignedIn, Problem, Unavailable

MERGE_SECONDS = 60.0
MERGED_AT_MOST = 10_000


class RecordOwn(Protocol):
    """``record.Recorder.record_own``: makes one event of ours durable and returns its place in the log."""

    def __call__(self, tenant: str, *, username: str, event: str, **fields: Any) -> int:
        """Record one event; raises a problem where the log cannot take it now."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and through which request: what an event says about its cause."""

    access: Access
    ip: str = ""
    user_agent: str = ""
    session_id: str = ""
    request_id: str = ""
    request_uri: str = ""

    @property
    def tenant(self) -> str:
        """The tenant that is being changed."""
        return self.access.tenant


class _State:
    recorder: RecordOwn | None = None


def set_recorder(recorder: RecordOwn | None) -> None:
    """Say where events go. None at the end of the house: what was merged until then is written down first."""
    if recorder is None and _State.recorder is not None:
        refusals.flush(everything=True)
    _State.recorder = recorder


def session_label(session_key: str | None) -> str:
    """Return how the log names a session: the key itself would let a reader of the log take the session over."""
    return hashlib.sha256(f"session:{session_key}".encode()).hexdigest()[:16] if session_key else ""


def actor_of(request: HttpRequest, access: Access | None = None) -> Actor:
    """Return who acts through a request; ``access`` where it is known better than from the request itself.

    Raises NotSignedIn where nobody is.
    """
    doors: Any = getattr(request, "earwitness", None)
    who = access or getattr(doors, "access", None)
    if who is None:
        raise NotSignedIn("Sign in, or send a valid key.")
    session = getattr(request, "session", None)
    return Actor(
        access=who,
        ip=str(getattr(doors, "ip", "")),
        user_agent=request.headers.get("User-Agent", "")[:500],
        session_id=session_label(session.session_key if session is not None else None),
        request_id=str(getattr(doors, "request_id", "") or ""),
        request_uri=request.get_full_path()[:2000],
    )


def record(  # noqa: PLR0913 -- each is one column of the event
    actor: Actor,
    event: str,
    sub_event: str,
    *,
    obj: str = "",
    comments: str = "",
    params: Mapping[str, object] | None = None,
    changes: Iterable[Change] = (),
    outcome: str = "success",
    username: str = "",
) -> int:
    """Make one act of somebody durable; returns its place in the log.

    event, sub_event: rows of ``vocabulary.EVENTS``; obj: ``kind:name`` of what was acted on; changes: before and after;
    username: whom the event is about, where that is not the actor (a sign-in that failed). Raises Unavailable where the
    log cannot take it.
    """
    recorder = _State.recorder
    if recorder is None:
        raise Unavailable("The log is not open, so nothing may be changed; start the server.", retry_after=5)
    access = actor.access
    details = dict(params or {})
    if access.key:
        details["key"] = access.key
    return recorder(
        actor.tenant,
        username=username or access.username,
        event=event,
        sub_event=sub_event,
        event_object=obj,
        comments=comments,
        request_uri=actor.request_uri,
        user_ip=actor.ip,
        params=details or None,
        outcome=outcome,
        actor_type="operator" if access.home else access.actor_type,  # somebody from outside that tenant
        user_agent=actor.user_agent,
        session_id=actor.session_id,
        request_id=actor.request_id,
        desks=access.desks,
        changes=tuple(changes),
    )


def stopped(tenant: str, owner: str, kind: str, name: str, why: str) -> None:
    """Make durable that a background task stopped something of ``owner``'s by itself: a schedule, an alert, a forward.

    Left out where the log cannot take it: its own page tells it as well.
    """
    if _State.recorder is None:
        return
    with contextlib.suppress(Problem):
        _State.recorder(
            tenant,
            username=owner,
            event=kind,
            sub_event="stop",
            event_object=f"{kind}:{name}",
            comments=why,
            outcome="failure",
            actor_type="system",
        )


def refused(
    actor: Actor, permission: str = "", *, why: str = "", event: str = "access", sub_event: str = "denied"
) -> None:
    """Record that somebody was refused. The same refusal again within a minute is counted and recorded once more at
    its end, with the count: a script that knocks all day fills no log."""
    comments = why or (f"Needs the permission {permission}." if permission else "")
    refusals.add(actor, event, sub_event, comments, permission)


@dataclass(slots=True)
class _Repeated:
    actor: Actor
    event: str
    sub_event: str
    comments: str
    permission: str
    since: float
    more: int = 0


class Refusals:
    """Identical refusals from one address, merged per minute.

    Identical: tenant, person, address, what was lacking, and (but for a key that does not work, which opens nothing
    wherever it is shown) the address without its query. The first is recorded at once; what follows within the minute
    becomes one event with ``params.count`` when the minute is over.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[str, ...], _Repeated] = {}
        self._timer: threading.Timer | None = None

    def add(self, actor: Actor, event: str, sub_event: str, comments: str, permission: str) -> None:
        """Record a refusal, or count it."""
        path = "" if sub_event == "key_refused" else actor.request_uri.partition("?")[0]
        who = actor.access
        key = (who.tenant, who.username, who.key, actor.ip, event, sub_event, comments, path)
        self.flush(everything=len(self._open) >= MERGED_AT_MOST)
        with self._lock:
            known = self._open.get(key)
            if known is not None:
                known.more += 1
                self._arm()
                return
            self._open[key] = _Repeated(actor, event, sub_event, comments, permission, time.monotonic())
        params = {"permission": permission} if permission else None
        record(actor, event, sub_event, comments=comments, params=params, outcome="denied")

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(MERGE_SECONDS, self._late)
            self._timer.daemon = True
            self._timer.start()

    def _late(self) -> None:
        with self._lock:
            self._timer = None
        with contextlib.suppress(Problem):  # counted on, and tried again in a minute
            self.flush()
        with self._lock:
            if any(each.more for each in self._open.values()):
                self._arm()

    def flush(self, *, everything: bool = False) -> None:
        """Record what was counted in minutes that are over, or in all."""
        now = time.monotonic()
        with self._lock:
            over = [key for key, each in self._open.items() if everything or now - each.since >= MERGE_SECONDS]
            ended = [self._open.pop(key) for key in over]
            if everything and self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for key, each in zip(over, ended, strict=True):
            try:
                self._record_count(each)
            except Problem:
                with self._lock:
                    self._open.setdefault(key, each)
                raise

    @staticmethod
    def _record_count(each: _Repeated) -> None:
        if not each.more:
            return
        params: dict[str, object] = {"count": each.more}
        if each.permission:
            params["permission"] = each.permission
        comments = f"{each.comments} Again {each.more} times within a minute.".strip()
        record(each.actor, each.event, each.sub_event, comments=comments, params=params, outcome="denied")
        each.more = 0


refusals = Refusals()
