"""``label-noise``: a random queue of disagreements to judge, and what the judgements say."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer_app.cli.options import INPUT, REVIEW, default_pair, pair_options
from reviewer_app.cli.output import print_findings, print_json, print_table, printable, shown_progress
from reviewer_app.evaluation.needs import counted

if TYPE_CHECKING:
    from reviewer_app.review.queries import LabelNoiseReport
    from reviewer_app.significance.corrected_difference import CorrectedDifference


@click.command("label-noise")
@click.argument("review", type=REVIEW)
@pair_options
@click.option("--queue", type=click.IntRange(1), metavar="N", help="Write the first N disagreements of a random order.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The .csv file to write them to.")
@click.option("--judged", type=INPUT, multiple=True, metavar="FILE", help="That file, filled in; repeatable.")
@click.option(
    "--planned", type=click.IntRange(1), metavar="M", help="How many were to be judged, as fixed before the first."
)
@click.option("--metric", default="accuracy", metavar="M", help="Any but accuracy is refused, with the reason.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def label_noise(
    review: Path,
    dataset: str,
    a: str | None,
    b: str | None,
    queue: int | None,
    output: Path | None,
    judged: tuple[Path, ...],
    planned: int | None,
    metric: str,
    as_json: bool,
) -> None:
    """Say how wrong gold labels would change a difference in accuracy, from a random part of the disagreements.

    First write a queue; fill in its column judgement with a_right, b_right, both_acceptable, label_wrong, both_wrong or
    unclear, from the top and without choosing; then read it. Looking at the answer as often as you like is allowed for.

    \b
    Example:
      reviewer-app label-noise demo.review --dataset emoji-group --queue 50 -o to_judge.csv
      reviewer-app label-noise demo.review --dataset emoji-group --judged to_judge.csv
    """
    from reviewer_app.review.review import Review

    if (a is None) != (b is None):
        raise click.UsageError("Name both --a and --b, or neither.")
    if (queue is None) != (output is None):
        raise click.UsageError("Name both --queue N and -o FILE to write a queue.")
    if queue is not None and judged:
        raise click.UsageError("Write a queue, or read judgements: --queue or --judged.")
    with Review.open(review) as opened, shown_progress("reading"):
        if a is None or b is None:
            a, b = default_pair(opened.planned_pairs(), dataset)
        if queue is not None and output is not None:
            number = opened.write_judging_queue(dataset, a, b, queue, output)
            if as_json:
                print_json({"file": str(output), "n_examples": number})
            else:
                click.echo(f"wrote {counted(number, 'disagreement')} to {output}: fill in the column judgement")
            return
        report = opened.label_noise(dataset, a, b, judged, planned, metric)
    if as_json:
        print_json(_document(report))
        return
    print_findings(report.findings)
    _print(report)


def _print(report: LabelNoiseReport) -> None:
    from reviewer_app.comparison.label_noise import NO_LEVEL, answer_rows, dependence_sentence, stratum_rows

    click.echo(f"{printable(report.sentence)}\n")
    headings, rows = stratum_rows(report.noise, report.team_a, report.team_b)
    print_table("", headings, rows, left=1)
    headings, rows = answer_rows(report.noise)
    print_table("", headings, rows, left=1)
    if report.noise.not_defined is not None:
        click.echo(f"{report.noise.not_defined[:1].upper()}{report.noise.not_defined[1:]}.")
    if dependence := dependence_sentence(report.noise):
        click.echo(dependence)
    click.echo(NO_LEVEL)
    if not report.is_primary:
        click.echo("Accuracy is not the primary metric here, and the verdict is not about it.")


def _document(report: LabelNoiseReport) -> dict[str, Any]:
    noise = report.noise
    return {
        "dataset": report.dataset,
        "team_a": report.team_a,
        "team_b": report.team_b,
        "metric": "accuracy",
        "alpha": noise.alpha,
        "n_examples": noise.n,
        "design_effect": noise.design_effect,
        "gold_difference": noise.gold_difference,
        "n_disagreements": noise.n_disagreements,
        "n_drawn": noise.n_drawn,
        "n_unclear": noise.n_unclear,
        "strata": [{**asdict(stratum), "drawn": stratum.drawn} for stratum in noise.strata],
        "live": _answer(noise.live),
        "planned": None if noise.planned is None else _answer(noise.planned),
        "not_defined": noise.not_defined,
        "sentence": report.sentence,
        "findings": [finding.to_json() for finding in report.findings],
    }


def _answer(answer: CorrectedDifference) -> dict[str, Any]:
    return {**asdict(answer), "difference": answer.difference}
