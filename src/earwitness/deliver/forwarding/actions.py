"""What administrators do with forwards: set up, change, pause, resume, replay, delete; and how they fare."""

import datetime as dt
from typing import Any, NamedTuple

import msgspec
from django.db import IntegrityError, transaction

from earwitness.accounts.access import Access
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import checks, owners, secrets
from earwitness.deliver import means as meanings
from earwitness.deliver.exports.actions import recorded_text
from earwitness.deliver.forwarding import kinds
from earwitness.deliver.mapping import webhook
from earwitness.deliver.models import Forward
from earwitness.deliver.searches.actions import person_of
from earwitness.deliver.wire import http
from earwitness.model.problem import Conflict, NotFound
from earwitness.model.times import UTC
from earwitness.search import Query, Reader


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A forward. secret: None leaves the stored one; for a webhook an empty one is made here."""

    name: str
    kind: str
    words: str = "json"
    stream: str = "activity"
    search: str = ""
    settings: dict[str, Any] = {}
    secret: str | None = None
    enabled: bool = True


class Health(NamedTuple):
    """lag: places in the log that the receiver does not have yet; since: when the first of them was recorded."""

    lag: int
    last: int
    since: dt.datetime | None = None


def with_own_words(wish: Wish) -> Wish:
    """Return a wish with the words of its kind's own."""
    kind = kinds.BY_NAME.get(wish.kind)
    return msgspec.structs.replace(wish, words=kind.words[0]) if kind else wish


def create(actor: Actor, reader: Reader, wish: Wish) -> Forward:
    """Set a forward up; it begins with what is recorded from now on. Raises Forbidden, Invalid, Conflict."""
    forward = Forward()
    actor.access.demand("admin")
    if wish.kind == "webhook" and not wish.secret:
        forward.secret = secrets.hide(webhook.new_secret())
    if wish.stream in actor.access.scope.streams:
        forward.cursor = reader.last_seq(actor.access.scope, wish.stream)
    return _write(actor, forward, wish, "create")


def change(actor: Actor, forward: Forward, wish: Wish) -> Forward:
    """Change a forward; whoever does becomes its owner, for it sends what its owner sees."""
    actor.access.demand("admin")
    return _write(actor, forward, wish, "update")


def _write(actor: Actor, forward: Forward, wish: Wish, act: str) -> Forward:
    access = actor.access
    wrong = checks.name(wish.name) | checks.search(wish.search, wish.stream)
    has_secret = bool(wish.secret or forward.secret)
    wrong |= kinds.check(wish.kind, wish.words, wish.settings, has_secret=has_secret)
    wrong = kinds.refused(wish.settings, meanings.current().guard) | wrong
    if wish.kind == "webhook" and wish.secret and not webhook.is_secret(wish.secret):
        wrong |= {"secret": "Write whsec_ and base64 behind it, or leave it empty to have one made."}
    checks.demand(wrong, "forward")
    owners.demand_stream(access, wish.stream)
    forward.tenant = Tenant.objects.get(name=access.tenant)
    forward.owner = person_of(access)
    forward.ip = actor.ip
    for field in ("name", "kind", "words", "stream", "search", "settings", "enabled"):
        setattr(forward, field, getattr(wish, field))
    if wish.secret:
        forward.secret = secrets.hide(wish.secret)
    forward.problem, forward.failures, forward.next_try = "", 0, None
    try:
        with transaction.atomic():
            forward.save()
            params = {"kind": wish.kind, "words": wish.words, "stream": wish.stream, "enabled": wish.enabled}
            shown = {key: value for key, value in wish.settings.items() if key != "trust"}
            shown |= {key: http.origin(shown[key]) for key in ("url", "endpoint") if key in shown}
            params |= {"search": recorded_text(access, wish.search), "settings": shown}
            record(actor, "forward", act, obj=f"forward:{forward.name}", params=params)
    except IntegrityError:
        raise Conflict(f"There is a forward called {wish.name}: choose another name.") from None
    return forward


def signing_secret(actor: Actor, forward: Forward) -> str:
    """Return the secret with which the receiver of a webhook verifies; that it was shown is recorded.

    Raises NotFound for other kinds: their secrets are the receiver's own, and are never shown again.
    """
    actor.access.demand("admin")
    if forward.kind != "webhook":
        raise NotFound("Only webhooks have a signing secret.")
    record(actor, "forward", "secret_shown", obj=f"forward:{forward.name}")
    return secrets.reveal(forward.secret)


def switch(actor: Actor, forward: Forward, *, enabled: bool) -> Forward:
    """Pause a forward, or resume it from where it stands."""
    actor.access.demand("admin")
    with transaction.atomic():
        Forward.objects.filter(pk=forward.pk).update(enabled=enabled, problem="", failures=0, next_try=None)
        record(actor, "forward", "resume" if enabled else "pause", obj=f"forward:{forward.name}")
    forward.refresh_from_db()
    return forward


def replay(actor: Actor, reader: Reader, forward: Forward, start: dt.datetime) -> Forward:
    """Send everything again that happened since a moment; the receiver gets it in the order of the log."""
    actor.access.demand("admin")
    cursor = _place_before(reader, actor.access, forward, start)
    with transaction.atomic():
        Forward.objects.filter(pk=forward.pk).update(cursor=cursor, problem="", failures=0, next_try=None)
        params = {"from": start.astimezone(UTC).isoformat(), "before": forward.cursor, "after": cursor}
        record(actor, "forward", "replay", obj=f"forward:{forward.name}", params=params)
    forward.refresh_from_db()
    return forward


def _place_before(reader: Reader, access: Access, forward: Forward, start: dt.datetime) -> int:
    """Return the place in the log just before the first row since a moment."""
    owners.demand_stream(access, forward.stream)
    query = Query(stream=forward.stream, text="", start=start, end=None, tz="UTC")
    first = reader.first_seq(access.scope, query)
    return first - 1 if first else reader.last_seq(access.scope, forward.stream)


def delete(actor: Actor, forward: Forward) -> None:
    """Delete a forward."""
    actor.access.demand("admin")
    with transaction.atomic():
        name = forward.name
        forward.delete()
        record(actor, "forward", "delete", obj=f"forward:{name}")


def visible(access: Access) -> list[Forward]:
    """Return the forwards of a tenant."""
    access.demand("admin")
    return list(Forward.objects.filter(tenant__name=access.tenant).select_related("owner"))


def find(access: Access, forward_id: int) -> Forward:
    """Return a forward; NotFound where the tenant has none of that number."""
    access.demand("admin")
    found = Forward.objects.filter(tenant__name=access.tenant, pk=forward_id).select_related("owner").first()
    if found is None:
        raise NotFound("There is no such forward.")
    return found


def health(reader: Reader, access: Access, forward: Forward) -> Health:
    """Return how far behind a forward is."""
    last = reader.last_seq(access.scope, forward.stream)
    lag = max(last - forward.cursor, 0)
    if not lag or forward.stream not in access.scope.streams:
        return Health(lag, last)
    first = reader.since(access.scope, Query(stream=forward.stream), forward.cursor, last, limit=1)
    return Health(lag, last, first[0].received_at if first else None)
