"""Start the command line or the window; imports nothing heavy before it knows which."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; without arguments it opens the window."""
    from reviewer_app.cli.main import cli

    cli(prog_name="reviewer-app")


def window() -> None:
    """Open the window (entry point without a console)."""
    sys.argv[1:1] = ["open"]
    main()


if __name__ == "__main__":
    main()
