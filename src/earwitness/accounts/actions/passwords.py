"""What is right and wrong in a password, and passwords that the machine chooses."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from earwitness.accounts.models import User

LONGEST = 1000  # hashing a book would be a way to keep the server busy
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def wrong(password: str, user: User) -> dict[str, str]:
    """Return {"password": sentence} where a password will not do for this user, else nothing."""
    if len(password) > LONGEST:
        return {"password": f"A password has at most {LONGEST} characters."}
    if "\0" in password:
        return {"password": "A password cannot hold a NUL character."}
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {"password": " ".join(error.messages)}
    return {}


def generate() -> str:
    """Return a password that can be read out over the telephone: 20 characters, 115 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))
