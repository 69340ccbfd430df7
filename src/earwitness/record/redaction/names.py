"""Which names hold secrets: ``new_password`` and ``X-Api-Key`` do, ``token_refresh`` and ``password_policy`` do not."""

import functools
import re
from collections.abc import Iterable
from typing import Final

# What is secret wherever it ends a name; several words stand side by side in any spelling (apiKey, api-key, APIKEY).
NOUNS: Final[tuple[tuple[str, ...], ...]] = (
    ("password",),
    ("passwd",),
    ("passphrase",),
    ("passcode",),
    ("passwort",),
    ("pwd",),
    ("pass", "word"),
    ("secret",),
    ("token",),
    ("jwt",),
    ("authorization",),
    ("authorisation",),
    ("cookie",),
    ("credential",),
    ("api", "key"),
    ("access", "key"),
    ("auth", "key"),
    ("private", "key"),
    ("signing", "key"),
    ("encryption", "key"),
    ("pin",),
    ("cvv",),
    ("cvc",),
)
# What is secret only where it is the whole name.
WHOLE: Final = frozenset({"pass", "pw"})
# Words after a noun that leave it a secret (password_confirmation, tokenValue, pin_code).
_TAILS: Final = frozenset(
    (
        *("confirm", "confirmation", "confirmed", "repeat", "repeated", "again", "verify", "verification", "hash"),
        *("hashed", "value", "old", "new", "current", "previous", "plain", "plaintext", "cleartext", "text", "raw"),
        *("header", "b64", "base64", "encrypted", "code", "string"),
    )
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_SQUASHED: Final = {"".join(noun): noun for noun in NOUNS}
# Nouns long enough to be recognised at the end of a run-together word (accesstoken, clientsecret).
_LONG: Final = tuple(name for name in _SQUASHED if len(name) >= 5)


def words(name: str) -> list[str]:
    """Return the words of a name in lower case, however they are put together: ``apiKey`` is ``api``, ``key``."""
    return [word.lower() for word in _WORD.findall(name)]


def _expanded(parts: Iterable[str]) -> list[str]:
    """Return words with run-together nouns (``apikey``) taken apart and plural nouns made singular."""
    out: list[str] = []
    for word in parts:
        single = word[:-1] if word.endswith("s") and word[:-1].endswith(_LONG) else word
        noun = next((long for long in _LONG if single.endswith(long)), single)
        out.extend(_SQUASHED.get(noun, (noun,)))
    return out


@functools.lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Whether what stands under this name (a key, a query parameter, a header) is a secret."""
    parts = _expanded(words(name[:256]))
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _TAILS):
        parts.pop()
    if len(parts) == 1 and parts[0] in WHOLE:
        return True
    return any(tuple(parts[-len(noun) :]) == noun for noun in NOUNS)


@functools.lru_cache(maxsize=8192)
def is_plural(name: str) -> bool:
    """Whether the name counts secrets rather than holds one (``tokens: 512``)."""
    parts = words(name[:256])
    return bool(parts) and parts[-1].endswith("s") and parts[-1][:-1].endswith(_LONG)


def folded(name: str) -> str:
    """Return a name as the administrator's own names are compared: no case, no separators."""
    return "".join(words(name))
