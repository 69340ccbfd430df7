"""The example agent workspace, started beside the demo; it comes with the source and not with an installed wheel."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "examples" / "agent-workspace" / "workspace.py"


@contextlib.contextmanager
def beside(url: str, key: str, port: int) -> Iterator[str]:
    """Run the workspace against an Earwitness; yields its address, or an empty text where it is not there.

    port: where to listen; if it is taken, a free one is picked. It ends with the block, and with this process in any
    case: it waits on a pipe that this process holds.
    """
    if not SCRIPT.is_file():
        yield ""
        return
    command = [sys.executable, str(SCRIPT), "--with-parent", "--url", url, "--port"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EARWITNESS_")}
    environment["EARWITNESS_KEY"] = key
    for number in dict.fromkeys((port, 0)):
        child = subprocess.Popen(  # noqa: S603 -- our own script, with our own arguments
            [*command, str(number)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for the server, which then ends this one in order
        )
        try:
            said = child.stdout.readline().split() if child.stdout else []
            if said:
                yield said[-1]
                return
        finally:
            child.terminate()
            child.communicate()
    yield ""
