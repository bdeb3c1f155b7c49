"""Start the command line or the window; imports nothing heavy before it knows which."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run the command line; without arguments it opens the window."""
    from reviewer_app.cli.main import cli
    from reviewer_app.cli.output import print_in_any_encoding

    print_in_any_encoding()
    cli(prog_name="reviewer-app", obj=open_window)


def open_window(review: Path | None) -> int:
    """Return the window's exit code once it is closed; raises `ImportError` where Qt's system libraries are missing.

    The command line is handed this, because neither face knows the other.
    """
    from reviewer_app.ui.app import run_window

    return run_window(review)


def window() -> None:
    """Open the window (entry point without a console)."""
    sys.argv[1:1] = ["open"]
    main()


if __name__ == "__main__":
    main()
