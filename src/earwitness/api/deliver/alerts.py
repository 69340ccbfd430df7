"""``/alerts``: searches that are watched."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.api.deliver import shapes
from earwitness.api.manage.callers import changer, reader
from earwitness.deliver import means
from earwitness.deliver.alerts import actions, trial

router = Router(tags=["alerts"])
SEEING = ("create_scheduled_report", "delete_scheduled_report")


@router.get("", response=shapes.AlertList, summary="List alerts")
def list_alerts(request: HttpRequest) -> shapes.AlertList:
    """Your own; all of the tenant with `delete_scheduled_report`."""
    access = reader(request, *SEEING)
    return shapes.AlertList(items=[shapes.alert(found, access) for found in actions.visible(access)])


@router.post("", response={201: shapes.AlertShown}, summary="Set an alert up")
def create(request: HttpRequest, body: shapes.AlertWish) -> Status[shapes.AlertShown]:
    """Needs `create_scheduled_report` and the permission to see that log."""
    actor = changer(request, "create_scheduled_report")
    return Status(201, shapes.alert(actions.create(actor, shapes.wish(actions.Wish, body)), actor.access))


@router.get("/history", response=shapes.FiringList, summary="When alerts fired")
def history(request: HttpRequest) -> shapes.FiringList:
    """Newest first, with what became of each mail and call."""
    return shapes.FiringList(items=[shapes.firing(found) for found in actions.history(reader(request, *SEEING))])


@router.get("/{int:alert_id}", response=shapes.AlertShown, summary="Show an alert")
def show(request: HttpRequest, alert_id: int) -> shapes.AlertShown:
    """One that you may not see answers as one that is not there."""
    access = reader(request, *SEEING)
    return shapes.alert(actions.find(access, alert_id), access)


@router.put("/{int:alert_id}", response=shapes.AlertShown, summary="Change an alert")
def change(request: HttpRequest, alert_id: int, body: shapes.AlertWish) -> shapes.AlertShown:
    """Its owner alone."""
    actor = changer(request, "create_scheduled_report")
    found = actions.find(actor.access, alert_id)
    return shapes.alert(actions.change(actor, found, shapes.wish(actions.Wish, body)), actor.access)


@router.post("/{int:alert_id}/secret", response=shapes.Secret, summary="Show the signing secret")
def secret(request: HttpRequest, alert_id: int) -> shapes.Secret:
    """Its owner alone; that it was shown is recorded."""
    actor = changer(request, "create_scheduled_report")
    return shapes.Secret(secret=actions.signing_secret(actor, actions.find(actor.access, alert_id)))


@router.post("/{int:alert_id}/test", response=shapes.TriedList, summary="Try an alert out")
def test(request: HttpRequest, alert_id: int) -> shapes.TriedList:
    """Its owner alone. Sends its mails and its call (`alert.test`) at once, and says how each went."""
    actor = changer(request, "create_scheduled_report")
    tried = trial.attempt(actor, means.current(), actions.find(actor.access, alert_id))
    items = [shapes.Tried(kind=t.kind, to=t.to, arrived=not t.problem, problem=t.problem) for t in tried]
    return shapes.TriedList(items=items)


@router.delete("/{int:alert_id}", response={204: None}, summary="Delete an alert")
def delete(request: HttpRequest, alert_id: int) -> Status[None]:
    """Its owner, or anybody with `delete_scheduled_report`."""
    actor = changer(request, *SEEING)
    actions.delete(actor, actions.find(actor.access, alert_id))
    return Status(204, None)
