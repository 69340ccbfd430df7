"""``earwitness serve``: record and answer until stopped."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from earwitness.cli import options
from earwitness.cli.connection import read_config
from earwitness.cli.failures import unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from earwitness.server.config import Config
    from earwitness.server.runtime import House

host = click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to listen on.")
port = click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=8400,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)


@click.command("serve")
@options.data
@host
@port
def command(data: Path | None, host: str, port: int) -> None:
    """Record events and answer people and programs, until stopped.

    Prints "Listening on URL" once connections are accepted.
    """
    run(read_config(data), host, port, announce)


def announce(_: "House", url: str) -> None:
    """Say where the server is."""
    click.echo(f"Listening on {url}")


def run(
    config: "Config", host: str, port: int, started: "Callable[[House, str], None]", *, offer_setup: bool = True
) -> None:
    """Serve until SIGTERM or SIGINT; what prevents it is a Failure. Arguments as for ``server.serve``."""
    from earwitness.model.problem import Problem
    from earwitness.server import logs
    from earwitness.server.serve import serve

    logs.set_up()
    try:
        serve(config, host, port, started=started, offer_setup=offer_setup)
    except Problem as problem:
        raise unreachable(problem.detail) from None
    except OSError as error:
        raise unreachable(f"Cannot listen on {host}:{port} ({error.strerror}): choose another --port.") from None
