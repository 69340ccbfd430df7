"""Who may see which rows: the conditions that every statement carries, and the one refusal."""

from collections.abc import Callable

from earwitness.model import times
from earwitness.model.problem import Forbidden
from earwitness.model.scope import ACTIVITY, SUPERVISION, Scope
from earwitness.search import amended
from earwitness.search.condition import Asking, Condition, Cost

PERMISSIONS = {ACTIVITY: "show_activity_log", SUPERVISION: "show_whisper_log"}
_PERSON = {ACTIVITY: "username", SUPERVISION: "agent_username"}


def demand(scope: Scope, stream: str) -> None:
    """Raise Forbidden, naming the permission, unless the stream may be read; the answer never depends on data."""
    if stream not in scope.streams:
        permission = PERMISSIONS[stream]
        raise Forbidden(f"This needs the permission {permission}.", extra={"permission": permission})


def conditions(scope: Scope, asking: Asking) -> list[Condition]:
    """Return what holds of every row the caller may see, besides its tenant, which stands in every statement."""
    found = []
    if scope.own is not None:
        person = _PERSON[asking.columns.stream.name]
        own = asking.bound("String", scope.own)
        found.append(_now(asking, person, lambda value: f"{value} = {own}"))
    if scope.own is not None and scope.own_since is not None:
        since = asking.bound.moment(times.to_us(scope.own_since))
        found.append(Condition(Cost.FREE, f"{asking.columns.stream.time} >= {since}"))
    if scope.desks is not None:
        desks = asking.bound("Array(String)", sorted(scope.desks))
        found.append(_now(asking, "desks", lambda value: f"hasAny({value}, {desks})"))
    return found


def _now(asking: Asking, column: str, holds: Callable[[str], str]) -> Condition:
    return Condition(Cost.FREE, amended.now(asking.columns.stream, asking.amended, column, holds))
