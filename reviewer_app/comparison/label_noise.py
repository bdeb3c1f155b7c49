"""Which examples of a comparison can be judged, and what their judgements say of it, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.comparison.formatting import format_difference
from reviewer_app.comparison.outcomes import OUTCOMES, outcome_codes
from reviewer_app.comparison.request import ComparisonRequest, Side
from reviewer_app.comparison.result import Outcome
from reviewer_app.comparison.samples import Sample, evaluated_examples, sample_of
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import BoolArray, IntArray
from reviewer_app.evaluation.metrics import METRICS, metric
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.case import case_of
from reviewer_app.significance.clusters import Dependence, dependence_of
from reviewer_app.significance.corrected_difference import CorrectedDifference
from reviewer_app.significance.dependent import variance_over_examples
from reviewer_app.significance.label_noise import STRATA, LabelNoise, design_effect_of
from reviewer_app.significance.paired_difference import PairedDifference, Settings

ACCURACY = METRICS["accuracy"]

NO_LEVEL = "Only disagreements are judged, so neither team's accuracy itself is corrected, only their difference."
"""What must not be read from judged disagreements."""

_NONE = -1


@dataclass(frozen=True, eq=False)
class JudgeableExamples:
    """The examples of a comparison of two single runs, and on which of them the teams disagree.

    Attributes
    ----------
    strata
        Code in `STRATA` of each example's stratum, -1 where the teams agree or the example is left out; shape (n,).
    a_given, b_given
        Whether A and B predict something for the example, shape (n,).
    n
        Examples that accuracy is measured on.
    n_labels
        Labels of the dataset.
    design_effect
        By which factor the variance through the choice of the examples exceeds that of independent ones.
    """

    strata: IntArray
    a_given: BoolArray
    b_given: BoolArray
    n: int
    n_labels: int
    design_effect: float

    @property
    def disagreements(self) -> IntArray:
        """Numbers of the examples that can be judged, in the file's order."""
        return np.flatnonzero(self.strata != _NONE)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many examples each stratum has."""
        return tuple(np.bincount(self.strata[self.disagreements], minlength=len(STRATA)).tolist())


def judgeable_examples(request: ComparisonRequest, alpha: float) -> JudgeableExamples:
    """Return which examples can be judged; of several seeds, the first run of each side: its labels are judged.

    Missing predictions count as the comparison counts them. Groups and shared records enter as a design effect.

    Parameters
    ----------
    request
        The comparison; both sides have labels.
    alpha
        Of the intervals that the design effect is for.

    Raises
    ------
    ReviewError
        ``label_noise_dependence``: the examples depend on each other so that nothing has a variance.
    """
    request = replace(request, a=_first_run(request.a), b=_first_run(request.b))
    kept, sample = evaluated_examples(request), sample_of(request)
    a, b = sample.runs_a[0].y_pred, sample.runs_b[0].y_pred
    assert a is not None
    assert b is not None
    outcomes = outcome_codes(sample.gold.y_true, a, b)
    stratum_of = np.full(len(OUTCOMES), _NONE, dtype=np.int64)
    for code, name in enumerate(STRATA):
        stratum_of[OUTCOMES.index(Outcome(name))] = code
    strata = np.full(request.gold.n_examples, _NONE, dtype=np.int64)
    strata[kept] = stratum_of[outcomes]
    a_given, b_given = (np.ones(request.gold.n_examples, dtype=np.bool_) for _ in range(2))
    a_given[kept], b_given[kept] = ~sample.runs_a[0].missing, ~sample.runs_b[0].missing
    return JudgeableExamples(
        strata, a_given, b_given, sample.gold.n_examples, sample.gold.n_classes, _design_effect(sample, alpha)
    )


def check_metric(metric_id: str) -> None:
    """Refuse a metric that judged disagreements say nothing about.

    Raises
    ------
    ReviewError
        ``label_noise_accuracy_only``.
    """
    if metric_id != ACCURACY.id:
        name = metric(metric_id).name
        raise ReviewError.of(
            "label_noise_accuracy_only",
            f"Only a difference in accuracy is corrected for wrong labels, not one in {name}. Where both teams predict "
            "the same, a wrong label adds as much to the one's accuracy as to the other's, so that disagreements are "
            f"all that needs judging. {name} depends on how many examples truly have each label, agreements included.",
        )


def label_noise_sentence(noise: LabelNoise, team_a: str, team_b: str) -> str:
    """Return what the judgements say of a comparison, as one or two sentences; the planned interval where it is."""
    gold = format_difference(ACCURACY, noise.gold_difference, unit=True)
    by_gold = f"by the gold labels {team_a} minus {team_b} is {gold} in accuracy"
    if noise.n_disagreements == 0:
        return f"There is nothing to judge: {team_a} and {team_b} predict the same label for every example."
    if noise.n_drawn == 0:
        return (
            f"Nothing is judged yet: {by_gold}, and {counted(noise.n_disagreements, 'disagreement')} could be judged."
        )
    answer = noise.planned or noise.live
    judged = f"{answer.n_drawn:,} of {counted(noise.n_disagreements, 'disagreement')} judged"
    how = "for the number planned" if noise.planned else "however often one looks"
    interval = (
        f"{100 * (1 - noise.alpha):g} % interval {format_difference(ACCURACY, answer.ci_low)} to "
        f"{format_difference(ACCURACY, answer.ci_high)}, {how}"
    )
    verdict = {
        "a_better": f"{team_a} is better with corrected labels",
        "b_better": f"{team_b} is better with corrected labels",
        "undecided": "Undecided with corrected labels",
    }[answer.verdict]
    return f"{verdict}: with {judged}, the difference in accuracy is {_estimate(answer)} ({interval}); {by_gold}."


def dependence_sentence(noise: LabelNoise) -> str:
    """Return for how many independent examples the test set counts; "" where its examples are independent."""
    if noise.design_effect == 1.0:
        return ""
    worth = counted(max(round(noise.n / noise.design_effect), 1), "independent one")
    return f"The {noise.n:,} examples depend on each other and count as {worth}."


def stratum_rows(noise: LabelNoise, team_a: str, team_b: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the headings and the rows of what was judged of each stratum, in words."""
    names = {
        "only_a": f"only {team_a} right",
        "only_b": f"only {team_b} right",
        "both_wrong_different": "both wrong, differently",
    }
    headings = ("by the gold label", "disagreements", "drawn", "A right", "B right", "neither or both", "unclear")
    rows = [
        (names[one.stratum], *(f"{n:,}" for n in (
            one.size, one.drawn, one.a_right, one.b_right, one.neither_or_both, one.unclear)))
        for one in noise.strata
    ]  # fmt: skip
    return headings, rows


def answer_rows(noise: LabelNoise) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the headings and the rows of the differences by the gold labels and corrected, in points."""
    headings = (
        "A \N{MINUS SIGN} B, points",
        "difference",
        f"{100 * (1 - noise.alpha):g} % interval",
        "error of the test set",
        "of judging",
        "verdict",
    )
    gold = format_difference(ACCURACY, noise.gold_difference)
    rows: list[tuple[str, ...]] = [("by the gold labels", gold, *("\N{EN DASH}",) * 4)]
    for name, answer in (("corrected, at every look", noise.live), ("corrected, as planned", noise.planned)):
        if answer is not None:
            rows.append((name, *_answer_cells(answer)))
    return headings, rows


def _answer_cells(answer: CorrectedDifference) -> tuple[str, ...]:
    low, high = (format_difference(ACCURACY, end) for end in (answer.lowest, answer.highest))
    return (
        low if low == high else f"{low} to {high}",
        f"{format_difference(ACCURACY, answer.ci_low)} to {format_difference(ACCURACY, answer.ci_high)}",
        f"{100 * answer.test_error:.1f}",
        f"{100 * answer.judging_error:.1f}",
        {"a_better": "A better", "b_better": "B better"}.get(answer.verdict, answer.verdict),
    )


def _estimate(answer: CorrectedDifference) -> str:
    low, high = (format_difference(ACCURACY, end) for end in (answer.lowest, answer.highest))
    if low == high:
        return f"{low} points"
    return f"between {low} and {high} points, depending on what is unclear or not drawn"


def _first_run(side: Side) -> Side:
    return replace(side, seeds=side.seeds[:1], runs=side.runs[:1])


def _design_effect(sample: Sample, alpha: float) -> float:
    dependence = dependence_of(sample.structure)
    if dependence is Dependence.NONE:
        return 1.0
    case = case_of(ACCURACY, sample.gold, sample.runs_a, sample.runs_b, sample.structure, None, Settings(alpha))
    assert not isinstance(case, PairedDifference)
    found, independent = (variance_over_examples(case, one) for one in (dependence, Dependence.NONE))
    if isinstance(found, str) or isinstance(independent, str):
        why = found if isinstance(found, str) else str(independent)
        raise ReviewError.of(
            "label_noise_dependence", f"The difference in accuracy has no interval, corrected or not: {why}."
        )
    # The pseudo-examples keep it from being 0.
    return design_effect_of(found[0], independent[0], found[1], alpha)
