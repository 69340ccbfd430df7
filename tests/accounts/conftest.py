"""People for the tests of this room."""

from tests.cast import cast, log, password_hash

__all__ = ["cast", "log", "password_hash"]
