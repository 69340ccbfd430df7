"""What is recorded reaches other systems: all of it, in order, at least once, and recording never waits."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from earwitness.accounts.models import User
from earwitness.deliver import secrets
from earwitness.deliver.forwarding import actions, kinds, senders, trial, work
from earwitness.deliver.models import Forward
from earwitness.model.problem import Forbidden, Invalid

from .buckets import bucket
from .conftest import World
from .test_wire import received, receiver, rsyslog


def forward(world: World, **wish: Any) -> Forward:
    """Set a forward up that has everything still before it."""
    made = actions.create(world.actor("ada"), world.reader, actions.Wish(**({"name": "SIEM"} | wish)))
    Forward.objects.filter(pk=made.pk).update(cursor=0)
    return made


def send(world: World, found: Forward, later: float = 0) -> Forward:
    """Send what waits, as the job does."""
    Forward.objects.filter(pk=found.pk).update(next_try=None)
    work.send_due(world.means, dt.datetime.now(dt.UTC) + dt.timedelta(seconds=later))
    found.refresh_from_db()
    return found


def test_syslog_gets_every_row_in_the_order_of_the_log(world: World, tmp_path: Path) -> None:
    """Several batches over one connection; the cursor stands at the last; a restart of the receiver loses nothing."""
    world.events(*({} for _ in range(450)))
    with rsyslog(tmp_path) as (port, out):
        found = forward(world, kind="syslog", settings={"host": "127.0.0.1", "port": port})
        found = send(world, found)
        assert (found.cursor, found.sent, found.problem) == (450, 450, "")
        got = received(out, 450)
    assert [json.loads(line["msg"])["seq"] for line in got] == list(range(1, 451))
    world.events({})
    found = send(world, found)
    assert found.cursor == 450
    assert "127.0.0.1" in found.problem
    assert found.failures == 1


def test_cef_and_filters(world: World, tmp_path: Path) -> None:
    """Only rows of the search go out, as CEF; the cursor passes the others."""
    world.events({"comments": "needle"}, {}, {"comments": "needle"}, {})
    with rsyslog(tmp_path) as (port, out):
        found = forward(world, kind="cef", words="cef", search="needle", settings={"host": "127.0.0.1", "port": port})
        found = send(world, found)
        lines = [line["msg"] for line in received(out, 2)]
    assert (found.cursor, found.sent) == (4, 2)
    assert [line.strip().startswith("CEF:0|Earwitness|") for line in lines] == [True, True]


def test_a_webhook_that_fails_gets_the_same_rows_again(world: World) -> None:
    """The cursor moves only after the receiver took a batch; the message id of a batch stays."""
    world.events({}, {}, {})
    with receiver() as (base, kept):
        found = forward(world, kind="webhook", settings={"url": f"{base}/503"}, words="ocsf")
        found = send(world, found)
        assert (found.cursor, found.failures) == (0, 1)
        assert found.problem == "The receiver answered 503: thanks"
        assert found.next_try is not None
        assert found.next_try > dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
        Forward.objects.filter(pk=found.pk).update(settings={"url": f"{base}/200"})
        found.refresh_from_db()
        found = send(world, found)
        assert (found.cursor, found.failures, found.problem) == (3, 0, "")
        (_, before, _), (_, headers, body) = kept.got
        assert before["webhook-id"] == headers["webhook-id"]
        data = Webhook(secrets.reveal(found.secret)).verify(body, headers)["data"]
        assert [item["metadata"]["sequence"] for item in data["items"]] == [1, 2, 3]


@pytest.mark.parametrize("words", ["json", "ecs", "ocsf"])
def test_params_are_told_on_to_the_digit(world: World, words: str) -> None:
    """No number stops a forward or leaves as something that is no JSON, and what is null stays said."""
    params = '{"sum":0.10,"huge":1e400,"big":123456789012345678901234567890,"none":null}'
    world.events({"params": params, "changes": '[{"path":"a","old":null,"new":1.50}]'}, {"params": "{}"})
    with receiver() as (base, kept):
        webhook = forward(world, kind="webhook", settings={"url": f"{base}/200"}, words=words)
        assert send(world, webhook).cursor == 2
        splunk = forward(world, name="HEC", kind="hec", settings={"url": f"{base}/200"}, secret="token", words=words)
        assert send(world, splunk).cursor == 2
        bodies = [body for _, _, body in kept.got]
    for body in bodies:
        assert f'"params":{params}'.encode() in body
        assert b'"new":1.50' in body


def test_splunk_gets_events_with_its_token(world: World) -> None:
    """One JSON object after another, with the index, behind the token that is stored encrypted."""
    world.events({}, {})
    with receiver() as (base, kept):
        settings = {"url": f"{base}/services/collector/event", "index": "audit"}
        found = forward(world, kind="hec", settings=settings, secret="splunk-token")
        assert "splunk-token" not in found.secret
        send(world, found)
        ((_, headers, body),) = kept.got
    assert headers["Authorization"] == "Splunk splunk-token"
    events = [json.loads(line) for line in body.decode().splitlines()]
    assert [(e["index"], e["event"]["seq"]) for e in events] == [("audit", 1), ("audit", 2)]
    assert "splunk-token" not in json.dumps(world.log.events, default=str)


@pytest.mark.parametrize(("kind", "secret"), [("hec", "token"), ("webhook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLTiw")])
def test_what_is_too_much_for_a_receiver_goes_in_smaller_calls(world: World, kind: str, secret: str) -> None:
    """Each row arrives once, in order; a row that is too large by itself is named, and can be left out."""
    world.events(*({"comments": "x" * 1000} for _ in range(40)), {"comments": "y" * 30_000}, {"comments": "last"})
    with receiver() as (base, kept):
        found = send(world, forward(world, kind=kind, settings={"url": f"{base}/small"}, secret=secret))
        assert found.cursor == 40
        assert "413" in found.problem
        assert "-seq:41" in found.problem
        taken = len(kept.got)
        found = send(world, found)
        assert (found.cursor, len(kept.got)) == (40, taken)  # what was taken is not sent again
        wish = actions.Wish(name="SIEM", kind=kind, settings={"url": f"{base}/small"}, search="-seq:41")
        found = send(world, actions.change(world.actor("ada"), found, wish))
        assert (found.cursor, found.problem) == (42, "")
        seqs = [int(seq) for _, _, body in kept.got for seq in re.findall(rb'"seq":(\d+)', body)]
    assert seqs == [*range(1, 41), 42]
    assert taken > 1


def test_a_call_holds_no_more_bytes_than_servers_usually_take(world: World) -> None:
    """Long before its 500 rows are full; the receiver never has to refuse."""
    world.events(*({"comments": "z" * 60_000} for _ in range(40)))
    with receiver() as (base, kept):
        found = send(world, forward(world, kind="hec", settings={"url": f"{base}/200"}, secret="token"))
        assert (found.cursor, found.problem) == (40, "")
        sizes = [len(body) for _, _, body in kept.got]
    assert len(sizes) == 4
    assert max(sizes) < 1_000_000


def test_a_forward_can_be_paused_resumed_and_replayed(world: World) -> None:
    """Paused it sends nothing; resumed it goes on where it stood; replayed it begins again at a moment."""
    world.events({}, {}, {})
    with receiver() as (base, kept):
        found = send(world, forward(world, kind="webhook", settings={"url": f"{base}/200"}))
        actions.switch(world.actor("ada"), found, enabled=False)
        world.events({})
        found = send(world, found)
        assert (found.cursor, len(kept.got)) == (3, 1)
        found.refresh_from_db()
        assert actions.health(world.reader, world.access("ada"), found)[:2] == (1, 4)
        actions.switch(world.actor("ada"), found, enabled=True)
        assert send(world, found).cursor == 4
        actions.replay(world.actor("ada"), world.reader, found, dt.datetime(2026, 11, 2, 8, 0, 2, tzinfo=dt.UTC))
        found.refresh_from_db()
        assert found.cursor == 1
        assert send(world, found).cursor == 4
        sent = [[item["seq"] for item in json.loads(body)["data"]["items"]] for _, _, body in kept.got]
    assert sent == [[1, 2, 3], [4], [2, 3, 4]]
    assert world.log.acts()[-3:] == ["forward.pause", "forward.resume", "forward.replay"]


def test_a_replay_while_rows_are_on_their_way_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor that somebody set stays, whatever the round that was under way had sent."""
    world.events(*({} for _ in range(250)))
    with receiver() as (base, kept):
        found = forward(world, kind="webhook", settings={"url": f"{base}/200"})
        ordinary = senders.WebhookSender.send

        def replayed(self: Any, items: Any) -> None:
            ordinary(self, items)
            if len(kept.got) == 2:
                Forward.objects.filter(pk=found.pk).update(cursor=0)

        monkeypatch.setattr(senders.WebhookSender, "send", replayed)
        found = send(world, found)
        assert (found.cursor, len(kept.got)) == (0, 2)
        found = send(world, found)
        assert (found.cursor, len(kept.got)) == (250, 5)


def test_a_forward_that_is_broken_keeps_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and is tried again later."""
    world.events({})
    with receiver() as (base, kept):
        broken = forward(world, name="A", kind="webhook", settings={"url": f"{base}/200"})
        forward(world, name="B", kind="webhook", settings={"url": f"{base}/200"})
        Forward.objects.filter(pk=broken.pk).update(settings={})
        broken = send(world, broken)
        assert len(kept.got) == 1
    assert "the log of the server tells" in broken.problem
    assert broken.next_try is not None


def test_the_last_error_stays_known_after_it_was_mended(world: World) -> None:
    """What is wrong now is empty again; what was wrong last is still told, with its moment."""
    world.events({})
    with receiver() as (base, _):
        found = send(world, forward(world, kind="webhook", settings={"url": f"{base}/503"}))
        Forward.objects.filter(pk=found.pk).update(settings={"url": f"{base}/200"})
        found = send(world, found)
    assert (found.cursor, found.problem) == (1, "")
    assert found.last_error == "The receiver answered 503: thanks"
    assert found.last_error_at is not None


def test_a_masked_owner_forwards_masked_rows_and_a_disabled_one_none(world: World) -> None:
    """A forward sends what its owner sees at that moment."""
    from earwitness.accounts.models import Role

    role = Role.objects.create(tenant=world.tenant, name="x", permissions=["admin"], mask_phone=True)
    world.people["ada"].roles.set([role])
    world.events({"comments": "+442079460123"})
    with receiver() as (base, kept):
        found = send(world, forward(world, kind="webhook", settings={"url": f"{base}/200"}))
        assert b"2079460123" not in kept.got[0][2]
        User.objects.filter(pk=world.people["ada"].pk).update(disabled=True)
        world.events({})
        found = send(world, found)
        assert len(kept.got) == 1
    assert not found.enabled
    assert "was disabled" in found.problem


def test_only_an_administrator_sets_forwards_up(world: World) -> None:
    """And every wrong field is named."""
    with pytest.raises(Forbidden):
        actions.create(world.actor("audrey"), world.reader, actions.Wish(name="x", kind="syslog"))
    with pytest.raises(Invalid) as caught:
        actions.create(
            world.actor("ada"),
            world.reader,
            actions.Wish(name="", kind="hec", words="cef", settings={"url": "ftp://x", "port": 1}, search='"'),
        )
    assert set(caught.value.fields) == {"name", "words", "url", "port", "secret", "search"}
    wrong = kinds.check("syslog", "json", {"host": "h:514/x", "port": 0, "trust": "-----BEGIN"}, has_secret=False)
    assert set(wrong) == {"host", "port", "trust"}
    wrong = kinds.check("syslog", "json", {"host": {"a": 1}, "port": True, "tls": "yes"}, has_secret=False)
    assert set(wrong) == {"host", "port", "tls"}
    store = {"endpoint": "https://s3.example.com/audit", "region": "x", "bucket": "b", "key_id": "k"}
    assert set(kinds.check("s3", "json", store, has_secret=True)) == {"endpoint"}
    assert kinds.check("pigeon", "json", {}, has_secret=False) == {
        "kind": "Choose one of syslog, cef, webhook, hec, s3."
    }


def test_the_pages_of_forwarding(world: World) -> None:
    """Set up in the browser; the page shows how far it is, never the secret; the password is asked for again."""
    world.events({})
    client = world.client("ada")
    form = {"name": "Splunk", "stream": "activity", "search": "", "url": "https://splunk.example.com/x", "index": ""}
    form |= {"words": "json", "secret": "splunk-token", "enabled": "on"}
    answer = client.post("/settings/forwarding/new/hec", form)
    if answer.status_code == 422:
        from tests.cast import PASSWORD

        answer = client.post("/settings/forwarding/new/hec", form | {"confirm": PASSWORD})
    assert answer.status_code == 302, answer.content
    found = Forward.objects.get(tenant=world.tenant)
    assert found.cursor == 1
    for path in ("/settings/forwarding", f"/settings/forwarding/{found.pk}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "splunk-token" not in page.content.decode()
    assert client.post(f"/settings/forwarding/{found.pk}/switch", {"enabled": "0"}).status_code == 302
    assert client.post(f"/settings/forwarding/{found.pk}/replay", {"from": "2026-11-01"}).status_code == 302
    assert client.post(f"/settings/forwarding/{found.pk}/replay", {"from": ""}).status_code == 400
    assert client.get("/settings/forwarding/new/pigeon").status_code == 404
    assert world.client("sam").get("/settings/forwarding").status_code == 403
    assert client.post(f"/settings/forwarding/{found.pk}/delete").status_code == 302


def test_forwards_by_call(world: World) -> None:
    """Set up, shown with their health and never their secret, tried out, replayed, changed, deleted; for Ada alone."""
    ada = world.key("ada", "admin")
    world.events({}, {})

    def ask(path: str, wish: Any, way: str = "post") -> Any:
        return getattr(ada, way)(f"/api/v1/forwards{path}", json.dumps(wish), content_type="application/json")

    with receiver() as (base, kept):
        wish = {"name": "SIEM", "kind": "hec", "settings": {"url": f"{base}/200"}, "secret": "splunk-token"}
        made = ask("", wish)
        assert made.status_code == 201, made.content
        assert "splunk-token" not in made.content.decode()
        where = f"/{made.json()['id']}"
        assert {key: made.json()[key] for key in ("cursor", "lag", "behind_since", "words")} == {
            "cursor": 2,
            "lag": 0,
            "behind_since": None,
            "words": "json",
        }
        tried = ask(f"{where}/test", {}).json()
        assert (tried["arrived"], tried["problem"]) == (True, "")
        assert json.loads(kept.got[0][2])["event"]["sub_event"] == "test"
        replayed = ask(f"{where}/replay", {"from": "2026-11-02T08:00:02Z"}).json()
        assert (replayed["cursor"], replayed["lag"]) == (1, 1)
        assert replayed["behind_since"].startswith("2026-11-02T08:00:02")
        changed = ask(
            where, wish | {"settings": {"url": f"{base}/503"}, "secret": None, "enabled": False}, "put"
        ).json()
        assert not changed["enabled"]
        refused = ask(f"{where}/test", {}).json()
        assert (refused["arrived"], refused["problem"]) == (False, "The receiver answered 503: thanks")
    assert kept.got[-1][1]["Authorization"] == "Splunk splunk-token"
    assert ask(f"{where}/replay", {"from": "then"}).status_code == 422
    assert ask("", {"name": "x", "kind": "pigeon"}).json()["fields"].keys() == {"kind"}
    assert [found["name"] for found in ada.get("/api/v1/forwards").json()["items"]] == ["SIEM"]
    for name in ("sam", "alex", "audrey"):
        client = world.key(name, "admin")
        assert client.get("/api/v1/forwards").status_code == 403
        assert client.delete(f"/api/v1/forwards{where}").status_code == 403
    assert ada.delete(f"/api/v1/forwards{where}").status_code == 204
    assert ada.get(f"/api/v1/forwards{where}").status_code == 404
    assert "splunk-token" not in json.dumps(world.log.events, default=str)
    assert "forward.test" in world.log.acts()


def test_a_test_row_reaches_every_kind_of_receiver(world: World, tmp_path: Path) -> None:
    """It is marked as one, and moves no cursor."""
    with rsyslog(tmp_path) as (port, out), bucket() as (url, client), receiver() as (base, kept):
        peer = {"host": "127.0.0.1", "port": port}
        store = {"endpoint": url, "region": "eu-central-1", "bucket": "audit", "key_id": "AKID"}
        wishes: list[dict[str, Any]] = [
            {"kind": "syslog", "settings": peer, "words": "ecs", "stream": "supervision"},
            {"kind": "cef", "settings": peer, "words": "cef"},
            {"kind": "webhook", "settings": {"url": f"{base}/200"}, "words": "ocsf"},
            {"kind": "s3", "settings": store, "secret": "SECRET"},
        ]
        for wish in wishes:
            found = actions.create(world.actor("ada"), world.reader, actions.Wish(name=wish["kind"], **wish))
            assert trial.attempt(world.actor("ada"), world.means, found) == ""
            found.refresh_from_db()
            assert (found.cursor, found.sent) == (0, 0)
        assert all("forward" in line["msg"] for line in received(out, 2))
        assert b'"type":"records"' in kept.got[0][2]
        (entry,) = client.list_objects_v2(Bucket="audit")["Contents"]
        assert entry["Key"].endswith("-00000000000000000000.ndjson.zst")
