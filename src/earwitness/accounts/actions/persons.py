"""What is right and wrong in the fields of a person."""

import re
import zoneinfo
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from earwitness.accounts.faults import TakenName
from earwitness.accounts.models import USERNAME_PATTERN, User, folded

if TYPE_CHECKING:
    from earwitness.accounts.actions.users import UserDraft

EXTENSION = re.compile(r"[0-9A-Za-z*#._-]{1,32}")


def checked_fields(draft: "UserDraft", user: User) -> dict[str, str]:
    """Return field -> sentence for each field of a draft that is wrong; ``user`` is whom it will be written to."""
    checks = {
        "username": _username(draft.username.strip(), user),
        "name": _full_name(" ".join(draft.name.split())),
        "email": _email(draft.email.strip().lower(), user),
        "extensions": _extensions(draft.extensions),
        "time_zone": _time_zone(draft.time_zone),
    }
    return {field: sentence for field, sentence in checks.items() if sentence}


def _username(username: str, user: User) -> str:
    if not username:
        return "Give a username."
    if len(username) > 150:
        return "A username has at most 150 characters."
    if not re.fullmatch(USERNAME_PATTERN, username) or username in {".", ".."}:
        return "A username has letters, digits and . _ @ + - \\ and no spaces."
    if User.objects.filter(username_key=folded(username)).exclude(pk=user.pk).exists():
        return TakenName("This username is taken.")
    return ""


def _full_name(name: str) -> str:
    if len(name) > 150:
        return "A name has at most 150 characters."
    return "" if name.isprintable() else "A name cannot hold characters that do not show."


def _email(email: str, user: User) -> str:
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return "This is no e-mail address."
    if User.objects.filter(tenant=user.tenant, email=email).exclude(pk=user.pk).exists():
        return TakenName("Another user has this e-mail address.")
    return ""


def _extensions(extensions: tuple[str, ...]) -> str:
    if len(extensions) > 20:
        return "A user has at most 20 extensions."
    for extension in filter(None, (each.strip() for each in extensions)):
        if not EXTENSION.fullmatch(extension):
            return f"{extension[:40]!r} is no extension: it has letters, digits and * # . _ -, at most 32."
    return ""


def _time_zone(name: str) -> str:
    return "" if not name or name in zoneinfo.available_timezones() else "There is no such time zone."
