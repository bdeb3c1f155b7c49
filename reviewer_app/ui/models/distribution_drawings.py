"""What is drawn of the bootstrap's and the permutation test's distribution, and the sentence below it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import format_difference, format_p
from reviewer_app.comparison.result import MetricComparison
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric

if TYPE_CHECKING:
    from reviewer_app.review.queries import Significance
    from reviewer_app.significance.beside.distributions import Distribution


@dataclass(frozen=True)
class BootstrapDrawing:
    """The distribution of the bootstrap differences with THE interval.

    Attributes
    ----------
    team_a, team_b, metric
        What is compared.
    distribution
        Of the differences A - B.
    numbers
        THE interval and the margin.
    words
        What it shows, in one or two sentences.
    """

    team_a: str
    team_b: str
    metric: Metric
    distribution: Distribution
    numbers: MetricComparison
    words: str


@dataclass(frozen=True)
class PermutationDrawing:
    """The distribution of a test's statistic when the teams are interchangeable, with what lies beyond the observed.

    Attributes
    ----------
    team_a, team_b, metric
        What is compared.
    distribution
        Of the statistic.
    center
        Where the statistic is when nobody is ahead: the tails are as far from it on either side.
    reach
        How far from the centre the tails begin; infinite where nothing drawn is beyond.
    above_favours_a
        Whether a statistic above the centre is in favour of A.
    p_value
        The share beyond, p as these draws give it.
    words
        What it shows, in one or two sentences.
    """

    team_a: str
    team_b: str
    metric: Metric
    distribution: Distribution
    center: float
    reach: float
    above_favours_a: bool
    p_value: float
    words: str


def bootstrap_drawing(shown: Significance) -> BootstrapDrawing | None:
    """Return what is drawn of the bootstrap; None where `detail.no_bootstrap` says why there is nothing."""
    distribution = shown.detail.bootstrap
    if distribution is None:
        return None
    metric = metric_of(shown.numbers.metric)
    return BootstrapDrawing(
        team_a=shown.comparison.team_a,
        team_b=shown.comparison.team_b,
        metric=metric,
        distribution=distribution,
        numbers=shown.numbers,
        words=_bootstrap_words(metric, distribution, shown.numbers),
    )


def permutation_drawing(shown: Significance) -> PermutationDrawing | None:
    """Return what is drawn of the permutation test; None where `detail.no_permutation` says why there is nothing."""
    distribution = shown.detail.permutation
    if distribution is None or distribution.p_beyond is None:
        return None
    metric = metric_of(shown.numbers.metric)
    center, reach = 0.0, abs(distribution.observed)
    counts_examples = distribution.drawn == "only A right"
    if counts_examples:
        assert shown.detail.table is not None
        center = shown.detail.table.discordant / 2.0
        # A number of examples fills its bar from half below to half above it.
        reach = max(abs(distribution.observed - center) - 0.5, 0.0)
    return PermutationDrawing(
        team_a=shown.comparison.team_a,
        team_b=shown.comparison.team_b,
        metric=metric,
        distribution=distribution,
        center=center,
        reach=reach,
        above_favours_a=counts_examples or metric.higher_is_better,
        p_value=distribution.p_beyond,
        words=_permutation_words(distribution, distribution.p_beyond, shown.numbers),
    )


def _bootstrap_words(metric: Metric, distribution: Distribution, numbers: MetricComparison) -> str:
    drawn = f"The differences of {distribution.n_resamples:,} bootstrap resamples of the test set."
    if numbers.ci_low is None or numbers.ci_high is None:
        return f"{drawn} There is no interval: {numbers.not_defined or 'this metric has none'}."
    level = f"{100 * numbers.ci_level:.0f} %"
    ends = f"{format_difference(metric, numbers.ci_low)} to {format_difference(metric, numbers.ci_high, unit=True)}"
    if distribution.is_headline:
        return f"{drawn} THE {level} interval, {ends}, is read from them."
    method = numbers.interval_method or "another method"
    return f"{drawn} They stand beside: THE {level} interval, {ends}, is that of another method ({method})."


def _number(beyond: float) -> str:
    """Return a number of arrangements, of which ties count half."""
    return f"{beyond:,.1f}" if beyond % 1.0 else f"{beyond:,.0f}"


def _permutation_words(distribution: Distribution, p_value: float, numbers: MetricComparison) -> str:
    said = format_p(p_value)
    if distribution.drawn == "only A right":
        text = (
            f"{said}: the probability of a number at least this far from half if each team were equally likely to be "
            "the one that is right; the observed number itself counts half (mid-p)."
        )
    elif distribution.exact:
        text = f"{said}: the share of all ways to swap the teams whose d / SE is at least as far from 0 as observed."
    else:
        beyond, drawn = distribution.n_beyond or 0.0, distribution.n_resamples or 0
        text = (
            f"{said}: {_number(beyond)} of {drawn:,} random swaps of the teams have a d / SE at least as far from 0 as "
            "observed (one is added to both numbers, so that p is never 0)."
        )
    if math.isinf(distribution.observed):
        text += " The observed d / SE is infinite: its standard error is 0."
    if not distribution.is_headline:
        text += f" This stands beside: THE p is that of another method ({numbers.test_method or 'named above'})."
    elif numbers.p_value is not None and format_p(numbers.p_value) != said:
        how = numbers.test_method or "as named above"
        text += f" THE p is {format_p(numbers.p_value).removeprefix('p = ').removeprefix('p ')}: {how}."
    return text
