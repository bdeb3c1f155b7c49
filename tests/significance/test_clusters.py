"""Variances over groups and over records on both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import FloatArray, IntArray, Structure
from reviewer_app.significance.clusters import (
    Dependence,
    RecordPairs,
    TwoWayVariance,
    combine_two_way,
    dependence_of,
    group_codes,
    group_variance,
    two_way_variance,
)

pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-1, 1)), min_size=4, max_size=60)


def two_way(values: FloatArray, left: IntArray, right: IntArray, **options: Any) -> TwoWayVariance | None:
    return two_way_variance(values, RecordPairs.of(left, right), **options)


def test_known_answer(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["two_way_cluster_variance"]
    apart = np.asarray(entry["input"]["difference_per_pair"], dtype=np.float64)
    values = (apart - apart.mean()) / len(apart)
    found = two_way(values, np.asarray(entry["input"]["left"]), np.asarray(entry["input"]["right"]))
    expected = entry["expected"]
    assert found is not None
    assert found.v_left == pytest.approx(expected["v_left"], abs=1e-9)
    assert found.v_right == pytest.approx(expected["v_right"], abs=1e-9)
    assert found.v_pair == pytest.approx(expected["v_pair"], abs=1e-9)
    assert found.variance == pytest.approx(expected["v_after_floor"], abs=1e-9)
    assert found.degrees_of_freedom == 3
    with_factors = found.v_left * 4 / 3 + found.v_right * 4 / 3 - found.v_pair
    assert with_factors == pytest.approx(expected["v_with_small_sample_factors"], abs=1e-9)


@given(pairs)
def test_it_is_statsmodels_cluster_covariance_put_together(rows: list[tuple[int, int, int]]) -> None:
    left, right, apart = (np.asarray(column) for column in zip(*rows, strict=True))
    values = (apart - apart.mean()) / len(apart)
    found = two_way(values, left, right)
    if min(len(np.unique(left)), len(np.unique(right))) < 2:
        assert found is None
        return
    model = sm.OLS(apart.astype(float), np.ones(len(apart)))
    both = group_codes(left * 10 + right)
    # statsmodels multiplies by G / (G - 1) x (n - 1) / (n - k), here with k = 1.
    by_left, by_right, by_both = (
        model.fit(cov_type="cluster", cov_kwds={"groups": codes, "df_correction": False}).cov_params()[0, 0]
        for codes in (group_codes(left), group_codes(right), both)
    )
    n_both = len(np.unique(both))
    expected = by_left + by_right - by_both * (n_both - 1) / n_both
    assert found is not None
    assert found.variance == pytest.approx(max(expected, by_left, by_right), rel=1e-9, abs=1e-15)


@given(pairs)
def test_no_variance_is_below_that_of_either_side_alone(rows: list[tuple[int, int, int]]) -> None:
    left, right, apart = (np.asarray(column) for column in zip(*rows, strict=True))
    values = (apart - apart.mean()) / len(apart)
    found = two_way(values, left, right, pseudo_variance=0.01)
    if found is not None:
        assert found.variance >= group_variance(values, group_codes(left)) - 1e-15
        assert found.variance >= group_variance(values, group_codes(right)) - 1e-15
        assert found.variance >= 0.01


def test_records_of_one_pair_each_are_independent_examples() -> None:
    values = np.random.default_rng(0).normal(size=50)
    values -= values.mean()
    found = two_way(values, np.arange(50), np.arange(50)[::-1])
    assert found is not None
    assert found.variance == pytest.approx(values @ values * 50 / 49 + values @ values / 49)


def test_whatever_codes_name_the_records_the_variance_is_the_same() -> None:
    rng = np.random.default_rng(1)
    left, right, values = rng.integers(0, 6, 40), rng.integers(0, 9, 40), rng.normal(size=40)
    assert two_way(values, left, right) == two_way(values, left * 1_000 + 7, right - 50)


def uneven_pairs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return effects of 12 pairs, whose 10 left records add up to 2, -2 and eight times 0; each right one is alone."""
    effects = np.array([1.0, 1.0, -1.0, -1.0, *[0.0] * 8])
    return effects, np.array([0, 0, 1, 1, *range(2, 10)]), np.arange(12)


def test_degrees_of_freedom_are_few_where_few_records_decide() -> None:
    effects, left, right = uneven_pairs()
    # Left records: V = 8 x 10 / 9, squares of squares 2 x 16 - 8^2 / 10. Right ones: V = 4 x 12 / 11, 4 - 4^2 / 12.
    by_left, by_right = 2 * (80 / 9) ** 2 / 25.6, 2 * (48 / 11) ** 2 / (8 / 3)
    assert by_left == pytest.approx(6.173, abs=1e-3)
    assert by_left < 9 < by_right
    for sides in ((left, right), (right, left)):
        found = two_way(effects, *sides)
        assert found is not None
        assert found.degrees_of_freedom == pytest.approx(by_left)


def test_degrees_of_freedom_are_never_more_than_the_records_of_the_smaller_side_less_one() -> None:
    effects, left, right = uneven_pairs()
    # A known part of the variance leaves less to chance: 2 (10 x 10 / 9)^2 / 25.6 = 9.6 where 10 records allow 9.
    with_pseudo = two_way(effects, left, right, pseudo_variance=2.0)
    alike = two_way(np.array([1.0, -1.0, 1.0, -1.0]), np.arange(4), np.arange(4))
    assert with_pseudo is not None
    assert alike is not None
    assert (with_pseudo.degrees_of_freedom, alike.degrees_of_freedom) == (9.0, 3.0)
    parts_alone = combine_two_way(8.0, 4.0, 4.0, 10, 12)
    assert parts_alone is not None
    assert parts_alone.degrees_of_freedom == 9.0


@given(pairs)
def test_degrees_of_freedom_lie_between_one_and_the_records_of_the_smaller_side_less_one(
    rows: list[tuple[int, int, int]],
) -> None:
    left, right, apart = (np.asarray(column) for column in zip(*rows, strict=True))
    found = two_way((apart - apart.mean()) / len(apart), left, right)
    if found is not None:
        assert 1.0 <= found.degrees_of_freedom <= min(found.n_left, found.n_right) - 1


def test_one_record_on_a_side_leaves_nothing_independent() -> None:
    assert two_way(np.array([0.1, -0.1]), np.zeros(2, dtype=int), np.arange(2)) is None
    assert combine_two_way(1.0, 1.0, 1.0, 1, 9) is None


def test_a_variance_over_one_group_is_refused() -> None:
    with pytest.raises(ValueError, match="two groups"):
        group_variance(np.array([0.1, -0.1]), np.zeros(2, dtype=int))


def test_structures_in_which_nothing_is_shared_are_none() -> None:
    own, shared = np.arange(4), np.array([0, 0, 1, 2])
    assert dependence_of(Structure()) is Dependence.NONE
    assert dependence_of(Structure(left_records=own, right_records=own + 10)) is Dependence.NONE
    assert dependence_of(Structure(left_records=own, right_records=shared)) is Dependence.RECORDS
    assert dependence_of(Structure(groups=own)) is Dependence.NONE
    assert dependence_of(Structure(groups=shared)) is Dependence.GROUPS


@given(st.lists(st.integers(-3, 9), min_size=1, max_size=30))
def test_codes_are_told_apart_alike_whether_they_are_counted_or_sorted(codes: list[int]) -> None:
    given_codes = np.asarray(codes)
    found = group_codes(given_codes)
    assert found.tolist() == group_codes(given_codes * 1_000_003).tolist()
    assert found.tolist() == np.unique(given_codes, return_inverse=True)[1].tolist()
    repeated = dependence_of(Structure(groups=given_codes)) is Dependence.GROUPS
    assert repeated == (len(set(codes)) < len(codes))
