"""``reviewer-app open``: the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from reviewer_app.cli.options import REVIEW

WindowOpener = Callable[[Path | None], int]
"""Opens the window on a review and returns its exit code: the context's object, given by who starts the program."""


@click.command("open")
@click.argument("review", required=False, type=REVIEW)
@click.pass_obj
def open_window(opener: WindowOpener, review: Path | None = None) -> None:
    """Open the window, on REVIEW where one is given.

    \b
    Example:
      reviewer-app open demo.review
    """
    sys.exit(show_window(opener, review))


def show_window(opener: WindowOpener, review: Path | None) -> int:
    """Return the window's exit code once it is closed.

    Raises
    ------
    click.ClickException
        Where Qt's system libraries are missing: everything but the window works without them.
    """
    try:
        return opener(review)
    except ImportError as error:
        raise click.ClickException(
            f"The window cannot start: {error}. Qt needs system libraries here (README, 'On a bare Debian'); "
            "every other command works without them."
        ) from error
