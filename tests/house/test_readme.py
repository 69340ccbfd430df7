"""What the README tells a new user to type works as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import environment, start, stop

ROOT = Path(__file__).parents[2]


def test_the_first_event_is_sent_and_found_as_the_readme_says(tmp_path: Path) -> None:
    snippets = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 2
    data = tmp_path / "earwitness-data"
    process, url = start(data, "serve")
    try:
        script = "set -eu\n" + "".join(snippets)
        assert "http://127.0.0.1:8400" in script
        script = script.replace("http://127.0.0.1:8400", url).replace("curl ", "curl --silent --show-error ")
        script = script.replace(".venv/bin/earwitness", f'"{sys.executable}" -m earwitness.cli')
        done = subprocess.run(
            ["/bin/sh", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
    finally:
        stop(process)
    assert done.returncode == 0, done.stderr
    told, end = json.JSONDecoder().raw_decode(done.stdout)
    assert (told["recorded"], told["rejected"]) == (1, [])
    assert told["results"][0]["status"] == "recorded"
    assert "ana.pop" in done.stdout[end:]
