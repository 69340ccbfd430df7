"""``/saved-searches``: names for what somebody looks for again and again."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.api.deliver import shapes
from earwitness.api.manage.callers import changer, reader
from earwitness.deliver.searches import actions

router = Router(tags=["saved searches"])
SEEING = ("show_activity_log", "show_whisper_log")


@router.get("", response=shapes.SearchList, summary="List saved searches")
def list_searches(request: HttpRequest) -> shapes.SearchList:
    """Your own, and those shared with your roles. Needs the permission to see a log."""
    access = reader(request, *SEEING)
    return shapes.SearchList(items=[shapes.search(saved, access) for saved in actions.visible(access)])


@router.post("", response={201: shapes.SearchShown}, summary="Save a search")
def save(request: HttpRequest, body: shapes.SearchWish) -> Status[shapes.SearchShown]:
    """Needs the permission to see that log."""
    actor = changer(request, *SEEING)
    saved = actions.save(actor, shapes.wish(actions.Wish, body))
    return Status(201, shapes.search(saved, actor.access))


@router.get("/{int:search_id}", response=shapes.SearchShown, summary="Show a saved search")
def show(request: HttpRequest, search_id: int) -> shapes.SearchShown:
    """One that is not shared with you answers as one that is not there."""
    access = reader(request, *SEEING)
    return shapes.search(actions.find(access, search_id), access)


@router.put("/{int:search_id}", response=shapes.SearchShown, summary="Change a saved search")
def change(request: HttpRequest, search_id: int, body: shapes.SearchWish) -> shapes.SearchShown:
    """Its owner alone."""
    actor = changer(request, *SEEING)
    saved = actions.change(actor, actions.find(actor.access, search_id), shapes.wish(actions.Wish, body))
    return shapes.search(saved, actor.access)


@router.post("/{int:search_id}/pin", response=shapes.SearchShown, summary="Pin a saved search, or unpin it")
def pin(request: HttpRequest, search_id: int, body: shapes.Pin) -> shapes.SearchShown:
    """Puts one that you may see at the top of your own list, or takes it away."""
    actor = changer(request, *SEEING)
    actions.pin(actor, actions.find(actor.access, search_id), pinned=body.pinned)
    return shapes.search(actions.find(actor.access, search_id), actor.access)


@router.delete("/{int:search_id}", response={204: None}, summary="Delete a saved search")
def delete(request: HttpRequest, search_id: int) -> Status[None]:
    """Its owner or an administrator."""
    actor = changer(request, *SEEING)
    actions.delete(actor, actions.find(actor.access, search_id))
    return Status(204, None)
