"""Commands without a server: they open the data themselves, and leave it ready for the next one."""

import json
import urllib.error
import urllib.request
from pathlib import Path

from tests.cli.conftest import PASSWORD, House, start, stop

LINE = b'{"id": "0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60", "username": "ana", "event": "login"}\n'


def test_people_and_events_are_made_without_a_server_and_found_by_one(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.json("user", "create", "ada", "--role", "Administrator", "--password-stdin", given=PASSWORD)
    assert house.json("import", "-", given=LINE)["recorded"] == 1
    assert [item["username"] for item in house.json("search", "event:login user:ana")["items"]] == ["ana"]
    assert house.run("doctor").returncode == 0
    process, _ = start(house.data, "serve")
    assert house.json("import", "-", given=LINE)["duplicates"] == 1
    stop(process)
    assert not (house.data / "server.json").exists()
    assert not (house.data / "control.sock").exists()
    assert house.json("import", "-", given=LINE)["duplicates"] == 1


def test_a_server_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    process, _ = start(house.data, "serve")
    assert house.json("import", "-", given=LINE)["recorded"] == 1
    process.kill()
    assert house.json("import", "-", given=LINE)["duplicates"] == 1
    process, url = start(house.data, "serve")
    assert json.loads((house.data / "server.json").read_text())["url"] == url
    stop(process)


def test_a_data_directory_deep_down_is_reached_all_the_same(tmp_path: Path) -> None:
    """A socket address holds 107 bytes; a path may be longer."""
    house = House(tmp_path / ("deep" * 30) / "data")
    process, _ = start(house.data, "serve")
    assert house.json("user", "list") == []
    stop(process)


def asked(url: str, path: str, body: bytes | None = None, key: str = "") -> int:
    """Return the status of an answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    try:
        return int(urllib.request.urlopen(urllib.request.Request(url + path, body, headers)).status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_server_does_what_it_is_told_to_do_alone(tmp_path: Path) -> None:
    """--only ingest takes events and shows nothing, --only web the reverse; the command line reaches both in full."""
    house = House(tmp_path / "data")
    key = house.run("key", "create", "shop", "--scope", "ingest").stdout.strip()
    for only, events, pages in (("ingest", 200, 404), ("web, jobs", 404, 200)):
        process, url = start(house.data, "serve", "--only", only)
        assert asked(url, "/api/v1/events", LINE, key) == events
        assert asked(url, "/accounts/login/") == pages
        assert asked(url, "/api/v1/events", None, "no key") == (401 if pages == 200 else 404)
        assert asked(url, "/healthz") == 200
        assert house.json("import", "-", given=LINE)["duplicates"] == 1
        assert [item["username"] for item in house.json("search", "event:login")["items"]] == ["ana"]
        stop(process)
