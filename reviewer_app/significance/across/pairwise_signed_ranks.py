"""Every pair of several teams, compared over datasets by Wilcoxon's signed rank test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray
from reviewer_app.significance.across.ranks import towards_better
from reviewer_app.significance.across.signed_rank import SignedRank, signed_rank
from reviewer_app.significance.multiplicity import holm


@dataclass(frozen=True)
class TeamPair:
    """Two teams over all datasets.

    Attributes
    ----------
    first, second
        Positions of the teams, first < second.
    test
        Of the differences first - second; positive where the first is better, whatever the metric's direction.
    p_adjusted
        After Holm over all pairs; None below 6 datasets.
    """

    first: int
    second: int
    test: SignedRank
    p_adjusted: float | None


@dataclass(frozen=True)
class PairwiseSignedRanks:
    """All pairs of teams.

    Attributes
    ----------
    n_teams
        T.
    pairs
        All T (T - 1) / 2 of them, in lexical order.
    not_defined
        Why there are no p values; None where there are.
    """

    n_teams: int
    pairs: tuple[TeamPair, ...]
    not_defined: str | None

    def told_apart(self, alpha: float) -> BoolArray:
        """Return which teams differ with p below alpha after Holm, shape (T, T), symmetric, False on the diagonal.

        All False below 6 datasets: see `not_defined`.
        """
        apart = np.zeros((self.n_teams, self.n_teams), dtype=bool)
        for pair in self.pairs:
            if pair.p_adjusted is not None and pair.p_adjusted < alpha:
                apart[pair.first, pair.second] = apart[pair.second, pair.first] = True
        return apart


def pairwise_signed_ranks(values: FloatArray, higher_is_better: Sequence[bool]) -> PairwiseSignedRanks:
    """Return the signed rank test of every pair of teams, with Holm's correction over all pairs.

    Unlike tests on mean ranks a pair's test does not depend on who else took part (Benavoli, Corani & Mangili 2016,
    JMLR 17, "Should we really use post-hoc tests based on mean-ranks?").

    Parameters
    ----------
    values
        Value of each team on each dataset, shape (D, T), all of the same metric: differences are ranked by size.
    higher_is_better
        Direction of each dataset's metric, length D.

    Raises
    ------
    ValueError
        No datasets, fewer than two teams, a number of directions that is not D, or a value that is not finite.
    """
    better = towards_better(values, higher_is_better)
    n_teams = values.shape[1]
    if n_teams < 2:
        raise ValueError("a pair needs two teams")
    pairs = list(combinations(range(n_teams), 2))
    tests = [signed_rank(better[:, first] - better[:, second]) for first, second in pairs]
    p_values = [test.p_value for test in tests if test.p_value is not None]
    adjusted: Sequence[float | None] = holm(p_values) if len(p_values) == len(tests) else [None] * len(tests)
    return PairwiseSignedRanks(
        n_teams,
        tuple(
            TeamPair(first, second, test, p) for (first, second), test, p in zip(pairs, tests, adjusted, strict=True)
        ),
        tests[0].not_defined,
    )
