"""Friedman's test: the published example, scipy, enumeration of all rankings, and where F is not defined."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from demsar_2006 import AUC, HIGHER_IS_BETTER, RANKS
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from reviewer_app.significance.across.friedman import friedman, friedman_chi_squared, iman_davenport
from reviewer_app.significance.across.ranks import team_ranks

seeds = st.integers(0, 2**32 - 1)
tables = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=7), elements=st.integers(0, 5)).map(
    lambda table: table / 8
)


def ranks_of(table: np.ndarray) -> np.ndarray:
    return team_ranks(table, [True] * len(table))


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["friedman"]
    given_input, expected = entry["input"], entry["expected"]
    ranks, n = given_input["average_ranks"], given_input["n_datasets"]
    chi_squared = friedman_chi_squared(ranks, n)
    assert chi_squared == pytest.approx(expected["chi2_without_tie_correction"], abs=entry["tolerance"])
    assert iman_davenport(chi_squared, len(ranks), n) == pytest.approx(
        expected["F_iman_davenport"], abs=entry["tolerance"]
    )


def test_published_ranks() -> None:
    # Demsar 2006, section 3.2.2: chi-squared 9.28 without correction for ties. On three data sets two teams are tied,
    # on one all four: the correction divides by 1 - (3 x 6 + 60) / (14 x 60).
    answer = friedman(RANKS)
    assert answer.mean_ranks == pytest.approx((3.143, 2.000, 2.893, 1.964), abs=0.0005)
    assert friedman_chi_squared(answer.mean_ranks, 14) == pytest.approx(9.28, abs=0.01)
    assert answer.chi_squared == pytest.approx(friedman_chi_squared(answer.mean_ranks, 14) / (1 - 78 / 840), rel=1e-12)
    assert answer.degrees_of_freedom == 3
    assert answer.p_value < 0.05


def test_published_values_ranked_afresh() -> None:
    # From the values as printed (see the source of the entry "friedman-demsar").
    answer = friedman(team_ranks(AUC, HIGHER_IS_BETTER))
    assert answer.mean_ranks == pytest.approx((3.143, 2.000, 2.929, 1.929), abs=0.0005)
    without_correction = friedman_chi_squared(answer.mean_ranks, 14)
    assert without_correction == pytest.approx(9.857, abs=0.0005)
    assert iman_davenport(without_correction, 4, 14) == pytest.approx(3.987, abs=0.0005)
    assert answer.chi_squared == pytest.approx(10.952, abs=0.0005)


@given(tables)
def test_chi_squared_is_that_of_scipy(table: np.ndarray) -> None:
    ranks = ranks_of(table)
    assume(not np.all(ranks == ranks[0]))
    answer = friedman(ranks)
    expected = stats.friedmanchisquare(*table.T)
    assert answer.chi_squared == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert answer.p_chi_squared == pytest.approx(expected.pvalue, rel=1e-9)
    n, k = table.shape
    f = (n - 1) * expected.statistic / (n * (k - 1) - expected.statistic)
    assert answer.f == pytest.approx(f, rel=1e-9, abs=1e-9)
    assert answer.p_value == pytest.approx(stats.f.sf(f, k - 1, (k - 1) * (n - 1)), rel=1e-6)
    assert answer.not_defined is None


@given(tables, seeds)
def test_teams_and_datasets_may_change_places(table: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(table.shape[0]), rng.permutation(table.shape[1])
    answer, other = friedman(ranks_of(table)), friedman(ranks_of(table[rows][:, columns]))
    assert other.p_value == pytest.approx(answer.p_value, rel=1e-9)
    assert other.mean_ranks == pytest.approx(np.array(answer.mean_ranks)[columns])
    assert friedman(ranks_of(10 * table + 3)).p_value == answer.p_value


def test_all_tied_is_no_evidence_where_scipy_divides_by_zero() -> None:
    answer = friedman(ranks_of(np.ones((7, 3))))
    assert (answer.p_value, answer.p_chi_squared, answer.chi_squared, answer.f) == (1.0, 1.0, None, None)
    assert answer.not_defined == "all teams are tied on every dataset"
    with np.errstate(invalid="ignore"):
        assert np.isnan(stats.friedmanchisquare(*np.ones((7, 3)).T).pvalue)


@pytest.mark.parametrize("row", [(1.0, 2.0, 3.0), (1.5, 1.5, 3.0), (1.0, 2.5, 2.5)])
@pytest.mark.parametrize("n_datasets", [1, 2, 3])
def test_where_all_datasets_agree_p_is_the_share_of_all_rankings_that_do(
    row: tuple[float, ...], n_datasets: int
) -> None:
    answer = friedman(np.array([row] * n_datasets))
    rankings = list(product(permutations(row), repeat=n_datasets))
    agreeing = sum(len(set(rows)) == 1 for rows in rankings)
    assert answer.p_value == pytest.approx(agreeing / len(rankings), rel=1e-12)
    assert answer.chi_squared == pytest.approx(n_datasets * 2, rel=1e-12)
    assert answer.f is None
    assert answer.not_defined is not None


@pytest.mark.parametrize(
    ("ranks", "message"), [(np.zeros((0, 3)), "no datasets"), (np.ones((3, 1)), "at least two teams")]
)
def test_nothing_to_rank_is_refused(ranks: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        friedman(ranks)
