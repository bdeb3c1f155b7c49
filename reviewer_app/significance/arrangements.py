"""What a permutation test compares: the statistic as observed, and under arrangements of the two teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.resampling import TIE, MonteCarloP, permutation_p


@dataclass(frozen=True, eq=False)
class Arrangements:
    """The studentised statistic d / SE, observed and under arrangements of the teams.

    Attributes
    ----------
    observed
        As observed; infinite where its SE is 0.
    statistics
        Under each arrangement in which it is defined, shape (R,); infinite where SE is 0.
    probabilities
        Of each arrangement, shape (R,), where all were enumerated; they add up to 1. None: the arrangements are random.
    ties
        What an arrangement counts whose statistic is as large as that observed: 1, or 1/2 for a mid-p.
    """

    observed: float
    statistics: FloatArray
    probabilities: FloatArray | None = None
    ties: float = 1.0

    @property
    def beyond(self) -> FloatArray:
        """1 where |t*| > |t|, `ties` where they are equal within 1e-9, else 0; shape (R,)."""
        return hits(self.statistics, self.observed, self.ties)

    @property
    def p(self) -> MonteCarloP:
        """The p value that these arrangements give."""
        if self.probabilities is not None:
            return MonteCarloP(min(float(self.beyond @ self.probabilities), 1.0))
        return permutation_p(float(self.beyond.sum()), len(self.statistics))


def hits(statistics: FloatArray, observed: FloatArray | float, ties: float) -> FloatArray:
    """Return 1 where a statistic is larger than that observed, on either side, `ties` where as large, else 0."""
    at_least = np.abs(statistics) >= np.abs(observed) - TIE
    beyond = np.abs(statistics) > np.abs(observed) + TIE
    return np.where(beyond, 1.0, np.where(at_least, ties, 0.0))
