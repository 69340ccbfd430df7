"""What a job needs to know of the person it works for: whether they may still have it, and what they see now."""

from earwitness.accounts import access
from earwitness.accounts.models import User
from earwitness.model.problem import Forbidden, Malformed
from earwitness.model.scope import ACTIVITY, SUPERVISION, Scope

STREAM_PERMISSION = {ACTIVITY: "show_activity_log", SUPERVISION: "show_whisper_log"}


class Stopped(Exception):  # noqa: N818 -- told to people as it stands
    """The work may not go on; the text is a sentence that says why and who can change it."""


def demand_stream(who: access.Access, stream: str) -> None:
    """Raise Forbidden, naming the permission, where somebody may not read a log; Malformed where there is none such."""
    if stream not in STREAM_PERMISSION:
        raise Malformed(f"There is no log of this name: choose one of {', '.join(STREAM_PERMISSION)}.")
    if stream not in who.scope.streams:
        name = STREAM_PERMISSION[stream]
        raise Forbidden(f"This needs the permission {name}.", extra={"permission": name})


def scope_of(owner: User, tenant: str, ip: str, stream: str, *permissions: str) -> Scope:
    """Return what the owner of a job sees at this moment. Raises Stopped where they may not have it any more.

    tenant: whose log it is about: an operator's job may be about another tenant than their own;
    ip: the address from which they set the job up: their roles count as they count from there.
    """
    owner = User.objects.get(pk=owner.pk)
    if not owner.is_active:
        raise Stopped(f"Stopped, because its owner {owner.username} was disabled: somebody else has to set it up anew.")
    who = access.of_user(owner, ip, tenant)
    if who.tenant != tenant:
        raise Stopped(
            f"Stopped, because its owner {owner.username} is no longer an operator: "
            "somebody of this tenant has to set it up anew."
        )
    lacking = [name for name in (*permissions, STREAM_PERMISSION[stream]) if not who.has(name)]
    if lacking:
        raise Stopped(
            f"Stopped, because its owner {owner.username} no longer has the permission {lacking[0]}: "
            "give it back and turn this on again, or let somebody else set it up."
        )
    return who.scope
