"""``earwitness user``: people who may sign in."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from earwitness.cli import options
from earwitness.cli.connection import connect
from earwitness.cli.failures import refused
from earwitness.cli.output import print_json, print_table, say

PAGE = 1000  # the most that the API gives at once

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking twice."
)


@click.group("user")
def command() -> None:
    """Create, list and disable people, and set their passwords."""


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise refused("No terminal to ask for the password on: give it on standard input with --password-stdin.")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same password again", err=True)
    return typed


@command.command("create")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help="Role, such as Administrator.")
@click.option("--desk", "desks", multiple=True, metavar="DESK", help="Desk where this person sits.")
@click.option("--email", default="", help="Address for mails.")
@click.option("--operator", is_flag=True, help="Make an operator, who rules every tenant; on this machine only.")
@password_stdin
@options.as_json
@options.place
def create(
    name: str,
    roles: tuple[str, ...],
    desks: tuple[str, ...],
    email: str,
    operator: bool,
    password_stdin: bool,
    as_json: bool,
    data: Path | None,
    tenant: str | None,
) -> None:
    """Create the person NAME. --role and --desk may be given several times."""
    password = _password(password_stdin)
    draft = {"username": name, "roles": roles, "desks": desks, "email": email, "password": password}
    with connect(data, tenant, create=True) as connection:
        made = connection.post("/users", draft | ({"operator": True} if operator else {}))
    say(f"Created {made['username']} ({', '.join(made['roles'])}).", made, as_json)


@command.command("list")
@options.as_json
@options.place
def list_users(as_json: bool, data: Path | None, tenant: str | None) -> None:
    """List the people of a tenant."""
    users = []
    with connect(data, tenant) as connection:
        page = connection.get("/users", limit=PAGE)
        users += page["items"]
        while page["next"]:
            page = connection.get("/users", limit=PAGE, after=page["next"])
            users += page["items"]
    if as_json:
        print_json(users)
    else:
        print_table(("Username", "Roles", "Desks", "E-mail", "State"), map(_row, users))


def _row(user: dict[str, Any]) -> tuple[str, ...]:
    state = "disabled" if user["disabled"] else ""
    return user["username"], ", ".join(user["roles"]), ", ".join(user["desks"]), user["email"], state


@command.command("disable")
@click.argument("name")
@options.as_json
@options.place
def disable(name: str, as_json: bool, data: Path | None, tenant: str | None) -> None:
    """Disable the person NAME at once: sign-in, sessions and API keys."""
    with connect(data, tenant) as connection:
        told = connection.patch(f"/users/{quote(name, safe='')}", {"disabled": True})
    say(f"Disabled {name}.", told, as_json)


@command.command("password")
@click.argument("name")
@password_stdin
@options.as_json
@options.place
def password(name: str, password_stdin: bool, as_json: bool, data: Path | None, tenant: str | None) -> None:
    """Set the password of the person NAME; every session of theirs ends."""
    new = _password(password_stdin)
    with connect(data, tenant) as connection:
        told = connection.patch(f"/users/{quote(name, safe='')}", {"password": new})
    say(f"Set the password of {name}.", told, as_json)
