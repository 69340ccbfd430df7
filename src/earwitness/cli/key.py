"""``earwitness key``: API keys for programs."""

from pathlib import Path
from urllib.parse import quote

import click

from earwitness.cli import options
from earwitness.cli.connection import connect
from earwitness.cli.output import note, print_json, print_table, say


@click.group("key")
def command() -> None:
    """Create, list and revoke API keys."""


@command.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice(["ingest", "read", "admin"]), required=True, help="What the key may do.")
@click.option("--user", metavar="U", help="Whose key it is: read and admin keys see what this person sees.")
@click.option("--source", "sources", multiple=True, metavar="S", help="Source it may write; several may be given.")
@options.as_json
@options.place
def create(
    name: str,
    scope: str,
    user: str | None,
    sources: tuple[str, ...],
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Create the key NAME and print it, once: it is kept nowhere."""
    body = {"name": name, "scope": scope, "sources": sources} | ({"user": user} if user else {})
    with connect(data, tenant, create=True) as connection:
        made = connection.post("/keys", body)
    if as_json:
        print_json(made)
        return
    click.echo(made["key"])
    note("Keep it now: it is shown once and kept nowhere.")


@command.command("list")
@options.as_json
@options.place
def list_keys(as_json: bool, data: Path | None, tenant: str | None) -> None:
    """List the keys of a tenant."""
    with connect(data, tenant) as connection:
        keys = connection.get("/keys")["items"]
    if as_json:
        print_json(keys)
        return
    print_table(
        ("Name", "Scope", "User", "Sources", "Begins with", "Created", "Last used", "State"),
        [
            (
                k["name"],
                k["scope"],
                k["user"],
                ", ".join(k["sources"] or ()),
                k["prefix"],
                _day(k["created"]),
                _day(k["last_used"]),
                "revoked" if k["revoked"] else "",
            )
            for k in keys
        ],
    )


def _day(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else ""


@command.command("revoke")
@click.argument("name")
@options.as_json
@options.place
def revoke(name: str, as_json: bool, data: Path | None, tenant: str | None) -> None:
    """Revoke the key NAME; it stops working at once."""
    with connect(data, tenant) as connection:
        connection.delete(f"/keys/{quote(name, safe='')}")
    say(f"Revoked {name}.", {"name": name, "revoked": True}, as_json)
