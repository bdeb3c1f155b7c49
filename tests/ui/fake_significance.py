"""What the Significance page reads, invented: distributions, other methods, power, robustness, many datasets."""

from __future__ import annotations

import math
from dataclasses import replace

from reviewer_app.comparison.across import Across, PairAcross
from reviewer_app.comparison.result import Comparison, MetricComparison, Outcome, RobustnessRow, Verdict
from reviewer_app.review.queries import Significance
from reviewer_app.significance.beside.detail import SignificanceDetail
from reviewer_app.significance.beside.distributions import Distribution
from reviewer_app.significance.beside.fragility import Fragility
from reviewer_app.significance.beside.label_distributions import LabelTest
from reviewer_app.significance.beside.other_methods import OtherMethod
from reviewer_app.significance.beside.posterior import PosteriorShares
from reviewer_app.significance.beside.power_curve import PowerCurve, power_curve
from reviewer_app.significance.beside.sampling import PairedTable

WHY_NONE = "runs of several seeds are not resampled"


def significance(comparison: Comparison, metric: str) -> Significance:
    """Return one metric in full."""
    numbers = comparison.metrics.get(metric) or replace(comparison.primary, metric=metric)
    return Significance(comparison, numbers, detail(comparison, numbers))


def detail(comparison: Comparison, numbers: MetricComparison) -> SignificanceDetail:
    """Return what stands beside a metric's numbers, around its difference."""
    difference = numbers.difference
    if difference is None:
        why = numbers.not_defined
        return SignificanceDetail(
            numbers.metric, None, "Examples are independent.", no_bootstrap=why, no_permutation=why, no_posterior=why,
            no_power=why,
        )  # fmt: skip
    outcomes = comparison.outcomes
    return SignificanceDetail(
        metric=numbers.metric,
        difference=difference,
        assumptions="Examples are independent of each other. The test swaps the teams at random.",
        table=PairedTable(
            both_right=outcomes[Outcome.BOTH_RIGHT],
            only_a=outcomes[Outcome.ONLY_A],
            only_b=outcomes[Outcome.ONLY_B],
            both_wrong=outcomes[Outcome.BOTH_WRONG_SAME] + outcomes[Outcome.BOTH_WRONG_DIFFERENT],
        ),
        bootstrap=bell("difference", difference, 0.012, difference),
        permutation=replace(bell("d / SE", 0.0, 1.0, 3.6), n_beyond=2, p_beyond=0.0003),
        others=(
            OtherMethod("BCa bootstrap over examples", None, 0.018, 0.070, "Corrects the percentiles for bias."),
            OtherMethod("d / SE against the normal distribution", 0.0002, 0.02, 0.068, "Assumes a normal difference."),
        ),
        posterior=PosteriorShares(0.9995, 0.0005, 0.004, 10_000, 0.0002, 0.0002, 0.0006),
        power=curve(comparison.n_examples),
        stuart_maxwell=LabelTest(4.1, 1, 0.043, "chi-squared"),
        bowker=LabelTest(4.1, 1, 0.043, "chi-squared"),
        fragility=Fragility(9, 19),
    )


def bell(drawn: str, centre: float, spread: float, observed: float) -> Distribution:
    """Return a histogram with the shape of a bell."""
    steps = [number / 5 for number in range(-15, 16)]
    heights = [math.exp(-(step**2) / 2) for step in steps]
    edges = (*(centre + spread * (step - 0.1) for step in steps), centre + spread * 3.1)
    return Distribution(drawn, edges, tuple(height / sum(heights) for height in heights), observed, 10_000)


def curve(n_here: int, margin: float | None = 0.01) -> PowerCurve:
    """Return a power curve."""
    return power_curve(0.011, n_here, margin=margin)


def robustness() -> tuple[RobustnessRow, ...]:
    """Return four choices, of which one changes the verdict."""
    planned = RobustnessRow(
        "as_planned", "as planned", 2293, 0.044, 0.019, 0.069, 0.0003, 0.0006, Verdict.A_BETTER
    )  # fmt: skip
    return (
        planned,
        replace(planned, choice="missing_drop", description="3 test pairs without a prediction dropped"),
        replace(
            planned,
            choice="without_seen_before",
            description="31 test pairs equal to a training or validation row left out",
            n_examples=2262,
            difference=0.02,
            ci_low=-0.01,
            ci_high=0.05,
            p_value=0.2,
            p_adjusted=0.4,
            verdict=Verdict.UNDECIDED,
            reason="too_few_examples",
        ),
        replace(planned, choice="by_examples", description="shared records ignored"),
    )


ROBUSTNESS_SENTENCE = (
    "Catalog Matching better under 3 of 4 choices; undecided with 31 test pairs equal to a training or validation row "
    "left out."
)


def across(teams: tuple[str, ...], datasets: tuple[str, ...], why: str | None) -> Across:
    """Return teams in the order of their ranks; `why` there are no tests, None: there are."""
    pairs = tuple(
        PairAcross(one, other, len(datasets) - 1, 1, not_defined=why)
        if why
        else PairAcross(one, other, len(datasets) - 1, 1, 0.03, 0.09, 0.9, 0.08, 0.02)
        for number, one in enumerate(teams)
        for other in teams[number + 1 :]
    )
    many = len(teams) > 2
    return Across(
        teams=teams,
        datasets=datasets,
        left_out=(("too-small", f"no finished run of {teams[-1]}"),),
        mean_ranks=tuple(1.2 + 0.7 * number for number in range(len(teams))),
        first_shares=(0.8, *(0.2 / (len(teams) - 1) for _ in teams[1:])) if many else None,
        first_shares_per_dataset=tuple((name, (0.6, *(0.4 / (len(teams) - 1) for _ in teams[1:]))) for name in datasets)
        if many
        else (),
        friedman_p=None if why or not many else 0.004,
        pairs=pairs,
        bars=() if why or not many else (teams[:2],),
        not_apart_without_bar=(),
        nemenyi_difference=None if why or not many else 1.1,
        fragile=(f"Without {datasets[0]} the best mean rank is that of {teams[1]}.",),
        not_defined=why,
    )
