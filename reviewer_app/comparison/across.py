"""Several teams over several datasets: ranks, tests for "datasets like these", and how much hangs on one dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.comparison.margins import default_margin
from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.across.bayesian_signed_rank import bayesian_signed_rank
from reviewer_app.significance.across.critical_difference import critical_difference, tie_groups
from reviewer_app.significance.across.first_place import first_place
from reviewer_app.significance.across.friedman import friedman
from reviewer_app.significance.across.leave_one_out import leave_one_out
from reviewer_app.significance.across.pairwise_signed_ranks import TeamPair, pairwise_signed_ranks
from reviewer_app.significance.across.ranks import team_ranks, towards_better
from reviewer_app.significance.across.signed_rank import too_few_datasets
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import TIE

_TEAMS_FOR_DIAGRAM = 3
_DATASETS_TO_LEAVE_OUT = 3
"""Of two, each decides with the other gone: that says nothing."""
_MIXED = "the datasets have different primary metrics, so only ranks can be compared"


@dataclass(frozen=True, eq=False)
class TeamValues:
    """Every team's value on every dataset that all of them ran.

    Attributes
    ----------
    teams, datasets
        Their names, T and D of them.
    metrics
        Id of each dataset's primary metric.
    values
        Mean over each team's seeds, shape (D, T).
    resampled
        For each dataset the teams' values in the same bootstrap resamples, shape (B, T), or None.
    left_out
        Datasets that do not count, each with the reason.
    """

    teams: tuple[str, ...]
    datasets: tuple[str, ...]
    metrics: tuple[str, ...]
    values: FloatArray
    resampled: tuple[FloatArray | None, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def higher_is_better(self) -> tuple[bool, ...]:
        """Direction of each dataset's metric."""
        return tuple(metric_of(name).higher_is_better for name in self.metrics)


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
        Of Iman and Davenport's F over the ranks; None below three teams or six datasets.
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
    not_apart_without_bar: tuple[tuple[str, str], ...]
    nemenyi_difference: float | None
    fragile: tuple[str, ...]
    not_defined: str | None = None


def across(given: TeamValues, margin: float | None, settings: Settings) -> Across:
    """Return several teams over several datasets.

    Tests are for "datasets like these" and need six of them, of one metric; below that there are ranks, and who was
    ahead how often.

    Parameters
    ----------
    given
        At least two teams and one dataset.
    margin
        The plan's margin; None: the metric's default, and where it has none there are no Bayesian shares.
    settings
        Alpha, number of draws and seed.
    """
    ranks = team_ranks(given.values, given.higher_is_better)
    mean_ranks = ranks.mean(axis=0)
    order = np.argsort(mean_ranks, kind="stable")
    n_datasets, n_teams = given.values.shape
    is_mixed = len(set(given.metrics)) > 1
    why = too_few_datasets(n_datasets)
    pairwise = pairwise_signed_ranks(given.values, given.higher_is_better)
    apart = pairwise.told_apart(settings.alpha)
    has_diagram = why is None and not is_mixed and n_teams >= _TEAMS_FOR_DIAGRAM
    bars = tie_groups(mean_ranks.tolist(), apart) if has_diagram else None
    return Across(
        teams=tuple(given.teams[team] for team in order),
        datasets=given.datasets,
        left_out=given.left_out,
        mean_ranks=tuple(mean_ranks[order].tolist()),
        first_shares=_first_shares(given, order),
        first_shares_per_dataset=tuple(_first_shares_per_dataset(given, order)),
        friedman_p=friedman(ranks).p_value if why is None and n_teams >= _TEAMS_FOR_DIAGRAM else None,
        pairs=tuple(_pair(given, pair, margin, settings, is_mixed=is_mixed) for pair in pairwise.pairs),
        bars=() if bars is None else tuple(_names(given, group) for group in bars.groups),
        not_apart_without_bar=()
        if bars is None
        else tuple((given.teams[one], given.teams[other]) for one, other in bars.pairs_without_group),
        nemenyi_difference=critical_difference(n_teams, n_datasets, settings.alpha) if has_diagram else None,
        fragile=tuple(_fragile(given, ranks, settings, is_mixed=is_mixed)),
        not_defined=why or (_MIXED if is_mixed else None),
    )


def _names(given: TeamValues, teams: Sequence[int]) -> tuple[str, ...]:
    return tuple(given.teams[team] for team in teams)


def _first_shares(given: TeamValues, order: IntArray) -> tuple[float, ...] | None:
    resampled = [values for values in given.resampled if values is not None]
    if len(resampled) < len(given.datasets):
        return None
    shares = first_place(resampled, given.higher_is_better).shares
    return tuple(shares[team] for team in order)


def _first_shares_per_dataset(given: TeamValues, order: IntArray) -> Iterator[tuple[str, tuple[float, ...]]]:
    for dataset, values, higher in zip(given.datasets, given.resampled, given.higher_is_better, strict=True):
        if values is not None:
            shares = first_place([values], [higher]).shares
            yield dataset, tuple(shares[team] for team in order)


def _pair(given: TeamValues, pair: TeamPair, margin: float | None, settings: Settings, *, is_mixed: bool) -> PairAcross:
    better = towards_better(given.values, given.higher_is_better)
    differences = better[:, pair.first] - better[:, pair.second]
    names = given.teams[pair.first], given.teams[pair.second]
    ahead = int(np.count_nonzero(differences > TIE)), int(np.count_nonzero(differences < -TIE))
    if is_mixed:
        return PairAcross(*names, *ahead, not_defined=_MIXED)
    margin = default_margin(metric_of(given.metrics[0])) if margin is None else margin
    found = None if margin is None else bayesian_signed_rank(differences, margin, settings).probabilities
    below, within, above = (None, None, None) if found is None else found.shares
    return PairAcross(
        *names, *ahead, pair.test.p_value, pair.p_adjusted, above, within, below, not_defined=pair.test.not_defined
    )


def _fragile(given: TeamValues, ranks: FloatArray, settings: Settings, *, is_mixed: bool) -> Iterator[str]:
    """Yield what hangs on a single dataset."""
    if len(given.datasets) < _DATASETS_TO_LEAVE_OUT:
        return

    def best(datasets: IntArray) -> tuple[str, ...]:
        means = ranks[datasets].mean(axis=0)
        return _names(given, np.flatnonzero(means <= means.min() + TIE).tolist())

    for left_out, other in leave_one_out(best, len(given.datasets)).changed:
        yield f"Without {given.datasets[left_out]} the best mean rank is that of {' and '.join(other)}."
    if is_mixed:
        return

    def told_apart(datasets: IntArray) -> frozenset[tuple[str, str]] | None:
        directions = [given.higher_is_better[dataset] for dataset in datasets]
        tests = pairwise_signed_ranks(given.values[datasets], directions)
        if tests.not_defined is not None:
            return None
        pairs = np.argwhere(np.triu(tests.told_apart(settings.alpha))).tolist()
        return frozenset((given.teams[one], given.teams[other]) for one, other in pairs)

    of_all = leave_one_out(told_apart, len(given.datasets))
    before = of_all.answer or frozenset()
    for left_out, after in of_all.changed:
        lost, won = sorted(before - after), sorted(after - before)
        parts = [f"{one} and {two} are no longer told apart" for one, two in lost]
        parts += [f"{one} and {two} are told apart" for one, two in won]
        yield f"Without {given.datasets[left_out]} {'; '.join(parts)}."
    if of_all.unanswered:
        yield f"Without any one of {counted(len(given.datasets), 'dataset')} there are too few for a test."
