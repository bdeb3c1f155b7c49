"""``demo``: the shipped 2 x 2 matrix, trained and run for real."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import click

from reviewer_app.cli.output import print_findings, shown_progress
from reviewer_app.cli.results import print_results
from reviewer_app.cli.run import exit_code, print_cell
from reviewer_app.cli.window import WindowOpener, show_window


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--no-window", is_flag=True, help="Print the results only.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Cells at a time; default: cores - 1.")
@click.pass_obj
def demo(opener: WindowOpener, folder: Path, no_window: bool, jobs: int | None) -> None:
    """Train two teams' algorithms on each other's real datasets, write DIR/demo.review and show it.

    \b
    Example:
      reviewer-app demo --no-window
    """
    from reviewer_app.review.demo import build_demo
    from reviewer_app.review.review import Review

    with shown_progress("training and running two teams on two datasets") as progress:
        path = build_demo(folder, jobs=jobs, progress=progress, on_cell=print_cell)
    with Review.open(path) as review:
        results = review.results()
    print_findings(results.findings)
    print_results(results)
    click.echo(f"wrote {path}: look at it with  reviewer-app open {path}")
    code = exit_code(results.runs)
    if not no_window and has_display():
        code = show_window(opener, path) or code
    sys.exit(code)


def has_display() -> bool:
    """Return whether there is a screen to open a window on."""
    on_windows_or_mac = platform.system() in ("Windows", "Darwin")
    return on_windows_or_mac or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
