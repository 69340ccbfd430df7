"""Mails to managers whose supervision still lacks the reason that a policy requires. One mail a session."""

import datetime as dt
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlencode

from earwitness.accounts import policies
from earwitness.accounts.models import Tenant, User, folded
from earwitness.deliver.means import Means
from earwitness.deliver.messages import mail
from earwitness.deliver.messages.letter import Letter, make, moment
from earwitness.deliver.models import Message
from earwitness.model.policy import NO_REASON
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Segment
from earwitness.model.times import UTC
from earwitness.search import Query

LOOK_BACK = dt.timedelta(days=7)  # what is older was reminded of, or came with an import of history
PAGE = 500


def remind(means: Means, now: dt.datetime | None = None) -> int:
    """Write the mails that are due; returns how many. Without a mail server nothing is written: it would only wait."""
    now = now or dt.datetime.now(UTC)
    if not mail.has_server():
        return 0
    return sum(_remind(means, tenant, now) for tenant in Tenant.objects.filter(policed=True, disabled=False))


def _remind(means: Means, tenant: Tenant, now: dt.datetime) -> int:
    policy = policies.of(tenant.name)
    if not policy.reason_required or not policy.remind_after_hours:
        return 0
    until = now - dt.timedelta(hours=policy.remind_after_hours)
    sessions = {segment.session_id: segment for segment in _lacking(means, tenant, until)}
    keys = {f"reason:{tenant.pk}:{session}": segment for session, segment in sessions.items()}
    written = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    made = 0
    for key, segment in keys.items():
        manager = _manager(tenant, segment)
        if key in written or manager is None:
            continue
        letter = _letter(segment, manager, means.base_url)
        _, is_new = Message.objects.get_or_create(
            key=key,
            defaults={
                "tenant": tenant,
                "kind": Message.MAIL,
                "target": manager.email,
                "subject": letter.subject,
                "body": letter.text,
                "html": letter.html,
                "next_try": now,
            },
        )
        made += is_new
    return made


def _lacking(means: Means, tenant: Tenant, until: dt.datetime) -> Iterator[Segment]:
    """Yield the segments without the reason that is required, newest first."""
    scope = Scope(
        tenant=tenant.name, streams=frozenset({SUPERVISION}), desks=None, masked=True, viewer="system:reminders"
    )
    query = Query(SUPERVISION, f"breach:{NO_REASON}", until - LOOK_BACK, until)
    cursor: str | None = None
    while True:
        page = means.reader.page(scope, query, limit=PAGE, cursor=cursor)
        yield from cast("tuple[Segment, ...]", page.items)
        cursor = page.next
        if cursor is None or means.stop.is_set():
            return


def _manager(tenant: Tenant, segment: Segment) -> User | None:
    """Return whose supervision it was, if they have an account and an address."""
    key = folded(segment.manager.username)
    found = User.objects.filter(tenant=tenant, username_key=key, disabled=False).first() if key else None
    return found if found and found.email else None


def _letter(segment: Segment, manager: User, base_url: str) -> Letter:
    agent = segment.agent
    facts = [
        ("Began", moment(segment.started_at, manager.time_zone or "UTC")),
        ("Agent", " ".join(part for part in (agent.name or agent.username, agent.extension) if part) or "unknown"),
        ("Action", segment.action),
    ]
    link = f"{base_url}/supervision/reason/{segment.id}?{urlencode({'next': '/supervision'})}" if base_url else ""
    return make("A reason is missing", "Please say why you supervised this call.", facts, link)
