"""Requests with an API key that does not work are refusals, and recorded as such: who tries keys leaves a trace.

The caller may be an event loop, which must not wait for a disk, and nobody should be able to fill a log or a memory by
knocking: a thread of its own records, and what is the same from one address within a minute becomes one event.
"""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from earwitness.accounts import recorder
from earwitness.accounts.access import Access
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import Problem
from earwitness.model.scope import DEFAULT_TENANT, Scope

WAITING_AT_MOST = 10_000


class Knock(NamedTuple):
    """Why a key is refused; the tenant whose log tells it; who the log names; the key's name, where it has one.

    Nothing of the token itself: it may be somebody's secret for another house.
    """

    why: str
    tenant: str = DEFAULT_TENANT
    username: str = "unknown-key"
    key: str = ""


UNKNOWN = Knock("There is no such API key.")

_recording = ThreadPoolExecutor(1, thread_name_prefix="refused-keys")
_waiting = threading.Semaphore(WAITING_AT_MOST)


def refused(knock: Knock, ip: str, path: str) -> None:
    """Have a refusal recorded soon. Under a flood beyond ``WAITING_AT_MOST`` the rest goes uncounted."""
    if _waiting.acquire(blocking=False):
        _recording.submit(_record, knock, ip, path)


def _record(knock: Knock, ip: str, path: str) -> None:
    try:
        scope = Scope(tenant=knock.tenant, streams=frozenset(), desks=frozenset(), masked=True, viewer=knock.username)
        access = Access(scope, frozenset(), knock.username, actor_type="api_key", key=knock.key)
        actor = Actor(access, ip=ip, request_uri=path)
        with contextlib.suppress(Problem):  # a log that cannot take it now is no reason to let them in
            recorder.refused(actor, why=knock.why, sub_event="key_refused")
    finally:
        _waiting.release()


def settle() -> None:
    """Wait until everything refused so far is recorded or counted."""
    _recording.submit(lambda: None).result()
