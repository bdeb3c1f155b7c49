"""The commands of ``reviewer-app``."""

from __future__ import annotations

import errno
import importlib
import sys
from typing import Any

import click

from reviewer_app import __version__
from reviewer_app.errors import ReviewError

COMMANDS = {
    "add-dataset": "imports:add_dataset",
    "add-submission": "imports:add_submission",
    "check-predictions": "compare:check_predictions",
    "claim": "claim:claim",
    "compare": "compare:compare",
    "demo": "demo:demo",
    "disagreements": "disagreements:disagreements",
    "label-noise": "label_noise:label_noise",
    "new": "imports:new",
    "open": "window:open_window",
    "plan": "plan:plan",
    "results": "results:results",
    "run": "run:run",
    "slices": "slices:slices",
    "standardize": "imports:standardize",
}
"""Command to where it is defined: a command's module is imported when the command is used."""


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for, and shows users' errors in words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"reviewer_app.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether JSON is asked for, so that an error anywhere is JSON too."""
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a user's error, or the system's, ends with findings on stderr and exit code 1."""
        from reviewer_app.cli.output import fail
        from reviewer_app.progress import Cancelled

        try:
            return super().invoke(ctx)
        except ReviewError as error:
            fail(error, as_json=ctx.meta["as_json"])
        except (Cancelled, KeyboardInterrupt):
            click.echo("Cancelled; nothing was changed that was not finished.", err=True)
            sys.exit(130)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of our output has seen enough
                raise
            # No room on a disk, a folder that may not be written: the computer's state, not our mistake.
            where = f"{error.filename}: " if error.filename else ""
            fail(ReviewError.of("system_error", f"The system says: {where}{error.strerror or error}."))


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reviewer-app")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Judge machine-learning claims: two teams, each other's datasets, and every disagreement.

    Without a command it opens the window.

    \b
    Example:
      reviewer-app compare gold.csv team_a.csv team_b.csv
    """
    if ctx.invoked_subcommand is None:
        command = cli.get_command(ctx, "open")
        assert command is not None
        ctx.invoke(command)
