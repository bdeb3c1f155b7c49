"""``plan``: the analysis plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reviewer_app.cli.options import REVIEW, changed_plan, number_options
from reviewer_app.cli.output import print_findings, printable
from reviewer_app.comparison.sentences import CORRECTION_NAMES


@click.command()
@click.argument("review", type=REVIEW)
@click.option("--metric", metavar="M", help="The primary metric of every dataset; default: each dataset's own.")
@click.option("--compare", "pairs", multiple=True, metavar="A,B", help="A planned pair of teams; repeatable.")
@click.option("--lock", is_flag=True, help="Lock the plan; a later change will be said for good.")
@number_options
def plan(review: Path, metric: str | None, pairs: tuple[str, ...], lock: bool, **values: Any) -> None:
    """Show the analysis plan of REVIEW, or change and lock it.

    \b
    Example:
      reviewer-app plan matching.review --metric f1 --margin 0.02 --lock
    """
    from reviewer_app.review.operations.settings import SetPlan
    from reviewer_app.review.review import Review

    with Review.open(review) as opened:
        before = opened.plan()
        after = changed_plan(before, values)
        if metric is not None:
            after = replace(after, metric=metric)
        if pairs:
            teams = [team.name for team in opened.teams()]
            after = replace(after, comparisons=tuple(_pair(text, teams) for text in pairs))
        if lock or after != before:
            print_findings(opened.do(SetPlan(after, lock)).findings)
        state = opened.summary().plan_state
        prospects = [(dataset.name, dataset.prospect) for dataset in opened.datasets()]
    comparisons = (
        "every pair of teams" if after.comparisons is None else "; ".join(map(" against ".join, after.comparisons))
    )
    click.echo(f"metric: {after.metric or 'the one of each dataset'}")
    click.echo(f"margin: {'0.01, the default that nobody chose' if after.margin is None else after.margin}")
    click.echo(f"alpha: {after.alpha}")
    click.echo(f"correction: {CORRECTION_NAMES[after.correction]}")
    click.echo(f"comparisons: {printable(comparisons)}")
    click.echo(f"resamples: {after.n_resamples}")
    click.echo(f"state: {state.replace('_', ' ')}")
    for name, prospect in prospects:
        click.echo(f"{printable(name)}: {printable(prospect)}")


def _pair(text: str, teams: Sequence[str]) -> tuple[str, str]:
    """Return the two teams; where their names hold commas, the ones that the review has."""
    parts = text.split(",")
    splits = [(",".join(parts[:n]).strip(), ",".join(parts[n:]).strip()) for n in range(1, len(parts))]
    splits = [(a, b) for a, b in splits if a and b]
    if not splits:
        raise click.BadParameter(f"{text!r} is not A,B.", param_hint="--compare")
    return next(((a, b) for a, b in splits if a in teams and b in teams), splits[0])
