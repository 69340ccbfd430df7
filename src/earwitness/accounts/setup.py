"""The first administrator, made on the first visit with a one-time code that the server prints."""

import hashlib
import hmac
import secrets

from django.db import transaction

from earwitness.accounts import questions, recorder
from earwitness.accounts.access import of_operator
from earwitness.accounts.actions import users
from earwitness.accounts.faults import demand_valid
from earwitness.accounts.models import SetupCode, User
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import NotFound

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, SIZE = 3, 4
ONLY = 1


def offer() -> str | None:
    """Return a fresh code where nobody rules yet (older ones stop working), or None where somebody does.

    Called at each start of the server, which prints it. 60 random bits; only its digest is kept.
    """
    if questions.exists_administrator():
        SetupCode.objects.all().delete()
        return None
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(SIZE)) for _ in range(GROUPS))
    SetupCode.objects.update_or_create(pk=ONLY, defaults={"digest": _digest(code)})
    return code


def is_open() -> bool:
    """Say whether the first administrator is still to be made."""
    return SetupCode.objects.exists() and not questions.exists_administrator()


def complete(code: str, draft: users.UserDraft, password: str, *, ip: str, user_agent: str = "") -> User:
    """Make the first administrator; the code works once.

    Raises NotFound where somebody rules already, Invalid with the fields that are wrong (``code`` among them).
    """
    with transaction.atomic():
        kept = SetupCode.objects.select_for_update().filter(pk=ONLY).first()
        if kept is None or questions.exists_administrator():
            raise NotFound("This page is gone: there is an administrator.")
        if not hmac.compare_digest(kept.digest, _digest(code)):
            demand_valid({"code": "This is not the code that the server printed last when it started."})
        actor = Actor(access=of_operator("setup"), ip=ip, user_agent=user_agent, request_uri="/setup/")
        user = users.create(actor, draft, password)
        recorder.record(actor, "setup", "complete", obj=f"user:{user.username}")
        kept.delete()
    return user


def _digest(code: str) -> str:
    bare = "".join(character for character in code.upper() if character in ALPHABET)
    return hashlib.sha256(f"setup:{bare}".encode()).hexdigest()
