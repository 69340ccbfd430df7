"""``/schedules``: reports that are made and mailed at set times."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.api.deliver import shapes
from earwitness.api.manage.callers import changer, reader
from earwitness.deliver import means
from earwitness.deliver.schedules import actions

router = Router(tags=["schedules"])
SEEING = ("create_scheduled_report", "delete_scheduled_report")


@router.get("", response=shapes.ScheduleList, summary="List scheduled reports")
def list_schedules(request: HttpRequest) -> shapes.ScheduleList:
    """Your own; all of the tenant with `delete_scheduled_report`."""
    return shapes.ScheduleList(items=[shapes.schedule(found) for found in actions.visible(reader(request, *SEEING))])


@router.post("", response={201: shapes.ScheduleShown}, summary="Schedule a report")
def create(request: HttpRequest, body: shapes.ScheduleWish) -> Status[shapes.ScheduleShown]:
    """Needs `create_scheduled_report`, `export_logs` and the permission to see that log."""
    actor = changer(request, "create_scheduled_report")
    return Status(201, shapes.schedule(actions.create(actor, shapes.wish(actions.Wish, body))))


@router.get("/runs", response=shapes.RunList, summary="List what was made")
def list_runs(request: HttpRequest) -> shapes.RunList:
    """Needs `export_logs` or `create_scheduled_report`."""
    access = reader(request, "export_logs", "create_scheduled_report")
    return shapes.RunList(items=[shapes.run(run) for run in actions.runs(access)])


@router.post("/runs/{int:run_id}/sign-off", response=shapes.RunShown, summary="Sign a report off")
def sign_off(request: HttpRequest, run_id: int, body: shapes.SignOff) -> shapes.RunShown:
    """Say that you have reviewed it; that is recorded, once."""
    actor = changer(request, "export_logs", "create_scheduled_report")
    return shapes.run(actions.sign_off(actor, run_id, body.comment))


@router.get("/{int:schedule_id}", response=shapes.ScheduleShown, summary="Show a scheduled report")
def show(request: HttpRequest, schedule_id: int) -> shapes.ScheduleShown:
    """One that you may not see answers as one that is not there."""
    return shapes.schedule(actions.find(reader(request, *SEEING), schedule_id))


@router.put("/{int:schedule_id}", response=shapes.ScheduleShown, summary="Change a scheduled report")
def change(request: HttpRequest, schedule_id: int, body: shapes.ScheduleWish) -> shapes.ScheduleShown:
    """Its owner alone."""
    actor = changer(request, "create_scheduled_report")
    found = actions.find(actor.access, schedule_id)
    return shapes.schedule(actions.change(actor, found, shapes.wish(actions.Wish, body)))


@router.post("/{int:schedule_id}/run", response={202: shapes.RunShown}, summary="Make a report now")
def run_now(request: HttpRequest, schedule_id: int) -> Status[shapes.RunShown]:
    """Its owner alone. It is made in the background and mailed as always; the timetable stays as it is."""
    actor = changer(request, "create_scheduled_report")
    found = actions.find(actor.access, schedule_id)
    return Status(202, shapes.run(actions.run_now(actor, means.current(), found)))


@router.delete("/{int:schedule_id}", response={204: None}, summary="Delete a scheduled report")
def delete(request: HttpRequest, schedule_id: int) -> Status[None]:
    """Its owner, or anybody with `delete_scheduled_report`."""
    actor = changer(request, *SEEING)
    actions.delete(actor, actions.find(actor.access, schedule_id))
    return Status(204, None)
