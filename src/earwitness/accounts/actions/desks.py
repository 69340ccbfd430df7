"""Acts on desks. They need ``admin``: a desk that takes over a name of the past shows the rows recorded under it."""

from earwitness.accounts import seats
from earwitness.accounts.access import desk_names
from earwitness.accounts.actions.change import changing, differences, permit
from earwitness.accounts.actions.names import wrong_name
from earwitness.accounts.faults import TakenName, demand_valid
from earwitness.accounts.models import Desk, Tenant, asked
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import NotFound


def find(tenant: Tenant, name: str) -> Desk:
    """Return a desk of a tenant by name, whatever its case; NotFound where there is none."""
    desk = tenant.desks.filter(name__iexact=asked(name)).first()
    if desk is None:
        raise NotFound("There is no such desk.")
    return desk


def create(actor: Actor, name: str) -> Desk:
    """Make a desk."""
    permit(actor, "admin")
    with changing(actor) as turn:
        desk = Desk(tenant=turn.tenant, name=_checked(turn.tenant, name, None))
        desk.save()
        turn.note("desk", "create", obj=f"desk:{desk.name}", changes=differences({}, {"name": desk.name}))
    return desk


def rename(actor: Actor, name: str, new: str) -> Desk:
    """Give a desk another name; rows recorded under the old one stay visible to its people."""
    permit(actor, "admin")
    with changing(actor) as turn:
        desk = find(turn.tenant, name)
        old = desk.name
        desk.name = _checked(turn.tenant, new, desk)
        if desk.name != old:
            former = {*desk.former_names, old} - {desk.name}
            desk.former_names = sorted(former)
            with seats.kept(turn.tenant, desk.users.values_list("pk", flat=True)):
                desk.save()
            changes = differences({"name": old}, {"name": desk.name})
            turn.note("desk", "update", obj=f"desk:{desk.name}", changes=changes)
    return desk


def delete(actor: Actor, name: str) -> None:
    """Delete a desk; its people lose it, its rows are seen by those who see all desks."""
    permit(actor, "admin")
    with changing(actor) as turn:
        desk = find(turn.tenant, name)
        before = {"name": desk.name, "users": sorted(desk.users.values_list("username", flat=True)[:1000])}
        with seats.kept(turn.tenant, desk.users.values_list("pk", flat=True)):
            desk.delete()
        turn.note("desk", "delete", obj=f"desk:{before['name']}", changes=differences(before, {}))


def _checked(tenant: Tenant, name: str, desk: Desk | None) -> str:
    name = " ".join(name.split())
    others = [other for other in tenant.desks.all() if desk is None or other.pk != desk.pk]
    wrong = wrong_name(name)
    if not wrong and name.casefold() in {taken.casefold() for taken in desk_names(others)}:
        wrong = TakenName("There is a desk of this name, or one that had it before: its rows would show on both.")
    demand_valid({"name": wrong} if wrong else {})
    return name
