"""``/roles``: what people may do."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import roles as acts
from earwitness.accounts.questions import MANAGE_ROLES, MANAGE_USERS
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["roles"])


@router.get("", response=shapes.RoleList, summary="List roles")
def list_roles(request: HttpRequest) -> shapes.RoleList:
    """Needs any of the permissions to create, edit or delete roles or users."""
    who = reader(request, *MANAGE_ROLES, *MANAGE_USERS)
    return shapes.RoleList(items=[shapes.role(row) for row in questions.roles(who)])


@router.post("", response={201: shapes.RoleShown}, summary="Make a role")
def make_role(request: HttpRequest, body: shapes.NewRole) -> Status[shapes.RoleShown]:
    """Needs `create_role` and every permission that the role grants."""
    actor = changer(request, "create_role", dangerous=True)
    return Status(201, shapes.role(acts.create(actor, acts.RoleDraft(**body.given()))))


@router.get("/{name}", response=shapes.RoleShown, summary="Show a role")
def show_role(request: HttpRequest, name: str) -> shapes.RoleShown:
    """Needs any of the permissions to create, edit or delete roles or users."""
    return shapes.role(questions.role(reader(request, *MANAGE_ROLES, *MANAGE_USERS), name))


@router.patch("/{name}", response=shapes.RoleShown, summary="Change a role")
def change_role(request: HttpRequest, name: str, body: shapes.RoleChange) -> shapes.RoleShown:
    """Needs `edit_role` and every permission that the role grants, before and after."""
    actor = changer(request, "edit_role", dangerous=True)
    return shapes.role(acts.update(actor, name, **body.given()))


@router.delete("/{name}", response={204: None}, summary="Delete a role that nobody has")
def delete_role(request: HttpRequest, name: str) -> Status[None]:
    """Needs `delete_role` and every permission that the role grants."""
    acts.delete(changer(request, "delete_role", dangerous=True), name)
    return Status(204, None)
