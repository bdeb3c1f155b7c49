"""Joint counts and their pseudo-examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, IntArray
from reviewer_app.significance.joint_counts import JointCounts, joint_counts, most_confused


def counted(counts: JointCounts) -> dict[tuple[int, int, int], float]:
    keys = zip(counts.y.tolist(), counts.a.tolist(), counts.b.tolist(), strict=True)
    return {key: count for key, count in zip(keys, counts.counts.tolist(), strict=True) if count}


def pseudo(counts: JointCounts) -> dict[tuple[int, int, int], float]:
    keys = zip(counts.y.tolist(), counts.a.tolist(), counts.b.tolist(), strict=True)
    return {key: mass for key, mass in zip(keys, counts.pseudo.tolist(), strict=True) if mass}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60))
def test_every_example_is_counted_once_in_its_cell(rows: list[tuple[int, int, int]]) -> None:
    y, a, b = np.asarray(rows).T
    counts = joint_counts(Gold(y, 3), a, b)
    assert counted(counts) == Counter((gold, min(of_a, 3), min(of_b, 3)) for gold, of_a, of_b in rows)
    cells = np.stack([counts.y, counts.a, counts.b], axis=1)[counts.cell]
    assert np.array_equal(cells, np.stack([y, np.minimum(a, 3), np.minimum(b, 3)], axis=1))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60))
def test_swapping_the_teams_turns_each_cell_into_its_mirror_image(rows: list[tuple[int, int, int]]) -> None:
    y, a, b = np.asarray(rows).T
    counts = joint_counts(Gold(y, 3), a, b)
    mirror = counts.swapped
    assert np.array_equal(mirror[mirror], np.arange(len(mirror)))
    assert np.array_equal(counts.y[mirror], counts.y)
    assert np.array_equal(counts.a[mirror], counts.b)
    assert np.allclose(counts.pseudo[mirror], counts.pseudo)
    assert counted(joint_counts(Gold(y, 3), b, a)) == {(y, b, a): count for (y, a, b), count in counted(counts).items()}


def test_many_labels_are_counted_as_few_are(teams: Callable[..., object]) -> None:
    rng = np.random.default_rng(3)
    y, a, b = rng.integers(0, 400, size=(3, 500))
    wide, narrow = joint_counts(Gold(y, 400), a, b), joint_counts(Gold(y % 5, 5), a % 5, b % 5)
    assert counted(wide) == Counter(zip(y.tolist(), a.tolist(), b.tolist(), strict=True))
    assert counted(narrow) == Counter(zip((y % 5).tolist(), (a % 5).tolist(), (b % 5).tolist(), strict=True))


def test_each_pseudo_example_is_spread_equally_over_the_gold_labels_with_the_most_frequent_confusion() -> None:
    """Not by size: of 10 positives among 500 recall's 95 % interval then covered 0.84 and was "equivalent" at 14 %."""
    y = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2])
    a = np.array([0, 0, 0, 2, 2, 1, 1, 0, 2, 2])
    b = np.array([0, 0, 0, 0, 2, 0, 1, 1, 2, 2])
    counts = joint_counts(Gold(y, 3), a, b)
    # 0 is most often taken for 2, 1 for 0, and 2 never for another: 0 is the label most often taken for it.
    cells = [(0, 0, 2), (0, 2, 0), (1, 1, 0), (1, 0, 1), (2, 2, 0), (2, 0, 2)]
    assert pseudo(counts) == pytest.approx(dict.fromkeys(cells, 1.0 / 3.0))


def confused(y: list[int], *labels: list[int], k: int) -> list[int]:
    return most_confused(np.asarray(y), [np.asarray(one) for one in labels], k).tolist()


def test_labels_that_were_never_confused_are_paired_with_the_largest_other_one() -> None:
    right: list[int] = [0, 1, 1, 1, 2, 2]
    assert confused(right, right, right, k=4) == [1, 2, 1, 1]


def test_ties_go_to_the_lower_code() -> None:
    assert confused([2, 2, 0, 1], [0, 1, 0, 1], k=3)[2] == 0


def test_answers_outside_the_spec_are_no_confusion() -> None:
    assert confused([0, 0, 0, 1], [2, 2, 1, 1], k=2) == [1, 0]


def test_a_spec_with_one_label_has_only_answers_outside_to_be_wrong_with() -> None:
    y: IntArray = np.zeros(4, dtype=np.int64)
    counts = joint_counts(Gold(y, 1), np.array([0, 0, NO_PREDICTION, 1]), y)
    assert pseudo(counts) == {(0, 0, 1): 1.0, (0, 1, 0): 1.0}
    assert counted(counts) == {(0, 0, 0): 2.0, (0, 1, 0): 2.0}
