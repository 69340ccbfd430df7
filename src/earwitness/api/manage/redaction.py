"""``/redaction``: what is replaced as a secret, besides what always is."""

from django.http import HttpRequest
from ninja import Router

from earwitness.accounts import questions
from earwitness.accounts.actions import redaction as acts
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["redaction"])


@router.get("", response=shapes.RedactionShown, summary="Show what is secret besides")
def show_redaction(request: HttpRequest) -> shapes.RedactionShown:
    """Needs `admin`."""
    return shapes.redaction(questions.redaction(reader(request, "admin")))


@router.patch("", response=shapes.RedactionShown, summary="Say what is secret besides")
def change_redaction(request: HttpRequest, body: shapes.RedactionChange) -> shapes.RedactionShown:
    """Needs `admin`. It holds for what is recorded from now on: what was replaced never comes back."""
    actor = changer(request, "admin", dangerous=True)
    now = questions.redaction(actor.access)
    names = now.names if body.names is None else body.names
    patterns = now.patterns if body.patterns is None else body.patterns
    return shapes.redaction(acts.change(actor, names, patterns))
