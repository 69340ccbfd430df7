"""Secrets of receivers at rest: encrypted with a key that comes from the secret key of this installation.

Who reads the accounts database alone, or a backup of it, learns no token. Losing the secret key loses them.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):  # noqa: N818 -- told to people as it stands
    """The secret was encrypted with another key; it has to be entered again."""


def _box() -> Fernet:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"earwitness.deliver.secrets")
    return Fernet(base64.urlsafe_b64encode(kdf.derive(settings.SECRET_KEY.encode())))


def hide(text: str) -> str:
    """Return a secret as it may be stored; an empty one stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def reveal(hidden: str) -> str:
    """Return a stored secret. Raises Unreadable."""
    if not hidden:
        return ""
    try:
        return _box().decrypt(hidden.encode()).decode()
    except InvalidToken:
        raise Unreadable("The secret cannot be read with this installation's secret key: enter it again.") from None
