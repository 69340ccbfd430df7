"""The command line: one file a command."""

import errno
import importlib
import os
import sys
from typing import Final

import click

from earwitness import __version__
from earwitness.cli.failures import INTERRUPTED, USAGE, Failure
from earwitness.cli.output import plain

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})  # what a disk says that takes no more

# Commands in the order of their list, each with the file that it is in.
_FILES: Final = {
    "serve": "serve",
    "demo": "demo",
    "user": "user",
    "key": "key",
    "tenant": "tenant",
    "import": "import_events",
    "replay": "replay",
    "reconcile": "reconcile",
    "search": "search",
    "export": "export",
    "doctor": "doctor",
}


def commands(only: str | None = None) -> click.Group:
    """Return the command line as a tree of click commands: the whole, or what it is with a single command in it."""
    group = click.Group(
        "earwitness",
        help="The activity log of a contact centre: what was done in its telephone system, and by whom.",
        epilog="Exit status: 0 done, 1 the answer is no, 2 wrong usage, 3 store or server cannot be reached.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    click.version_option(__version__, prog_name="earwitness", message="%(prog)s %(version)s")(group)
    for name in [only] if only else _FILES:
        group.add_command(importlib.import_module(f"earwitness.cli.{_FILES[name]}").command)
    return group


def main() -> None:
    """Run the command that the arguments name and exit with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; whatever goes wrong is one sentence on stderr."""
    wanted = arguments[0] if arguments and arguments[0] in _FILES else None  # the other files need not be read
    try:
        status = commands(wanted).main(arguments, prog_name="earwitness", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return USAGE
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "earwitness"
        return _say(f"{error.format_message().rstrip('.')}. See `{path} --help`.", USAGE)
    except Failure as error:
        return _say(error.message, error.status)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except OSError as error:
        return _unwritten(error)
    return status if isinstance(status, int) else 0


def _unwritten(error: OSError) -> int:
    """Return the status of a command whose output went nowhere; anything else is raised again."""
    if error.errno not in {errno.EPIPE, *FULL}:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left when it ends
    if error.errno == errno.EPIPE:
        return 0  # the reader has gone: nothing is left to say
    return _say(f"The output cannot be written: {error.strerror}.", USAGE)


def _say(sentence: str, status: int) -> int:
    click.echo(plain(" ".join(sentence.split())), err=True)  # click lists choices on lines of their own
    return status
