"""``/users``: people."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import users as acts
from earwitness.accounts.questions import MANAGE_USERS
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["users"])


@router.get("", response=shapes.UserList, summary="List users")
def list_users(request: HttpRequest, query: Query[shapes.UserQuery]) -> shapes.UserList:
    """Needs `create_user`, `edit_user` or `delete_user`. `q` is looked for in username, name and e-mail address."""
    who = reader(request, *MANAGE_USERS)
    page = questions.users(
        who,
        text=query.q,
        role=query.role,
        desk=query.desk,
        disabled=query.disabled,
        after=query.after,
        limit=query.limit,
    )
    return shapes.UserList(items=[shapes.user(row) for row in page.items], next=page.next)


@router.post("", response={201: shapes.UserShown}, summary="Make a user")
def make_user(request: HttpRequest, body: shapes.NewUser) -> Status[shapes.UserShown]:
    """Needs `create_user` and everything that the roles and desks grant."""
    actor = changer(request, "create_user", dangerous=True)
    given = body.given()
    password, operator = given.pop("password"), given.pop("operator", False)
    row = acts.create(actor, acts.UserDraft(**given), password, operator=operator)
    return Status(201, shapes.user(row))


@router.get("/{username}", response=shapes.UserShown, summary="Show a user")
def show_user(request: HttpRequest, username: str) -> shapes.UserShown:
    """Needs `create_user`, `edit_user` or `delete_user`."""
    return shapes.user(questions.user(reader(request, *MANAGE_USERS), username))


@router.patch("/{username}", response=shapes.UserShown, summary="Change, disable or enable a user, set the password")
def change_user(request: HttpRequest, username: str, body: shapes.UserChange) -> shapes.UserShown:
    """Needs `edit_user` and everything that the user holds. All of it happens, or nothing."""
    actor = changer(request, "edit_user", dangerous=True)
    return shapes.user(acts.change(actor, username, **body.given()))


@router.delete("/{username}", response={204: None}, summary="Delete a user")
def delete_user(request: HttpRequest, username: str) -> Status[None]:
    """Needs `delete_user` and everything that the user holds. What the user did stays in the log."""
    acts.delete(changer(request, "delete_user", dangerous=True), username)
    return Status(204, None)


@router.delete("/{username}/second-factors", response={204: None}, summary="Remove a user's second factors")
def remove_second_factors(request: HttpRequest, username: str) -> Status[None]:
    """Needs `edit_user` and everything that the user holds. For a telephone that was lost."""
    acts.remove_second_factors(changer(request, "edit_user", dangerous=True), username)
    return Status(204, None)
