"""Who is who in a tenant: names and extensions, for those who write reports and for those who hear the switch."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from earwitness.accounts import caches
from earwitness.accounts.models import User, folded


class Person(NamedTuple):
    """A person as the log names them: username, full name (may be empty), extensions, current desks."""

    username: str
    name: str
    extensions: tuple[str, ...]
    desks: tuple[str, ...]


def person_of(user: User) -> Person:
    """Return a user as the log names them."""
    desks = tuple(sorted(desk.name for desk in user.desks.all()))
    return Person(user.username, user.name, tuple(user.extensions), desks)


def person(tenant: str, username: str) -> Person | None:
    """Return somebody by username, whatever its case; None where the tenant has nobody of that name."""

    def question() -> Person | None:
        user = User.objects.filter(tenant__name=tenant, username_key=folded(username)).first()
        return person_of(user) if user else None

    return caches.read(question)


_at_extensions: caches.Remembered[str, dict[str, Person]] = caches.Remembered(time.monotonic)
caches.forgotten_with_changes(_at_extensions.forget)


def at_extensions(tenant: str) -> Mapping[str, Person]:
    """Return extension -> person for everybody of a tenant who has one (enabled people win over disabled ones).

    Remembered for a moment, as a switch tells of many calls at once.
    """

    def question() -> dict[str, Person]:
        people = User.objects.filter(tenant__name=tenant).exclude(extensions=[]).order_by("-disabled", "-username_key")
        named = [(user.extensions, person_of(user)) for user in people.prefetch_related("desks")]
        return {extension: who for extensions, who in named for extension in extensions}

    return _at_extensions.of(tenant, question)
