"""Who calls, as the management calls need it."""

from django.http import HttpRequest

from earwitness.accounts import confirmation, questions
from earwitness.accounts.access import Access
from earwitness.accounts.actions.change import refusal
from earwitness.accounts.recorder import Actor, actor_of
from earwitness.model.problem import Forbidden


def reader(request: HttpRequest, *permissions: str) -> Access:
    """Return who asks, for a call that changes nothing.

    Raises NotSignedIn for nobody, Forbidden (recorded) without any of the permissions, NotFound for an operator who
    names a tenant that does not exist.
    """
    actor = actor_of(request)
    try:
        if permissions:
            actor.access.demand(*permissions)
    except Forbidden as problem:
        raise refusal(actor, problem) from None
    questions.demand_tenant(actor.access)
    return actor.access


def changer(request: HttpRequest, *permissions: str, dangerous: bool = False) -> Actor:
    """Return who acts, for a call that changes something; as ``reader``, and for a dangerous act also PasswordNeeded
    where a signed-in person has to give their password again."""
    reader(request, *permissions)
    actor = actor_of(request)
    if dangerous:
        confirmation.demand(request, actor.access)
    return actor
