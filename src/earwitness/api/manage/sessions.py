"""``/sessions``: who is signed in."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import sessions as acts
from earwitness.accounts.models import folded
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["sessions"])


@router.get("", response=shapes.SessionList, summary="List live sessions")
def list_sessions(request: HttpRequest, user: str = "") -> shapes.SessionList:
    """One's own with `user=ME`; others' need `show_live_sessions` or a permission to end sessions."""
    own = bool(user) and folded(user) == folded(reader(request).username)
    who = reader(request, *([] if own else questions.SEE_SESSIONS))
    found = questions.live_sessions(who, user, current_key=request.session.session_key)
    return shapes.SessionList(items=[shapes.session(row) for row in found])


@router.delete("/{session_id}", response={204: None}, summary="End one session")
def end_session(request: HttpRequest, session_id: int) -> Status[None]:
    """One's own; others' need `terminate_current_session`."""
    acts.terminate(changer(request), session_id)
    return Status(204, None)


@router.delete("", response=shapes.Ended, summary="Sign a user out everywhere")
def end_sessions(request: HttpRequest, user: str) -> shapes.Ended:
    """Oneself; others need `terminate_all_user_sessions`. Ends the session that asks, too."""
    return shapes.Ended(ended=acts.terminate_all(changer(request), user))
