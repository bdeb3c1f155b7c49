"""``claim``: what papers say, against what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer_app.cli.options import INPUT, REVIEW
from reviewer_app.cli.output import print_json, print_table, printable, shown_progress
from reviewer_app.comparison.formatting import format_p

if TYPE_CHECKING:
    from reviewer_app.claims.check import CheckedClaim

_BASES = ("same_predictions", "retrained", "other_sample")
_NONE = "\N{EN DASH}"


@click.command()
@click.argument("review", type=REVIEW)
@click.option(
    "--dataset", multiple=True, metavar="D", help="The dataset that the claim is about; several: each of them."
)
@click.option("--team", metavar="TEAM[:VERSION]", help="Whose claim it is.")
@click.option("--metric", metavar="M", help="For example macro_f1; default: the dataset's primary metric.")
@click.option("--value", metavar="V", help="The claimed value as it is printed: 75.6% or 0.756.")
@click.option(
    "--basis",
    type=click.Choice(_BASES),
    help="How the claimed value was measured, beside ours; default: what follows from the review, and it is said.",
)
@click.option("--n", metavar="N", help="Examples of the paper's test set.")
@click.option(
    "--spread",
    metavar="S",
    help="As printed beside the value: its standard error (other_sample), or the standard deviation over its runs "
    "(retrained).",
)
@click.option("--runs", metavar="M", help="Runs that the claimed value is the mean of.")
@click.option(
    "--over",
    multiple=True,
    metavar="TEAM[:VERSION]",
    help="The claim is that TEAM is better than this one; several: than each of them.",
)
@click.option("--at-least", metavar="X", help='By at least so much: "2 points", 2% or 0.02.')
@click.option("--wins", metavar="K", help="With several: better in at least K comparisons; default: in all of them.")
@click.option(
    "--file", "file", type=INPUT, help="All claims of a paper, csv or json, with these options as columns or keys."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def claim(review: Path, file: Path | None, as_json: bool, **fields: str | tuple[str, ...] | None) -> None:
    """Check what a paper claims against what REVIEW measured. Nothing is kept in the review.

    A claim carries error too: it is contradicted only where neither its sampling nor training again can explain the
    gap. The claims of a file are of one paper: p is corrected over all of them (Holm).

    \b
    Examples:
      reviewer-app claim demo.review --dataset emoji-group --team "Pixel & Name" --value 74.5% --n 400
      reviewer-app claim demo.review --dataset emoji-group --team "Pixel & Name" --over "Survey Forest" --at-least 2%
      reviewer-app claim demo.review --file claims.csv --json
    """
    from reviewer_app.claims.claims_json import claims_to_json
    from reviewer_app.claims.files import claim_of, read_claims
    from reviewer_app.review.review import Review

    given = {name: text for name, text in fields.items() if text is not None and text != ()}
    if file is not None and given:
        raise click.UsageError(f"--file holds the claims: leave out --{next(iter(given)).replace('_', '-')}.")
    if file is None and not given:
        raise click.UsageError(
            "Say the claim with --dataset, --team and --value or --over, or name a --file of claims."
        )
    claims = read_claims(file) if file is not None else (claim_of(given),)
    with Review.open(review) as opened, shown_progress("checking") as progress:
        checked = opened.check_claims(claims, progress)
        alpha = opened.plan().alpha
    if as_json:
        print_json(claims_to_json(checked, alpha))
    else:
        _print(checked)


def _print(checked: Sequence[CheckedClaim]) -> None:
    if len(checked) > 1:
        _print_table(checked)
    for one in checked:
        click.echo(printable(one.sentence))


def _print_table(checked: Sequence[CheckedClaim]) -> None:
    from reviewer_app.claims.sentences import VERDICT_WORDS, claim_words

    rows = [
        [
            str(number),
            one.claim.team,
            one.claim.dataset,
            claim_words(one.claim, one.metric),
            VERDICT_WORDS[one.decision.verdict],
            _p(None if one.test.reason is not None else one.test.p_value),
            _p(one.decision.p_adjusted),
        ]
        for number, one in enumerate(checked, start=1)
    ]
    print_table("", ["", "team", "dataset", "claim", "verdict", "p", "p, Holm"], rows, left=5)


def _p(p_value: float | None) -> str:
    return _NONE if p_value is None else format_p(p_value).removeprefix("p = ").removeprefix("p ")
