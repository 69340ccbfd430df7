"""``earwitness demo``: an Earwitness with a contact centre in it, to look at and to try."""

import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from earwitness.cli import options, serve
from earwitness.cli.connection import read_config
from earwitness.cli.failures import unreachable
from earwitness.cli.output import Progress

if TYPE_CHECKING:
    from earwitness.server.runtime import House


@click.command("demo")
@options.data
@serve.host
@serve.port
@click.option(
    "--events",
    metavar="N",
    type=click.IntRange(0),
    default=1_000_000,
    show_default=True,
    help="How many events of history to generate at the first start.",
)
@click.option("--switch/--no-switch", "with_switch", default=True, help="Whether the recorded switch plays.")
def command(data: Path | None, host: str, port: int, events: int, with_switch: bool) -> None:
    """Start Earwitness with a demo contact centre.

    It has people, a generated history, a switch on which managers listen to calls (recorded from a real one, played
    over and over) and an example agent workspace to click. Prints "Listening on URL" and how to
    sign in once everything is there. A second start on the same data is quick and adds nothing.
    """
    from earwitness.demo import show, switch
    from earwitness.model.problem import Problem

    config = read_config(data)
    try:
        show.begin(config.data)
    except Problem as problem:
        raise unreachable(problem.detail) from None
    visit = _Visit(config.data, events)
    try:
        with switch.playing() if with_switch else contextlib.nullcontext() as url:
            heard = config.model_copy(update={"pbx": {"demo": url, **config.pbx}}) if url else config
            serve.run(heard, host, port, visit.started, offer_setup=False)  # the demo brings its own
    finally:
        visit.end()
    if visit.failure:
        raise unreachable(f"The demo could not be set up: {visit.failure}")


class _Visit:
    """Makes the demo complete in the background of the server, and keeps it so until the server stops."""

    def __init__(self, data: Path, events: int) -> None:
        self.data = data
        self.events = events
        self.failure = ""
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def started(self, _: "House", url: str) -> None:
        """Begin, now that the server is there."""
        self._thread = threading.Thread(target=self._run, args=(url,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the workspace end in order; what is still being recorded is left, and goes on at the next start."""
        self._over.set()
        if self._thread:
            self._thread.join(2)

    def _run(self, url: str) -> None:
        from earwitness.demo import show

        progress = Progress("Recording a history")

        def told(sent: int, of: int) -> None:
            progress.update(sent / of, f"{sent:,} events")

        try:
            with show.open_to_visitors(url, self.data, self.events, told) as welcome:
                progress.close()
                click.echo(f"Listening on {url}\n\n{welcome}")
                self._over.wait()
        except Exception as error:
            if not self._over.is_set():
                self.failure = str(error) or type(error).__name__
                os.kill(os.getpid(), signal.SIGTERM)
