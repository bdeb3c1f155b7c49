from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.comparison.compare import compare
from reviewer_app.comparison.decisions import decide
from reviewer_app.comparison.overall import overall
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.request import ComparisonRequest, Side
from reviewer_app.comparison.result import Comparison, Outcome, Verdict
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions, Structure
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.significance.mcnemar import mcnemar

PLAN = AnalysisPlan(n_resamples=400)


def labels(y_true: np.ndarray, n_wrong: int, start: int = 0) -> np.ndarray:
    """Gold labels of two classes with `n_wrong` turned round, from `start` on."""
    y_pred = y_true.copy()
    y_pred[start : start + n_wrong] = 1 - y_pred[start : start + n_wrong]
    return y_pred


def side(team: str, y_pred: np.ndarray, missing: str = "wrong", kind: str = "predictions") -> Side:
    return Side(team, f"{team}'s", "1", kind, (0,), (Predictions(y_pred.astype(np.uint16)),), missing)


def request(a: Side, b: Side, n: int = 200, **changes) -> ComparisonRequest:
    y_true = (np.arange(n) % 2).astype(np.uint16)
    given = {
        "dataset": "data",
        "split": "test",
        "task": "classification",
        "gold": Gold(y_true, 2),
        "structure": Structure(),
        "a": a,
        "b": b,
        "primary_metric": "accuracy",
    }
    return ComparisonRequest(**(given | changes))


def one(asked: ComparisonRequest, plan: AnalysisPlan = PLAN, n_family: int = 1) -> Comparison:
    return decide([compare(asked, plan, n_family=n_family, seed=1)], plan, n_family=n_family)[0]


@pytest.fixture
def y_true() -> np.ndarray:
    return (np.arange(200) % 2).astype(np.uint16)


def test_a_clearly_better_team_wins_with_mcnemars_mid_p(y_true):
    found = one(request(side("A", labels(y_true, 10)), side("B", labels(y_true, 40))))
    assert found.verdict is Verdict.A_BETTER
    assert found.outcomes[Outcome.ONLY_A] == 30
    assert found.primary.difference == found.primary.a - found.primary.b == pytest.approx(0.15)
    assert found.primary.p_value == mcnemar(30, 0).p_mid
    assert found.primary.p_adjusted == found.primary.p_value
    assert found.mcnemar.p_exact == mcnemar(30, 0).p_exact
    assert (found.unit, found.n_units, found.n_examples) == ("example", 200, 200)


def test_exchanging_the_teams_exchanges_everything(y_true):
    a, b = side("A", labels(y_true, 10)), side("B", labels(y_true, 25, start=5))
    one_way, other_way = one(request(a, b)), one(request(b, a))
    assert {one_way.verdict, other_way.verdict} <= {Verdict.A_BETTER, Verdict.B_BETTER, Verdict.UNDECIDED}
    for metric_id, numbers in one_way.metrics.items():
        mirrored = other_way.metrics[metric_id]
        assert (numbers.a, numbers.b) == (mirrored.b, mirrored.a)
        if numbers.difference is not None:
            assert numbers.difference == pytest.approx(-mirrored.difference)


def test_the_same_predictions_are_undecided_or_equivalent_but_never_better(y_true):
    found = one(request(side("A", labels(y_true, 10)), side("B", labels(y_true, 10))))
    assert found.verdict in (Verdict.UNDECIDED, Verdict.EQUIVALENT)
    assert found.primary.p_value == 1.0


def test_the_same_inputs_give_the_same_numbers(y_true):
    asked = request(side("A", labels(y_true, 10)), side("B", labels(y_true, 25)), primary_metric="macro_f1")
    assert one(asked).metrics == one(asked).metrics


def with_missing(y_pred: np.ndarray, start: int, stop: int) -> np.ndarray:
    y_pred = y_pred.copy()
    y_pred[start:stop] = NO_PREDICTION
    return y_pred


def test_missing_predictions_count_as_wrong_and_are_said(y_true):
    found = one(request(side("A", with_missing(y_true, 0, 20)), side("B", labels(y_true, 60, start=100))))
    assert found.metrics["accuracy"].a == pytest.approx(0.9)
    assert (found.n_missing_a, found.n_missing_b) == (20, 0)
    assert any("A has no prediction for 20 examples of data: counted as wrong" in text for text in found.warnings)
    assert found.verdict is Verdict.A_BETTER


def test_dropped_predictions_leave_both_teams(y_true):
    found = one(
        request(side("A", with_missing(y_true, 0, 20), missing="drop"), side("B", labels(y_true, 60, start=100)))
    )
    assert found.n_examples == 180
    assert found.metrics["accuracy"].a == 1.0
    assert found.metrics["accuracy"].b == pytest.approx(120 / 180)
    assert any("dropped for both teams" in text for text in found.warnings)


def test_a_verdict_that_hangs_on_missing_predictions_is_undecided(y_true):
    a, b = with_missing(y_true, 0, 40), labels(y_true, 20, start=100)
    found = one(request(side("A", a), side("B", b)))
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason == "missing"
    assert "40 missing predictions" in found.sentence


def test_holm_over_the_family_takes_a_verdict_back(y_true):
    asked = request(side("A", labels(y_true, 10)), side("B", labels(y_true, 20)))
    alone = one(asked)
    assert alone.verdict is Verdict.A_BETTER
    p_value = alone.primary.p_value
    n_family = int(0.05 / p_value) + 2
    found = one(asked, n_family=n_family)
    assert found.primary.p_adjusted == pytest.approx(min(1.0, p_value * n_family))
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, "multiplicity")


def test_an_unplanned_comparison_has_no_adjusted_p_and_does_not_cost_the_family(y_true):
    planned = request(side("A", labels(y_true, 10)), side("B", labels(y_true, 40)))
    other = replace(planned, planned=False, b=side("C", labels(y_true, 20)))
    evidences = [compare(asked, PLAN, n_family=1, seed=1) for asked in (other, planned)]
    exploratory, in_plan = decide(evidences, PLAN, n_family=1)
    assert exploratory.primary.p_adjusted is None
    assert "(exploratory)" in exploratory.sentence
    assert in_plan.primary.p_adjusted == in_plan.primary.p_value


def test_a_metric_that_one_team_lacks_says_why_and_keeps_the_other_value(y_true):
    both = Predictions(y_true, probabilities=np.eye(2)[y_true])
    a = Side("A", "s", "1", "predictions", (0,), (both,))
    found = one(request(a, side("B", labels(y_true, 10))))
    loss = found.metrics["log_loss"]
    assert loss.a == pytest.approx(0.0, abs=1e-12)
    assert loss.b is None
    assert loss.difference is None
    assert "no probabilities" in loss.not_defined


def test_few_labels_that_differ_explain_nothing_about_a_metric_of_probabilities(y_true):
    rng = np.random.default_rng(5)

    def stated(team: str) -> Side:
        right = rng.uniform(0.55, 0.95, len(y_true))
        probabilities = np.where(np.eye(2)[y_true] == 1, right[:, None], 1 - right[:, None])
        return Side(team, "s", "1", "predictions", (0,), (Predictions(y_true, probabilities=probabilities),))

    found = one(request(stated("A"), stated("B"), primary_metric="brier"))
    assert found.outcomes[Outcome.BOTH_RIGHT] == 200
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, "too_few_examples")
    assert "one team alone" not in found.sentence


def test_examples_without_probabilities_leave_both_teams_and_are_counted(y_true):
    probabilities = np.where(np.eye(2)[y_true] == 1, 0.8, 0.2)
    holes = probabilities.copy()
    holes[:7] = np.nan
    a = Side("A", "s", "1", "predictions", (0,), (Predictions(y_true, probabilities=holes),))
    b = Side("B", "s", "1", "predictions", (0,), (Predictions(y_true, probabilities=probabilities),))
    loss = one(request(a, b)).metrics["log_loss"]
    assert loss.difference == pytest.approx(0.0, abs=1e-12)
    assert any(mark.startswith("7 examples") for mark in loss.marks)


def test_records_shared_between_pairs_are_the_unit(y_true):
    records = np.arange(200) // 4
    asked = request(
        side("A", labels(y_true, 10)),
        side("B", labels(y_true, 40)),
        task="matching",
        gold=Gold(y_true, 2, positive=1),
        structure=Structure(left_records=records, right_records=np.arange(200)),
        primary_metric="f1",
    )
    found = one(asked)
    assert (found.unit, found.n_units) == ("record", 50)
    independent = one(replace(asked, structure=Structure()))
    assert independent.unit == "example"
    assert found.primary.standard_error > independent.primary.standard_error


def test_trained_sides_with_one_seed_say_that_chance_in_training_is_not_covered(y_true):
    found = one(request(side("A", labels(y_true, 10), kind="algorithm"), side("B", labels(y_true, 40))))
    assert "not the algorithms themselves" in found.sentence
    assert any("the choice of the training data" in text for text in found.warnings)


def test_three_seeds_each_are_used_for_the_verdict(y_true):
    def seeds(team: str, wrong: tuple[int, ...]) -> Side:
        runs = tuple(Predictions(labels(y_true, count)) for count in wrong)
        return Side(team, "s", "1", "algorithm", (0, 1, 2), runs)

    found = one(request(seeds("A", (10, 12, 11)), seeds("B", (50, 52, 48))))
    assert found.seeds == 3
    assert found.primary.a == pytest.approx(1 - 11 / 200)
    assert found.verdict is Verdict.A_BETTER
    noisy = one(request(seeds("A", (0, 40, 2)), seeds("B", (20, 60, 40))))
    assert noisy.verdict is Verdict.UNDECIDED


class CancelledAtCheck(Progress):
    """Cancelled by somebody just before its n-th check."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    def check(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().check()


def test_a_comparison_can_be_cancelled_between_blocks_of_resamples(y_true):
    progress = CancelledAtCheck(1)
    asked = request(side("A", labels(y_true, 10)), side("B", labels(y_true, 40)))
    with pytest.raises(Cancelled):
        compare(asked, AnalysisPlan(), n_family=1, seed=1, progress=progress)
    assert progress.left == 0


def test_missing_predictions_are_those_of_every_run_that_counts(y_true):
    whole, gaps = labels(y_true, 10), with_missing(labels(y_true, 10), 100, 130)
    runs = tuple(Predictions(run.astype(np.uint16)) for run in (whole, gaps, gaps))
    three = replace(side("A", whole), seeds=(0, 1, 2), runs=runs)
    other = replace(side("B", whole), seeds=(0, 1, 2), runs=(runs[0],) * 3)
    found = one(request(three, other))
    assert (found.n_missing_a, found.n_missing_b) == (30, 0)
    assert any("A has no prediction for 30 examples" in text for text in found.warnings)
    two = replace(three, seeds=(0, 1), runs=runs[:2])
    unused = one(request(two, replace(other, seeds=(0, 1), runs=(runs[0],) * 2)))
    assert (unused.seeds, unused.n_missing_a, unused.robustness) == (1, 0, ())


def test_with_several_seeds_no_number_of_examples_is_promised(y_true):
    runs = tuple(Predictions(labels(y_true, 10 + 8 * seed).astype(np.uint16)) for seed in range(3))
    a = replace(side("A", y_true), seeds=(0, 1, 2), runs=runs)
    b = replace(side("B", y_true), seeds=(0, 1, 2), runs=runs[::-1])
    assert one(request(a, b)).primary.examples_for_margin is None
    assert one(request(side("A", labels(y_true, 10)), side("B", labels(y_true, 20)))).primary.examples_for_margin


def test_the_home_advantage_is_put_into_words_by_the_homes_metric(y_true):
    def on(dataset: str, metric: str, n_wrong_a: int, n_wrong_b: int) -> Comparison:
        a, b = side("A", labels(y_true, n_wrong_a)), side("B", labels(y_true, n_wrong_b, start=50))
        return one(request(a, b, dataset=dataset, primary_metric=metric))

    first = replace(on("first", "accuracy", 10, 20), primary_metric="log_loss")
    at_a, at_b = on("at a", "accuracy", 10, 40), on("at b", "accuracy", 40, 10)
    found = overall([first, at_a, at_b], {"at a": "A", "at b": "B"})
    assert "Home advantage +15.0 points" in found.sentence
    assert "less is better" not in found.sentence
