"""Confusion matrices over the same labels, small enough to be read."""

from __future__ import annotations

import numpy as np
from fake_evidence import EvidenceReview
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.review.queries import ConfusionMatrix
from reviewer_app.ui.models.confusion import MOST_CLASSES, OTHER, confusion_set
from reviewer_app.ui.models.number_grid import Side

NOTHING = ConfusionMatrix((), (), ())


def matrix(labels: tuple[str, ...], outside: tuple[str, ...], counts: object) -> ConfusionMatrix:
    """Return a matrix."""
    rows = tuple(tuple(row) for row in np.asarray(counts).tolist())
    return ConfusionMatrix(labels, (*labels, *outside, "no prediction"), rows)


def test_columns_that_no_team_gave_are_left_out() -> None:
    a = matrix(("x", "y"), ("na",), [[3, 1, 0, 0], [0, 4, 0, 0]])
    b = matrix(("x", "y"), (), [[4, 0, 0], [0, 3, 1]])
    found = confusion_set(a, b, "one", "two")
    assert [part.column_labels for part in found.matrices] == [("x", "y", "no prediction")] * 3
    assert found.matrices[2].counts.tolist() == [[-1, 1, 0], [0, 1, -1]]
    assert found.note == ""


def test_a_class_called_no_prediction_is_not_mixed_up_with_none_given() -> None:
    labels = ("no prediction", "y")
    a = matrix(labels, (), [[5, 0, 2], [0, 7, 0]])
    found = confusion_set(a, a, "one", "two")
    assert found.matrices[0].counts.tolist() == [[5, 0, 2], [0, 7, 0]]


def test_a_team_without_labels_has_no_matrix_and_there_is_no_difference() -> None:
    a = matrix(("x", "y"), (), [[3, 1, 0], [0, 4, 0]])
    found = confusion_set(a, NOTHING, "one", "two")
    assert [part.side for part in found.matrices] == [Side.A]
    assert found.note == "two gave scores and no labels: there is no confusion matrix."
    assert confusion_set(NOTHING, NOTHING, "one", "two").matrices == ()


def test_of_many_classes_the_most_confused_are_kept_in_their_order() -> None:
    review = EvidenceReview(class_labels=tuple(f"class {number:02d}" for number in range(30)))
    a, b = (review.confusion_matrix("", team) for team in ("Catalog Matching", "Variant Grouping"))
    found = confusion_set(a, b, "one", "two")
    first = found.matrices[0]
    assert len(first.row_labels) == MOST_CLASSES
    assert list(first.row_labels) == sorted(first.row_labels)
    assert "class 29" in first.row_labels
    assert "class 05" not in first.row_labels
    assert first.column_labels[-1] == OTHER
    assert found.note.startswith("The 20 of 30 classes that are confused most")


@given(st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_rows_always_add_up_to_their_support(k: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = tuple(f"c{number}" for number in range(k))
    support = random.integers(1, 50, k)
    counts_a, counts_b = (
        np.array([random.multinomial(n, random.dirichlet(np.ones(k + 2))) for n in support]) for _ in range(2)
    )
    found = confusion_set(matrix(labels, ("na",), counts_a), matrix(labels, ("na",), counts_b), "one", "two")
    kept = [labels.index(name) for name in found.matrices[0].row_labels]
    for part in found.matrices[:2]:
        assert part.counts.sum(axis=1).tolist() == support[kept].tolist()
    assert found.matrices[2].counts.sum(axis=1).tolist() == [0] * len(kept)
