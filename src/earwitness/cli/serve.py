"""``earwitness serve``: record and answer until stopped."""

import errno
import gc
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from earwitness.cli import options
from earwitness.cli.connection import read_config
from earwitness.cli.failures import refused, unreachable

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


def _parts(_: click.Context, __: click.Parameter, given: str | None) -> frozenset[str]:
    from earwitness.server.parts import ALL, PARTS

    named = ALL if given is None else frozenset(part.strip() for part in given.split(","))
    if unknown := sorted(named - ALL):
        raise click.BadParameter(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    return named


@click.command("serve")
@options.data
@host
@port
@click.option("--only", "parts", metavar="PARTS", callback=_parts, help="Some of web,ingest,collect,jobs; else all.")
@click.option("--tenant", metavar="NAME", help="Record what switches tell in this tenant instead of `default`.")
def command(data: Path | None, host: str, port: int, parts: frozenset[str], tenant: str | None) -> None:
    """Record events and answer people and programs, until stopped.

    Prints "Listening on URL" once connections are accepted. The parts: web is the pages and the API that reads and
    manages, ingest takes events, collect listens to switches, jobs makes exports, reports, alerts and forwards. What a
    server does not do answers 404; the command line on the same machine reaches everything in any case.
    """
    run(read_config(data), host, port, announce, parts=parts, **({"tenant": tenant} if tenant else {}))


def announce(_: "House", url: str) -> None:
    """Say where the server is."""
    click.echo(f"Listening on {url}")


def run(config: "Config", host: str, port: int, started: "Callable[[House, str], None]", **more: Any) -> None:
    """Serve until SIGTERM or SIGINT; what prevents it is a Failure. Arguments as for ``server.serve``."""
    gc.disable()  # next to nothing that is made at the start is garbage; looked for again once the server answers
    from earwitness.model.problem import NotFound, Problem
    from earwitness.server import logs
    from earwitness.server.serve import serve

    logs.set_up()
    try:
        serve(config, host, port, started=started, **more)
    except NotFound:
        raise refused(
            f"There is no tenant {more['tenant']}: `earwitness tenant list` shows those that there are."
        ) from None
    except Problem as problem:
        raise unreachable(problem.detail) from None
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise refused(f"--host: {host} is no address of this machine; 0.0.0.0 or :: are all it has.") from None
        raise unreachable(f"Cannot listen on {host}:{port} ({error.strerror}): choose another --port.") from None
    finally:
        gc.enable()
