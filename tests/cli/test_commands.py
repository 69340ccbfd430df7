"""The commands, over the control socket of a real server."""

import csv
import io
import json
import os
import re
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import httpx
import zstandard

from tests.cli.conftest import EARWITNESS, PASSWORD, House, environment


def event(**more: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "created": "2026-11-01T08:00:00Z", "username": "zoë", "event": "note", **more}


def lines(events: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


def test_a_server_says_where_it_is_and_only_its_owner_gets_in(house: House) -> None:
    said = json.loads((house.data / "server.json").read_text())
    assert said.keys() == {"url", "pid", "version"}
    assert said["url"] == house.url
    os.kill(said["pid"], 0)
    assert stat.S_IMODE((house.data / "control.sock").stat().st_mode) == 0o600


def test_a_second_server_on_the_same_data_is_told_who_has_it(house: House) -> None:
    done = house.run("serve", "--port", "0")
    assert done.returncode == 3
    assert str(json.loads((house.data / "server.json").read_text())["pid"]) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_person_is_made_listed_and_disabled(house: House) -> None:
    made = house.json("user", "create", "vera", "--role", "Auditor", "--password-stdin", given=PASSWORD + "\n")
    assert made["username"] == "vera"
    assert "password" not in made
    assert house.run("user", "disable", "vera").returncode == 0
    [vera] = [user for user in house.json("user", "list") if user["username"] == "vera"]
    assert vera["disabled"]
    assert "vera" in house.run("user", "list").stdout


def test_a_user_that_cannot_be_made_is_refused_with_the_field(house: House) -> None:
    done = house.run("user", "create", "wim", "--role", "Wizard", "--password-stdin", given=PASSWORD)
    assert done.returncode == 2
    assert "roles: There is no role" in done.stderr
    weak = house.run("user", "create", "wim", "--role", "Agent", "--password-stdin", given="123\n")
    assert weak.returncode == 2
    assert "password" in weak.stderr


def test_a_key_is_printed_once_works_and_is_revoked_at_once(house: House) -> None:
    key = house.run("key", "create", "shop", "--scope", "ingest").stdout.strip()
    assert key.startswith("ew_ingest_")
    listed = house.run("key", "list", "--json").stdout
    assert '"shop"' in listed
    assert key not in listed
    remote = {"EARWITNESS_URL": house.url, "EARWITNESS_KEY": key}
    assert house.json("import", "-", given=lines([event()]), **remote)["recorded"] == 1
    assert house.run("key", "revoke", "shop").returncode == 0
    assert house.run("import", "-", given=lines([event()]), **remote).returncode == 2


def test_a_read_key_reads_as_its_person_and_does_not_manage(house: House) -> None:
    house.run("user", "create", "rita", "--role", "Auditor", "--password-stdin", given=PASSWORD)
    key = house.run("key", "create", "rita-reads", "--scope", "read", "--user", "rita").stdout.strip()
    remote = {"EARWITNESS_URL": house.url, "EARWITNESS_KEY": key}
    assert house.run("search", **remote).returncode == 0
    denied = house.run("user", "list", **remote)
    assert denied.returncode == 2
    assert "permission" in denied.stderr


def test_tenants_do_not_see_each_other(house: House) -> None:
    assert house.json("tenant", "create", "northwind")["name"] == "northwind"
    theirs = event(comments="theirs alone")
    assert house.json("import", "-", "--tenant", "northwind", given=lines([theirs]))["recorded"] == 1
    query = f"id:{theirs['id']}"
    assert len(house.json("search", query, "--tenant", "northwind")["items"]) == 1
    assert house.json("search", query)["items"] == []
    assert "northwind" in [tenant["name"] for tenant in house.json("tenant", "list")]


def test_a_tenant_that_does_not_exist_gets_no_log_by_a_slip_of_the_pen(house: House) -> None:
    done = house.run("import", "-", "--tenant", "nordwind", given=lines([event()]))
    assert done.returncode == 2
    assert "nordwind" in done.stderr


def test_an_import_says_what_became_of_each_event_and_adds_nothing_the_second_time(house: House) -> None:
    content = lines([event(), event()]) + b"{broken\n" + lines([event(created="yesterday")])
    first = house.run("import", "-", "--json", given=content)
    told = json.loads(first.stdout)
    assert first.returncode == 1
    assert (told["recorded"], told["duplicates"], told["rejected"]) == (2, 0, 2)
    assert [problem["line"] for problem in told["problems"]] == [3, 4]
    again = json.loads(house.run("import", "-", "--json", given=content).stdout)
    assert (again["recorded"], again["duplicates"], again["rejected"]) == (0, 2, 2)


def test_events_without_an_id_are_known_again_by_their_line(house: House) -> None:
    content = b"".join(
        b'{"username": "kim", "event": "line", "created": "2026-10-0%dT00:00:00Z"}\n' % i for i in (1, 2)
    )
    assert house.json("import", "-", given=content)["recorded"] == 2
    grown = house.json("import", "-", given=content + b'{"username": "kim", "event": "line"}\n')
    assert (grown["recorded"], grown["duplicates"]) == (1, 2)


def test_a_packed_csv_is_imported_under_the_given_source(house: House) -> None:
    path = house.data.parent / "old.csv.zst"
    path.write_bytes(
        zstandard.compress(b'Created (UTC),Username,Event,Params\n2026-09-01 10:00:00,olga,vote,"{""n"": 1}"\n')
    )
    assert house.json("import", str(path), "--source", "old_pbx")["recorded"] == 1
    [found] = house.json("search", "user:olga")["items"]
    assert found["source"] == "old_pbx"
    assert found["created"] == "2026-09-01T10:00:00.000000Z"
    assert found["params"] == {"n": 1}


def test_an_import_that_was_killed_goes_on_where_it_was(house: House) -> None:
    path = house.data.parent / "long.ndjson"
    path.write_bytes(lines([event(event="long") for _ in range(60_000)]))
    kept = house.data / "imports"
    importing = subprocess.Popen([*EARWITNESS, "import", str(path), "--data", str(house.data)], env=environment())
    while importing.poll() is None and not list(kept.glob("*.json")):
        time.sleep(0.01)
    importing.kill()
    importing.wait()
    assert list(kept.glob("*.json")) != []
    done = house.run("import", str(path), "--json")
    assert "Going on where" in done.stderr
    told = json.loads(done.stdout)
    assert told["recorded"] + told["duplicates"] == 60_000
    assert list(kept.glob("*.json")) == []
    assert house.json("import", str(path))["duplicates"] == 60_000


def test_a_search_prints_the_same_events_in_every_format(house: House) -> None:
    marked = [event(event="format", comments=f"n{i}, \x1b[31mred") for i in range(3)]
    house.json("import", "-", given=lines(marked))
    ids = {str(e["id"]) for e in marked}
    assert {item["id"] for item in house.json("search", "event:format")["items"]} == ids
    ndjson = house.run("search", "event:format", "--format", "ndjson").stdout.splitlines()
    assert {json.loads(line)["id"] for line in ndjson} == ids
    table = csv.DictReader(io.StringIO(house.run("search", "event:format", "--format", "csv").stdout))
    assert {row["id"] for row in table} == ids
    shown = house.run("search", "event:format").stdout
    assert len(shown.splitlines()) == 4
    assert "\x1b" not in shown


def test_the_supervision_log_is_searched_as_well(house: House) -> None:
    key = house.run("key", "create", "other-switch", "--scope", "ingest").stdout.strip()
    segment = {
        "id": str(uuid.uuid4()),
        "action": "whisper",
        "started_at": "2026-11-01T08:00:00Z",
        "ended_at": "2026-11-01T08:00:12Z",
        "manager": {"username": "maria", "extension": "2001"},
        "agent": {"username": "ana", "extension": "1001"},
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{house.url}/api/v1/supervision", json.dumps(segment).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["recorded"] == 1
    search = ("search", "action:whisper", "--stream", "supervision")
    [found] = house.json(*search)["items"]
    assert found["id"] == segment["id"]
    assert "whisper" in house.run(*search).stdout
    [row] = csv.DictReader(io.StringIO(house.run(*search, "--format", "csv").stdout))
    assert row["duration_ms"] == "12000"


def test_a_search_pages_up_to_its_limit(house: House) -> None:
    house.json("import", "-", given=lines([event(event="many") for _ in range(2_500)]))
    found = house.run("search", "event:many", "--limit", "2100", "--format", "ndjson").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in found}) == 2_100


def test_nothing_found_is_done(house: House) -> None:
    done = house.run("search", "user:nobody.at.all")
    assert done.returncode == 0
    assert "Nothing found" in done.stderr


def test_a_search_term_may_begin_with_a_minus(house: House) -> None:
    house.json(
        "import",
        "-",
        given=lines([event(event="minus", user_ip="10.1.2.3"), event(event="minus", user_ip="192.0.2.1")]),
    )
    found = house.run("search", "-ip:10.0.0.0/8", "event:minus", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["user_ip"] for line in found] == ["192.0.2.1"]


def test_a_mistake_in_a_search_is_pointed_at(house: House) -> None:
    done = house.run("search", 'user:ana "open')
    assert done.returncode == 2
    assert "(character " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_done_on_the_machine_is_recorded_under_the_name_of_its_user(house: House) -> None:
    house.run("key", "create", "witness", "--scope", "ingest")
    [made] = house.json("search", "source:earwitness event:api_key object:key:witness")["items"]
    assert made["username"].startswith("os:")
    assert made["actor_type"] == "operator"


def test_the_doctor_finds_a_running_house_in_order(house: House) -> None:
    done = house.run("doctor", "--json")
    found = {finding["check"]: finding["state"] for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert found.keys() == {"configuration", "store", "disk", "clock"}
    assert "trouble" not in found.values()
    assert len(house.run("doctor").stdout.splitlines()) == 4


def test_the_doctor_looks_at_a_server_elsewhere(house: House) -> None:
    """That it answers, the key, and the clocks; nothing of this machine's own data."""
    key = house.run("key", "create", "away", "--scope", "ingest").stdout.strip()
    done = house.run("doctor", "--json", EARWITNESS_URL=house.url, EARWITNESS_KEY=key)
    found = {finding["check"]: finding["state"] for finding in json.loads(done.stdout)}
    assert (done.returncode, found) == (0, {"server": "ok", "key": "note", "clock": "ok"})
    wrong = house.run("doctor", "--json", EARWITNESS_URL=house.url, EARWITNESS_KEY="nobody")
    states = {finding["check"]: finding["state"] for finding in json.loads(wrong.stdout)}
    assert (wrong.returncode, states["key"]) == (1, "trouble")
    nowhere = house.run("doctor", EARWITNESS_URL="http://127.0.0.1:1", EARWITNESS_KEY=key)
    assert nowhere.returncode == 1
    assert "cannot be reached" in nowhere.stdout


def test_the_key_for_a_server_elsewhere_may_stand_in_a_file(house: House, tmp_path: Path) -> None:
    """With a line end, as an editor leaves it."""
    kept = tmp_path / "key"
    kept.write_text(house.run("key", "create", "in-a-file", "--scope", "ingest").stdout)
    away = {"EARWITNESS_URL": house.url, "EARWITNESS_KEY_FILE": str(kept)}
    assert house.json("import", "-", given=lines([event()]), **away)["recorded"] == 1
    both = house.run("import", "-", given=lines([event()]), EARWITNESS_KEY="x", **away)
    assert (both.returncode, both.stdout) == (2, "")
    assert "remove one of them" in both.stderr


def test_the_doctor_names_a_wrong_setting(house: House) -> None:
    done = house.run("doctor", EARWITNESS_SMTP_URL="mailhost")
    assert done.returncode == 1
    assert "EARWITNESS_SMTP_URL" in done.stdout


def test_the_control_socket_is_no_way_in_from_the_network(house: House) -> None:
    request = urllib.request.Request(f"{house.url}/api/v1/users", headers={"X-Earwitness-Tenant": "default"})
    try:
        status = urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status == 401


def ask(house: House, method: str, path: str, **headers: str) -> tuple[int, str, str]:
    """Return status, content type and text of an answer."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(house.url + path, method=method, headers=sent)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error  # an answer as well
    return answer.status, answer.headers["Content-Type"], answer.read().decode()


def test_figures_tell_what_was_recorded_and_name_nobody(house: House) -> None:
    """What is recorded is counted; no tenant and no person stands in a label."""

    def recorded() -> float:
        found = re.search(
            r'^earwitness_rows_recorded_total{log="events"} (\S+)$', ask(house, "GET", "/metrics")[2], re.MULTILINE
        )
        return float(found[1]) if found else 0

    before = recorded()
    house.run("import", "-", given=lines([event(event="counted", username="vera.ngo") for _ in range(3)]))
    assert recorded() - before >= 3
    text = ask(house, "GET", "/metrics")[2]
    labels = set(re.findall(r'([a-z]+)="', "\n".join(re.findall(r"^earwitness_\w+{(.*)}", text, re.MULTILINE))))
    assert labels <= {"log", "door", "status", "le", "version", "switch"}
    assert "vera.ngo" not in text
    assert "default" not in text


def test_figures_are_for_the_machine_itself_and_for_admin_keys(house: House) -> None:
    """Whoever comes through a proxy is somewhere else."""
    house.run("user", "create", "fay", "--role", "Administrator", "--password-stdin", given=PASSWORD)
    reads = house.run("key", "create", "fay-reads", "--scope", "read", "--user", "fay").stdout.strip()
    rules = house.run("key", "create", "fay-rules", "--scope", "admin", "--user", "fay").stdout.strip()
    assert ask(house, "GET", "/metrics")[0] == 200
    for key, status in ((None, 401), ("wrong", 401), (reads, 403), (rules, 200)):
        given = {"Authorization": f"Bearer {key}"} if key else {}
        told = ask(house, "GET", "/metrics", X_Forwarded_For="198.51.100.7", **given)
        assert told[0] == status, told
        assert status == 200 or told[1] == "application/problem+json"


def test_the_probes_answer_and_refuse_in_the_form_of_the_interface(house: House) -> None:
    assert ask(house, "GET", "/healthz")[::2] == (200, "ok\n")
    assert ask(house, "GET", "/readyz")[::2] == (200, '{"ready":true}')
    for path in ("/healthz", "/readyz", "/metrics"):
        status, media, text = ask(house, "DELETE", path)
        assert (status, media, json.loads(text)["type"]) == (405, "application/problem+json", "method-not-allowed")


def test_every_command_that_prints_a_result_prints_it_as_json_and_in_a_tenant(house: House) -> None:
    """From its making to its end, each thing as JSON; --tenant says whose it is."""
    assert house.json("tenant", "create", "acme", "--tenant", "default")["name"] == "acme"
    here = ("--tenant", "acme")
    words = ("--role", "Agent", "--desk", "Night", "--password-stdin")
    assert house.json("user", "create", "nat", *words, *here, given=PASSWORD)["desks"] == ["Night"]
    assert house.json("user", "password", "nat", "--password-stdin", *here, given=PASSWORD + "8")["username"] == "nat"
    assert house.json("user", "disable", "nat", *here)["disabled"] is True
    assert house.json("user", "disable", "nat", *here)["disabled"] is True
    assert [each["username"] for each in house.json("user", "list", *here)] == ["nat"]
    assert house.json("key", "create", "acme-writes", "--scope", "ingest", *here)["key"].startswith("ew_ingest_")
    assert house.json("key", "revoke", "acme-writes", *here) == {"name": "acme-writes", "revoked": True}
    assert house.json("doctor", *here)[1]["text"].count("acme") == 1
    assert house.json("tenant", "disable", "acme")["disabled"] is True
    assert house.run("user", "disable", "nat", "--json").returncode == 2, "not in the default tenant"


def test_what_is_no_http_is_refused_in_the_form_of_every_refusal(house: House) -> None:
    """Rubbish, and an address beyond every limit."""
    host, port = house.url.removeprefix("http://").split(":")
    for sent in (
        b"RUBBISH\r\n\r\n",
        b"GET /api/v1/events?q=" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ):
        with socket.create_connection((host, int(port))) as line:
            line.sendall(sent)
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head
        assert json.loads(body)["status"] == 400


def test_nothing_is_written_for_a_tenant_that_does_not_exist(house: House) -> None:
    """Not even over the control socket: a slip of the pen must not begin a log."""
    transport = httpx.HTTPTransport(uds=str(house.data / "control.sock"))
    with httpx.Client(transport=transport, base_url="http://localhost/api/v1") as client:
        for path in ("/events", "/supervision", "/findings"):
            told = client.post(path, json=[event()], headers={"X-Earwitness-Tenant": "nowhere"})
            assert (told.status_code, told.json()["type"]) == (404, "not-found"), path
