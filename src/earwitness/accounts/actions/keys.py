"""Acts on API keys."""

import re
from dataclasses import dataclass

from django.utils import timezone

from earwitness.accounts import keys, rules
from earwitness.accounts.actions.change import changing, differences, permit
from earwitness.accounts.actions.names import wrong_name
from earwitness.accounts.faults import TakenName, Withheld, demand_valid
from earwitness.accounts.models import SOURCE_PATTERN, ApiKey, Tenant, User, asked, folded
from earwitness.accounts.recorder import Actor
from earwitness.model.event import is_reserved
from earwitness.model.problem import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key as somebody wants it; fields as in ``models.ApiKey``."""

    name: str
    scope: str
    username: str = ""
    sources: tuple[str, ...] = ()


def find(tenant: Tenant, name: str) -> ApiKey:
    """Return a key of a tenant by name, the one that works before those that were revoked; NotFound for none."""
    named = list(tenant.keys.filter(name__iexact=asked(name)).select_related("user", "tenant").order_by("-created"))
    if not named:
        raise NotFound("There is no such key.")
    return next((key for key in named if key.revoked is None), named[0])


def create(actor: Actor, draft: KeyDraft) -> tuple[ApiKey, str]:
    """Make a key; returns it and its token, which is shown once and kept nowhere. Needs ``access_api_key``."""
    permit(actor, "access_api_key")
    with changing(actor) as turn:
        name = " ".join(draft.name.split())
        person, errors = _person(actor, turn.tenant, draft)
        if wrong := wrong_name(name):
            errors["name"] = wrong
        elif turn.tenant.keys.filter(name__iexact=name, revoked=None).exists():
            errors["name"] = TakenName("There is a key of this name already: revoke it first, or choose another name.")
        if wrong := _wrong_sources(draft):
            errors["sources"] = wrong
        demand_valid(errors)
        token, prefix, digest = keys.generate(draft.scope)
        key = ApiKey(tenant=turn.tenant, name=name, scope=draft.scope, user=person, prefix=prefix, digest=digest)
        key.sources = list(dict.fromkeys(draft.sources))
        key.created_by = actor.access.username[:150]
        key.save()
        turn.note("api_key", "create", obj=f"key:{key.name}", changes=differences({}, _state(key)))
    return key, token


def revoke(actor: Actor, name: str) -> ApiKey:
    """Make a key worthless, at once. Needs ``access_api_key`` and whatever the key's person may."""
    permit(actor, "access_api_key")
    with changing(actor) as turn:
        key = find(turn.tenant, name)
        if key.user is not None:
            rules.demand_control(actor.access, key.user)
        if key.revoked is None:
            key.revoked = timezone.now()
            key.save(update_fields=["revoked"])
            turn.note(
                "api_key",
                "revoke",
                obj=f"key:{key.name}",
                changes=differences({"revoked": False}, {"revoked": True}),
            )
    return key


def _person(actor: Actor, tenant: Tenant, draft: KeyDraft) -> tuple[User | None, dict[str, str]]:
    """Return whose key it is to be, and the errors of the fields that say so."""
    if draft.scope not in keys.SCOPES:
        return None, {"scope": f"A key's scope is {', '.join(keys.SCOPES[:-1])} or {keys.SCOPES[-1]}."}
    if not draft.username:
        missing = {"user": f"A key of scope {draft.scope} belongs to a user: say whose it is."}
        return None, {} if draft.scope == ApiKey.INGEST else missing
    person = User.objects.filter(tenant=tenant, username_key=folded(draft.username)).first()
    if person is None or person.disabled:
        return None, {"user": "There is no such user, or they are disabled."}
    try:
        rules.demand_control(actor.access, person)
    except Forbidden:
        sentence = "This user sees or may do what you may not: they have to make the key themselves."
        return None, {"user": Withheld(sentence, "admin")}
    return person, {}


def _wrong_sources(draft: KeyDraft) -> str:
    if draft.sources and draft.scope != ApiKey.INGEST:
        return "Only an ingest key has sources."
    for source in draft.sources:
        if is_reserved(source):
            return f"The source {source} is reserved for what Earwitness itself records."
        if len(source) > 64 or not re.fullmatch(SOURCE_PATTERN, source):
            return "A source has lower-case letters, digits, dots, hyphens and underscores, and at most 64 of them."
    return "" if len(draft.sources) <= 50 else "A key has at most 50 sources."


def _state(key: ApiKey) -> dict[str, object]:
    return {
        "name": key.name,
        "scope": key.scope,
        "user": key.user.username if key.user else "",
        "sources": list(key.sources),
        "prefix": key.prefix,
    }
