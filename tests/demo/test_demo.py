"""``earwitness demo``: everything is there when it says so, and a second start adds nothing."""

import http.cookiejar
import json
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import House, start, stop

EVENTS = 3_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("demo") / "data"
    process, url = start(data, "demo", "--events", str(EVENTS))
    yield House(data, url)
    stop(process)


def memory(house: House) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((house.data / "demo.json").read_text())
    return told


def get(house: House, key: str, path: str) -> Any:
    request = urllib.request.Request(house.url + path, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_passwords_and_keys_are_for_their_owner_alone(demo: House) -> None:
    told = memory(demo)
    assert stat.S_IMODE((demo.data / "demo.json").stat().st_mode) == 0o600
    assert set(told["passwords"]) == {"ada", "sam", "alex", "audrey", "mallory"}
    assert set(told["keys"]) == {"ingest", "read", "admin"}
    assert len(set(told["passwords"].values())) == 5


def test_the_history_is_there_and_reaches_until_today(demo: House) -> None:
    key = memory(demo)["keys"]["read"]
    query = "/api/v1/events/count?q=source:pbx_stats,agent_workspace,pbx"
    assert get(demo, key, query)["count"] == EVENTS
    [newest] = get(demo, key, "/api/v1/events?limit=1&q=source:pbx_stats,agent_workspace,pbx")["items"]
    assert newest["created"][:10] >= time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))


def test_supervision_has_a_history(demo: House) -> None:
    key = memory(demo)["keys"]["read"]
    facets = get(demo, key, "/api/v1/supervision/facets?by=action,desk")["facets"]
    assert {value["value"] for value in facets["action"]} == {"listen", "whisper", "barge"}
    assert len(facets["desk"]) > 3


def test_desks_divide_the_history(demo: House) -> None:
    key = memory(demo)["keys"]["admin"]
    support = get(demo, key, "/api/v1/events/count?q=desk:support+source:agent_workspace")["count"]
    whole = get(demo, key, "/api/v1/events/count?q=source:agent_workspace")["count"]
    assert 0 < support < whole / 2


def test_the_other_tenant_has_a_history_of_its_own(demo: House) -> None:
    found = demo.json("search", "--tenant", "northwind", "source:pbx", "--limit", "1")
    assert len(found["items"]) == 1


def test_a_button_of_the_workspace_becomes_an_event_of_that_person(demo: House) -> None:
    told = memory(demo)
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)

    def act(**given: str) -> Any:
        request = urllib.request.Request(
            told["workspace"] + "/act", json.dumps(given).encode(), {"Content-Type": "application/json"}
        )
        with browser.open(request, timeout=10) as answer:
            return json.load(answer)

    act(act="login", username="alex")
    act(act="state", state="training")
    query = "/api/v1/events?q=user:alex+event:agent_state+sub:training+params.before.status:available+object:agent:1001"
    give_up = time.monotonic() + 20
    while not (found := get(demo, told["keys"]["read"], query)["items"]) and time.monotonic() < give_up:
        time.sleep(0.1)
    assert found[0]["desks"] == ["Support"]
    assert found[0]["changes"] == [{"path": "status", "old": "available", "new": "training"}]


def test_a_page_of_another_origin_cannot_press_the_buttons(demo: House) -> None:
    """A form of another origin can send no JSON without asking first, and nothing else is taken."""
    request = urllib.request.Request(
        memory(demo)["workspace"] + "/act", b'{"act": "login"}', {"Content-Type": "text/plain"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)


def test_a_second_start_adds_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    query = ("source:pbx_stats,agent_workspace,pbx", "--limit", "1000", "--format", "ndjson")
    process, url = start(house.data, "demo", "--events", "500")
    before = memory(House(house.data, url))
    ids = sorted(json.loads(line)["id"] for line in house.run("search", *query).stdout.splitlines())
    stop(process)
    process, _ = start(house.data, "demo", "--events", "900")
    again = sorted(json.loads(line)["id"] for line in house.run("search", *query).stdout.splitlines())
    after = memory(house)
    stop(process)
    assert len(ids) == 500
    assert again == ids
    assert (after["passwords"], after["keys"]) == (before["passwords"], before["keys"])


def test_a_history_that_was_cut_off_is_completed_and_not_doubled(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    process, _ = start(house.data, "demo", "--events", "500")
    stop(process)
    told = memory(house) | {"history_ready": False}
    (house.data / "demo.json").write_text(json.dumps(told))
    process, _ = start(house.data, "demo", "--events", "500")
    found = house.run("search", "source:pbx_stats,agent_workspace,pbx", "--limit", "1000", "--format", "ndjson")
    stop(process)
    assert len(found.stdout.splitlines()) == 500


def test_a_log_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.data.mkdir()
    (house.data / "VERSION").write_text("1\n")
    done = house.run("demo", "--port", "0")
    assert done.returncode == 3
    assert "--data" in done.stderr
    assert [path.name for path in house.data.iterdir()] == ["VERSION"]
