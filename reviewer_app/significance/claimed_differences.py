"""Tests of "A over B by at least so much", and of how many of several such claims hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from reviewer_app.significance.claims import ClaimTest, Noise
from reviewer_app.significance.wald import lower_tail, quantile


class MeasuredDifference(Protocol):
    """What is needed of a paired difference A - B (see `PairedDifference`)."""

    @property
    def difference(self) -> float | None: ...  # noqa: D102
    @property
    def standard_error(self) -> float | None: ...  # noqa: D102
    @property
    def degrees_of_freedom(self) -> float | None: ...  # noqa: D102
    @property
    def ci_low(self) -> float | None: ...  # noqa: D102
    @property
    def ci_high(self) -> float | None: ...  # noqa: D102
    @property
    def ci_level(self) -> float: ...  # noqa: D102
    @property
    def p_value(self) -> float | None: ...  # noqa: D102
    @property
    def minimum_detectable_difference(self) -> float | None: ...  # noqa: D102
    @property
    def not_defined(self) -> str | None: ...  # noqa: D102


def at_least(
    least: float, measured: MeasuredDifference, *, higher_is_better: bool, noise: Noise = Noise.SAMPLING
) -> ClaimTest:
    """Return the test of "A is better than B by at least so much" (DESIGN 8, "Claims").

    The claim is against the numbers where the upper limit of THE interval, in the metric's better direction, lies below
    it, and shown where the lower limit reaches it. p is two-sided, twice the tail beyond `least`, by THE interval's own
    width on that side, so that at its level p and limit say the same whatever method the interval is of:
    t = (difference - least) z / (difference - limit), z its quantile. It is the p against the claim where ours falls
    short of it, and that of showing it where ours is beyond; the other one is 1. At 0, "A is better than B", it is THE
    p. A claim that is right is so contradicted at most alpha / 2 of the time.

    No difference or no interval: neither can be said. Less than 0 is "at most so much worse".

    Parameters
    ----------
    least
        Positive: better, whatever the direction of the metric; exact.
    measured
        The paired difference A - B.
    higher_is_better
        Direction of the metric.
    noise
        What THE interval allows for.

    Raises
    ------
    ValueError
        `least` is no finite number.
    """
    if not math.isfinite(least):
        raise ValueError(f"{least} is no difference")
    difference, low, high = measured.difference, measured.ci_low, measured.ci_high
    if difference is None:
        reason = measured.not_defined or "the difference is not defined"
        return ClaimTest(None, least, None, noise=noise, reason=reason)
    if low is not None and high is not None and not higher_is_better:
        low, high = -high, -low
    advantage = difference if higher_is_better else -difference
    test = ClaimTest(
        None,
        least,
        advantage,
        noise=noise,
        standard_error_ours=measured.standard_error,
        degrees_of_freedom=measured.degrees_of_freedom,
        ci_low=low,
        ci_high=high,
        detectable=measured.minimum_detectable_difference,
    )
    p_value, method = _p_value(least, advantage, low, high, measured)
    if p_value is None:
        return replace(test, reason=measured.not_defined or "the difference has no interval")
    falls_short = advantage < least
    return replace(
        test, p_value=p_value if falls_short else 1.0, p_support=1.0 if falls_short else p_value, method=method
    )


def at_least_so_many(tests: Sequence[ClaimTest], least: int) -> ClaimTest:
    """Return the test of "at least so many of these differences hold": "best of these on D", "better on 4 of 6 sets".

    With m differences and k of them claimed, the claim is wrong only if m - k + 1 of them are: its p is k times the
    (m - k + 1)-th smallest p against them, and that of showing it (m - k + 1) times the k-th smallest p of showing
    them, at most 1 (partial conjunctions by Bonferroni; Benjamini & Heller 2008, Biometrics 64, 1215-1222), whatever
    the dependence of the differences. All of m: m times the smallest against, and the largest of showing them. A
    difference that cannot be tested counts as 1 in both.

    Parameters
    ----------
    tests
        From `at_least`, each of one other team or dataset; at least one.
    least
        k, from 1 to the number of tests.

    Raises
    ------
    ValueError
        There are not so many.
    """
    n_tests = len(tests)
    if not 1 <= least <= n_tests:
        raise ValueError(f"{least} of {n_tests} differences cannot hold")
    against = sorted(1.0 if test.p_value is None else test.p_value for test in tests)
    support = sorted(1.0 if test.p_support is None else test.p_support for test in tests)
    untested = [test for test in tests if test.p_value is None]
    n_wrong = n_tests - least + 1
    return ClaimTest(
        None,
        float(least),
        float(sum(test.ours is not None and test.ours > test.claimed for test in tests)),
        noise=tests[0].noise,
        p_value=min(least * against[n_wrong - 1], 1.0),
        p_support=min(n_wrong * support[least - 1], 1.0),
        method="partial conjunction",
        marks=tuple(f"{len(untested)} of {n_tests} differences could not be tested" for _ in untested[:1]),
    )


def _p_value(
    least: float, advantage: float, low: float | None, high: float | None, measured: MeasuredDifference
) -> tuple[float | None, str]:
    if least == 0.0 and measured.p_value is not None:
        return measured.p_value, "the test of the comparison"
    limit = high if advantage < least else low
    half = None if limit is None else abs(limit - advantage)
    if not half:
        return None, ""
    df = measured.degrees_of_freedom or math.inf
    z = -quantile((1.0 - measured.ci_level) / 2.0, df)
    return min(2.0 * lower_tail(-abs(advantage - least) / half * z, df), 1.0), "limit of the comparison's interval"
