"""Options that several commands share; they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reviewer_app.comparison.plan import MOST_SEED, AnalysisPlan
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.errors import ReviewError
from reviewer_app.significance.multiplicity import Correction

Command = TypeVar("Command", bound=Callable[..., Any])

COLUMN_ROLES = ("id", "label", "score", "confidence", "group")

# Whether a file may be read is said by the core, in words and with exit code 1.
REVIEW = click.Path(dir_okay=False, readable=False, path_type=Path)
INPUT = click.Path(readable=False, path_type=Path)


BESIDE = click.option(
    "--beside", is_flag=True, help="Say, too, what stands beside the primary metric: other methods, shares, power."
)
"""In JSON that is always there."""


def pair_options(command: Command) -> Command:
    """Add the dataset and the two sides of a comparison: ``dataset``, ``a`` and ``b`` (see `default_pair`)."""
    for option in (
        click.option("--b", metavar="TEAM[:VERSION]", help="Team B."),
        click.option("--a", metavar="TEAM[:VERSION]", help="Team A; default: the first planned comparison."),
        click.option("--dataset", required=True, metavar="D", help="The dataset."),
    ):
        command = option(command)
    return command


def import_options(command: Command) -> Command:
    """Add the options that answer a finding; they arrive as keyword arguments for `read_import_options`."""
    for option in reversed(
        [
            click.option("--task", type=click.Choice(["classification", "matching"]), help="What is asked of a model."),
            click.option("--positive", metavar="LABEL", help="The label that means a match (matching)."),
            click.option("--metric", metavar="M", help="The primary metric, for example macro_f1."),
            click.option(
                "--column",
                "columns",
                multiple=True,
                metavar="ROLE=NAME",
                callback=_column_roles,
                help=f"The column to take for a role ({', '.join(COLUMN_ROLES)}); repeatable.",
            ),
            click.option(
                "--kind",
                "kinds",
                multiple=True,
                metavar="COLUMN=KIND",
                callback=_column_kinds,
                help=f"Kind of a column of a dataset without dataset.json ({', '.join(ColumnKind)}); repeatable.",
            ),
            click.option(
                "--missing",
                type=click.Choice(["wrong", "drop", "negative"]),
                help="How missing predictions count: wrong, dropped for both teams, or as the negative label.",
            ),
            click.option(
                "--labels",
                metavar="trim|casefold|numbers|truth|FILE",
                help="How labels are matched: without blanks at the ends, ignoring case, 1.0 as 1, true as 1, or "
                "by a csv file with the columns from,to.",
            ),
            click.option(
                "--probabilities",
                type=click.Choice(["percent", "normalise", "softmax"]),
                help="What to do with probabilities that do not sum to 1.",
            ),
            click.option("--threshold", type=float, metavar="T", help="Predicted positive where score >= T."),
            click.option("--encoding", metavar="E", help="Encoding of a csv file, for example latin-1."),
        ]
    ):
        command = option(command)
    return command


def read_import_options(values: dict[str, Any]) -> ImportOptions:
    """Take the shared options out of a command's keyword arguments and return them."""
    names = (
        "task",
        "positive",
        "metric",
        "columns",
        "kinds",
        "missing",
        "labels",
        "probabilities",
        "threshold",
        "encoding",
    )
    return ImportOptions(**{name: values.pop(name) for name in names})


def number_options(command: Command) -> Command:
    """Add the options of what is computed; they arrive as keyword arguments for `changed_plan`."""
    for option in reversed(
        [
            click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True), help="Error rate over the plan."),
            click.option(
                "--margin",
                type=click.FloatRange(0, min_open=True),
                help="Margin of practical equivalence (0.01 is 1 point).",
            ),
            click.option(
                "--seed",
                type=click.IntRange(0, MOST_SEED),
                help="Seed of resampling; default: from the inputs' digests.",
            ),
            click.option("--resamples", type=click.IntRange(100, 1_000_000), help="Resamples and permutations."),
            click.option(
                "--correction",
                type=click.Choice([str(correction) for correction in Correction]),
                help="How p is corrected over the plan's comparisons.",
            ),
        ]
    ):
        command = option(command)
    return command


def changed_plan(plan: AnalysisPlan, values: dict[str, Any]) -> AnalysisPlan:
    """Take the numbers' options out of a command's keyword arguments and return the plan with them."""
    from dataclasses import replace

    given = {
        "alpha": values.pop("alpha"),
        "margin": values.pop("margin"),
        "seed": values.pop("seed"),
        "n_resamples": values.pop("resamples"),
    }
    correction = values.pop("correction")
    given["correction"] = None if correction is None else Correction(correction)
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def default_pair(pairs: tuple[tuple[str, str], ...], dataset: str) -> tuple[str, str]:
    """Return the first planned pair of teams.

    Raises
    ------
    ReviewError
        ``no_comparison``: there is none.
    """
    if not pairs:
        raise ReviewError.of(
            "no_comparison", f"There are no two teams to compare on {dataset}: add submissions, or name --a and --b."
        )
    return pairs[0]


def _column_roles(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for value in values:
        role, equals, name = value.partition("=")
        if not equals or role not in COLUMN_ROLES or not name:
            raise click.BadParameter(f"{value!r} is not ROLE=NAME with a role of {', '.join(COLUMN_ROLES)}.")
        roles[role] = name
    return roles


def _column_kinds(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for value in values:
        column, equals, kind = value.rpartition("=")
        if not equals or not column or kind not in set(ColumnKind):
            raise click.BadParameter(f"{value!r} is not COLUMN=KIND with a kind of {', '.join(ColumnKind)}.")
        kinds[column] = kind
    return kinds
