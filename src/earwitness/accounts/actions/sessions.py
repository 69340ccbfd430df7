"""Acts on sessions."""

from allauth.usersessions.models import UserSession
from django.db.models import Q

from earwitness.accounts import sessions
from earwitness.accounts.actions.change import permit, refusal
from earwitness.accounts.actions.users import find
from earwitness.accounts.models import Tenant, folded
from earwitness.accounts.recorder import Actor, record
from earwitness.model.problem import Forbidden, NotFound


def terminate(actor: Actor, session: int) -> None:
    """End one session by its id: one's own, or with ``terminate_current_session`` anybody's in the tenant.

    A key has no session of its own: it needs the permission even for its person's.
    """
    within = Q(user__tenant__name=actor.tenant) | Q(user=_self(actor))  # an operator's own are not where they look
    row = UserSession.objects.select_related("user").filter(within, pk=session).first()
    own = row is not None and row.user.pk == _self(actor)
    if not own:
        permit(actor, "terminate_current_session")
    if row is None:
        raise NotFound("There is no such session: it has ended already.")
    user = row.user
    if getattr(user, "is_operator", False) and not own and not actor.access.rules_all_tenants:
        raise refusal(actor, Forbidden("Only an operator may sign out an operator.", extra={"permission": "operator"}))
    record(
        actor,
        "user_session",
        "terminate",
        obj=f"user:{user.get_username()}",
        params={"ip": str(row.ip), "user_agent": row.user_agent},
    )
    sessions.end([row.session_key])


def terminate_all(actor: Actor, username: str, *, but: str | None = None) -> int:
    """Sign a person out everywhere: oneself, or with ``terminate_all_user_sessions`` anybody in the tenant.

    but: key of the one session that goes on (one's own). Returns how many sessions ended.
    """
    own = folded(username) == folded(actor.access.username) and _self(actor) is not None
    if not own:
        permit(actor, "terminate_all_user_sessions")
    tenant = actor.access.home_tenant if own else actor.tenant
    user = find(Tenant.objects.filter(name=tenant).first(), username)
    if user.is_operator and not own and not actor.access.rules_all_tenants:
        raise refusal(actor, Forbidden("Only an operator may sign out an operator.", extra={"permission": "operator"}))
    record(actor, "user_session", "terminate_all", obj=f"user:{user.username}")
    return sessions.end_all(user, but=but)


def _self(actor: Actor) -> int | None:
    return actor.access.user_id if actor.access.actor_type == "user" else None
