"""The analysis plan: what is compared, by which metric, and what counts as better."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.significance.multiplicity import Correction

MOST_SEED = 2**63 - 1
"""The largest seed: what an integer of the review file holds."""


@dataclass(frozen=True)
class AnalysisPlan:
    """What decides a verdict; can be locked before results are seen.

    Attributes
    ----------
    metric
        Id of the primary metric for every dataset; None: each dataset's own.
    margin
        Margin of practical equivalence in the metric's unit; None: 0.01 for metrics of range [0, 1], none for others.
    alpha
        Error rate: family-wise under Holm, of discoveries under Benjamini-Hochberg, of each test with no correction.
    comparisons
        The planned pairs of teams, each in the order (A, B); None: the one pair of two teams, every pair of more.
    n_resamples
        Resamples and permutations, B.
    seed
        Seed of the resampling, at most `MOST_SEED`; None: derived from the digest of the inputs.
    correction
        How p values are adjusted over the family.
    """

    metric: str | None = None
    margin: float | None = None
    alpha: float = 0.05
    comparisons: tuple[tuple[str, str], ...] | None = None
    n_resamples: int = 10_000
    seed: int | None = None
    correction: Correction = Correction.HOLM

    def alpha_of_one(self, n_family: int) -> float:
        """Return the alpha that one of `n_family` comparisons is sure to need: alpha / D, without correction alpha."""
        return self.alpha if self.correction is Correction.NONE else self.alpha / max(n_family, 1)
