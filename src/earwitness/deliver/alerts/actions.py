"""What people do with alerts: set up, change, turn on and off, delete."""

import datetime as dt
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from earwitness.accounts.access import Access
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import checks, owners, secrets
from earwitness.deliver import means as meanings
from earwitness.deliver.exports.actions import recorded_text
from earwitness.deliver.mapping import webhook
from earwitness.deliver.models import Alert, Firing
from earwitness.deliver.searches.actions import person_of
from earwitness.deliver.wire import http
from earwitness.model.problem import Conflict, Forbidden, NotFound
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.model.times import UTC

SHORTEST, LONGEST = 60, 7 * 86_400
WATCHED = ("stream", "search", "absence", "threshold", "window", "per", "enabled")
PER = {
    ACTIVITY: ("username", "user_ip", "event", "sub_event", "source", "outcome"),
    SUPERVISION: ("manager_username", "agent_extension", "action", "queue", "pbx"),
}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An alert. window: seconds; per: count each value of this facet by itself; absence: fire below the threshold."""

    name: str
    stream: str = "activity"
    search: str = ""
    absence: bool = False
    threshold: int = 1
    window: int = 600
    per: str = ""
    recipients: tuple[str, ...] = ()
    webhook: str = ""
    enabled: bool = True


def _check(wish: Wish) -> None:
    wrong = checks.name(wish.name) | checks.search(wish.search, wish.stream)
    wrong |= checks.recipients(wish.recipients, needed=False)
    if wish.threshold < 1:
        wrong["threshold"] = "At least 1."
    if not SHORTEST <= wish.window <= LONGEST:
        wrong["window"] = f"From {SHORTEST} to {LONGEST} seconds."
    if wish.per and wish.per not in PER.get(wish.stream, ()):
        wrong["per"] = f"Choose one of {', '.join(PER.get(wish.stream, ()))}."
    if wish.per and wish.absence:
        wrong["per"] = "Who is absent cannot be counted by value: leave this empty."
    if wish.webhook:
        try:
            refusal = meanings.current().guard.refusal(http.target(wish.webhook).host)
        except ValueError as error:
            refusal = str(error)
        if refusal:
            wrong["webhook"] = refusal
    checks.demand(wrong, "alert")


def create(actor: Actor, wish: Wish) -> Alert:
    """Set an alert up; its signing secret is made here. Raises Forbidden, Invalid, Conflict."""
    return _write(actor, Alert(secret=secrets.hide(webhook.new_secret())), wish, "create")


def change(actor: Actor, alert: Alert, wish: Wish) -> Alert:
    """Change one's own alert."""
    if alert.owner_id != actor.access.user_id:
        raise Forbidden("This alert was set up by somebody else: only its owner changes it.")
    return _write(actor, alert, wish, "update")


def _write(actor: Actor, alert: Alert, wish: Wish, act: str) -> Alert:
    access = actor.access
    access.demand("create_scheduled_report")
    _check(wish)
    owners.demand_stream(access, wish.stream)
    alert.tenant = Tenant.objects.get(name=access.tenant)
    alert.owner = person_of(access)
    alert.ip = actor.ip
    before = [getattr(alert, name) for name in WATCHED] if alert.pk else None
    for field in ("name", "stream", "search", "absence", "threshold", "window", "per", "webhook", "enabled"):
        setattr(alert, field, getattr(wish, field))
    alert.recipients = list(wish.recipients)
    alert.problem, alert.next_check = "", None
    if before != [getattr(alert, name) for name in WATCHED]:
        _listen(alert, access)
    try:
        with transaction.atomic():
            alert.save()
            record(actor, "alert", act, obj=f"alert:{alert.name}", params=_told(alert, access))
    except IntegrityError:
        raise Conflict(f"You have an alert called {wish.name}: choose another name.") from None
    return alert


def _listen(alert: Alert, access: Access) -> None:
    """Have an alert listen from this moment on: what is recorded from here counts, and silence begins here.

    What it fired for is over without a word: it was set up for something else.
    """
    now = dt.datetime.now(UTC)
    if alert.pk:
        Firing.objects.filter(alert=alert, ended=None).update(ended=now)
    alert.since = now
    alert.marks = [(now.timestamp(), meanings.current().reader.last_seq(access.scope, alert.stream))]


def _told(alert: Alert, access: Access) -> dict[str, Any]:
    names = ("stream", "absence", "threshold", "window", "per", "recipients", "enabled")
    told = {name: getattr(alert, name) for name in names}
    return told | {"search": recorded_text(access, alert.search), "webhook": http.origin(alert.webhook)}


def signing_secret(actor: Actor, alert: Alert) -> str:
    """Return the secret with which the receiver verifies; only to the owner, and recorded."""
    if alert.owner_id != actor.access.user_id:
        raise Forbidden("Only the owner of an alert sees its signing secret.")
    record(actor, "alert", "secret_shown", obj=f"alert:{alert.name}")
    return secrets.reveal(alert.secret)


def delete(actor: Actor, alert: Alert) -> None:
    """Delete one's own alert, or, with the permission, anybody's."""
    if alert.owner_id != actor.access.user_id:
        actor.access.demand("delete_scheduled_report")
    with transaction.atomic():
        name = alert.name
        alert.delete()
        record(actor, "alert", "delete", obj=f"alert:{name}")


def visible(access: Access) -> list[Alert]:
    """Return one's own alerts; all of the tenant for those who may delete them."""
    access.demand("create_scheduled_report", "delete_scheduled_report")
    rows = Alert.objects.filter(tenant__name=access.tenant).select_related("owner")
    if not access.has("delete_scheduled_report"):
        rows = rows.filter(owner_id=access.user_id)
    return list(rows)


def find(access: Access, alert_id: int) -> Alert:
    """Return an alert that somebody may see; NotFound else."""
    for alert in visible(access):
        if alert.pk == alert_id:
            return alert
    raise NotFound("There is no such alert.")


def history(access: Access, limit: int = 200, alert: Alert | None = None) -> list[Firing]:
    """Return when one's own alerts fired (or one of them), newest first. Of other people's, what was found is told to
    those alone who see all of that log themselves."""
    seen = [found for found in ([alert] if alert else visible(access)) if _sees(access, found)]
    return list(Firing.objects.filter(alert__in=seen).select_related("alert").prefetch_related("messages")[:limit])


def _sees(access: Access, alert: Alert) -> bool:
    scope = access.scope
    everything = alert.stream in scope.streams and scope.desks is None and not scope.masked
    return alert.owner_id == access.user_id or everything
