"""``results``: the matrix, metrics, tests and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from reviewer_app.cli.beside import print_across, print_beside
from reviewer_app.cli.options import BESIDE, REVIEW
from reviewer_app.cli.output import print_findings, print_json, print_table, printable, shown_progress
from reviewer_app.comparison.formatting import format_difference, format_p, format_value
from reviewer_app.comparison.result import Comparison
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.review.queries import Results, RunInfo


@click.command()
@click.argument("review", type=REVIEW)
@click.option("--a", metavar="TEAM[:VERSION]", help="Team A; default: every planned comparison.")
@click.option("--b", metavar="TEAM[:VERSION]", help="Team B.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--to", "table_format", type=click.Choice(["csv", "latex", "markdown"]), help="Print the metrics as a table."
)
@BESIDE
def results(review: Path, a: str | None, b: str | None, as_json: bool, table_format: str | None, beside: bool) -> None:
    """Print the cross matrix, the metrics with their tests, and the verdicts of REVIEW.

    \b
    Example:
      reviewer-app results demo.review --json
    """
    from reviewer_app.review.results_json import results_to_json
    from reviewer_app.review.review import Review

    if (a is None) != (b is None):
        raise click.UsageError("Name both --a and --b, or neither.")
    if as_json and table_format is not None:
        raise click.UsageError("Choose one of --json and --to.")
    with Review.open(review) as opened, shown_progress("computing") as progress:
        found = opened.results(a, b, progress, beside=as_json or beside)
    if as_json:
        print_json(results_to_json(found))
    elif table_format is not None:
        from reviewer_app.comparison.tables import metric_table

        click.echo(metric_table(found.comparisons, table_format), nl=False)
    else:
        print_findings(found.findings)
        print_results(found)


def print_results(found: Results) -> None:
    """Print results for people: one sentence over all, the matrix, then each comparison."""
    for overall in found.overall:
        if len(found.datasets) > 1:
            click.echo(printable(overall.sentence) + "\n")
    _print_matrix(found)
    for comparison in found.comparisons:
        _print_comparison(comparison)
        print_beside(comparison)
    if found.across is not None:
        print_across(found.across)
    for run in found.runs:
        if run.reason and run.state != "done":
            state = run.state.replace("_", " ")
            click.echo(f"{printable(run.team)} on {printable(run.dataset)}: {state}: {printable(run.reason)}")


def _print_matrix(found: Results) -> None:
    runs = {(run.team, run.submission_id, run.dataset): run for run in found.runs if run.current}
    if not runs:
        return
    rows = []
    for team, submission_id in dict.fromkeys((team, submission) for team, submission, _ in runs):
        cells = [
            _cell(runs.get((team, submission_id, dataset.name)), dataset.primary_metric, dataset.home_of == team)
            for dataset in found.datasets
        ]
        name = next(run.submission for run in runs.values() if run.submission_id == submission_id)
        rows.append([team, name, *cells])
    headings = [f"{dataset.name} ({metric_of(dataset.primary_metric).name})" for dataset in found.datasets]
    print_table("Cross matrix", ["team", "submission", *headings], rows, left=2)


def _cell(run: RunInfo | None, metric_id: str, at_home: bool) -> str:
    if run is None:
        return "\N{EN DASH}"
    if run.state != "done":
        return run.state.replace("_", " ")
    home = "home " if at_home else ""
    return home + format_value(metric_of(metric_id), run.metrics.get(metric_id))


def _print_comparison(comparison: Comparison) -> None:
    click.echo(printable(comparison.sentence) + "\n")
    headings = ["metric", comparison.team_a, comparison.team_b, "A \N{MINUS SIGN} B", "95 % interval", "p", "test"]
    print_table("", headings, _metric_rows(comparison), left=1)
    for line in _reasons(comparison):
        click.echo(f"  {printable(line)}")
    if comparison.mcnemar is None:
        click.echo(f"  {comparison.n_examples:,} test examples; no outcomes, because a team has no labels.")
    else:
        counts = ", ".join(f"{outcome.replace('_', ' ')} {count:,}" for outcome, count in comparison.outcomes.items())
        click.echo(f"  {comparison.n_examples:,} test examples: {counts}.")
        click.echo(
            f"  McNemar: {format_p(comparison.mcnemar.p_exact)} exact, {format_p(comparison.mcnemar.p_mid)} mid-p"
            + {"record": " (ignores shared records).", "group": " (ignores groups)."}.get(comparison.unit, ".")
        )
    if comparison.robustness:
        click.echo(f"  Other choices: {printable(comparison.robustness_sentence)}")
    for warning in comparison.warnings:
        click.echo(f"  ! {printable(warning)}")
    click.echo()


def _metric_rows(comparison: Comparison) -> Iterator[Sequence[str]]:
    for metric_id, numbers in comparison.metrics.items():
        metric = metric_of(metric_id)
        if numbers.a is None and numbers.b is None:
            continue
        low, high = format_difference(metric, numbers.ci_low), format_difference(metric, numbers.ci_high)
        yield (
            f"{metric.name} {'' if metric.higher_is_better else '(less is better)'}".strip(),
            format_value(metric, numbers.a),
            format_value(metric, numbers.b),
            format_difference(metric, numbers.difference),
            "\N{EN DASH}" if numbers.ci_low is None else f"{low} to {high}",
            "\N{EN DASH}"
            if numbers.p_value is None
            else format_p(numbers.p_value).removeprefix("p = ").removeprefix("p "),
            numbers.test_method or "\N{EN DASH}",
        )


def _reasons(comparison: Comparison) -> Iterator[str]:
    """Say why numbers are missing, metrics with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for metric_id, numbers in comparison.metrics.items():
        if numbers.not_defined is not None:
            by_reason.setdefault(numbers.not_defined, []).append(metric_of(metric_id).name)
    for reason, names in by_reason.items():
        yield f"{', '.join(names)}: {reason}."
