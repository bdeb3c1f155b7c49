"""Printing what stands beside the verdicts: other methods, posterior shares, power, and teams over datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from reviewer_app.cli.output import print_table, printable
from reviewer_app.comparison.formatting import format_difference, format_margin, format_p
from reviewer_app.comparison.result import Comparison
from reviewer_app.comparison.sentences import fragility_sentence
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric

if TYPE_CHECKING:
    from reviewer_app.comparison.across import Across
    from reviewer_app.significance.beside.other_methods import OtherMethod
    from reviewer_app.significance.beside.posterior import PosteriorShares
    from reviewer_app.significance.beside.power_curve import PowerCurve

_NONE = "\N{EN DASH}"


def print_beside(comparison: Comparison) -> None:
    """Print what stands beside the primary metric of a comparison, where that was computed."""
    found = comparison.beside
    if found is None:
        return
    metric = metric_of(comparison.primary_metric)
    click.echo(f"  Beside {metric.name}, deciding nothing. {found.assumptions}")
    posterior = found.no_posterior if found.posterior is None else _posterior(found.posterior, comparison)
    click.echo(f"  Posterior shares: {printable(posterior or _NONE)}.")
    if found.others:
        headings = ["other method", "p", "95 % interval", "what to know of it"]
        print_table("", headings, [_method_row(metric, method) for method in found.others], left=1)
    if found.fragility is not None:
        click.echo(f"  {fragility_sentence(found.fragility)}")
    if found.stuart_maxwell is not None and found.bowker is not None:
        click.echo(
            f"  Labels predicted: each class equally often by both, {format_p(found.stuart_maxwell.p_value)} "
            f"(Stuart-Maxwell); disagreements symmetric, {format_p(found.bowker.p_value)} (Bowker)."
        )
    power = found.no_power if found.power is None else _power(found.power, metric)
    click.echo(f"  Power: {printable(power or _NONE)}.\n")


def print_across(across: Across) -> None:
    """Print teams over datasets: ranks, tests for datasets like these, and what hangs on one of them."""
    rows = [[team, f"{rank:.2f}"] for team, rank in zip(across.teams, across.mean_ranks, strict=True)]
    headings = ["team", "mean rank"]
    if across.first_shares is not None:
        headings.append("came first")
        rows = [[*row, _share(share)] for row, share in zip(rows, across.first_shares, strict=True)]
    n = len(across.datasets)
    title = f"Over {n} {'dataset' if n == 1 else 'datasets'}"
    print_table(title, headings, rows, left=1)
    if across.friedman_p is not None:
        click.echo(f"  Friedman (Iman-Davenport): {format_p(across.friedman_p)}.")
    for line in _pair_lines(across) if n > 1 else ():
        click.echo(f"  {printable(line)}")
    if across.not_defined is not None and n > 1:
        click.echo(f"  No test for datasets like these: {across.not_defined}.")
    for dataset, reason in across.left_out:
        click.echo(f"  {printable(dataset)} does not count: {printable(reason)}.")
    for sentence in across.fragile:
        click.echo(f"  {printable(sentence)}")
    click.echo()


def _pair_lines(across: Across) -> Iterator[str]:
    for pair in across.pairs:
        text = f"{pair.team_a} ahead on {pair.n_a_ahead}, {pair.team_b} on {pair.n_b_ahead}"
        if pair.p_adjusted is not None:
            text += f"; signed rank {format_p(pair.p_adjusted)} after Holm"
        if pair.share_a_better is not None and pair.share_within is not None and pair.share_b_better is not None:
            text += f"; on a dataset like these {pair.team_a} better {_share(pair.share_a_better)}"
            text += (
                f", within the margin {_share(pair.share_within)}, {pair.team_b} better {_share(pair.share_b_better)}"
            )
        yield f"{text}."


def _posterior(posterior: PosteriorShares, comparison: Comparison) -> str:
    parts = [f"{comparison.team_a} better {_share(posterior.a_better)}"]
    if posterior.within_margin is not None:
        parts.append(f"within the margin {_share(posterior.within_margin)}")
    parts.append(f"{comparison.team_b} better {_share(posterior.b_better)}")
    return ", ".join(parts)


def _method_row(metric: Metric, method: OtherMethod) -> Sequence[str]:
    low, high = format_difference(metric, method.ci_low), format_difference(metric, method.ci_high)
    return (
        method.name,
        _NONE if method.p_value is None else format_p(method.p_value).removeprefix("p = ").removeprefix("p "),
        _NONE if method.ci_low is None else f"{low} to {high}",
        method.note,
    )


def _power(curve: PowerCurve, metric: Metric) -> str:
    here = curve.n.index(curve.n_here)
    smallest = curve.detectable[here]
    shown = "no difference" if smallest is None else f"a difference of {format_margin(metric, smallest)}"
    text = f"with {curve.n_here:,} examples {shown} is shown with 80 % power"
    at_margin = None if curve.power_at_margin is None else curve.power_at_margin[here]
    if at_margin is not None and curve.margin is not None:
        text += f", and one as large as the margin ({format_margin(metric, curve.margin)}) with {_share(at_margin)}"
    return f"{text}; {curve.basis}"


def _share(share: float) -> str:
    """Return a share in per cent that is never rounded to certainty."""
    if 0.0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1.0:
        return "> 99 %"
    return f"{100 * share:.0f} %"
