"""``new``, ``standardize``, ``add-dataset``, ``add-submission``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from reviewer_app.cli.options import INPUT, REVIEW, import_options, read_import_options
from reviewer_app.cli.output import print_findings, shown_progress


@click.command()
@click.argument("review", type=REVIEW)
@click.option("--title", default="", help="What the review is about.")
def new(review: Path, title: str) -> None:
    """Write an empty review to the file REVIEW, which must not exist.

    \b
    Example:
      reviewer-app new matching.review --title "Catalog Matching against Variant Grouping"
    """
    from reviewer_app.review.review import Review

    Review.create(review, title).close()
    click.echo(f"wrote {review}")


@click.command()
@click.argument("source", type=INPUT)
@click.argument("folder", metavar="DIR", type=INPUT)
@click.option(
    "--format", "file_format", type=click.Choice(["csv", "parquet", "both"]), default="csv", show_default=True
)
@click.option("--seed", type=click.IntRange(0), help="Seed of the split; default: derived from the data.")
@import_options
def standardize(
    source: Path, folder: Path, file_format: Literal["csv", "parquet", "both"], seed: int | None, **values: Any
) -> None:
    """Turn SOURCE, a raw table or a dataset folder, into a standardized dataset in the new folder DIR.

    A single table is split 65/15/20 into train, validation and test: stratified, groups whole, records of pairs kept
    together where that is possible.

    \b
    Example:
      reviewer-app standardize survey.csv survey/ --column label=region
    """
    from reviewer_app.datasets.standardize import standardize as write_standardized

    with shown_progress("standardizing") as progress:
        dataset = write_standardized(
            source, folder, read_import_options(values), file_format=file_format, seed=seed, progress=progress
        )
    print_findings(dataset.findings)
    sizes = ", ".join(f"{split.n_examples:,} {name}" for name, split in dataset.splits.items())
    click.echo(f"wrote {folder}: {dataset.spec.task}, {len(dataset.spec.labels)} labels, {sizes} examples")


@click.command("add-dataset")
@click.argument("review", type=REVIEW)
@click.argument("path", type=INPUT)
@click.option("--home-of", metavar="TEAM", help="The team whose own dataset it is.")
@click.option("--name", metavar="N", help="Its name in the review; default: its own.")
@import_options
def add_dataset(review: Path, path: Path, home_of: str | None, name: str | None, **values: Any) -> None:
    """Add a dataset (a folder with dataset.json, or a csv/parquet file) to REVIEW.

    \b
    Example:
      reviewer-app add-dataset matching.review amazon-google/ --home-of "Catalog Matching"
    """
    from reviewer_app.review.operations.imports import AddDataset
    from reviewer_app.review.review import Review

    options = read_import_options(values)
    with Review.open(review) as opened, shown_progress(f"reading {path.name}") as progress:
        change = opened.do(AddDataset(path, name, home_of, options), progress)
    print_findings(change.findings)
    click.echo(f"added dataset {', '.join(change.created)}")


@click.command("add-submission")
@click.argument("review", type=REVIEW)
@click.argument("path", required=False, type=INPUT)
@click.option("--team", metavar="TEAM", help="Whose it is; required for a PATH.")
@click.option("--dataset", metavar="D", help="The dataset a prediction file is for; default: the one with its ids.")
@click.option("--name", metavar="N", help="Its name; default: its own.")
@click.option("--version", "submission_version", metavar="V", help="Its version; default: the next number.")
@click.option("--builtin", metavar="NAME", help="Add one of our baselines instead of a PATH.")
@click.option("--consent", metavar="DIGEST", help="Let the submission with this digest run without a sandbox.")
@import_options
def add_submission(
    review: Path,
    path: Path | None,
    team: str | None,
    dataset: str | None,
    name: str | None,
    submission_version: str | None,
    builtin: str | None,
    consent: str | None,
    **values: Any,
) -> None:
    """Add what a team hands in to REVIEW: a prediction file, or the folder of a model or an algorithm.

    \b
    Example:
      reviewer-app add-submission matching.review team_a/ --team "Catalog Matching"
    """
    from reviewer_app.review.operations.imports import AddSubmission
    from reviewer_app.review.queries import BASELINES
    from reviewer_app.review.review import Review

    if (path is None) == (builtin is None):
        raise click.UsageError("Give either a PATH or --builtin NAME.")
    if team is None and builtin is None:
        raise click.UsageError("Say whose it is: --team TEAM.")
    if builtin is not None and team not in (None, BASELINES):
        raise click.UsageError(f"A baseline is handed in by {BASELINES}: leave out --team.")
    operation = AddSubmission(
        path=path,
        team=BASELINES if team is None else team,
        dataset=dataset,
        name=name,
        version=submission_version,
        builtin=builtin,
        consent=consent,
        options=read_import_options(values),
    )
    with Review.open(review) as opened, shown_progress(f"reading {builtin or path}") as progress:
        change = opened.do(operation, progress)
    print_findings(change.findings)
    click.echo(f"added submission {', '.join(change.created)} of {operation.team}")
