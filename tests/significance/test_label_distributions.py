"""Stuart-Maxwell and Bowker: published examples, statsmodels, enumeration of all swaps, and where statsmodels errs."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.tools.sm_exceptions import SingularMatrixWarning

from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.significance.beside.label_distributions import (
    LabelDistributions,
    LabelTest,
    label_distributions,
)
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import Settings

SETTINGS = Settings(n_resamples=10_000, seed=2)
small_tables = st.integers(2, 4).flatmap(lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 3)))


def labels_of(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.indices(table.shape)
    return np.repeat(a.ravel(), table.ravel()), np.repeat(b.ravel(), table.ravel())


def answer_of(table: Any, settings: Settings = SETTINGS) -> LabelDistributions:
    counts = np.asarray(table)
    return label_distributions(*labels_of(counts), len(counts), settings)


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    for name in ("stuart_maxwell", "bowker"):
        (entry,) = known_answers[name]
        answer: LabelTest = getattr(answer_of(entry["input"]["table"]), name)
        expected, tolerance = entry["expected"], entry["tolerance"]
        assert answer.statistic == pytest.approx(expected["statistic"], abs=tolerance["statistic"])
        assert answer.degrees_of_freedom == expected["df"]
        assert answer.p_value == pytest.approx(expected["p"], abs=tolerance["p"])
        assert answer.test_method.endswith("chi-squared")


def test_published_example_of_the_r_package_nonpar() -> None:
    # Documentation of nonpar 1.0.2, stuart.maxwell, "Example output".
    answer = answer_of(np.array([[12, 30, 13], [7, 70, 34], [3, 20, 32]]).T).stuart_maxwell
    assert answer.statistic == pytest.approx(23.5709322524609, rel=1e-12)
    assert answer.degrees_of_freedom == 2
    assert answer.p_value == pytest.approx(7.61442467334117e-06, rel=1e-10)


def test_published_example_with_a_class_in_perfect_agreement() -> None:
    # Output of Uebersax' MH program 1.2 (https://minato.sip21c.org/swtips/mt-zero-sample.txt): chi-squared 0.667 by
    # both tests, df (nonconservative) 1; an exact test has p 0.6875, and here expected counts of 3 call for that.
    answer = answer_of([[30, 0, 0], [0, 10, 2], [0, 4, 8]])
    for test in (answer.stuart_maxwell, answer.bowker):
        assert test.statistic == pytest.approx(2 / 3, rel=1e-12)
        assert test.degrees_of_freedom == 1
        assert test.p_value == pytest.approx(0.6875, rel=1e-12)
        assert test.n_resamples is None
        assert test.test_method.endswith("all swaps")


def full_table(k: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.int64, (k, k), elements=st.integers(10, 60))


@given(st.integers(2, 5).flatmap(full_table))
def test_tables_without_empty_cells_agree_with_statsmodels(table: np.ndarray) -> None:
    reference, answer = SquareTable(table, shift_zeros=False), answer_of(table)
    for test, expected in ((answer.stuart_maxwell, reference.homogeneity()), (answer.bowker, reference.symmetry())):
        assert test.statistic == pytest.approx(expected.statistic, rel=1e-8, abs=1e-8)
        assert test.degrees_of_freedom == expected.df
        assert test.p_value == pytest.approx(expected.pvalue, rel=1e-7, abs=1e-12)


@given(st.integers(10, 300), st.integers(10, 300))
def test_with_two_classes_both_are_mcnemars_test(only_a: int, only_b: int) -> None:
    answer = answer_of([[5, only_a], [only_b, 7]])
    expected = mcnemar(only_a, only_b).p_asymptotic
    assert answer.stuart_maxwell.p_value == pytest.approx(expected, rel=1e-9)
    assert answer.bowker.p_value == pytest.approx(expected, rel=1e-9)


@given(st.integers(0, 4), st.integers(0, 4))
def test_with_two_classes_and_few_disagreements_both_are_the_exact_mcnemar_test(only_a: int, only_b: int) -> None:
    answer = answer_of([[5, only_a], [only_b, 7]])
    assert answer.stuart_maxwell.p_value == pytest.approx(mcnemar(only_a, only_b).p_exact, rel=1e-9)
    assert answer.bowker.p_value == pytest.approx(mcnemar(only_a, only_b).p_exact, rel=1e-9)


def reference_statistics(table: np.ndarray) -> tuple[float, float, int]:
    """Stuart-Maxwell by the pseudo-inverse, Bowker by its sum, and the numerical rank of the covariance."""
    both = table + table.T
    covariance = np.diag(both.sum(axis=0)) - both
    apart = table.sum(axis=1) - table.sum(axis=0)
    stuart_maxwell = apart @ np.linalg.pinv(covariance, rcond=1e-10) @ apart
    upper = np.triu_indices(len(table), 1)
    differences, sizes = (table - table.T)[upper], both[upper]
    bowker = np.sum(differences[sizes > 0] ** 2 / sizes[sizes > 0])
    return float(stuart_maxwell), float(bowker), int(np.linalg.matrix_rank(covariance, tol=1e-8))


@given(small_tables)
def test_statistics_are_defined_whatever_is_empty(table: np.ndarray) -> None:
    assume(table.sum() > 0)
    answer = answer_of(table, replace(SETTINGS, n_resamples=200))
    stuart_maxwell, bowker, rank = reference_statistics(table)
    assert answer.stuart_maxwell.statistic == pytest.approx(stuart_maxwell, rel=1e-8, abs=1e-8)
    assert answer.stuart_maxwell.degrees_of_freedom == rank
    assert answer.bowker.statistic == pytest.approx(bowker, rel=1e-8, abs=1e-8)
    upper = np.triu_indices(len(table), 1)
    assert answer.bowker.degrees_of_freedom == np.count_nonzero((table + table.T)[upper])


@given(arrays(np.int64, (3, 3), elements=st.integers(0, 2)))
def test_few_swaps_are_all_made(table: np.ndarray) -> None:
    assume(0 < table.sum() - np.trace(table) <= 9)
    a, b = labels_of(table)
    disagreeing = np.flatnonzero(a != b)
    observed = reference_statistics(table)
    hits = np.zeros(2)
    for swaps in product((False, True), repeat=len(disagreeing)):
        swapped = disagreeing[np.array(swaps)]
        one, other = a.copy(), b.copy()
        one[swapped], other[swapped] = b[swapped], a[swapped]
        arrangement = np.zeros((3, 3), dtype=int)
        np.add.at(arrangement, (one, other), 1)
        found = reference_statistics(arrangement)
        hits += [value >= seen - 1e-9 for value, seen in zip(found[:2], observed[:2], strict=True)]
    answer = answer_of(table)
    assert answer.stuart_maxwell.p_value == pytest.approx(hits[0] / 2 ** len(disagreeing), rel=1e-9)
    assert answer.bowker.p_value == pytest.approx(hits[1] / 2 ** len(disagreeing), rel=1e-9)


def test_drawn_swaps_give_the_exact_p_within_their_error() -> None:
    table = [[40, 4, 1, 0], [1, 30, 5, 2], [3, 1, 20, 1], [0, 2, 4, 9]]
    exact = answer_of(table, replace(SETTINGS, n_resamples=1_000_000))
    drawn = answer_of(table, replace(SETTINGS, n_resamples=5_000, alpha=0.9))
    for name in ("stuart_maxwell", "bowker"):
        known, found = getattr(exact, name), getattr(drawn, name)
        assert (known.n_resamples, known.monte_carlo_error) == (None, None)
        assert found.n_resamples == 5_000
        assert found.test_method.endswith("swaps")
        assert found.p_value == pytest.approx(known.p_value, abs=4 * found.monte_carlo_error + 1 / 5_001)


def test_more_swaps_are_drawn_where_p_is_near_alpha() -> None:
    table = [[40, 4, 1, 0], [1, 30, 5, 2], [3, 1, 20, 1], [0, 2, 4, 9]]
    p_value = answer_of(table, replace(SETTINGS, n_resamples=1_000_000)).bowker.p_value
    near = answer_of(table, replace(SETTINGS, n_resamples=1_000, alpha=p_value)).bowker
    assert near.n_resamples is not None
    assert near.n_resamples > 1_000


@given(small_tables, st.integers(0, 2**32 - 1))
def test_teams_and_classes_may_change_places(table: np.ndarray, seed: int) -> None:
    assume(table.sum() > 0)
    order = np.random.default_rng(seed).permutation(len(table))
    settings = replace(SETTINGS, n_resamples=500, alpha=1e-9)
    answer, turned, relabelled = (answer_of(one, settings) for one in (table, table.T, table[order][:, order]))
    for name in ("stuart_maxwell", "bowker"):
        first: LabelTest = getattr(answer, name)
        for other in (getattr(turned, name), getattr(relabelled, name)):
            assert other.statistic == pytest.approx(first.statistic, rel=1e-8, abs=1e-8)
            assert other.degrees_of_freedom == first.degrees_of_freedom
            error = (first.monte_carlo_error or 0.0) * math.sqrt(2)
            assert other.p_value == pytest.approx(first.p_value, rel=1e-8, abs=6 * error)
    np.testing.assert_array_equal(answer.counts_a, turned.counts_b)


def test_classes_that_nobody_predicts_change_nothing() -> None:
    table = np.array([[20, 15, 12], [18, 30, 25], [11, 16, 40]])
    wide = np.zeros((6, 6), dtype=int)
    wide[np.ix_([0, 3, 5], [0, 3, 5])] = table
    narrow_answer, wide_answer = answer_of(table), answer_of(wide)
    assert wide_answer.stuart_maxwell == narrow_answer.stuart_maxwell
    assert wide_answer.bowker == narrow_answer.bowker
    np.testing.assert_array_equal(wide_answer.counts_a, [47, 0, 0, 73, 0, 67, 0])


def test_statsmodels_has_no_answer_for_a_class_that_nobody_predicts_and_counts_pairs_that_nothing_is_in() -> None:
    table = np.array([[20, 15, 0], [28, 30, 0], [0, 0, 0]])
    reference = SquareTable(table, shift_zeros=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularMatrixWarning)
        turned = SquareTable(table[::-1, ::-1], shift_zeros=False).homogeneity()
    assert np.isnan(turned.statistic)
    assert reference.homogeneity().df == 2
    assert reference.symmetry().df == 3
    answer = answer_of(table)
    assert (answer.stuart_maxwell.degrees_of_freedom, answer.bowker.degrees_of_freedom) == (1, 1)
    assert answer.bowker.p_value == pytest.approx(mcnemar(15, 28).p_asymptotic, rel=1e-9)
    assert answer.bowker.p_value < 0.05 < reference.symmetry().pvalue


def test_classes_mistaken_for_each_other_alone_have_a_degree_of_freedom_less() -> None:
    # Classes 0, 1 and classes 2, 3 never meet: two tests of McNemar side by side.
    answer = answer_of([[9, 20, 0, 0], [40, 9, 0, 0], [0, 0, 9, 30], [0, 0, 25, 9]])
    expected = (20 - 40) ** 2 / 60 + (30 - 25) ** 2 / 55
    assert answer.stuart_maxwell.statistic == pytest.approx(expected, rel=1e-12)
    assert answer.stuart_maxwell.degrees_of_freedom == 2
    assert answer.bowker.statistic == pytest.approx(expected, rel=1e-12)


def test_labels_outside_the_spec_and_no_prediction_are_one_class() -> None:
    a = np.array([0] * 30 + [1] * 30)
    b = np.array([0] * 10 + [7] * 10 + [NO_PREDICTION] * 10 + [1] * 30)
    answer = label_distributions(a, b, 2, SETTINGS)
    np.testing.assert_array_equal(answer.counts_a, [30, 30, 0])
    np.testing.assert_array_equal(answer.counts_b, [10, 30, 20])
    assert answer.stuart_maxwell.statistic == pytest.approx(20.0)
    assert answer.stuart_maxwell.degrees_of_freedom == 1


@pytest.mark.parametrize("table", [[[5, 0], [0, 9]], [[4]]])
def test_without_a_disagreement_p_is_one(table: list[list[int]]) -> None:
    for test in (answer_of(table).stuart_maxwell, answer_of(table).bowker):
        assert (test.statistic, test.degrees_of_freedom, test.p_value) == (0.0, 0, 1.0)


def test_equal_margins_are_homogeneous_although_not_symmetric() -> None:
    answer = answer_of([[10, 40, 0], [0, 10, 40], [40, 0, 10]])
    assert answer.stuart_maxwell.statistic == pytest.approx(0.0, abs=1e-12)
    assert answer.stuart_maxwell.p_value == pytest.approx(1.0)
    assert answer.bowker.p_value < 1e-20


def test_no_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="no examples"):
        label_distributions(np.array([], dtype=int), np.array([], dtype=int), 3, SETTINGS)
