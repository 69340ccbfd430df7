"""The options that mean the same on every command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]

data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data directory; otherwise EARWITNESS_DATA, otherwise ./earwitness-data.",
)
tenant = click.option("--tenant", metavar="NAME", help="Act in this tenant instead of `default`.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def place(command: Command) -> Command:
    """Add what says where the log is and whose: --data and --tenant."""
    return data(tenant(command))
