"""Writes the reference pages that are made from data: ``make docs``. A test fails while one of them is stale."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from earwitness.accounts.vocabulary import EVENTS
from earwitness.cli import commands
from earwitness.collect.asterisk.agents import EVENT_CLASSES
from earwitness.model.permission import PERMISSIONS
from earwitness.search.fields import FIELDS, WORDS
from earwitness.server.config import SETTINGS

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by `make docs`: change the data, not this page. -->"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *[[_cell(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def settings() -> str:
    """Return the page of the settings."""
    rows = [[f"`{s.name}`", s.default, s.sentence] for s in SETTINGS]
    return f"""# Settings

{MADE}

Settings come from the environment, or from `earwitness.toml` in the working or the data directory, where their names
stand without `EARWITNESS_` and in small letters. The environment wins. Every setting `NAME` may be given as `NAME_FILE`
instead, the path of a file that holds the value. A wrong or unknown setting stops the start with a sentence that names
it.

{_table(["setting", "default", "meaning"], rows)}

```toml
# earwitness.toml
base_url = "https://log.example.com"
trusted_proxies = ["10.0.0.0/8"]
retention_activity = "3y"
```

The command line also reads `EARWITNESS_URL` and `EARWITNESS_KEY`: a remote Earwitness, and the API key to use there
(`EARWITNESS_KEY_FILE`: a file that holds it).
"""


def permissions() -> str:
    """Return the page of the permissions."""
    return f"""# Permissions

{MADE}

A role is a named set of permissions. The permissions of a user's roles add up; a role counts only from its Accepted
IPs. Nobody grants what they do not hold.

{_table(["permission", "what it lets a person do"], [[f"`{p.name}`", p.sentence] for p in PERMISSIONS])}
"""


def search_fields() -> str:
    """Return the page of the search fields."""
    rows = [[f"`{f.name}`", f.sentence, ", ".join(f.columns), f.kind.value, f"`{f.example}`"] for f in FIELDS]
    words = "; ".join(
        f"in the {stream} log in {', '.join(name.replace('_', ' ') for name in columns)}"
        for stream, columns in WORDS.items()
    )
    return f"""# Search fields

{MADE}

A word or a quoted phrase without a field is looked for as a part of the text, whatever its case: {words}.

`-` excludes, `a,b` means either, `>`, `>=`, `<`, `<=` and `..` are ranges, parentheses and `OR` combine.
[The search language](search-language.md) explains it with examples.

{_table(["field", "what it is", "logs", "how values compare", "example"], rows)}
"""


def http_calls() -> str:
    """Return the page that lists every call of the API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earwitness.server.settings")
    import django

    django.setup()
    from earwitness.api.app import api

    rows = [
        [f"`{method.upper()} {path.removeprefix('/api/v1')}`", call.get("summary", ""), call.get("description", "")]
        for path, calls in api.get_openapi_schema()["paths"].items()
        for method, call in calls.items()
    ]
    return f"""# HTTP calls

{MADE}

Every call under `/api/v1`. [HTTP API](http-api.md) says what they have in common; `/api/v1/openapi.json` has every
field.

{_table(["call", "what it does", "more"], rows)}
"""


def own_events() -> str:
    """Return the page of what Earwitness records about itself."""
    return f"""# What Earwitness records about itself

{MADE}

Who watches is watched: these are events of source `earwitness` in the log of the tenant they are about. Changes carry
their before and after, refusals the permission that was lacking; what is the same from one address within a minute is
merged (`params.count`). `source:earwitness event:search` finds every search.

{_table(["event", "sub event", "when"], [[f"`{act.event}`", f"`{act.sub_event}`", act.sentence] for act in EVENTS])}
"""


def _walk(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.commands[name]
            yield from _walk(inner, click.Context(inner, parent=context, info_name=name))
    else:
        yield command, context


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc(command.help or "")
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and record[1]:
            rows.append([f"`{record[0]}`", record[1]])
    return f"## {context.command_path}\n\n    {usage}\n\n{text}\n\n{_table(['option', 'meaning'], rows)}"


def cli() -> str:
    """Return the page of the command line."""
    root = commands()
    sections = [_section(*found) for found in _walk(root, click.Context(root, info_name="earwitness"))]
    return f"""# Command line

{MADE}

    earwitness COMMAND [OPTIONS]

A command asks the server that runs on the data directory, through `control.sock` in it, which belongs to the user who
started the server. With none running it opens the data itself. With `EARWITNESS_URL` and `EARWITNESS_KEY` set it asks
that remote server. What is done on the machine itself is recorded under `os:NAME`.

| exit status | meaning |
| --- | --- |
| 0 | done; nothing found is done too |
| 1 | the answer is no: an event was rejected, a check found trouble |
| 2 | wrong usage, or a request that is refused |
| 3 | store or server cannot be reached |

Errors are one sentence on standard error. Colours and progress bars appear on a terminal only.

{chr(10).join(f"{section}{chr(10)}" for section in sections)}"""


def event_classes() -> str:
    """Return the page of what a switch tells of agents."""
    rows = [
        [f"`{each.name}`", each.sentence, "once its purpose is recorded" if each.measures else "always"]
        for each in EVENT_CLASSES
    ]
    return f"""# What a switch tells of agents

{MADE}

Activity events of the source `asterisk`, by class. A class that measures single agents is off until an administrator
turns it on in *Settings > Policies* (or `PATCH /api/v1/policies` with `purposes`) and says what for: that is an event
itself, `event_class` `enable`, and turning it off is `disable`. What a switch tells before is not kept anywhere.

{_table(["class", "what", "recorded"], rows)}
"""


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "event-classes.md": event_classes,
    "http-calls.md": http_calls,
    "own-events.md": own_events,
    "permissions.md": permissions,
    "search-fields.md": search_fields,
    "settings.md": settings,
}


def main() -> None:
    """Write every page, and say which."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    main()
