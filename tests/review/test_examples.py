"""Examples: which words differ, what stands as confidence, and what a side without labels is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.disagreements.filters import ExampleFilter
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Predictions
from reviewer_app.review.examples import differing_parts, shown_confidence
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review

Predict = Callable[..., Path]


def marked(text: str, other: str) -> str:
    parts, _ = differing_parts(text, other)
    return "".join(f"[{part.text}]" if part.differs else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Sony TV 40", "sony tv 40", "Sony TV 40"),
        ("Sony TV 40 black", "Sony TV 42 black", "Sony TV [40] black"),
        ("one", "", "[one]"),
        ("", "one", ""),
        ("Straße 5", "STRASSE 5", "Straße 5"),
        ("a-b", "a b", "a[-]b"),
    ],
)
def test_words_that_the_other_side_lacks_are_marked(text: str, other: str, expected: str) -> None:
    assert marked(text, other) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_of_each_side_are_its_text(left: str, right: str) -> None:
    for parts, text in zip(differing_parts(left, right), (left, right), strict=True):
        assert "".join(part.text for part in parts) == text


def test_texts_of_thousands_of_words_are_marked_by_word_alone() -> None:
    left = " ".join(f"word{number}" for number in range(3_000)) + " ONLY here"
    right = " ".join(f"WORD{number}" for number in reversed(range(3_000))) + " here"

    parts, _ = differing_parts(left, right)

    assert [part.text for part in parts if part.differs] == ["ONLY"]
    assert "".join(part.text for part in parts) == left


def test_the_confidence_shown_is_that_of_the_predicted_label() -> None:
    y_pred = np.array([1, 2, NO_PREDICTION], dtype=np.uint16)
    probabilities = np.array([[0.1, 0.9], [0.6, 0.4], [0.5, 0.5]])
    top = np.array([[1, 0], [2, 0], [NO_PREDICTION, NO_PREDICTION]], dtype=np.uint16)
    top_probabilities = np.array([[0.8, 0.1], [0.7, 0.2], [np.nan, np.nan]])
    confidence = np.array([0.3, 0.4, np.nan])

    def shown(positive: int | None = None, **arrays: np.ndarray) -> list[float]:
        return shown_confidence(Predictions(y_pred, **arrays), positive).round(3).tolist()

    nothing = float("nan")
    assert shown(confidence=confidence) == pytest.approx([0.3, 0.4, nothing], nan_ok=True)
    assert shown(probabilities=probabilities) == pytest.approx([0.9, nothing, nothing], nan_ok=True)
    assert shown(top_labels=top, top_probabilities=top_probabilities) == pytest.approx([0.8, 0.7, nothing], nan_ok=True)
    assert shown() == pytest.approx([nothing] * 3, nan_ok=True)
    assert shown(1, probabilities=probabilities, confidence=confidence) == [0.9, 0.4, 0.5]
    assert shown(1, score=np.array([-3.0, 2.0, 0.5]), probabilities=probabilities) == [-3.0, 2.0, 0.5]


def test_an_example_without_features_is_shown(test_data: Path) -> None:
    folder = test_data / "malformed"
    with Review.temporary() as review:
        review.do(AddDataset(folder / "good_gold.csv"))
        review.do(AddSubmission(folder / "good_predictions.csv", "A"))
        review.do(AddSubmission(folder / "missing_rows.csv", "B"))

        table = review.disagreements("good_gold", "A", "B")
        [first, *_] = table.rows(ExampleFilter(disagree_only=True)).tolist()
        detail = review.example("good_gold", "A", "B", first)

        assert (detail.b_label, detail.b_confidence, detail.images, detail.pair) == (None, None, {}, ())
        assert detail.a_confidence is not None
        with pytest.raises(IndexError):
            review.example("good_gold", "A", "B", 60)


def test_the_table_and_the_detail_say_the_same(pets_review: Review) -> None:
    table = pets_review.disagreements("pets", "Ann", "Bob")

    for row in table.page(np.array([0, 1, 2, 89], dtype=np.int32)):
        detail = pets_review.example("pets", "Ann", "Bob", int(str(row["example_no"])))
        assert (detail.example_id, detail.gold, detail.a_label, detail.b_label, detail.outcome) == (
            row["id"], row["gold"], row["a"], row["b"], row["outcome"]
        )  # fmt: skip
        assert {name: kind for name, kind, _ in detail.columns} == table.kinds == {"story": "text", "weight": "numeric"}
        assert {name: value for name, _, value in detail.columns} == {
            "story": row["story"],
            "weight": str(row["weight"]),
        }


@pytest.fixture
def scores_only(tmp_path: Path) -> Path:
    gold = ["id,left_a,right_a,label"] + [f"{n},x{n},y{n},{'match' if n % 3 else 'other'}" for n in range(30)]
    (tmp_path / "gold.csv").write_text("\n".join(gold) + "\n")
    (tmp_path / "scores.csv").write_text("id,score\n" + "".join(f"{n},{n / 30:.3f}\n" for n in range(30)))
    labels = "".join(f"{n},{'match' if n % 2 else 'other'}\n" for n in range(30))
    (tmp_path / "labels.csv").write_text("id,y_pred\n" + labels)
    return tmp_path


def test_scores_without_labels_are_ranked_and_told_what_is_missing(scores_only: Path) -> None:
    options = ImportOptions(task="matching", positive="match")
    with Review.temporary() as review:
        review.do(AddDataset(scores_only / "gold.csv", options=options))
        review.do(AddSubmission(scores_only / "scores.csv", "A"))
        review.do(AddSubmission(scores_only / "labels.csv", "B"))

        a, b = review.runs()
        [comparison] = review.results().comparisons
        assert a.metrics["f1"] is None
        assert a.not_defined["f1"]
        assert a.metrics["roc_auc"] is not None
        assert b.metrics["f1"] is not None
        assert (comparison.primary.difference, comparison.verdict) == (None, "undecided")
        assert review.class_reports("gold", "A") == ()
        assert review.confusion_matrix("gold", "A").counts == ((0, 0, 0), (0, 0, 0))
        assert [curve.name for curve in review.curves("gold", "A")][:2] == ["ROC", "precision-recall"]
        with pytest.raises(ReviewError, match="--threshold") as error:
            review.disagreements("gold", "A", "B")
        assert error.value.code == "no_labels"
