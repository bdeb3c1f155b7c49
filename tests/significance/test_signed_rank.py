"""Wilcoxon's signed rank test: published examples, enumeration of all signs, scipy, and where scipy is not exact."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from demsar_2006 import AUC
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.across.signed_rank import signed_rank

seeds = st.integers(0, 2**32 - 1)
with_ties_and_zeros = st.lists(st.integers(-5, 5), min_size=6, max_size=10).map(lambda values: np.array(values) / 16)
without_ties = st.sets(st.integers(1, 200), min_size=6, max_size=40).flatmap(
    lambda sizes: st.tuples(*(st.sampled_from([-size, size]) for size in sorted(sizes)))
)


def enumerated_p(differences: np.ndarray) -> float:
    """The definition: every arrangement of the signs of what is not zero."""
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    observed = abs(ranks @ np.sign(differences[differences != 0]))
    balances = np.array([np.dot(ranks, signs) for signs in product((-1, 1), repeat=len(ranks))])
    return float(np.mean(np.abs(balances) >= observed))


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["wilcoxon_signed_rank"]
    differences = np.subtract(entry["input"]["x"], entry["input"]["y"]).astype(float)
    answer = signed_rank(differences[differences != 0])  # zero_method "wilcox": zeros are left out
    assert min(answer.sum_positive, answer.sum_negative) == entry["expected"]["W_min"]
    assert answer.n_datasets == entry["expected"]["n_nonzero"]
    assert answer.p_value == pytest.approx(entry["expected"]["p_exact"], abs=entry["tolerance"])


def test_published_example_with_ties_and_two_zeros() -> None:
    # Demsar 2006, table 2 and section 3.1.3: R+ = 93, R- = 12, significant at 0.05 because 12 <= 21.
    differences = AUC[:, 1] - AUC[:, 0]
    answer = signed_rank(differences)
    assert (answer.sum_positive, answer.sum_negative) == (93.0, 12.0)
    assert answer.p_value == pytest.approx(enumerated_p(np.round(differences, 3)), rel=1e-12)
    assert answer.p_value == 0.0078125
    assert answer.test_method == "Wilcoxon signed rank, exact"


def test_scipy_calls_exact_what_is_not_with_ties_and_zeros() -> None:
    differences = np.round(AUC[:10, 1] - AUC[:10, 0], 3)
    called_exact, by_permutation = (
        stats.wilcoxon(differences, zero_method="zsplit", method=method).pvalue
        for method in ("exact", stats.PermutationMethod(n_resamples=2**10))
    )
    assert signed_rank(differences).p_value == pytest.approx(by_permutation, rel=1e-12)
    assert called_exact != pytest.approx(by_permutation, rel=0.01)


def test_differences_that_rounding_pulls_apart_are_tied() -> None:
    sizes = np.array([0.3 - 0.2, 0.4 - 0.3, 0.8 - 0.7, 0.25, 0.35, 0.45])
    signs = np.array([1, -1, 1, 1, 1, 1])
    assert len(set(sizes[:3])) == 3
    answer = signed_rank(sizes * signs)
    assert answer.sum_negative == 2.0
    assert answer == signed_rank(np.round(sizes, 3) * signs)


@given(with_ties_and_zeros)
def test_p_is_exact_with_ties_and_zeros(differences: np.ndarray) -> None:
    assert signed_rank(differences).p_value == pytest.approx(enumerated_p(differences), rel=1e-12)


@given(without_ties)
def test_p_is_that_of_scipy_without_ties_and_zeros(differences: tuple[int, ...]) -> None:
    expected = stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank(np.array(differences) / 7).p_value == pytest.approx(expected, rel=1e-9)


@given(with_ties_and_zeros, seeds)
def test_teams_and_datasets_may_change_places_and_units_do_not_matter(differences: np.ndarray, seed: int) -> None:
    answer, turned = signed_rank(differences), signed_rank(-differences)
    assert (turned.sum_positive, turned.sum_negative) == (answer.sum_negative, answer.sum_positive)
    assert turned.p_value == answer.p_value
    assert answer.sum_positive + answer.sum_negative == len(differences) * (len(differences) + 1) / 2
    order = np.random.default_rng(seed).permutation(len(differences))
    assert signed_rank(100.0 * differences[order]) == answer


def test_the_smallest_p_over_six_datasets_is_one_in_thirty_two() -> None:
    assert signed_rank(np.array([0.01, 0.02, 0.03, 0.04, 0.05, 0.06])).p_value == 2 / 2**6


@pytest.mark.parametrize(("n", "smallest"), [(1, "1"), (2, "0.5"), (5, "0.0625")])
def test_below_six_datasets_there_is_no_p_and_it_says_why(n: int, smallest: str) -> None:
    answer = signed_rank(np.linspace(0.1, 0.2, n))
    assert (answer.p_value, answer.test_method) == (None, None)
    assert answer.sum_positive == n * (n + 1) / 2
    assert answer.not_defined is not None
    assert answer.not_defined.startswith("needs at least 6 datasets")
    assert answer.not_defined.endswith(f"p would be {smallest}")


@pytest.mark.parametrize("n", [6, 200, 201])
def test_no_difference_on_any_dataset_has_p_one(n: int) -> None:
    answer = signed_rank(np.zeros(n))
    assert answer.p_value == 1.0
    assert answer.sum_positive == answer.sum_negative


def test_above_200_datasets_the_normal_distribution_serves() -> None:
    differences = np.random.default_rng(3).normal(0.12, 1.0, 300)
    answer = signed_rank(differences)
    assert answer.test_method == "Wilcoxon signed rank, normal approximation"
    assert answer.p_value == pytest.approx(stats.wilcoxon(differences, method="asymptotic").pvalue, rel=1e-9)


def test_the_normal_distribution_is_close_to_the_exact_one_at_200_datasets() -> None:
    differences = np.round(np.random.default_rng(4).normal(0.15, 1.0, 200), 1)
    answer = signed_rank(differences)
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    z = (answer.sum_positive - answer.sum_negative) / math.sqrt(ranks @ ranks)
    assert answer.test_method == "Wilcoxon signed rank, exact"
    assert answer.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.0005)


def test_scipy_lets_zeros_vary_in_the_normal_approximation() -> None:
    differences = np.concatenate([np.zeros(150), np.linspace(1.0, 2.0, 60), -np.linspace(1.1, 1.9, 40)])
    scipys = stats.wilcoxon(differences, zero_method="zsplit", method="asymptotic").pvalue
    of_signs_alone = signed_rank(differences).p_value
    drawn = np.random.default_rng(0).integers(0, 2, size=(20_000, 100)) * 2 - 1
    ranks = stats.rankdata(np.abs(differences))[150:]
    share = np.mean(np.abs(drawn @ ranks) >= abs(ranks @ np.sign(differences[150:])))
    assert of_signs_alone == pytest.approx(share, abs=4 * math.sqrt(share / 20_000))
    assert scipys > of_signs_alone + 0.005


@pytest.mark.parametrize(("differences", "message"), [([], "no datasets"), ([0.1, np.nan], "finite")])
def test_incomplete_differences_are_refused(differences: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        signed_rank(np.array(differences))
