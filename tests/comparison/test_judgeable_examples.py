"""Which examples of a comparison can be judged, and the words for what judgements say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_compare_and_decide import labels, request, side

from reviewer_app.comparison.label_noise import (
    answer_rows,
    check_metric,
    dependence_sentence,
    judgeable_examples,
    label_noise_sentence,
    stratum_rows,
)
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Structure
from reviewer_app.significance.label_noise import LabelNoise, label_noise

Y_TRUE = (np.arange(200) % 2).astype(np.uint16)


def noise(values: list[int], **options: float) -> LabelNoise:
    """Return the answer to judgements of the first of 20 examples that only A has right."""
    return label_noise((20, 10, 0), 200, np.zeros(len(values), dtype=np.int64), np.asarray(values), **options)


class TestWhichExamples:
    def test_those_on_which_the_labels_differ_by_outcome(self) -> None:
        found = judgeable_examples(request(side("A", labels(Y_TRUE, 10)), side("B", labels(Y_TRUE, 30, start=5))), 0.05)
        assert found.sizes == (25, 5, 0)
        assert found.disagreements.tolist() == [*range(5), *range(10, 35)]
        assert (found.n, found.n_labels, found.design_effect) == (200, 2, 1.0)

    @pytest.mark.parametrize(("missing", "n", "sizes"), [("wrong", 200, (3, 0, 0)), ("drop", 197, (0, 0, 0))])
    def test_missing_predictions_count_as_the_comparison_counts_them(
        self, missing: str, n: int, sizes: tuple[int, ...]
    ) -> None:
        given = Y_TRUE.copy()
        given[:3] = NO_PREDICTION
        found = judgeable_examples(request(side("A", Y_TRUE), side("B", given, missing)), 0.05)
        assert (found.n, found.sizes) == (n, sizes)
        if missing == "wrong":
            assert np.flatnonzero(~found.b_given).tolist() == [0, 1, 2]
            assert found.a_given.all()

    def test_a_list_of_matches_answers_by_what_it_leaves_out(self) -> None:
        given = np.where(Y_TRUE == 1, Y_TRUE, NO_PREDICTION)
        asked = request(
            side("A", Y_TRUE), side("B", given, "negative"), task="matching", gold=Gold(Y_TRUE, 2, positive=1)
        )
        found = judgeable_examples(asked, 0.05)
        assert found.sizes == (0, 0, 0)
        assert found.b_given.all()

    def test_only_the_first_of_several_runs_is_judged(self) -> None:
        a, b = side("A", labels(Y_TRUE, 10)), side("B", labels(Y_TRUE, 30, start=5))
        more = replace(a, seeds=(0, 1, 2), runs=(*a.runs, *b.runs, *b.runs))
        many = replace(b, seeds=(0, 1, 2), runs=b.runs * 3)
        assert judgeable_examples(request(more, many), 0.05).sizes == (25, 5, 0)

    def test_groups_enter_as_a_design_effect(self) -> None:
        # 100 groups of two that are alike: as many independent examples say as much as half as many.
        y_true = np.repeat((np.arange(100) % 2).astype(np.uint16), 2)
        asked = request(
            side("A", labels(y_true, 40)), side("B", labels(y_true, 40, start=100)), gold=Gold(y_true, 2),
            structure=Structure(groups=np.repeat(np.arange(100), 2)),
        )  # fmt: skip
        # A pseudo-example is a group of its own; 99 degrees of freedom widen a little.
        assert judgeable_examples(asked, 0.05).design_effect == pytest.approx(2.0, rel=0.06)

    def test_one_group_has_no_variance(self) -> None:
        asked = request(
            side("A", labels(Y_TRUE, 10)),
            side("B", labels(Y_TRUE, 20)),
            structure=Structure(groups=np.zeros(200, dtype=np.int64)),
        )
        with pytest.raises(ReviewError, match="all examples are in one group") as refused:
            judgeable_examples(asked, 0.05)
        assert refused.value.code == "label_noise_dependence"


class TestMetrics:
    def test_accuracy_is_corrected(self) -> None:
        check_metric("accuracy")

    def test_another_metric_is_refused_with_the_reason(self) -> None:
        with pytest.raises(ReviewError, match="F1 depends on how many examples truly have each label") as refused:
            check_metric("macro_f1")
        assert refused.value.code == "label_noise_accuracy_only"


class TestWords:
    def test_nothing_judged(self) -> None:
        assert label_noise_sentence(noise([]), "Ann", "Bob") == (
            "Nothing is judged yet: by the gold labels Ann minus Bob is +5.0 points in accuracy, and 30 disagreements "
            "could be judged."
        )

    def test_nothing_to_judge(self) -> None:
        nothing = label_noise((0, 0, 0), 9, np.array([]), np.array([]))
        assert label_noise_sentence(nothing, "Ann", "Bob").startswith("There is nothing to judge: Ann and Bob predict")

    def test_a_range_says_on_what_it_depends(self) -> None:
        sentence = label_noise_sentence(noise([1, 1, -1, 1]), "Ann", "Bob")
        assert sentence.startswith(
            "Undecided with corrected labels: with 4 of 30 disagreements judged, the difference in accuracy is between "
            "+0.0 and +10.0 points, depending on what is unclear or not drawn (95 % interval "
        )
        assert sentence.endswith(
            "however often one looks); by the gold labels Ann minus Bob is +5.0 points in accuracy."
        )

    def test_a_planned_interval_is_the_one_that_is_told(self) -> None:
        # All are judged: Tango's interval of 20 and 3 of 200.
        strata, values = np.array([0] * 20 + [1] * 10), np.array([1] * 20 + [-1] * 3 + [0] * 7)
        found = label_noise((20, 10, 0), 200, strata, values, planned=30)
        sentence = label_noise_sentence(found, "Ann", "Bob")
        assert sentence.startswith("Ann is better with corrected labels: with 30 of 30 disagreements judged")
        assert "is +8.5 points (95 % interval +4.2 to +13.7, for the number planned)" in sentence

    def test_dependent_examples_are_said(self) -> None:
        assert dependence_sentence(noise([1])) == ""
        assert dependence_sentence(noise([1], design_effect=2.0)) == (
            "The 200 examples depend on each other and count as 100 independent ones."
        )

    def test_tables_have_a_row_of_each_stratum_and_of_each_answer(self) -> None:
        found = noise([1, 1, -1, 9], planned=4)
        headings, rows = stratum_rows(found, "Ann", "Bob")
        assert dict(zip(headings, rows[0], strict=True)) == {
            "by the gold label": "only Ann right",
            "disagreements": "20",
            "drawn": "4",
            "A right": "2",
            "B right": "1",
            "neither or both": "0",
            "unclear": "1",
        }
        headings, rows = answer_rows(found)
        assert [row[0] for row in rows] == ["by the gold labels", "corrected, at every look", "corrected, as planned"]
        assert all(len(row) == len(headings) for row in rows)
