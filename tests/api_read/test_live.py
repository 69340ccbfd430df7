"""``/supervision/live``: who is listened to at this moment, within what the caller may see."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest

from earwitness.model.segment import Evidence, Person, Segment
from tests.api_read.conftest import PHONE, House

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def going_on(tenant: str, agent: str, desks: tuple[str, ...] = (), at_s: int = 0) -> Segment:
    """A segment that is not over, as the collector holds it."""
    return Segment(
        id=str(uuid.uuid4()),
        session_id=str(uuid.uuid4()),
        tenant=tenant,
        pbx="main",
        action="whisper",
        talks_to="agent",
        manager=Person(name="Maria", extension="2001", channel="PJSIP/2001-00000001"),
        agent=Person(username=agent, extension="1001"),
        started_at=NOON + dt.timedelta(seconds=at_s),
        ended_at=NOON + dt.timedelta(seconds=60),
        customer_number="12345",
        queue=f"called by {PHONE}",
        evidence=Evidence(start="ChanSpyStart", mode=f"Newexten ChanSpy {PHONE}"),
        desks=desks,
    )


@pytest.fixture
def heard(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two agents are listened to at home, one elsewhere."""
    from earwitness.server import runtime

    lasting = [
        going_on(house.tenant, "zoe", ("support",), at_s=5),
        going_on(house.tenant, "ben", ("sales",)),
        going_on("elsewhere", "outsider"),
    ]
    states = [SimpleNamespace(switch="main", state="listening"), SimpleNamespace(switch="branch", state="waiting")]
    fake = SimpleNamespace(going_on=lambda _tenant: lasting, statuses=states, tenant=house.tenant)
    monkeypatch.setattr(runtime.current(), "switches", fake, raising=False)
    return house


def test_everybody_sees_what_they_may(heard: House) -> None:
    """Desks and tenants hold for what is going on as for what is recorded; the oldest stands first."""
    seen = {
        who: [item["agent"]["username"] for item in heard.get("/supervision/live", who).json()["items"]]
        for who in ("ada", "sam", "audrey", "mallory")
    }
    assert seen == {"ada": ["ben", "zoe"], "sam": ["zoe"], "audrey": ["ben", "zoe"], "mallory": []}
    refusal = heard.get("/supervision/live", "alex")
    assert (refusal.status_code, refusal.json()["permission"]) == (403, "show_whisper_log")
    assert heard.get("/supervision/live", "nobody").status_code == 401


def test_what_is_not_over_says_so(heard: House) -> None:
    """It has neither an end nor a place in the log."""
    item = heard.get("/supervision/live").json()["items"][0]
    assert (item["action"], item["started_at"]) == ("whisper", "2026-11-02T12:00:00.000000Z")
    assert (item["ended_at"], item["seq"], item["received_at"]) == (None, None, None)


def test_numbers_are_masked_wherever_they_stand(heard: House) -> None:
    """In texts and evidence, too."""
    answer = heard.get("/supervision/live", "sam")
    item = answer.json()["items"][0]
    assert (item["customer_number"], item["queue"]) == ("XXXXX", "called by +XXXXXXXXXXXX")
    assert PHONE[1:] not in answer.content.decode()
    assert item["manager"] == {"username": "", "name": "Maria", "extension": "2001", "channel": "PJSIP/2001-00000001"}


def test_switches_that_are_not_heard_are_named_to_their_tenant_alone(heard: House) -> None:
    """What is known of them may be over."""
    assert heard.get("/supervision/live").json()["unheard"] == ["branch"]
    assert heard.get("/supervision/live", "mallory").json()["unheard"] == []
