"""What people do with saved searches: save, change, pin, share, delete."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from earwitness.accounts.access import Access
from earwitness.accounts.models import Role, Tenant, User
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import checks, columns, owners
from earwitness.deliver.exports.actions import recorded_text
from earwitness.deliver.models import SavedSearch
from earwitness.model.event import Change
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A search to save. range: ``from..to`` as in the address of the page; shared_with: names of roles."""

    name: str
    stream: str = "activity"
    search: str = ""
    range: str = ""
    columns: tuple[str, ...] = ()
    order: str = "newest"
    shared_with: tuple[str, ...] = ()
    pinned: bool = False


def person_of(access: Access) -> User:
    """Return the person who acts. Raises Forbidden for somebody who is no user (an operator on the machine)."""
    if access.user_id is None:
        raise Forbidden("This belongs to a person: sign in, or use the key of a user.")
    return User.objects.get(pk=access.user_id)


def _check(wish: Wish, access: Access) -> list[Role]:
    wrong = checks.name(wish.name) | checks.search(wish.search, wish.stream)
    wrong |= checks.choice("order", wish.order, ("newest", "oldest"))
    wrong |= checks.span(wish.range)
    if "stream" not in wrong:
        try:
            columns.chosen(wish.stream, wish.columns)
        except Invalid as problem:
            wrong |= problem.fields
    roles = list(Role.objects.filter(tenant__name=access.tenant, name__in=wish.shared_with))
    unknown = set(wish.shared_with) - {role.name for role in roles}
    if unknown:
        wrong["shared_with"] = f"There is no role {', '.join(sorted(unknown))}."
    checks.demand(wrong, "saved search")
    return roles


def save(actor: Actor, wish: Wish) -> SavedSearch:
    """Save a search under a new name. Raises Invalid, Forbidden, Conflict where the name is taken."""
    return _write(actor, SavedSearch(), wish, "create")


def change(actor: Actor, saved: SavedSearch, wish: Wish) -> SavedSearch:
    """Change one's own saved search."""
    if saved.owner_id != actor.access.user_id:
        raise Forbidden("This search was saved by somebody else: save your own.")
    return _write(actor, saved, wish, "update")


def _write(actor: Actor, saved: SavedSearch, wish: Wish, act: str) -> SavedSearch:
    access = actor.access
    roles = _check(wish, access)
    owners.demand_stream(access, wish.stream)
    person = person_of(access)
    before = shown(saved) if saved.pk else {}
    saved.tenant = Tenant.objects.get(name=access.tenant)
    saved.owner = person
    for field in ("name", "stream", "search", "range", "order"):
        setattr(saved, field, getattr(wish, field))
    saved.columns = list(wish.columns)
    try:
        with transaction.atomic():
            saved.save()
            saved.shared_with.set(roles)
            _pin(saved, person, pinned=wish.pinned)
            after = shown(saved)
            changes = [
                Change(key, before.get(key), after[key]) for key in after if before and before.get(key) != after[key]
            ]
            record(
                actor,
                "saved_search",
                act,
                obj=f"saved_search:{saved.name}",
                params={"stream": saved.stream, "search": recorded_text(access, saved.search)},
                changes=[] if access.scope.masked else changes,
            )
    except IntegrityError:
        raise Conflict(f"You have a saved search called {wish.name}: choose another name.") from None
    return saved


def shown(saved: SavedSearch) -> dict[str, Any]:
    """Return a saved search as JSON values."""
    return {
        "name": saved.name,
        "stream": saved.stream,
        "search": saved.search,
        "range": saved.range,
        "columns": list(saved.columns),
        "order": saved.order,
        "shared_with": sorted(saved.shared_with.values_list("name", flat=True)),
    }


def delete(actor: Actor, saved: SavedSearch) -> None:
    """Delete one's own saved search; an administrator deletes anybody's."""
    if saved.owner_id != actor.access.user_id and not actor.access.has("admin"):
        raise Forbidden("This search was saved by somebody else: its owner or an administrator can delete it.")
    with transaction.atomic():
        name = saved.name
        saved.delete()
        record(actor, "saved_search", "delete", obj=f"saved_search:{name}")


def pin(actor: Actor, saved: SavedSearch, *, pinned: bool) -> None:
    """Put a search at the top of one's own list, or take it away; that is nobody else's matter and is not recorded."""
    _pin(saved, person_of(actor.access), pinned=pinned)


def _pin(saved: SavedSearch, person: User, *, pinned: bool) -> None:
    if pinned:
        saved.pinned_by.add(person)
    else:
        saved.pinned_by.remove(person)


def visible(access: Access) -> Sequence[SavedSearch]:
    """Return one's own searches and those shared with one's roles, of logs that one may see; pinned ones first."""
    if access.user_id is None:
        return list(SavedSearch.objects.filter(tenant__name=access.tenant).select_related("owner"))
    mine = Q(owner_id=access.user_id) | Q(shared_with__users__id=access.user_id)
    found = (
        SavedSearch.objects.filter(mine, tenant__name=access.tenant, stream__in=access.scope.streams)
        .select_related("owner")
        .prefetch_related("shared_with", "pinned_by")
        .distinct()
    )
    return sorted(found, key=lambda s: (not is_pinned(s, access), s.name.casefold()))


def is_pinned(saved: SavedSearch, access: Access) -> bool:
    """Whether somebody has a search at the top of their list."""
    return any(user.pk == access.user_id for user in saved.pinned_by.all())


def find(access: Access, search_id: int) -> SavedSearch:
    """Return a search that somebody may see; NotFound else."""
    for saved in visible(access):
        if saved.pk == search_id:
            return saved
    raise NotFound("There is no such saved search.")
