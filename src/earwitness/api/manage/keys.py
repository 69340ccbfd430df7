"""``/keys``: API keys."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import keys as acts
from earwitness.api.manage import shapes
from earwitness.api.manage.callers import changer, reader

router = Router(tags=["keys"])


@router.get("", response=shapes.KeyList, summary="List keys")
def list_keys(request: HttpRequest, revoked: bool = True) -> shapes.KeyList:
    """Needs `access_api_key`. `revoked=false` leaves out the keys that work no more."""
    who = reader(request, "access_api_key")
    return shapes.KeyList(items=[shapes.key(row) for row in questions.keys(who, revoked=revoked)])


@router.post("", response={201: shapes.KeyMade}, summary="Make a key")
def make_key(request: HttpRequest, body: shapes.NewKey) -> Status[shapes.KeyMade]:
    """Needs `access_api_key`, and for a key of somebody else everything they may. `key` is shown this once."""
    actor = changer(request, "access_api_key", dangerous=True)
    given = body.given()
    draft = acts.KeyDraft(given["name"], given["scope"], given.get("user", ""), given.get("sources", ()))
    row, token = acts.create(actor, draft)
    return Status(201, shapes.key_made(row, token))


@router.delete("/{name}", response={204: None}, summary="Revoke a key")
def revoke_key(request: HttpRequest, name: str) -> Status[None]:
    """Needs `access_api_key`. The key stops working at once; it stays in the list."""
    acts.revoke(changer(request, "access_api_key"), name)
    return Status(204, None)
