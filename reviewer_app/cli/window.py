"""``reviewer-app open``: the window."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reviewer_app.cli.options import REVIEW


@click.command("open")
@click.argument("review", required=False, type=REVIEW)
def open_window(review: Path | None = None) -> None:
    """Open the window, on REVIEW where one is given.

    \b
    Example:
      reviewer-app open demo.review
    """
    sys.exit(show_window(review))


def show_window(review: Path | None) -> int:
    """Return the window's exit code once it is closed.

    Raises
    ------
    click.ClickException
        Where Qt's system libraries or a display are missing: everything but the window works without them.
    """
    try:
        from reviewer_app.ui.app import run_window
    except ImportError as error:
        raise click.ClickException(
            f"The window cannot start: {error}. Qt needs system libraries here (README, 'On a bare Debian'); "
            "every other command works without them."
        ) from error
    return run_window(review)
