"""What ``doctor`` says of the links to switches: it signs in at each, as the server does."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from earwitness.collect.asterisk.replayserver import Manners, ReplayServer
from tests.cli.conftest import House


@contextlib.contextmanager
def switch(manners: Manners) -> Iterator[int]:
    """A switch on a free port on which nothing happens; yields the port."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    server = ReplayServer([], manners)
    port = asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)


def examined(data: Path, **urls: str) -> dict[str, tuple[str, str]]:
    """Return check -> (state, text) of the lines about switches."""
    done = House(data).run("doctor", "--json", **{f"EARWITNESS_PBX_{name}": url for name, url in urls.items()})
    rows = json.loads(done.stdout)
    return {row["check"]: (row["state"], row["text"]) for row in rows if row["check"].startswith("pbx")}


def test_each_switch_gets_its_line(tmp_path: Path) -> None:
    with switch(Manners()) as whole, switch(Manners(classes=frozenset({"call", "system", "command"}))) as part:
        told = examined(
            tmp_path,
            HQ=f"ami://earwitness:secret@127.0.0.1:{whole}",
            PART=f"ami://earwitness:secret@127.0.0.1:{part}",
            WRONG=f"ami://earwitness:tOpSeCrEt@127.0.0.1:{whole}",
            OLD="ami://earwitness:secret@127.0.0.1:1",
        )
    assert told["pbx hq"][0] == "ok"
    state, text = told["pbx part"]
    assert state == "trouble"
    assert "lacks the read classes dialplan, dtmf, agent" in text
    assert "EARWITNESS_PBX_WRONG" in told["pbx wrong"][1]
    assert "tOpSeCrEt" not in str(told)
    assert told["pbx old"][1].startswith("Nothing listens at 127.0.0.1:1")


def test_an_address_without_a_secret_is_a_wrong_setting(tmp_path: Path) -> None:
    done = House(tmp_path).run("serve", EARWITNESS_PBX_HQ="ami://earwitness@pbx.example.com")
    assert done.returncode == 2
    assert done.stderr.startswith("EARWITNESS_PBX_HQ: ")
    assert "the user or the secret is missing" in done.stderr


def test_each_place_of_call_detail_records_gets_its_line(tmp_path: Path) -> None:
    written = tmp_path / "Master.csv"
    written.write_text("")
    links = {
        "EARWITNESS_PBX_HQ": "ami://earwitness:secret@127.0.0.1:1",
        "EARWITNESS_CDR_HQ": f"file://{written}",
        "EARWITNESS_PBX_BRANCH": "ami://earwitness:secret@127.0.0.1:1",
        "EARWITNESS_CDR_BRANCH": "postgresql://reader:tOpSeCrEt@127.0.0.1:1/asterisk",
    }
    done = House(tmp_path).run("doctor", "--json", **links)
    told = {row["check"]: row["state"] for row in json.loads(done.stdout) if row["check"].startswith("cdr")}
    assert told == {"cdr branch": "trouble", "cdr hq": "note"}
    assert "tOpSeCrEt" not in done.stdout + done.stderr


def test_beside_a_running_server_json_is_all_that_is_printed(house: House) -> None:
    with switch(Manners()) as port:
        done = house.run("doctor", "--json", EARWITNESS_PBX_HQ=f"ami://earwitness:secret@127.0.0.1:{port}")
    told = {row["check"]: row["state"] for row in json.loads(done.stdout)}
    assert (told["store"], told["pbx hq"]) == ("ok", "ok")
    assert done.stderr == ""
