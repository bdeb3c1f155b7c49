"""The verdict under other defensible choices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.comparison.compare import compare
from reviewer_app.comparison.decisions import decide
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.request import ComparisonRequest, Side
from reviewer_app.comparison.result import Comparison, Verdict
from reviewer_app.evaluation.inputs import NO_PREDICTION, DoubtfulExamples, Gold, Predictions, Structure

PLAN = AnalysisPlan(n_resamples=200)
N = 200
Y_TRUE = (np.arange(N) % 2).astype(np.uint16)


def side(team: str, *runs: np.ndarray) -> Side:
    predictions = tuple(Predictions(labels.astype(np.uint16)) for labels in runs)
    return Side(team, f"{team}'s", "1", "predictions", tuple(range(len(runs))), predictions)


def request(a: Side, b: Side, **changes) -> ComparisonRequest:
    asked = ComparisonRequest("data", "test", "classification", Gold(Y_TRUE, 2), Structure(), a, b, "accuracy")
    return replace(asked, **changes)


def decided(asked: ComparisonRequest, plan: AnalysisPlan = PLAN) -> Comparison:
    return decide([compare(asked, plan, n_family=1, seed=1)], plan, n_family=1)[0]


def wrong_on(*spans: tuple[int, int]) -> np.ndarray:
    labels = Y_TRUE.copy()
    for start, stop in spans:
        labels[start:stop] = 1 - labels[start:stop]
    return labels


def mask(start: int, stop: int) -> np.ndarray:
    return (np.arange(N) >= start) & (np.arange(N) < stop)


def test_without_another_choice_there_is_no_table():
    found = decided(request(side("A", wrong_on((0, 10))), side("B", wrong_on((0, 40)))))
    assert found.robustness == ()
    assert found.robustness_sentence == ""


def test_a_lead_that_rests_on_rows_seen_in_training_vanishes_without_them():
    asked = request(
        side("A", wrong_on((100, 110))),
        side("B", wrong_on((0, 30))),
        doubtful=DoubtfulExamples(seen_before=mask(0, 40)),
    )
    found = decided(asked)
    assert found.verdict is Verdict.A_BETTER
    planned, without = found.robustness
    assert (planned.choice, planned.verdict, planned.n_examples) == ("as_planned", Verdict.A_BETTER, 200)
    assert (without.choice, without.n_examples) == ("without_seen_before", 160)
    assert without.verdict is Verdict.B_BETTER
    assert without.difference == pytest.approx(-10 / 160)
    assert found.robustness_sentence == (
        "A better under 1 of 2 choices; B better with 40 test examples equal to a training or validation row left out."
    )


def test_a_verdict_that_stands_under_every_choice_says_so():
    asked = request(
        side("A", wrong_on((100, 110))),
        side("B", wrong_on((0, 60))),
        doubtful=DoubtfulExamples(repeated=mask(0, 5)),
        structure=Structure(groups=np.arange(N) // 2),
    )
    found = decided(asked)
    assert [row.choice for row in found.robustness] == ["as_planned", "without_repeated", "by_examples"]
    assert found.robustness_sentence == "A better under 3 of 3 choices."
    assert "every example counted as independent" in found.robustness[2].description


def test_missing_predictions_are_one_of_the_choices():
    without_answer = Y_TRUE.copy()
    without_answer[:40] = NO_PREDICTION
    found = decided(request(side("A", without_answer), side("B", wrong_on((100, 120)))))
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, "missing")
    planned, dropped = found.robustness
    assert planned.verdict is Verdict.B_BETTER
    assert (dropped.choice, dropped.verdict, dropped.n_examples) == ("missing_drop", Verdict.A_BETTER, 160)


def test_the_first_seed_alone_is_a_choice_where_there_are_several():
    runs_a = [wrong_on((0, 10 + seed)) for seed in range(3)]
    runs_b = [wrong_on((50, 90 - 3 * seed)) for seed in range(3)]
    found = decided(request(side("A", *runs_a), side("B", *runs_b)))
    assert found.seeds == 3
    assert [row.choice for row in found.robustness] == ["as_planned", "first_seed"]
    assert found.robustness[1].difference == pytest.approx(30 / N)


def test_nothing_left_is_said_and_decides_nothing():
    everything = np.ones(N, dtype=np.bool_)
    asked = request(
        side("A", wrong_on((0, 10))), side("B", wrong_on((0, 40))), doubtful=DoubtfulExamples(seen_before=everything)
    )
    row = decided(asked).robustness[1]
    assert (row.n_examples, row.difference, row.verdict) == (0, None, Verdict.UNDECIDED)
    assert row.not_defined == "no examples are left"


def test_metrics_that_decide_nothing_do_not_depend_on_margin_and_alpha():
    asked = request(side("A", wrong_on((0, 20))), side("B", wrong_on((10, 42))))
    first = compare(asked, PLAN, n_family=1, seed=1)
    strict = replace(PLAN, alpha=0.001, margin=0.2)
    known = {name: one for name, one in first.differences.items() if name != "accuracy"}
    again, reused = (compare(asked, strict, n_family=3, seed=1, known=given) for given in (None, known))
    assert {name: again.differences[name] for name in known} == known
    assert reused.differences == again.differences
    assert reused.differences["accuracy"].p_equivalence != first.differences["accuracy"].p_equivalence
