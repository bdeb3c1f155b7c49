"""Which datasets a statement hangs on."""

from __future__ import annotations

import numpy as np
import pytest
from demsar_2006 import AUC, HIGHER_IS_BETTER
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import IntArray
from reviewer_app.significance.across.leave_one_out import leave_one_out
from reviewer_app.significance.across.ranks import team_ranks
from reviewer_app.significance.across.signed_rank import signed_rank


def is_significant(differences: np.ndarray, alpha: float, datasets: IntArray) -> bool | None:
    p_value = signed_rank(differences[datasets]).p_value
    return None if p_value is None else p_value < alpha


def test_a_single_dataset_carries_the_mean() -> None:
    differences = np.array([0.5, -0.01, -0.02, -0.03])
    found = leave_one_out(lambda datasets: float(np.sign(differences[datasets].mean())), 4)
    assert found.answer == 1.0
    assert found.changed == ((0, -1.0),)
    assert found.unanswered == ()


def test_the_datasets_that_wilcoxons_test_hangs_on() -> None:
    # Demsar 2006, table 2: p 0.0078 with all 14.
    differences = np.round(AUC[:, 1] - AUC[:, 0], 3)
    at_five_percent = leave_one_out(lambda datasets: is_significant(differences, 0.05, datasets), 14)
    assert (at_five_percent.answer, at_five_percent.changed) == (True, ())
    at_one_percent = leave_one_out(lambda datasets: is_significant(differences, 0.01, datasets), 14)
    assert at_one_percent.answer is True
    expected = [left_out for left_out in range(14) if signed_rank(np.delete(differences, left_out)).p_value >= 0.01]
    assert 0 < len(expected) < 14
    assert at_one_percent.changed == tuple((left_out, False) for left_out in expected)


def test_who_ranks_first_may_hang_on_datasets() -> None:
    ranks = team_ranks(AUC, HIGHER_IS_BETTER)
    found = leave_one_out(lambda datasets: int(ranks[datasets].mean(axis=0).argmin()), len(ranks))
    expected = [(out, int(np.delete(ranks, out, axis=0).mean(axis=0).argmin())) for out in range(len(ranks))]
    assert found.answer == 3
    assert found.changed == tuple((out, first) for out, first in expected if first != 3)


def test_no_answer_without_a_dataset_is_no_other_answer() -> None:
    differences = np.array([0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
    found = leave_one_out(lambda datasets: is_significant(differences, 0.05, datasets), 6)
    assert found.answer is True
    assert found.changed == ()
    assert found.unanswered == (0, 1, 2, 3, 4, 5)
    assert leave_one_out(lambda datasets: is_significant(differences, 0.05, datasets), 5).unanswered == ()


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9))
def test_an_answer_that_does_not_look_at_datasets_never_changes(values: list[int]) -> None:
    assert leave_one_out(lambda datasets: "the same", len(values)).changed == ()


def test_a_single_dataset_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="at least two"):
        leave_one_out(lambda datasets: len(datasets), 1)
