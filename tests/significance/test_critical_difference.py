"""Nemenyi's critical difference and the bars of the diagram: Demsar 2006, and every group checked by enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from demsar_2006 import AUC, HIGHER_IS_BETTER, RANKS
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.significance.across.critical_difference import critical_difference, tie_groups
from reviewer_app.significance.across.pairwise_signed_ranks import pairwise_signed_ranks
from reviewer_app.significance.across.ranks import team_ranks

C45, M, CF, M_CF = range(4)


@st.composite
def outcomes_of_tests(draw: st.DrawFn) -> tuple[list[float], np.ndarray]:
    n_teams = draw(st.integers(1, 7))
    mean_ranks = draw(st.lists(st.integers(2, 14), min_size=n_teams, max_size=n_teams))
    apart = np.zeros((n_teams, n_teams), dtype=bool)
    for first, second in combinations(range(n_teams), 2):
        apart[first, second] = apart[second, first] = draw(st.booleans())
    return [rank / 2 for rank in mean_ranks], apart


@pytest.mark.parametrize(
    ("alpha", "values"),
    [
        (0.05, (1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164)),
        (0.10, (1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920)),
    ],
)
def test_published_critical_values(alpha: float, values: tuple[float, ...]) -> None:
    # Demsar 2006, table 5 (a): q / sqrt(2) for 2 to 10 classifiers; their last digit is rounded from older tables.
    for n_teams, value in enumerate(values, start=2):
        n_datasets = 10
        scale = np.sqrt(n_teams * (n_teams + 1) / (6 * n_datasets))
        assert critical_difference(n_teams, n_datasets, alpha) / scale == pytest.approx(value, abs=0.0011)


def told_apart_by_nemenyi(mean_ranks: Sequence[float], n_datasets: int, alpha: float) -> BoolArray:
    ranks = np.asarray(mean_ranks)
    apart: BoolArray = np.abs(ranks[:, np.newaxis] - ranks) >= critical_difference(len(ranks), n_datasets, alpha)
    return apart


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["friedman"]
    ranks, n = entry["input"]["average_ranks"], entry["input"]["n_datasets"]
    found = critical_difference(len(ranks), n, 0.05)
    assert found == pytest.approx(entry["expected"]["nemenyi_cd_0.05"], abs=entry["tolerance"])
    assert not told_apart_by_nemenyi(
        ranks, n, 0.05
    ).any()  # "not powerful enough to detect any significant differences"


def test_published_groups() -> None:
    # Demsar 2006, section 3.2.2 and figure 1 (a), at 0.10: C4.5 is worse than C4.5+m and C4.5+m+cf, and C4.5+cf belongs
    # to either group; the critical difference is 1.12.
    mean_ranks = RANKS.mean(axis=0).tolist()
    assert critical_difference(len(mean_ranks), 14, 0.10) == pytest.approx(1.12, abs=0.005)
    assert tie_groups(mean_ranks, told_apart_by_nemenyi(mean_ranks, 14, 0.10)).groups == ((M_CF, M, CF), (CF, C45))
    assert tie_groups(mean_ranks, told_apart_by_nemenyi(mean_ranks, 14, 0.05)).groups == ((M_CF, M, CF, C45),)


def test_a_pair_that_no_bar_can_join_is_named() -> None:
    # Over the values as printed C4.5 differs from C4.5+m (p 0.047 after Holm), not from C4.5+m+cf, which ranks first.
    mean_ranks = team_ranks(AUC, HIGHER_IS_BETTER).mean(axis=0).tolist()
    found = tie_groups(mean_ranks, pairwise_signed_ranks(AUC, HIGHER_IS_BETTER).told_apart(0.05))
    assert found.groups == ((M_CF, M, CF), (CF, C45))
    assert found.pairs_without_group == ((C45, M_CF),)


@given(outcomes_of_tests())
def test_groups_are_all_maximal_runs_of_teams_not_told_apart(teams: tuple[list[float], np.ndarray]) -> None:
    mean_ranks, apart = teams
    order = sorted(range(len(mean_ranks)), key=lambda team: mean_ranks[team])
    runs = [
        tuple(order[start:end])
        for start in range(len(order))
        for end in range(start + 2, len(order) + 1)
        if not apart[np.ix_(order[start:end], order[start:end])].any()
    ]
    maximal = tuple(run for run in runs if not any(set(run) < set(other) for other in runs))
    found = tie_groups(mean_ranks, apart)
    assert found.groups == maximal
    joined = {pair for run in runs for pair in combinations(sorted(run), 2)}
    for pair in combinations(range(len(order)), 2):
        assert (pair in found.pairs_without_group) == (not apart[pair] and pair not in joined)


@given(st.lists(st.integers(2, 14), min_size=2, max_size=8), st.integers(2, 30))
def test_nemenyi_leaves_no_pair_without_a_bar(doubled: list[int], n_datasets: int) -> None:
    mean_ranks = [rank / 2 for rank in doubled]
    assert tie_groups(mean_ranks, told_apart_by_nemenyi(mean_ranks, n_datasets, 0.05)).pairs_without_group == ()


@pytest.mark.parametrize(("n_teams", "n_datasets"), [(1, 10), (3, 0)])
def test_nothing_to_compare_is_refused(n_teams: int, n_datasets: int) -> None:
    with pytest.raises(ValueError, match="no critical difference"):
        critical_difference(n_teams, n_datasets, 0.05)
