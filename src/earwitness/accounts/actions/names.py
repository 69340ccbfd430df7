"""Checks that several acts share: each returns a sentence for its field, or an empty text."""

import re

from earwitness.accounts.models import NAME_PATTERN

NAME_LENGTH = 80


def wrong_name(name: str) -> str:
    """Say what is wrong with the name of a role, desk or key."""
    if not name:
        return "Give it a name."
    if len(name) > NAME_LENGTH:
        return f"A name has at most {NAME_LENGTH} characters."
    if not re.fullmatch(NAME_PATTERN, name) or "  " in name:
        return "A name has letters, digits, single spaces and & ( ) . ' + @ # - and begins with a letter or digit."
    return ""
