"""``run``: the cells that are missing or stale."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from reviewer_app.cli.options import REVIEW
from reviewer_app.cli.output import EXIT_CELLS_FAILED, printable, shown_progress
from reviewer_app.review.queries import CellState, RunInfo

_BAD = frozenset({CellState.FAILED, CellState.CANCELLED, CellState.TIMED_OUT})


@click.command()
@click.argument("review", type=REVIEW)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Cells at a time; default: cores - 1.")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="Seeds per cell.")
@click.option("--only", multiple=True, metavar="TEAM:DATASET", help="Only this cell; repeatable.")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), metavar="S", help="Seconds per stage of a cell.")
@click.option("--memory-limit", type=click.FloatRange(0, min_open=True), metavar="GB", help="Memory per cell.")
@click.option(
    "--sandbox",
    type=click.Choice(["required", "preferred"]),
    default="required",
    show_default=True,
    help="Without a sandbox: code runs with your consent alone, or algorithms run all the same.",
)
def run(
    review: Path,
    jobs: int | None,
    seeds: int,
    only: tuple[str, ...],
    time_limit: float | None,
    memory_limit: float | None,
    sandbox: str,
) -> None:
    """Train and run every submission on every dataset of REVIEW, as far as that is missing or stale.

    Ends with 3 where cells failed; the others are done.

    \b
    Example:
      reviewer-app run matching.review --jobs 2 --time-limit 600
    """
    from reviewer_app.review.review import Review

    cells = tuple(_cell_name(text) for text in only)
    with Review.open(review) as opened, shown_progress("running") as progress:
        done = opened.run(
            only=cells,
            jobs=jobs,
            seeds=seeds,
            time_limit=time_limit,
            memory_limit_gb=memory_limit,
            sandbox=sandbox,
            progress=progress,
            on_cell=print_cell,
        )
        if not done:
            click.echo(f"Nothing to run: {_why_nothing(opened.runs())}.")
    sys.exit(exit_code(done))


def _why_nothing(runs: Sequence[RunInfo]) -> str:
    cells = [one for one in runs if one.kind != "predictions" and one.state is not CellState.NOT_APPLICABLE]
    if not cells:
        return "the review holds no algorithm or model, or no dataset that one is for"
    bad = dict.fromkeys(f"{one.team}:{one.dataset}" for one in cells if one.state in _BAD)
    if bad:
        named = " ".join(f'--only "{printable(name)}"' for name in bad)
        return f"nothing has changed. To run again what ended badly, name it: {named}"
    return "every cell is done and nothing has changed"


def print_cell(run_info: RunInfo, _fraction: float | None, _message: str) -> None:
    """Print a cell's end on stderr."""
    if run_info.state in (CellState.QUEUED, CellState.RUNNING):
        return
    seconds = (run_info.fit_seconds or 0.0) + (run_info.predict_seconds or 0.0)
    reason = f": {printable(run_info.reason)}" if run_info.reason else ""
    click.echo(
        f"{printable(run_info.team)} on {printable(run_info.dataset)}, seed {run_info.seed}: "
        f"{run_info.state.replace('_', ' ')} in {seconds:.1f} s{reason}",
        err=True,
    )


def exit_code(done: Sequence[RunInfo]) -> int:
    """Return 3 where a cell failed or was stopped, else 0."""
    return EXIT_CELLS_FAILED if any(run_info.state in _BAD for run_info in done) else 0


def _cell_name(text: str) -> tuple[str, str]:
    team, colon, dataset = text.rpartition(":")
    if not colon or not team or not dataset:
        raise click.BadParameter(f"{text!r} is not TEAM:DATASET.", param_hint="--only")
    return team, dataset
