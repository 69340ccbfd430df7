"""People for the tests of this room."""

from tests.cast import cast, house, log, password_hash

__all__ = ["cast", "house", "log", "password_hash"]
