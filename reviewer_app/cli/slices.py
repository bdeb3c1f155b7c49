"""``slices``: where two teams differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer_app.cli.options import REVIEW, default_pair, pair_options
from reviewer_app.cli.output import print_json, print_table, printable, shown_progress
from reviewer_app.comparison.formatting import format_difference, format_p, format_value
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.significance.slices import SliceStatus

if TYPE_CHECKING:
    from reviewer_app.disagreements.slice_report import SliceReport
    from reviewer_app.evaluation.registry import Metric
    from reviewer_app.significance.paired_difference import PairedDifference
    from reviewer_app.significance.slices import Slice

_NONE = "\N{EN DASH}"
_SHOWN = 10


@click.command()
@click.argument("review", type=REVIEW)
@pair_options
@click.option("--metric", metavar="M", help="The metric; default: the dataset's primary one.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Test this one slice alone, on all of its examples (exploratory); for example 'price>100'; repeatable.",
)
@click.option("--all", "show_all", is_flag=True, help="Print every slice that was tried, not only the first ten.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def slices(
    review: Path,
    dataset: str,
    a: str | None,
    b: str | None,
    metric: str | None,
    conditions: tuple[str, ...],
    show_all: bool,
    as_json: bool,
) -> None:
    """Print in which subsets of the test examples of REVIEW two teams differ.

    Subsets by feature values and gold labels are searched on one half of the examples, and what is found there is
    tested again on the other half: who looks at many subsets finds some by chance.

    \b
    Example:
      reviewer-app slices demo.review --dataset midwest-region
    """
    from reviewer_app.disagreements.filters import parse_condition
    from reviewer_app.review.review import Review
    from reviewer_app.review.slices_json import slice_alone_to_json, slices_to_json

    if (a is None) != (b is None):
        raise click.UsageError("Name both --a and --b, or neither.")
    with Review.open(review) as opened, shown_progress("reading") as progress:
        if a is None or b is None:
            a, b = default_pair(opened.planned_pairs(), dataset)
        if conditions:
            columns = opened.disagreements(dataset, a, b).filter_columns
            wanted = [parse_condition(text, columns) for text in conditions]
            alone = opened.slice_alone(dataset, a, b, wanted, metric, progress)
            document, text = slice_alone_to_json(alone), alone.sentence
        else:
            report = opened.slices(dataset, a, b, metric, progress)
            document, text = slices_to_json(report), report.sentence
    if as_json:
        print_json(document)
        return
    click.echo(printable(text))
    if not conditions:
        _print_report(report, show_all=show_all)


def _print_report(report: SliceReport, *, show_all: bool) -> None:
    metric = metric_of(report.metric)
    carried = len(report.search.of(SliceStatus.CONFIRMED, SliceStatus.FOUND))
    shown = report.ordered if show_all else report.ordered[: max(carried, _SHOWN)]
    if shown:
        headings = [
            "slice",
            "n",
            f"A = {report.team_a}",
            f"B = {report.team_b}",
            "found: A-B",
            "p (BH)",
            "other half: A-B",
            "95 % interval",
            "p (Holm)",
            "elsewhere",
            "",
        ]
        print_table("", headings, [_row(report, one, metric) for one in shown], left=1)
    if len(shown) < len(report.ordered):
        click.echo(f"{len(report.ordered) - len(shown):,} more were tried: --all prints them.")
    for note in report.notes:
        click.echo(printable(note))


def _row(report: SliceReport, one: Slice, metric: Metric) -> Sequence[str]:
    from reviewer_app.disagreements.slice_report import STATUS_WORDS, is_unlike_the_rest

    other = None if one.confirming is None else one.confirming.numbers
    found = one.finding.numbers
    return (
        report.name(one),
        f"{one.n_examples:,}",
        format_value(metric, one.values.a),
        format_value(metric, one.values.b),
        format_difference(metric, found.difference),
        _p(one.p_finding),
        _NONE if other is None else format_difference(metric, other.difference),
        _interval(metric, other),
        _p(one.p_confirming),
        _NONE if one.contrast is None else format_difference(metric, one.contrast.b),
        STATUS_WORDS[one.status] + (", unlike the rest" if is_unlike_the_rest(one, report.search.alpha) else ""),
    )


def _p(p_value: float | None) -> str:
    return _NONE if p_value is None else format_p(p_value).removeprefix("p = ").removeprefix("p ")


def _interval(metric: Metric, numbers: PairedDifference | None) -> str:
    if numbers is None or numbers.ci_low is None:
        return _NONE
    return f"{format_difference(metric, numbers.ci_low)} to {format_difference(metric, numbers.ci_high)}"
