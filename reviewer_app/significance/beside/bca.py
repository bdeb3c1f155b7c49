"""Bias-corrected and accelerated bootstrap interval; it stands beside THE interval."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from reviewer_app.evaluation.inputs import FloatArray


def acceleration(without: FloatArray, counts: FloatArray) -> float | None:
    """Return the acceleration a from the delete-one jackknife (Efron 1987, JASA 82, eq. 6.6).

    sum n_c (m - t_c)^3 / (6 (sum n_c (m - t_c)^2)^1.5), m the mean of the t_c weighted by n_c. 0 where no deletion
    moves the statistic; None where a deletion leaves it undefined.

    Parameters
    ----------
    without
        t_c, the statistic without one unit (example or group) of each kind, shape (U,), NaN where undefined.
    counts
        n_c, units of each kind, shape (U,).
    """
    if np.isnan(without).any():
        return None
    apart = counts @ without / counts.sum() - without
    squares = float(counts @ apart**2)
    return float(counts @ apart**3) / (6.0 * squares**1.5) if squares > 0.0 else 0.0


def bca_interval(
    values: FloatArray, statistic: float, accelerated: float, level: float = 0.95
) -> tuple[float, float] | None:
    """Return the limits of the BCa interval (Efron 1987, eq. 3.9 and 4.1; Efron & Tibshirani 1993, eq. 14.10).

    The bias correction z0 counts values equal to the statistic half and is clipped to probabilities from 1 / (B + 1) to
    B / (B + 1). None where the values are all equal, or where the acceleration is so large that a corrected quantile is
    not defined.

    Parameters
    ----------
    values
        Bootstrap values, shape (B,), none NaN.
    statistic
        As observed.
    accelerated
        From `acceleration`.
    level
        Of the interval.
    """
    n_resamples = len(values)
    # A resample that leaves the statistic as it is may be off by rounding.
    near = 1e-12 * max(abs(statistic), 1.0)
    apart = values - statistic
    below, tied = int(np.count_nonzero(apart < -near)), int(np.count_nonzero(np.abs(apart) <= near))
    share = min(max((below + tied / 2.0) / n_resamples, 1.0 / (n_resamples + 1)), n_resamples / (n_resamples + 1))
    bias = float(ndtri(share))
    shifted = bias + ndtri(np.asarray([(1.0 - level) / 2.0, (1.0 + level) / 2.0]))
    shrunk = 1.0 - accelerated * shifted
    if np.ptp(values) == 0.0 or shrunk.min() <= 0.0:
        return None
    low, high = np.quantile(values, ndtr(bias + shifted / shrunk))
    return float(low), float(high)
