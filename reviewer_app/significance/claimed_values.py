"""Tests of a claimed value against the value that was measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reviewer_app.significance.claims import FLOAT_ERROR, Basis, ClaimTest, Noise, StatedValue
from reviewer_app.significance.measured_value import MeasuredValue
from reviewer_app.significance.two_proportions import fisher_mid_p
from reviewer_app.significance.wald import lower_tail, quantile

SEEDS_TO_RETRAIN = 3
"""From this number of seeds on the noise of retraining is known well enough to contradict a paper (DESIGN 8)."""


def same_predictions(claimed: StatedValue, ours: MeasuredValue) -> ClaimTest:
    """Return whether a value of the same predictions on the same examples is ours, rounded as theirs.

    Raises
    ------
    ValueError
        The claimed value lies outside the metric's range.
    """
    return replace(_known(Basis.SAME_PREDICTIONS, claimed, ours), method="equality at the stated rounding")


def retrained(
    claimed: StatedValue,
    ours: MeasuredValue,
    *,
    n_runs_theirs: int = 1,
    spread_theirs: float | None = None,
    level: float = 0.95,
) -> ClaimTest:
    """Return the test of a value of the algorithm trained again, tested on the same examples.

    Both are means over runs of the same distribution, so the claim lies in the prediction interval
    mean ± t(S - 1) s sqrt(1/S + 1/m), S and s being the number and standard deviation of our runs and m the number of
    theirs. With their own standard deviation over runs: mean ± t sqrt(s^2/S + s_theirs^2/m), with min(S, m) - 1 degrees
    of freedom, with which the error rate holds whatever the ratio of the two (Mickey & Brown 1966, Ann. Math. Statist.
    37, 639-643).

    Fewer than 3 runs, or no noise at all in ours (and none stated): it cannot be contradicted. The range of the seeds
    is never used: at 3 seeds it calls half of the honest papers contradicted. In 200,000 simulated papers with values
    of a normal distribution 0.047 to 0.051 were, with 3, 5 or 10 seeds; skewed ones (seeds that fail) up to 0.10.

    Parameters
    ----------
    claimed, ours
        The two values.
    n_runs_theirs
        Runs that the claimed value is the mean of.
    spread_theirs
        Standard deviation over their runs, where the paper states it.
    level
        Of the prediction interval.

    Raises
    ------
    ValueError
        The claimed value lies outside the metric's range, they have no runs, or a spread that is negative or of one
        run.
    """
    if n_runs_theirs < 1 or (spread_theirs is not None and (n_runs_theirs < 2 or not 0.0 <= spread_theirs < math.inf)):
        raise ValueError(f"a spread of {spread_theirs} over {n_runs_theirs} runs cannot be")
    known = replace(_known(Basis.RETRAINED, claimed, ours), noise=Noise.RETRAINING)
    n_runs = len(ours.of_runs)
    if n_runs < SEEDS_TO_RETRAIN:
        return replace(known, reason=_too_few_seeds(n_runs))
    spread = _spread(ours)
    if spread == 0.0 and not spread_theirs:
        return replace(
            known,
            reason=f"our {n_runs} runs have the same value, so how much training again changes it is not known; an "
            "algorithm that always gives the same predictions can be checked as that",
        )
    of_ours = spread**2 / n_runs
    of_theirs = (spread if spread_theirs is None else spread_theirs) ** 2 / n_runs_theirs
    df = min(n_runs, n_runs if spread_theirs is None else n_runs_theirs) - 1.0
    known = replace(known, method="prediction interval over seeds")
    return _with_t(known, claimed, ours, (of_ours, of_theirs), df, level)


def other_sample(
    claimed: StatedValue,
    ours: MeasuredValue,
    *,
    n_theirs: int | None = None,
    standard_error_theirs: float | None = None,
    is_retrained: bool = False,
    n_runs_theirs: int = 1,
    level: float = 0.95,
) -> ClaimTest:
    """Return the test of a value on other test examples of the same kind of data.

    With their n, a share of independent examples is compared by Fisher's mid-p (see `fisher_mid_p`). Any other metric,
    and any stated standard error, by t = gap / SE, SE^2 = SE_ours^2 + SE_theirs^2: ours from influence values; theirs
    as stated or, if the claim is right, that of our metric on so many examples (see `SamplingError.total_of`).
    That a claim lies within the interval of ours alone is no test: 17 % of honest papers do not.

    Where the algorithm was trained again for us, the noise of that is added, s^2/S for ours and s^2/m for theirs (which
    a stated standard error has in it already), and Satterthwaite's degrees of freedom are used. With fewer than
    3 runs it is not known: the claim may be within sampling error, but cannot be contradicted.
    Their n and standard error both unknown, or no standard error of ours: there is no test.

    Parameters
    ----------
    claimed, ours
        The two values.
    n_theirs
        Examples of their test set.
    standard_error_theirs
        Standard error of the claimed value, where the paper states one.
    is_retrained
        Whether ours is of an algorithm that was trained again.
    n_runs_theirs
        Runs that the claimed value is the mean of.
    level
        Of the interval of claims that would not be contradicted.

    Raises
    ------
    ValueError
        The claimed value lies outside the metric's range; both or impossible n and standard error; they have no runs.
    """
    _require_theirs(n_theirs, standard_error_theirs, n_runs_theirs)
    with_seeds = is_retrained and len(ours.of_runs) >= SEEDS_TO_RETRAIN
    known = replace(
        _known(Basis.OTHER_SAMPLE, claimed, ours),
        noise=Noise.SAMPLING_AND_RETRAINING if with_seeds else Noise.SAMPLING,
        reason=_too_few_seeds(len(ours.of_runs)) if is_retrained and not with_seeds else None,
    )
    error = ours.sampling_error
    if n_theirs is None and standard_error_theirs is None:
        return replace(known, reason="neither the number of their test examples nor a standard error is stated")
    if error is None:
        return replace(known, reason="the metric has no standard error here")
    if standard_error_theirs is None:
        assert n_theirs is not None
        sampling_theirs, stated = error.total_of(n_theirs), 0.0
    else:
        sampling_theirs, stated = 0.0, standard_error_theirs**2
    of_one_run = _spread(ours) ** 2 if with_seeds else 0.0
    seeds_ours = of_one_run / len(ours.of_runs)
    seeds_theirs = of_one_run / n_runs_theirs if standard_error_theirs is None else 0.0
    of_ours, of_theirs = error.total + seeds_ours, sampling_theirs + stated + seeds_theirs
    if of_ours + of_theirs == 0.0:
        return replace(known, reason="our results do not vary, so the error of the value is not known")
    df = _satterthwaite(
        (error.total + sampling_theirs, error.degrees_of_freedom),
        (seeds_ours + seeds_theirs, len(ours.of_runs) - 1.0),
        total=of_ours + of_theirs,
    )
    if ours.n_right is None or n_theirs is None or with_seeds:
        known = replace(known, method="t over both standard errors")
        return _with_t(known, claimed, ours, (of_ours, of_theirs), df, level)
    errors = replace(known, standard_error_ours=math.sqrt(of_ours), standard_error_theirs=math.sqrt(of_theirs))
    return _with_counts(errors, claimed, ours.n_right, ours.n_examples, n_theirs, level)


def _require_theirs(n_theirs: int | None, standard_error_theirs: float | None, n_runs_theirs: int) -> None:
    if n_theirs is not None and standard_error_theirs is not None:
        raise ValueError("the error of the claimed value follows from n or is stated, not both")
    if (n_theirs is not None and n_theirs < 1) or n_runs_theirs < 1:
        raise ValueError(f"{n_theirs} examples and {n_runs_theirs} runs cannot be")
    if standard_error_theirs is not None and not 0.0 <= standard_error_theirs < math.inf:
        raise ValueError(f"a standard error of {standard_error_theirs} cannot be")


def _known(basis: Basis, claimed: StatedValue, ours: MeasuredValue) -> ClaimTest:
    low, high = ours.range
    if not low <= claimed.value <= high:
        raise ValueError(f"{claimed.value} is no value of a metric between {low} and {high}")
    return ClaimTest(basis, claimed.value, ours.value, agrees=claimed.is_rounded_from(ours.value))


def _too_few_seeds(n_runs: int) -> str:
    have = "one run was" if n_runs == 1 else f"{n_runs} runs were"
    return f"how much training again changes the value is known from {SEEDS_TO_RETRAIN} seeds on; {have} measured"


def _spread(ours: MeasuredValue) -> float:
    """Return the standard deviation over our runs, 0 where they differ by rounding errors alone."""
    spread = float(np.std(ours.of_runs, ddof=1))
    return spread if spread > FLOAT_ERROR * max(1.0, abs(ours.value)) else 0.0


def _satterthwaite(*parts: tuple[float, float], total: float) -> float:
    spread = math.fsum(variance**2 / df for variance, df in parts if variance > 0.0)
    return total**2 / spread if spread > 0.0 else math.inf


def _with_t(
    test: ClaimTest,
    claimed: StatedValue,
    ours: MeasuredValue,
    variances: tuple[float, float],
    df: float,
    level: float,
) -> ClaimTest:
    error = math.sqrt(math.fsum(variances))
    half = -quantile((1.0 - level) / 2.0, df) * error
    gap = claimed.nearest_to(ours.value) - ours.value
    return replace(
        test,
        standard_error_ours=math.sqrt(variances[0]),
        standard_error_theirs=math.sqrt(variances[1]),
        degrees_of_freedom=None if math.isinf(df) else df,
        ci_low=max(ours.value - half, ours.range[0]),
        ci_high=min(ours.value + half, ours.range[1]),
        p_value=min(2.0 * lower_tail(-abs(gap) / error, df), 1.0),
    )


def _with_counts(test: ClaimTest, claimed: StatedValue, right: int, n: int, n_theirs: int, level: float) -> ClaimTest:
    """Return the test by the number that they have right: of those that round to the claim, the nearest to ours."""

    def p_of(right_theirs: int) -> float:
        return fisher_mid_p(right, n, right_theirs, n_theirs)

    share = right / n
    tolerance = FLOAT_ERROR * n_theirs
    least = math.ceil((claimed.value - claimed.half_unit) * n_theirs - tolerance)
    most = math.floor((claimed.value + claimed.half_unit) * n_theirs + tolerance)
    marks: tuple[str, ...] = ()
    if least > most:
        # Brown & Heathers 2017 call this GRIM: the printed number cannot have come from so many examples.
        marks = (f"no number of right answers out of {n_theirs:,} gives this value, unless it is a mean over runs",)
        least, most = most, least
    least, most = min(max(least, 0), n_theirs), min(max(most, 0), n_theirs)
    expected = math.floor(share * n_theirs)
    nearest = {min(max(count, least), most) for count in (expected, min(expected + 1, n_theirs))}
    return replace(
        test,
        ci_low=_last(p_of, expected, 0, 1.0 - level) / n_theirs,
        ci_high=_last(p_of, min(expected + 1, n_theirs), n_theirs, 1.0 - level) / n_theirs,
        p_value=max(p_of(count) for count in nearest),
        method="Fisher's mid-p of two proportions",
        marks=(*test.marks, *marks),
    )


def _last(p_of: Callable[[int], float], start: int, end: int, alpha: float) -> int:
    """Return the count farthest from `start`, towards `end`, of a p that is not below alpha; p falls on the way."""
    if p_of(end) >= alpha:
        return end
    kept, lost = start, end
    while abs(kept - lost) > 1:
        middle = (kept + lost) // 2
        kept, lost = (middle, lost) if p_of(middle) >= alpha else (kept, middle)
    return kept
