"""The frame of every act: one transaction, one lock per tenant, one event."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import F

from earwitness.accounts import access, caches, rules
from earwitness.accounts.models import Tenant, User
from earwitness.accounts.recorder import Actor, record, refused
from earwitness.model.event import Change
from earwitness.model.problem import Conflict, Forbidden, NotFound


def permit(actor: Actor, *permissions: str) -> None:
    """Raise Forbidden unless the actor holds one of these permissions; the refusal is recorded."""
    try:
        actor.access.demand(*permissions)
    except Forbidden as problem:
        raise refusal(actor, problem) from None


def refusal(actor: Actor, problem: Forbidden) -> Forbidden:
    """Record a refusal, once; returns the problem to be raised."""
    if not getattr(problem, "recorded", False):
        permission = str(problem.extra.get("permission", ""))
        refused(actor, permission, why="" if permission in actor.access.permissions else problem.detail)
        problem.recorded = True  # type: ignore[attr-defined]  # a mark for the frames further out
    return problem


class Turn:
    """One transaction on one tenant. ``note`` says what is to be recorded; it is, once every check has passed."""

    def __init__(self, actor: Actor, tenant: Tenant) -> None:
        self.actor = actor
        self.tenant = tenant
        self.notes: list[tuple[str, str, dict[str, Any]]] = []

    def note(self, event: str, sub_event: str, **fields: Any) -> None:
        """Have one act recorded; arguments as in ``recorder.record``."""
        self.notes.append((event, sub_event, fields))


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def changing(actor: Actor) -> Iterator[Turn]:
    """Open a transaction on the actor's tenant; nobody else changes that tenant meanwhile. Within another, join it.

    At its end the tenant must still have an administrator if it had one, and the actor must still be let in. Then
    everything is recorded, and last committed: what cannot be recorded does not happen.
    """
    outer = _turn.get()
    if outer is not None:
        yield outer
        return
    try:
        with _outermost(actor) as turn:
            yield turn
    except Forbidden as problem:
        raise refusal(actor, problem) from None
    caches.forget()


@contextmanager
def _outermost(actor: Actor) -> Iterator[Turn]:
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().filter(name=actor.tenant).first()
        if tenant is None:
            raise NotFound(f"There is no tenant {actor.tenant[:64]}.")
        ruled = bool(rules.administrators(tenant))
        turn = Turn(actor, tenant)
        token = _turn.set(turn)
        try:
            yield turn
        finally:
            _turn.reset(token)
        if ruled:
            rules.demand_administrator(tenant)
        _demand_way_in(actor)
        Tenant.objects.filter(pk=tenant.pk).update(generation=F("generation") + 1)
        for event, sub_event, fields in turn.notes:
            record(actor, event, sub_event, **fields)
        transaction.on_commit(caches.forget)


def _demand_way_in(actor: Actor) -> None:
    """Raise Conflict where the actor would lock themselves out by Accepted IPs that do not hold their own address."""
    before = actor.access
    if before.user_id is None or before.refused_by_ip:
        return
    person = User.objects.filter(pk=before.user_id).first()
    if person is not None and not person.disabled and access.of_user(person, actor.ip).refused_by_ip:
        raise Conflict(f"This would lock you out: {actor.ip} would not be among the Accepted IPs of any of your roles.")


def plain(value: object) -> Any:
    """Return a value as an event keeps it (JSON)."""
    if isinstance(value, tuple | set | frozenset):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    """Return what differs between two states of one thing, field by field."""
    return tuple(
        Change(path=name, old=plain(before.get(name)), new=plain(after.get(name)))
        for name in sorted({*before, *after})
        if plain(before.get(name)) != plain(after.get(name))
    )
