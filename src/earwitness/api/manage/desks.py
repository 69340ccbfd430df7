"""``/desks``: groups of agents."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import desks as acts
from earwitness.accounts.questions import MANAGE_USERS
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["desks"])


@router.get("", response=shapes.DeskList, summary="List desks")
def list_desks(request: HttpRequest) -> shapes.DeskList:
    """Needs `create_user`, `edit_user` or `delete_user`."""
    return shapes.DeskList(items=[shapes.desk(row) for row in questions.desks(reader(request, *MANAGE_USERS))])


@router.post("", response={201: shapes.DeskShown}, summary="Make a desk")
def make_desk(request: HttpRequest, body: shapes.DeskNamed) -> Status[shapes.DeskShown]:
    """Needs `admin`."""
    return Status(201, shapes.desk(acts.create(changer(request, "admin"), body.name)))


@router.get("/{name}", response=shapes.DeskShown, summary="Show a desk")
def show_desk(request: HttpRequest, name: str) -> shapes.DeskShown:
    """Needs `create_user`, `edit_user` or `delete_user`."""
    return shapes.desk(questions.desk(reader(request, *MANAGE_USERS), name))


@router.patch("/{name}", response=shapes.DeskShown, summary="Rename a desk")
def rename_desk(request: HttpRequest, name: str, body: shapes.DeskNamed) -> shapes.DeskShown:
    """Needs `admin`. Rows recorded under the old name stay visible to the desk."""
    return shapes.desk(acts.rename(changer(request, "admin"), name, body.name))


@router.delete("/{name}", response={204: None}, summary="Delete a desk")
def delete_desk(request: HttpRequest, name: str) -> Status[None]:
    """Needs `admin`. Its rows are seen by those who see all desks."""
    acts.delete(changer(request, "admin"), name)
    return Status(204, None)
