"""Scheduled reports arrive once, whole, and say when they were late; who may not have them gets none."""

import datetime as dt
import io
import itertools
import threading
import zoneinfo
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from earwitness.accounts.models import Role, User
from earwitness.deliver.exports import work as exports
from earwitness.deliver.messages import sending
from earwitness.deliver.messages.pauses import PAUSES, pause
from earwitness.deliver.models import Export, Message, Run, Schedule
from earwitness.deliver.schedule import next_run
from earwitness.deliver.schedules import actions, work
from earwitness.model import times
from earwitness.model.problem import Conflict, Forbidden
from tests.cast import page_of

from .conftest import World
from .inbox import Inbox, inbox
from .test_formats import pdf_text

__all__ = ["inbox"]


def scheduled(world: World, who: str = "ada", **wish: Any) -> Schedule:
    """Set a schedule up that was due a moment ago."""
    given = {"name": "Daily", "recipients": ("boss@example.com",), "period": "last-30-days"} | wish
    found = actions.create(world.actor(who), actions.Wish(**given))
    Schedule.objects.filter(pk=found.pk).update(next_run=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5))
    return found


def run_everything(world: World) -> None:
    """One round of each job."""
    work.begin_due(world.means)
    while exports.work(world.means):
        pass
    work.post_finished(world.means)
    sending.send_waiting(world.means)


def attachment(mail: EmailMessage) -> tuple[str, bytes]:
    (part,) = mail.iter_attachments()
    return str(part.get_filename()), bytes(part.get_payload(decode=True))


def recent(world: World, *comments: str) -> None:
    """Record events of an hour ago."""
    moment = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S.%f")
    world.events(*({"comments": text, "created": moment} for text in comments))


def test_a_report_arrives_with_its_file(world: World, inbox: Inbox, tmp_path: Path) -> None:
    """The mail says what it is; the attached PDF and workbook hold the rows; each recipient gets one mail."""
    recent(world, "needle one", "needle two")
    scheduled(world, recipients=("a@example.com", "b@example.com"), search="needle", zone="Europe/Bucharest")
    scheduled(world, name="Sheet", format="xlsx", search="needle")
    run_everything(world)
    assert sorted(to for to, _ in inbox.mails) == ["a@example.com", "b@example.com", "boss@example.com"]
    mail = next(mail for to, mail in inbox.mails if to == "a@example.com")
    assert mail["From"] == "log@example.com"
    text = mail.get_body(("plain",)).get_content()
    assert "Search: needle" in text
    assert "Rows: 2" in text
    assert "(Europe/Bucharest)" in text
    assert f"{world.people['ada'].username} scheduled this report: every day at 07:00 (Europe/Bucharest)." in text
    name, data = attachment(mail)
    assert name.endswith(".pdf")
    (tmp_path / "r.pdf").write_bytes(data)
    assert "needle one" in pdf_text(tmp_path / "r.pdf")
    _, sheet = attachment(next(mail for to, mail in inbox.mails if to == "boss@example.com"))
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet))["Rows"].iter_rows(values_only=True))
    assert sorted(str(row[6]) for row in rows[1:]) == ["needle one", "needle two"]
    run_everything(world)
    assert len(inbox.mails) == 3
    assert set(Run.objects.filter(schedule__tenant=world.tenant).values_list("mailed", flat=True)) == {True}


def test_a_report_page_can_be_scheduled(world: World, inbox: Inbox, tmp_path: Path) -> None:
    """Activity by user every Monday, as PDF."""
    recent(world, "x")
    scheduled(world, report="users", name="Users")
    run_everything(world)
    _, data = attachment(inbox.mails[0][1])
    (tmp_path / "r.pdf").write_bytes(data)
    assert "Activity by user" in pdf_text(tmp_path / "r.pdf")


def test_a_linked_report_carries_no_file(world: World, inbox: Inbox) -> None:
    """Only a link, which opens for those who would see the same."""
    recent(world, "x")
    scheduled(world, attach=False, format="csv")
    run_everything(world)
    _, mail = inbox.mails[0]
    assert list(mail.iter_attachments()) == []
    export = Export.objects.get(tenant=world.tenant)
    assert f"https://log.example.com/exports/{export.pk}" in mail.get_body(("plain",)).get_content()
    everything = ["export_logs", "show_activity_log", "show_whisper_log", "show_all_desks"]
    same = Role.objects.create(tenant=world.tenant, name="same", permissions=everything)
    world.people["audrey"].roles.set([same])
    assert world.client("audrey").get(f"/exports/{export.pk}").status_code == 200
    world.people["sam"].roles.set([Role.objects.create(tenant=world.tenant, name="x", permissions=["export_logs"])])
    assert world.client("sam").get(f"/exports/{export.pk}").status_code == 404


def test_missed_runs_are_made_up_and_say_so(world: World, inbox: Inbox) -> None:
    """Two days without a running house: each day's report is made, of its own day, and says that it is late."""
    found = scheduled(world, period="yesterday", format="csv")
    first = dt.datetime.now(dt.UTC).replace(hour=7, minute=0, second=0, microsecond=0) - dt.timedelta(days=3)
    Schedule.objects.filter(pk=found.pk).update(next_run=first)
    run_everything(world)
    runs = list(Run.objects.filter(schedule=found).order_by("due"))
    assert [run.due for run in runs[:3]] == [first + dt.timedelta(days=n) for n in range(3)]
    assert all(run.made_up for run in runs[:3])
    starts = [run.export.start for run in runs if run.export]
    assert len(set(starts)) == len(runs)
    text = inbox.mails[0][1].get_body(("plain",)).get_content()
    assert "made up later, because Earwitness was not running then" in text
    found.refresh_from_db()
    assert found.next_run > dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/Bucharest", "03:30", dt.date(2026, 3, 29)),
        ("Europe/Bucharest", "03:30", dt.date(2026, 10, 25)),
        ("America/New_York", "02:30", dt.date(2026, 3, 8)),
        ("America/New_York", "01:30", dt.date(2026, 11, 1)),
    ],
)
@pytest.mark.parametrize("every", ["daily", "cron"])
def test_a_day_on_which_the_clocks_change_has_one_run(
    world: World, zone: str, at: str, day: dt.date, every: str
) -> None:
    """The job looks every ten minutes from the day before to the day after: three reports, each of its whole day."""
    hour, minute = at.split(":")
    found = scheduled(world, zone=zone, at=at, every=every, cron=f"{minute} {hour} * * *", period="yesterday")
    local = zoneinfo.ZoneInfo(zone)
    now = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(), local).astimezone(dt.UTC)
    end = dt.datetime.combine(day + dt.timedelta(days=2), dt.time(), local).astimezone(dt.UTC)
    Schedule.objects.filter(pk=found.pk).update(next_run=next_run(found.rule, now))
    while now < end:
        work.begin_due(world.means, now)
        now += dt.timedelta(minutes=10)
    runs = list(Run.objects.filter(schedule=found).order_by("due").select_related("export"))
    assert [run.due.astimezone(local).date() - day for run in runs] == [dt.timedelta(days=n) for n in (-1, 0, 1)]
    assert not any(run.made_up for run in runs)
    spans = [(run.export.start, run.export.end) for run in runs if run.export]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    hours = [(stop - start).total_seconds() / 3600 for start, stop in spans if start and stop]
    assert sorted(hours)[1] == 24
    assert hours[2] in (23, 25)


def test_the_schedule_of_somebody_disabled_stops_and_says_so(world: World, inbox: Inbox) -> None:
    """Nothing is made or mailed; the page says why."""
    found = scheduled(world)
    User.objects.filter(pk=world.people["ada"].pk).update(disabled=True)
    run_everything(world)
    found.refresh_from_db()
    assert not found.enabled
    assert "was disabled" in found.problem
    assert inbox.mails == []
    assert not Run.objects.filter(schedule=found).exists()


def test_a_schedule_stops_where_its_owner_lost_the_permission(world: World, inbox: Inbox) -> None:
    """And names the permission."""
    found = scheduled(world)
    world.people["ada"].roles.set([Role.objects.get(tenant=world.tenant, name="Auditor")])
    permissions = Role.objects.get(tenant=world.tenant, name="Auditor").permissions
    run_everything(world)
    found.refresh_from_db()
    assert found.enabled == ("create_scheduled_report" in permissions)
    if not found.enabled:
        assert "no longer has the permission" in found.problem


def test_a_search_that_became_invalid_is_told_to_the_owner(world: World, inbox: Inbox) -> None:
    """The report fails with the sentence of the search, and its owner gets a mail."""
    found = scheduled(world)
    Schedule.objects.filter(pk=found.pk).update(search="gone:1")
    User.objects.filter(pk=world.people["ada"].pk).update(email="ada@example.com")
    run_everything(world)
    run = Run.objects.get(schedule=found)
    assert "gone" in run.problem
    ((to, mail),) = inbox.mails
    assert to == "ada@example.com"
    assert "could not be made" in str(mail["Subject"])


def test_a_recipient_that_bounces_does_not_keep_others_waiting(world: World, inbox: Inbox) -> None:
    """The refused address is given up with the server's words; the other got the report."""
    scheduled(world, recipients=("bounce@example.com", "good@example.com"), format="csv")
    run_everything(world)
    assert [to for to, _ in inbox.mails] == ["good@example.com"]
    bounced = Message.objects.get(tenant=world.tenant, target="bounce@example.com")
    assert bounced.gave_up
    assert "550 5.1.1 no such mailbox" in bounced.problem


def test_a_mail_server_that_is_down_is_tried_again_until_it_is_back(world: World, inbox: Inbox, settings: Any) -> None:
    """An hour without a mail server loses nothing and doubles nothing."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    scheduled(world, format="csv")
    for tried in range(1, 6):
        run_everything(world)
        message = Message.objects.get(tenant=world.tenant)
        assert (message.tries, message.sent, message.gave_up) == (tried, None, False)
        assert "cannot be reached" in message.problem
        Message.objects.update(next_try=dt.datetime.now(dt.UTC))
    settings.EMAIL_PORT = port
    run_everything(world)
    run_everything(world)
    assert len(inbox.mails) == 1


def test_without_a_mail_server_the_reason_is_named(world: World, settings: Any) -> None:
    """EARWITNESS_SMTP_URL is what the operator has to set."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    scheduled(world, format="csv")
    run_everything(world)
    assert "EARWITNESS_SMTP_URL" in Message.objects.get(tenant=world.tenant).problem


def test_patience_grows_and_ends() -> None:
    """Pauses never shrink, last for half a day in all, and then end."""
    assert list(PAUSES) == sorted(PAUSES)
    assert 43_200 < sum(PAUSES) < 86_400
    first, asked = pause(1), pause(1, 500)
    assert first is not None
    assert first.total_seconds() < 12
    assert asked is not None
    assert asked.total_seconds() >= 500
    assert pause(len(PAUSES) + 1) is None


def test_a_reviewer_signs_a_report_off_once(world: World, inbox: Inbox) -> None:
    """With a comment; recorded; a second time is refused, and so is somebody without the permission."""
    found = scheduled(world, format="csv")
    work.begin_due(world.means)
    run = Run.objects.get(schedule=found)
    with pytest.raises(Conflict):
        actions.sign_off(world.actor("ada"), run.pk, "too early")
    run_everything(world)
    run = Run.objects.get(schedule=found)
    assert run.export
    answer = world.client("ada").post(f"/schedules/runs/{run.pk}/sign-off", {"comment": "Nothing unusual."})
    assert answer["Location"] == f"/exports/{run.export.pk}"
    run.refresh_from_db()
    assert (run.signed_by, run.signed_comment) == (world.people["ada"].username, "Nothing unusual.")
    event = world.log.last()
    assert (event["sub_event"], event["comments"]) == ("sign_off", "Nothing unusual.")
    with pytest.raises(Conflict, match="already"):
        actions.sign_off(world.actor("ada"), run.pk, "")
    with pytest.raises(Forbidden):
        actions.sign_off(world.actor("alex"), run.pk, "")
    assert "Nothing unusual." in world.client("ada").get(f"/exports/{run.export.pk}").content.decode()
    assert "Daily" in world.client("ada").get("/schedules").content.decode()


def test_a_report_is_made_at_once_where_its_owner_asks(world: World, inbox: Inbox) -> None:
    """Mailed as always, saying who asked; the timetable stays; nobody else can."""
    recent(world, "x")
    found = actions.create(
        world.actor("ada"), actions.Wish(name="Daily", recipients=("boss@example.com",), format="csv")
    )
    path = f"/api/v1/schedules/{found.pk}/run"
    assert world.key("ada", "admin").post(path, content_type="application/json").status_code == 202
    assert world.key("sam", "admin").post(path, content_type="application/json").status_code in (403, 404)
    run_everything(world)
    ((_, mail),) = inbox.mails
    assert f"Note: {world.people['ada'].username} asked for it" in mail.get_body(("plain",)).get_content()
    run = Run.objects.get(schedule=found)
    assert not run.made_up
    before = found.next_run
    found.refresh_from_db()
    assert found.next_run == before
    assert "scheduled_report.run" in world.log.acts()


def test_reports_of_others_are_listed_for_those_who_see_the_same(world: World, inbox: Inbox) -> None:
    """Audrey, who sees all, reviews Ada's report; Sam, who sees one desk, learns not even how many rows it has."""
    recent(world, "x")
    scheduled(world, format="csv")
    run_everything(world)
    auditor = ["export_logs", "create_scheduled_report", "show_activity_log", "show_whisper_log", "show_all_desks"]
    world.people["audrey"].roles.set([Role.objects.create(tenant=world.tenant, name="a", permissions=auditor)])
    world.people["sam"].roles.set(
        [Role.objects.create(tenant=world.tenant, name="s", permissions=["export_logs", "show_activity_log"])]
    )
    seen = {
        name: [run["schedule"] for run in world.key(name).get("/api/v1/schedules/runs").json()["items"]]
        for name in ("ada", "audrey", "sam")
    }
    assert seen == {"ada": ["Daily"], "audrey": ["Daily"], "sam": []}
    pages = {name: page_of(world.client(name).get("/schedules")) for name in ("ada", "audrey")}
    assert all(">Sent<" in page for page in pages.values())
    assert ["boss@example.com" in page for page in pages.values()] == [True, False]  # its owner alone learns who got it
    run = Run.objects.get(schedule__tenant=world.tenant)
    path, body = f"/api/v1/schedules/runs/{run.pk}/sign-off", '{"comment": "Seen."}'
    assert world.key("sam", "admin").post(path, body, content_type="application/json").status_code == 404
    signed = world.key("audrey", "admin").post(path, body, content_type="application/json").json()
    assert (signed["signed_by"], signed["signed_comment"]) == (world.people["audrey"].username, "Seen.")


def test_two_runners_in_one_process_begin_a_run_once(world: World) -> None:
    """The lease, and the unique moment of a run, keep it single."""
    found = scheduled(world)
    begun = [work.begin_due(world.means) for _ in range(2)]
    assert begun == [1, 0]
    assert Run.objects.filter(schedule=found).count() == 1


def test_times_of_a_schedule_are_utc_in_the_database(world: World) -> None:
    """Seven in Bucharest is five in winter, four in summer."""
    found = actions.create(
        world.actor("ada"),
        actions.Wish(name="x", recipients=("a@example.com",), zone="Europe/Bucharest", at="07:00"),
    )
    assert times.text(found.next_run)[11:16] in ("04:00", "05:00")


def test_threads_share_the_lease(world: World) -> None:
    """Taking a lease twice by the same runner prolongs it; by another it fails."""
    found = scheduled(world)
    now = dt.datetime.now(dt.UTC)
    assert found.take(now)
    assert found.take(now)
    assert not found.take(now, "other")
    assert found.take(now + dt.timedelta(minutes=2), "other")
    assert threading.active_count() >= 1
