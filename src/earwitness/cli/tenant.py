"""``earwitness tenant``: the customers of a hosted switch."""

from pathlib import Path
from urllib.parse import quote

import click

from earwitness.cli import options
from earwitness.cli.connection import connect
from earwitness.cli.output import print_json, print_table, say


@click.group("tenant")
def command() -> None:
    """Create, list and disable tenants. Only on the machine that holds the data, or with an operator's key."""


@command.command("create")
@click.argument("name")
@options.as_json
@options.place
def create(name: str, as_json: bool, data: Path | None, tenant: str | None) -> None:
    """Create the tenant NAME, with the built-in roles."""
    with connect(data, tenant, create=True) as connection:
        made = connection.post("/tenants", {"name": name})
    say(f"Created the tenant {made['name']}.", made, as_json)


@command.command("list")
@options.as_json
@options.place
def list_tenants(as_json: bool, data: Path | None, tenant: str | None) -> None:
    """List the tenants."""
    with connect(data, tenant) as connection:
        tenants = connection.get("/tenants")["items"]
    if as_json:
        print_json(tenants)
    else:
        print_table(("Name", "State"), [(t["name"], "disabled" if t["disabled"] else "") for t in tenants])


@command.command("disable")
@click.argument("name")
@options.as_json
@options.place
def disable(name: str, as_json: bool, data: Path | None, tenant: str | None) -> None:
    """Disable the tenant NAME: nobody of it signs in, and its keys stop working."""
    with connect(data, tenant) as connection:
        told = connection.patch(f"/tenants/{quote(name, safe='')}", {"disabled": True})
    say(f"Disabled the tenant {name}.", told, as_json)
