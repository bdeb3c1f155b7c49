"""Signed rank tests of all pairs of teams with Holm's correction."""

from __future__ import annotations

import numpy as np
import pytest
from demsar_2006 import AUC, HIGHER_IS_BETTER
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from reviewer_app.significance.across.pairwise_signed_ranks import pairwise_signed_ranks
from reviewer_app.significance.across.signed_rank import signed_rank

seeds = st.integers(0, 2**32 - 1)
tables = arrays(np.int64, st.tuples(st.integers(6, 9), st.integers(2, 5)), elements=st.integers(-9, 9)).map(
    lambda table: table / 16
)


def test_every_pair_of_the_published_example_is_tested_and_corrected() -> None:
    found = pairwise_signed_ranks(AUC, HIGHER_IS_BETTER)
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert found.pairs[0].test == signed_rank(AUC[:, 0] - AUC[:, 1])
    assert found.pairs[0].test.sum_negative == 93.0  # C4.5+m is better: Demsar 2006, table 2
    expected = multipletests([pair.test.p_value for pair in found.pairs], method="holm")[1]
    assert [pair.p_adjusted for pair in found.pairs] == pytest.approx(expected, rel=1e-12)
    apart = found.told_apart(0.05)
    assert {(int(i), int(j)) for i, j in np.argwhere(apart)} == {(0, 1), (1, 0)}


@given(tables)
def test_less_is_better_turns_signs_round_and_no_p(table: np.ndarray) -> None:
    up, down = (pairwise_signed_ranks(table, [higher] * len(table)) for higher in (True, False))
    assert [pair.p_adjusted for pair in up.pairs] == [pair.p_adjusted for pair in down.pairs]
    assert [pair.test.sum_positive for pair in up.pairs] == [pair.test.sum_negative for pair in down.pairs]


@given(tables, seeds)
def test_teams_and_datasets_may_change_places(table: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(table.shape[0]), rng.permutation(table.shape[1])
    higher = [True] * len(table)
    apart = pairwise_signed_ranks(table, higher).told_apart(0.2)
    moved = pairwise_signed_ranks(table[rows][:, columns], higher).told_apart(0.2)
    np.testing.assert_array_equal(moved, apart[columns][:, columns])


def test_two_teams_are_told_apart_whoever_else_takes_part_up_to_holm() -> None:
    alone = pairwise_signed_ranks(AUC[:, :2], HIGHER_IS_BETTER).pairs[0]
    among_four = pairwise_signed_ranks(AUC, HIGHER_IS_BETTER).pairs[0]
    assert alone.test == among_four.test


def test_below_six_datasets_nobody_is_told_apart_and_it_says_why() -> None:
    found = pairwise_signed_ranks(AUC[:5], [True] * 5)
    assert {pair.p_adjusted for pair in found.pairs} == {None}
    assert found.not_defined is not None
    assert "6 datasets" in found.not_defined
    assert not found.told_apart(0.999).any()


def test_one_team_has_no_pair() -> None:
    with pytest.raises(ValueError, match="two teams"):
        pairwise_signed_ranks(np.ones((7, 1)), [True] * 7)
