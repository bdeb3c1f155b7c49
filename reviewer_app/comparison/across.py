"""Several teams over several datasets: ranks, tests for "datasets like these", and how much hangs on one dataset."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PairAcross:
    """Two teams over the datasets that all teams ran; every difference is A - B, oriented so that above 0 A is better.

    Attributes
    ----------
    team_a, team_b
        The teams.
    n_a_ahead, n_b_ahead
        Datasets on which each has the better value.
    p_value, p_adjusted
        Wilcoxon signed rank over datasets, exact; after Holm over all pairs of teams. None where not shown.
    share_a_better, share_within, share_b_better
        Bayesian signed rank: probabilities that the next dataset's difference lies above the margin, within it, below
        it. None where not shown.
    not_defined
        Why something is missing; None where nothing is.
    """

    team_a: str
    team_b: str
    n_a_ahead: int
    n_b_ahead: int
    p_value: float | None = None
    p_adjusted: float | None = None
    share_a_better: float | None = None
    share_within: float | None = None
    share_b_better: float | None = None
    not_defined: str | None = None


@dataclass(frozen=True)
class Across:
    """Every team on every dataset that all of them ran, by each dataset's primary metric.

    Attributes
    ----------
    teams
        In the order of their mean ranks, best first.
    datasets
        Those that count, in the review's order.
    left_out
        Datasets that do not count, each with the reason.
    mean_ranks
        Of the teams, in their order; 1 is best, ties share.
    first_shares
        Per team the share of resamples in which it came first by mean rank ("P(first)"); None where not defined.
    first_shares_per_dataset
        Dataset to the same on it alone.
    friedman_p
        Iman-Davenport's F over the ranks; None below three teams or six datasets.
    pairs
        Every two teams.
    bars
        Groups of teams that the pairwise tests do not tell apart, neighbours in rank: the bars of the
        critical-difference diagram.
    nemenyi_difference
        Nemenyi's critical difference of mean ranks, which depends on who else took part; None where not shown.
    fragile
        What changes when one dataset is left out, a sentence per dataset that matters.
    not_defined
        Why tests are missing; None where they are not.
    """

    teams: tuple[str, ...]
    datasets: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    mean_ranks: tuple[float, ...]
    first_shares: tuple[float, ...] | None
    first_shares_per_dataset: tuple[tuple[str, tuple[float, ...]], ...]
    friedman_p: float | None
    pairs: tuple[PairAcross, ...]
    bars: tuple[tuple[str, ...], ...]
    nemenyi_difference: float | None
    fragile: tuple[str, ...]
    not_defined: str | None = None
