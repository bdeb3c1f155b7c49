"""What was found of a claim, in words with numbers: one generator for window, command line and report."""

from __future__ import annotations

import math

from reviewer_app.claims.basis import BASIS_WORDS
from reviewer_app.claims.claim import Claim, DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.claims.evidence import TeamDifference, TeamDifferences, TeamValue
from reviewer_app.comparison.formatting import (
    MINUS,
    example_noun,
    format_difference,
    format_margin,
    format_p,
    in_points,
)
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.claims import Basis, ClaimDecision, ClaimTest, ClaimVerdict, Noise, StatedValue

VERDICT_WORDS = {
    ClaimVerdict.REPRODUCED: "Reproduced",
    ClaimVerdict.WITHIN_SAMPLING_ERROR: "Within sampling error",
    ClaimVerdict.WITHIN_RETRAINING_NOISE: "Within the noise of training",
    ClaimVerdict.CONTRADICTED: "Contradicted",
    ClaimVerdict.UNTESTABLE: "Untestable",
}
"""Verdicts in words."""

NOISE_WORDS = {
    Noise.NONE: "rounding alone",
    Noise.SAMPLING: "the choice of the test examples",
    Noise.RETRAINING: "training again",
    Noise.SAMPLING_AND_RETRAINING: "the choice of the test examples and training again",
}
"""What was allowed for, in words."""

TRAINED_ONCE = " This is one trained model of each team against the other (one seed), not the algorithms themselves."

_MOST_DIGITS = 6
_MOST_LISTED = 10


def value_sentence(
    found: TeamValue, claimed: StatedValue, test: ClaimTest, decision: ClaimDecision, n_family: int, basis_reason: str
) -> str:
    """Return what was found of a claimed value, as sentences ending in full stops.

    Numbers have the claim's digits, and one more where they are ours.
    """
    metric, digits = found.metric, _digits(claimed, found.metric)
    text = (
        f"{VERDICT_WORDS[decision.verdict]}: {found.team} claims {metric.name} {_shown(claimed.value, metric, digits)} "
        f"on {found.dataset}"
    )
    if test.ours is None:
        return f"{text}, and ours has no value: {decision.reason}."
    ours = _shown(test.ours, metric, digits + 1)
    if test.basis is Basis.SAME_PREDICTIONS:
        text += f", and the same predictions give {ours}"
    else:
        text += f", and {ours} was measured{_how(found, test)}"
    text += _found(test, decision, metric, digits + 1, n_family)
    if basis_reason:
        assert test.basis is not None
        text += f" Taken as {BASIS_WORDS[test.basis]}, because {basis_reason}."
    return text + "".join(f" Note: {mark}." for mark in test.marks)


def difference_sentence(found: TeamDifference, test: ClaimTest, decision: ClaimDecision, n_family: int) -> str:
    """Return what was found of a claimed difference, as sentences ending in full stops."""
    metric, numbers = found.metric, found.numbers
    by = f" by at least {format_margin(metric, test.claimed)}" if test.claimed else ""
    text = f"{VERDICT_WORDS[decision.verdict]}: {found.team} better than {found.over} on {found.dataset}{by}"
    if numbers.difference is None:
        return f"{text}: {metric.name} cannot be compared, because {decision.reason}."
    text += f"; {metric.name} differs by {format_difference(metric, numbers.difference, unit=True)}"
    if numbers.ci_low is not None and numbers.ci_high is not None:
        low, high = format_difference(metric, numbers.ci_low), format_difference(metric, numbers.ci_high)
        text += f" ({100 * numbers.ci_level:.0f} % interval {low} to {high})"
    if decision.verdict is ClaimVerdict.CONTRADICTED:
        text += f", {_p_phrase(test, decision, n_family)}"
    elif decision.verdict is ClaimVerdict.REPRODUCED and test.p_support is not None:
        text += f", {format_p(test.p_support)}"
    elif decision.verdict is ClaimVerdict.UNTESTABLE:
        text += f": {decision.reason}"
        if test.reason is None and test.detectable is not None:
            text += f"; a difference of {format_margin(metric, test.detectable)} or more could have been shown"
    text += "."
    if found.trained_once:
        text += TRAINED_ONCE
    return text + "".join(f" Note: {mark}." for mark in test.marks)


def rank_sentence(
    claim: RankClaim, found: TeamDifferences, test: ClaimTest, decision: ClaimDecision, n_family: int
) -> str:
    """Return what was found of a claimed rank, as sentences ending in full stops, with each of its differences."""
    text = f"{VERDICT_WORDS[decision.verdict]}: {claim.team} better {_in_how_many(claim)}"
    ahead = 0 if test.ours is None else int(test.ours)
    text += f"; ahead in {ahead}"
    if decision.verdict is ClaimVerdict.CONTRADICTED:
        text += f", {_p_phrase(test, decision, n_family)}"
    elif decision.verdict is ClaimVerdict.REPRODUCED and test.p_support is not None:
        text += f", {format_p(test.p_support)}"
    elif decision.reason is not None:
        text += f": {decision.reason}"
    listed = [
        f"{format_difference(one.metric, one.numbers.difference, unit=True)} of {one.metric.name} "
        f"({one.over}, {one.dataset})"
        for one in found.differences[:_MOST_LISTED]
    ]
    more = len(found.differences) - len(listed)
    text += f". Differences: {', '.join(listed)}{f' and {more} more' if more else ''}."
    if any(one.trained_once for one in found.differences):
        text += TRAINED_ONCE
    return text + "".join(f" Note: {mark}." for mark in test.marks)


def claim_words(claim: Claim, metric: str) -> str:
    """Return a claim in few words, as the paper prints it: "accuracy 75.6%", "F1 better than B by at least 2%"."""
    name = f"{metric_of(metric).name} " if metric else ""
    if isinstance(claim, ValueClaim):
        return f"{name}{claim.value}"
    if isinstance(claim, DifferenceClaim):
        by = "" if claim.at_least == "0" else f" by at least {claim.at_least}"
        return f"{name}better than {claim.over}{by}"
    wins = "" if claim.wins is None else f" in at least {claim.wins} of {claim.n_comparisons} comparisons"
    return f"{name}better than {', '.join(claim.over)}{wins}"


def _in_how_many(claim: RankClaim) -> str:
    others = f"with {', '.join(claim.over)} on {claim.dataset}"
    if claim.wins is None:
        return f"in all {claim.n_comparisons} comparisons {others}"
    return f"in at least {claim.wins} of {claim.n_comparisons} comparisons {others}"


def _how(found: TeamValue, test: ClaimTest) -> str:
    assert found.measured is not None
    examples = counted(found.measured.n_examples, f"test {example_noun(found.task)}")
    n_runs = len(found.measured.of_runs)
    runs = "" if n_runs == 1 else f", mean of {n_runs} seeds"
    if test.basis is Basis.RETRAINED:
        return f" by training again ({'one seed' if n_runs == 1 else f'mean of {n_runs} seeds'})"
    return f" on {examples}{runs}"


def _found(test: ClaimTest, decision: ClaimDecision, metric: Metric, digits: int, n_family: int) -> str:
    verdict = decision.verdict
    if verdict is ClaimVerdict.REPRODUCED:
        return ", which is the same at the digits of the claim."
    if test.basis is Basis.SAME_PREDICTIONS:
        return ": nothing but rounding may differ."
    if verdict is ClaimVerdict.UNTESTABLE:
        return f": {decision.reason}."
    assert test.gap is not None
    text = f": gap {_signed(test.gap, metric, digits)}"
    if test.standard_error_ours is not None and test.standard_error_theirs is not None:
        ours, theirs = (
            _shown(error, metric, digits) for error in (test.standard_error_ours, test.standard_error_theirs)
        )
        text += f" (standard errors {ours} of ours, {theirs} of theirs)"
    # What cannot contradict may be within less than all noise.
    alone = "" if test.reason is None else " alone"
    text += f", {_p_phrase(test, decision, n_family)}, allowing for {NOISE_WORDS[test.noise]}{alone}"
    if verdict is not ClaimVerdict.CONTRADICTED and decision.reason is not None:
        text += f"; {decision.reason}"
    elif test.ci_low is not None and test.ci_high is not None:
        low, high = _shown(test.ci_low, metric, digits), _shown(test.ci_high, metric, digits)
        text += f"; claims from {low} to {high} would agree"
    return f"{text}."


def _p_phrase(test: ClaimTest, decision: ClaimDecision, n_family: int) -> str:
    if decision.p_adjusted is not None and n_family > 1:
        return f"{format_p(decision.p_adjusted)} after Holm over {n_family} claims"
    assert test.p_value is not None
    return format_p(test.p_value)


def _digits(claimed: StatedValue, metric: Metric) -> int:
    """Return how many digits after the point a claim has, in points where the metric is shown so; exact: one."""
    if claimed.half_unit == 0.0:
        return 1
    scale = 100.0 if in_points(metric) else 1.0
    return min(max(round(-math.log10(2.0 * claimed.half_unit * scale)), 0), _MOST_DIGITS)


def _shown(value: float, metric: Metric, digits: int) -> str:
    return f"{100.0 * value if in_points(metric) else value:.{digits}f}".replace("-", MINUS)


def _signed(value: float, metric: Metric, digits: int) -> str:
    text = f"{100.0 * value if in_points(metric) else value:+.{digits}f}".replace("-", MINUS)
    return f"{text} points" if in_points(metric) else text
