"""What people may know of who listened to their own calls: as much as the administrator of their tenant chose."""

import datetime as dt
from typing import NamedTuple

import msgspec

from earwitness.accounts import policies
from earwitness.accounts.access import Access
from earwitness.model.policy import EVERYTHING, NOTHING
from earwitness.model.scope import SUPERVISION, Scope


class Listened(NamedTuple):
    """scope: the person's own calls, in the supervision log; until: only what began before; names_manager: whether the
    manager may be named; after_days: how long after the call it is told."""

    scope: Scope
    until: dt.datetime
    names_manager: bool
    after_days: int


def listened(who: Access, now: dt.datetime) -> Listened | None:
    """Return what somebody may know of who listened to them, None for nothing.

    This is the only way to a scope that shows supervision to somebody without ``show_whisper_log``.
    """
    own = who.own_scope
    if not own.streams:
        return None
    policy = policies.of(who.home_tenant)
    if policy.agents_see == NOTHING:
        return None
    scope = msgspec.structs.replace(own, streams=frozenset({SUPERVISION}))
    until = now - dt.timedelta(days=policy.agents_see_after_days)
    return Listened(scope, until, policy.agents_see == EVERYTHING, policy.agents_see_after_days)
