"""``compare`` and ``check-predictions``: files to a verdict, with no review to manage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reviewer_app.cli.options import (
    BESIDE,
    INPUT,
    REVIEW,
    changed_plan,
    import_options,
    number_options,
    read_import_options,
)
from reviewer_app.cli.output import fail, print_findings, print_json, shown_progress
from reviewer_app.cli.results import print_results
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError


@click.command()
@click.argument("gold", type=INPUT)
@click.argument("a", metavar="A", type=INPUT)
@click.argument("b", metavar="B", type=INPUT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@BESIDE
@click.option("--save", type=REVIEW, metavar="REVIEW", help="Keep the review in this file, which must not exist.")
@import_options
@number_options
def compare(gold: Path, a: Path, b: Path, as_json: bool, beside: bool, save: Path | None, **values: Any) -> None:
    """Compare the prediction files A and B against GOLD, a csv/parquet file with gold labels or a dataset folder.

    \b
    Example:
      reviewer-app compare gold.csv team_a.csv team_b.csv --metric macro_f1
    """
    from reviewer_app.review.operations.imports import AddDataset, AddSubmission
    from reviewer_app.review.operations.settings import SetPlan
    from reviewer_app.review.results_json import results_to_json
    from reviewer_app.review.review import Review

    if save is not None and save.exists():
        fail(
            ReviewError.of("file_exists", f"{save} exists already: choose another name, or delete it.", file=save.name),
            as_json=as_json,
        )
    options = read_import_options(values)
    with Review.temporary() as review, shown_progress("reading") as progress:
        try:
            for_gold, for_a, for_b = _options_of_each((gold, a, b), options)
            review.do(SetPlan(changed_plan(review.plan(), values)))
            review.do(AddDataset(gold, options=_about_gold(for_gold)), progress.part(0.0, 0.2))
            team_a, team_b = team_names(a, b)
            review.do(AddSubmission(a, team_a, options=for_a), progress.part(0.2, 0.4))
            review.do(AddSubmission(b, team_b, options=for_b), progress.part(0.4, 0.6))
            results = review.results(progress=progress.part(0.6, 1.0), beside=as_json or beside)
        except ReviewError as error:
            fail(error, as_json=as_json)
        if save is not None:
            review.save_copy(save)
    print_findings(results.findings)
    if as_json:
        print_json(results_to_json(results))
    else:
        print_results(results)


@click.command("check-predictions")
@click.argument("gold", type=INPUT)
@click.argument("file", type=INPUT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@import_options
def check_predictions(gold: Path, file: Path, as_json: bool, **values: Any) -> None:
    """Say what is wrong, or worth knowing, about the prediction FILE, held against GOLD; compute nothing.

    \b
    Example:
      reviewer-app check-predictions gold.csv team_a.csv
    """
    from reviewer_app.review.operations.imports import AddDataset, AddSubmission
    from reviewer_app.review.review import Review

    options = read_import_options(values)
    with Review.temporary() as review, shown_progress("reading") as progress:
        try:
            for_gold, for_file = _options_of_each((gold, file), options)
            dataset = review.do(AddDataset(gold, options=_about_gold(for_gold)), progress.part(0.0, 0.5))
            submission = review.do(AddSubmission(file, file.stem, options=for_file), progress.part(0.5, 1.0))
        except ReviewError as error:
            fail(error, as_json=as_json)
    findings = (*dataset.findings, *submission.findings)
    print_findings(findings)
    if as_json:
        print_json({"findings": [finding.to_json() for finding in findings]})
    elif not findings:
        click.echo(f"{file}: nothing to say")


def _options_of_each(paths: Sequence[Path], options: ImportOptions) -> list[ImportOptions]:
    """Return each file's options: a column named for a role counts for the files that have it.

    Raises
    ------
    ReviewError
        ``no_such_column``: none of the files has a column that was named.
    """
    if not options.columns:
        return [options] * len(paths)
    from reviewer_app.datasets.table_files import read_table

    present = [() if path.is_dir() else read_table(path, encoding=options.encoding).column_names for path in paths]
    for role, name in options.columns.items():
        if not any(name in names for names in present):
            raise ReviewError.of(
                "no_such_column",
                f"--column {role}={name}: no file has a column {name!r}. "
                + " ".join(f"{path.name} has {', '.join(names)}." for path, names in zip(paths, present, strict=True)),
            )
    return [
        replace(options, columns={role: name for role, name in options.columns.items() if name in names})
        for names in present
    ]


def _about_gold(options: ImportOptions) -> ImportOptions:
    return replace(options, missing=None, labels=None, probabilities=None, threshold=None)


def team_names(a: Path, b: Path) -> Sequence[str]:
    """Return a name for each side: the files' names without endings, longer or lettered where these are the same."""
    for names in ((a.stem, b.stem), (a.name, b.name), (str(a), str(b))):
        if names[0] != names[1]:
            return names
    return (f"{a.stem} (A)", f"{b.stem} (B)")
