"""How passwords are hashed: argon2id, a few at a time."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 4
_slots = threading.BoundedSemaphore(AT_ONCE)


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane (one of OWASP's equal choices, Password Storage Cheat Sheet).

    Django's own choice takes 100 MiB and eight lanes a time: a hundred people signing in at the start of a shift would
    take all of the machine's memory. Here at most ``AT_ONCE`` are hashed at once; the others wait some milliseconds.
    """

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password as it is stored."""
        with _slots:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether a password is the one of a stored hash."""
        with _slots:
            return super().verify(password, encoded)
