"""Whether values per class are probabilities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import Severity
from reviewer_app.submissions.alignment import align
from reviewer_app.submissions.origin import Origin
from reviewer_app.submissions.probabilities import (
    CheckedProbabilities,
    check_label_probability,
    check_probabilities,
    check_top_probabilities,
)

Write = Callable[..., Path]


def origin(n: int) -> Origin:
    return Origin("team.csv", np.arange(n), lambda rows: [f"line {row + 2}" for row in rows])


def check(values: ArrayLike, option: str | None = None) -> CheckedProbabilities:
    array = np.asarray(values)
    return check_probabilities(array, origin(len(array)), option)


def codes(checked: CheckedProbabilities) -> list[tuple[str, str, int]]:
    return [(finding.code, str(finding.severity), finding.count) for finding in checked.findings]


@pytest.mark.parametrize(
    "row", [[0.5, 0.5], [1.0, 0.0], [0.333, 0.333, 0.333], [0.4, 0.601], [1.0000005, -0.0000005], [0.5, 0.4990001]]
)
def test_sums_of_one_within_a_thousandth_are_probabilities(row: list[float]) -> None:
    checked = check([row])
    assert codes(checked) == []
    assert checked.values is not None
    assert checked.values.min() >= 0
    assert checked.values.max() <= 1


def test_sums_farther_from_one_are_a_warning_and_not_used() -> None:
    checked = check([[0.5, 0.5], [0.5, 0.502], [0.3, 0.3]])
    assert codes(checked) == [("probabilities_not_normalised", "warning", 2)]
    assert checked.values is None


def test_a_value_outside_zero_to_one_is_an_error_where_rows_sum_to_one() -> None:
    checked = check([[0.5, 0.5], [0.9, 0.1], [1.2, -0.2]])
    assert codes(checked) == [("probability_out_of_range", "error", 1)]
    assert "line 4: 1.2, -0.2" in checked.findings[0].message


@pytest.mark.parametrize("values", [[[2.0, -1.0], [-3.0, 0.5]], [[9.0, 0.5], [0.1, 2.0]], [[0.2, -0.1], [0.7, 5.0]]])
def test_values_outside_zero_to_one_with_any_sum_are_logits(values: list[list[float]]) -> None:
    checked = check(values)
    assert [code for code, _, _ in codes(checked)] == ["probabilities_logits"]
    assert checked.values is None


def test_a_logit_row_that_sums_to_one_by_chance_is_still_a_logit() -> None:
    assert codes(check([[2.0, -1.0], [3.0, 0.5], [0.0, -4.0]]))[0][0] == "probabilities_logits"


def test_softmax_of_logits_is_what_scipy_gives() -> None:
    from scipy.special import softmax

    values = np.random.default_rng(1).normal(scale=30, size=(50, 4))
    checked = check(values, "softmax")
    assert codes(checked) == [("probabilities_logits", "info", 50)]
    np.testing.assert_allclose(checked.values, softmax(values, axis=1))


def test_an_option_that_cannot_mend_leaves_the_warning() -> None:
    assert codes(check([[2.0, -1.0], [-3.0, 0.5]], "normalise")) == [("probabilities_logits", "warning", 2)]
    assert codes(check([[0.0, 0.0], [0.2, 0.2]], "normalise"))[0][1] == "warning"
    assert codes(check([[0.2, 0.2], [0.3, 0.3]], "percent"))[0][1] == "warning"


def test_percentages_rounded_to_whole_numbers_are_percentages() -> None:
    checked = check([[33.0, 33.0, 34.0], [100.0, 0.0, 0.0], [50.0, 50.0, 0.0]], "percent")
    assert codes(checked) == [("probabilities_percent", "info", 3)]
    np.testing.assert_allclose(checked.values.sum(axis=1), 1)


def test_percentages_that_do_not_reach_a_hundred_need_their_sum() -> None:
    checked = check([[33.0, 33.0, 33.0], [33.0, 33.0, 33.0]], "percent")
    assert checked.values is None
    assert "--probabilities percent does not make probabilities of them" in checked.findings[0].message
    assert [remedy.value for remedy in checked.findings[0].remedies] == ["normalise"]
    assert check([[33.0, 33.0, 33.0], [33.0, 33.0, 33.0]], "normalise").values is not None


def test_rows_that_lack_a_value_are_counted_where_the_file_has_them() -> None:
    rows = np.array([0, 1, -1])
    values = np.array([[0.5, 0.5], [np.nan, 0.5], [np.nan, np.nan]])
    checked = check_probabilities(values, Origin("team.csv", rows, lambda some: [f"line {row + 2}" for row in some]))
    assert codes(checked) == [("probabilities_missing", "warning", 1)]
    assert checked.findings[0].first == ("line 3: missing, 0.5",)


def test_nothing_but_missing_values_is_nothing() -> None:
    checked = check(np.full((3, 2), np.nan))
    assert checked.values is None
    assert codes(checked) == [("probabilities_missing", "warning", 3)]


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), min_size=1, max_size=8))
def test_normalised_rows_always_sum_to_one(rows: list[list[float]]) -> None:
    values = check(rows, "normalise").values
    assert values is not None
    np.testing.assert_allclose(values.sum(axis=1), 1, atol=0.001)


def test_the_input_is_never_changed() -> None:
    values = np.array([[1.0000005, -0.0000005], [33.0, 67.0]])
    before = values.copy()
    for option in (None, "percent", "normalise", "softmax"):
        check(values, option)
        np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("values", "found", "usable"),
    [
        ([0.4, 0.9], [], True),
        ([0.4, np.nan], [("probabilities_missing", "warning", 1)], True),
        ([0.4, 1.7], [("probability_out_of_range", "error", 1)], False),
        ([-0.4, 0.7], [("probability_out_of_range", "error", 1)], False),
        ([40.0, 97.0], [("probabilities_percent", "warning", 2)], False),
    ],
)
def test_a_confidence_lies_between_zero_and_one(
    values: list[float], found: list[tuple[str, str, int]], usable: bool
) -> None:
    checked = check_label_probability(np.array(values), origin(2), None, "confidence")
    assert codes(checked) == found
    assert (checked.values is not None) == usable


def test_a_confidence_in_percent_is_divided_on_the_users_word() -> None:
    checked = check_label_probability(np.array([40.0, 97.0]), origin(2), "percent", "confidence")
    assert codes(checked) == [("probabilities_percent", "info", 2)]
    np.testing.assert_allclose(checked.values, [0.4, 0.97])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([[0.2, 0.1], [0.9, 0.1]], []),
        ([[0.6, 0.401], [0.9, np.nan]], []),
        ([[0.6, 0.402], [0.9, np.nan]], [("probabilities_not_normalised", "warning", 1)]),
        ([[1.2, 0.1], [0.9, -0.3]], [("probabilities_logits", "warning", 2)]),
        ([[90.0, 4.0], [50.0, 20.0]], [("probabilities_percent", "warning", 2)]),
        ([[np.nan, np.nan]], []),
    ],
)
def test_of_a_top_k_list_only_a_sum_above_one_is_a_finding(
    values: list[list[float]], found: list[tuple[str, str, int]]
) -> None:
    assert codes(check_top_probabilities(np.array(values), origin(len(values)))) == found


def test_without_labels_the_most_probable_class_is_the_label_and_ties_are_counted(
    letters: Dataset, write: Write
) -> None:
    rows = ["0.2,0.5,0.3", "0.4,0.2,0.4", "0.2,0.4,0.4", "0.1,0.1,0.8", ",0.5,0.5", "0.1,0.2,0.7"]
    aligned = align(write("id,prob_a,prob_b,prob_c", *(f"e{i},{row}" for i, row in enumerate(rows))), letters)
    assert aligned.predictions.y_pred.tolist() == [1, 0, 1, 2, 65535, 2]
    (finding,) = [finding for finding in aligned.findings if finding.code == "labels_from_probabilities"]
    assert (finding.severity, finding.count) == (Severity.INFO, 5)
    assert "In 2 rows several classes are the largest" in finding.message


def test_confidence_is_the_probability_of_the_label_that_was_predicted(letters: Dataset, write: Write) -> None:
    labels = ["a", "b", "odd", "", "c", "c"]
    path = write("id,y_pred,p_a,p_b,p_c", *(f"e{i},{label},0.2,0.3,0.5" for i, label in enumerate(labels)))
    np.testing.assert_array_equal(align(path, letters).predictions.confidence, [0.2, 0.3, np.nan, np.nan, 0.5, 0.5])


def test_a_class_without_a_column_has_probability_zero(letters: Dataset, write: Write) -> None:
    aligned = align(write("id,prob_c,prob_a", *(f"e{i},0.25,0.75" for i in range(6))), letters)
    assert aligned.predictions.probabilities.tolist() == [[0.75, 0.0, 0.25]] * 6
    assert ("probabilities_without_label", 1) in [(finding.code, finding.count) for finding in aligned.findings]


@pytest.mark.parametrize(
    ("stated", "option", "matches"),
    [("0.9,0.4", None, [0.9, 0.4]), ("90,40", "percent", [0.9, 0.4]), ("2,-2", "softmax", [0.880797, 0.119203])],
)
def test_of_two_classes_one_column_says_both(
    write: Write, stated: str, option: str | None, matches: list[float]
) -> None:
    dataset = build_dataset({"test": (["t0", "t1"], ["no", "yes"])}, ["no", "yes"], positive="yes")
    one, other = stated.split(",")
    path = write("id,prob_yes", f"t0,{one}", f"t1,{other}")
    predictions = align(path, dataset, options=ImportOptions(probabilities=option)).predictions
    np.testing.assert_allclose(predictions.probabilities[:, 1], matches, rtol=1e-5)
    np.testing.assert_allclose(predictions.probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(predictions.score, predictions.probabilities[:, 1])
    assert predictions.y_pred.tolist() == [1, 0]


@pytest.mark.parametrize(("single", "expected"), [(True, np.float32), (False, np.float64)])
def test_the_files_precision_is_kept(letters: Dataset, tmp_path: Path, single: bool, expected: type) -> None:
    kind = pa.float32() if single else pa.float64()
    path = tmp_path / "team.parquet"
    columns = {
        f"prob_{label}": pa.array([value] * 6, kind) for label, value in zip("abc", (0.1, 0.2, 0.7), strict=True)
    }
    pq.write_table(pa.table({"id": [f"e{i}" for i in range(6)], **columns}), path)
    predictions = align(path, letters).predictions
    assert predictions.probabilities.dtype == expected
    assert predictions.confidence.dtype == expected
    assert predictions.probabilities[0].tolist() == np.array([0.1, 0.2, 0.7], dtype=expected).tolist()


def test_top_k_lists_are_sorted_and_the_predicted_label_comes_first(letters: Dataset, write: Write) -> None:
    path = write(
        "id,y_pred,top1_label,top1_prob,top2_label,top2_prob",
        "e0,a,a,0.6,b,0.3",
        "e1,b,a,0.6,b,0.3",
        "e2,c,a,0.4,c,0.4",
        "e3,a,b,0.2,a,0.7",
        "e4,b,b,0.9,,",
        "e5,c,a,0.5,b,0.4",
    )
    aligned = align(path, letters)
    predictions = aligned.predictions
    assert predictions.y_pred.tolist() == [0, 1, 2, 0, 1, 2]
    assert predictions.top_labels.tolist() == [[0, 1], [0, 1], [0, 2], [0, 1], [1, 65535], [0, 1]]
    np.testing.assert_array_equal(predictions.top_probabilities[3:5], [[0.7, 0.2], [0.9, np.nan]])
    np.testing.assert_array_equal(predictions.confidence, [0.6, 0.3, 0.4, 0.7, 0.9, np.nan])
    (finding,) = [finding for finding in aligned.findings if finding.code == "label_not_argmax"]
    assert finding.first == (
        'line 3: "b", and first is "a"',
        'line 7: "c", and first is "a"',
    )


def test_a_top_k_list_without_labels_beside_it_gives_the_label(letters: Dataset, write: Write) -> None:
    aligned = align(write("id,top1_label,top2_label", *(f"e{i},c,a" for i in range(6))), letters)
    assert aligned.predictions.y_pred.tolist() == [2] * 6
    assert aligned.predictions.top_probabilities is None


@pytest.mark.parametrize("value", ["high", "0,5", "inf", "1e"])
def test_what_is_no_number_is_named_with_its_line(letters: Dataset, write: Write, value: str) -> None:
    path = write("id,y_pred,confidence", *(f"e{i},a,0.5" for i in range(5)), f'e5,a,"{value}"')
    with pytest.raises(Exception, match=f'line 7: "{value}"') as caught:
        align(path, letters)
    assert caught.value.code == "not_numeric"
