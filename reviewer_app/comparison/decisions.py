"""From the numbers of a family of comparisons to verdicts and sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer_app.comparison.compare import EXPLORATORY_ALPHA
from reviewer_app.comparison.evidence import Alternative, Choice, Evidence
from reviewer_app.comparison.formatting import example_noun
from reviewer_app.comparison.margins import margin_of
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.result import Comparison, MetricComparison, Verdict
from reviewer_app.comparison.robustness import MISSING_CHOICES, robustness_rows, robustness_sentence
from reviewer_app.comparison.sentences import SentenceInput, verdict_sentence
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Needs
from reviewer_app.significance.dependent import SEED_NOISE
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.power import examples_for_difference, examples_for_difference_accuracy
from reviewer_app.significance.verdict import Decision, FamilyMember, decide_family

_TREATMENTS = {
    "wrong": "counted as wrong",
    "drop": "dropped for both teams",
    "negative": "counted as the negative label",
}


def decide(evidences: Sequence[Evidence], plan: AnalysisPlan, *, n_family: int) -> tuple[Comparison, ...]:
    """Return the comparisons with their verdicts, in the order given.

    Planned ones form one family: p is corrected over its `n_family` members, a member without a result counting as
    p = 1. Each exploratory one stands alone, with no adjusted p.

    Parameters
    ----------
    evidences
        What was measured.
    plan
        Alpha and margin.
    n_family
        Members of the plan's family, those without a result included; at least the number of planned evidences.
    """
    planned = [evidence for evidence in evidences if evidence.request.planned]
    decided = dict(zip(map(id, planned), _decide(planned, plan, n_family), strict=True))
    for evidence in evidences:
        if not evidence.request.planned:
            decided[id(evidence)] = _decide([evidence], plan, 1)[0]
    return tuple(
        _comparison(evidence, decided[id(evidence)], plan, n_family if evidence.request.planned else 1)
        for evidence in evidences
    )


@dataclass(frozen=True)
class _Decided:
    """The decision on a comparison, and those under other choices."""

    decision: Decision
    others: tuple[tuple[Alternative, Decision], ...]


def _decide(evidences: Sequence[Evidence], plan: AnalysisPlan, n_family: int) -> list[_Decided]:
    """Return each member's decisions; another choice is switched for the whole family, where it applies."""
    decisions = _decide_members([_planned_member(evidence, plan) for evidence in evidences], plan, n_family)
    others: list[list[tuple[Alternative, Decision]]] = [[] for _ in evidences]
    for choice in Choice:
        chosen = [_alternative(evidence, choice) for evidence in evidences]
        if not any(chosen):
            continue
        members = [
            _planned_member(evidence, plan)
            if alternative is None
            else _member(evidence, alternative.difference, alternative.n_different, plan)
            for evidence, alternative in zip(evidences, chosen, strict=True)
        ]
        for found, alternative, decision in zip(others, chosen, _decide_members(members, plan, n_family), strict=True):
            if alternative is not None:
                found.append((alternative, decision))
    return [_Decided(decision, tuple(found)) for decision, found in zip(decisions, others, strict=True)]


def _decide_members(members: Sequence[FamilyMember], plan: AnalysisPlan, n_family: int) -> tuple[Decision, ...]:
    return decide_family(members, alpha=plan.alpha, n_family=n_family, correction=plan.correction)


def _alternative(evidence: Evidence, choice: Choice) -> Alternative | None:
    return next((one for one in evidence.alternatives if one.choice is choice), None)


def _planned_member(evidence: Evidence, plan: AnalysisPlan) -> FamilyMember:
    difference = evidence.differences[evidence.request.primary_metric]
    return _member(evidence, difference, evidence.n_different, plan)


def _member(
    evidence: Evidence, difference: PairedDifference, n_different: int | None, plan: AnalysisPlan
) -> FamilyMember:
    metric = metric_of(evidence.request.primary_metric)
    margin, _ = margin_of(metric, metric.id, plan)
    return FamilyMember(
        difference=difference.difference,
        p_value=difference.p_value,
        p_equivalence=difference.p_equivalence,
        margin=margin,
        higher_is_better=metric.higher_is_better,
        n_different=n_different if metric.needs is Needs.LABELS else None,
        seed_noise=SEED_NOISE in difference.marks,
    )


def _comparison(evidence: Evidence, decided: _Decided, plan: AnalysisPlan, n_family: int) -> Comparison:
    request, decision = evidence.request, decided.decision
    verdict, reason, within_margin = Verdict(decision.verdict), decision.reason, decision.within_margin
    otherwise = next(
        (Verdict(other.verdict) for alternative, other in decided.others if alternative.choice in MISSING_CHOICES), None
    )
    if otherwise is not None and otherwise is not verdict:
        verdict, reason, within_margin = Verdict.UNDECIDED, "missing", False
    metrics = {
        key: _with_examples_for_margin(
            _metric_comparison(key, difference, evidence, plan, decision if key == request.primary_metric else None),
            evidence,
            plan.alpha_of_one(n_family) if key == request.primary_metric else EXPLORATORY_ALPHA,
        )
        for key, difference in evidence.differences.items()
    }
    primary = metrics[request.primary_metric]
    trained = any(side.kind != "predictions" for side in (request.a, request.b))
    robustness = robustness_rows(evidence, decision, decided.others)
    sentence = verdict_sentence(
        SentenceInput(
            metric=metric_of(request.primary_metric),
            numbers=primary,
            team_a=request.a.team,
            team_b=request.b.team,
            dataset=request.dataset,
            task=request.task,
            verdict=verdict,
            reason=reason,
            within_margin=within_margin,
            n_examples=evidence.n_evaluated,
            n_different=evidence.n_different,
            n_missing=evidence.n_missing_a + evidence.n_missing_b,
            n_family=n_family,
            correction=plan.correction,
            otherwise=otherwise,
            trained_once=trained and evidence.seeds == 1,
        )
    )
    return Comparison(
        dataset=request.dataset,
        split=request.split,
        task=request.task,
        team_a=request.a.team,
        team_b=request.b.team,
        submission_a=request.a.submission,
        submission_b=request.b.submission,
        version_a=request.a.version,
        version_b=request.b.version,
        planned=request.planned,
        seeds=evidence.seeds,
        unit=evidence.unit,
        n_units=evidence.n_units,
        n_examples=evidence.n_evaluated,
        n_missing_a=evidence.n_missing_a,
        n_missing_b=evidence.n_missing_b,
        primary_metric=request.primary_metric,
        metrics=metrics,
        outcomes=evidence.outcomes,
        mcnemar=evidence.mcnemar,
        verdict=verdict,
        reason=reason,
        within_margin=within_margin,
        sentence=sentence,
        warnings=_warnings(evidence, primary, trained=trained),
        robustness=robustness,
        robustness_sentence=robustness_sentence(robustness, request.a.team, request.b.team),
    )


def _metric_comparison(
    metric_id: str, difference: PairedDifference, evidence: Evidence, plan: AnalysisPlan, decision: Decision | None
) -> MetricComparison:
    request = evidence.request
    margin, is_default = margin_of(metric_of(metric_id), request.primary_metric, plan)
    adjusted = decision if request.planned else None
    return MetricComparison(
        metric=metric_id,
        a=difference.a,
        b=difference.b,
        difference=difference.difference,
        ci_low=difference.ci_low,
        ci_high=difference.ci_high,
        ci_level=difference.ci_level,
        p_value=difference.p_value,
        p_adjusted=None if adjusted is None else adjusted.p_adjusted,
        margin=margin,
        margin_is_default=is_default,
        p_equivalence=difference.p_equivalence,
        p_equivalence_adjusted=None if adjusted is None else adjusted.p_equivalence_adjusted,
        n_resamples=difference.n_resamples,
        interval_method=difference.interval_method,
        test_method=difference.test_method,
        minimum_detectable_difference=difference.minimum_detectable_difference,
        standard_error=difference.standard_error,
        monte_carlo_error=difference.monte_carlo_error,
        not_defined=difference.not_defined,
        marks=difference.marks,
        whisker_low=difference.whisker_low,
        whisker_high=difference.whisker_high,
        degrees_of_freedom=difference.degrees_of_freedom,
    )


def _with_examples_for_margin(numbers: MetricComparison, evidence: Evidence, alpha: float) -> MetricComparison:
    """Return the numbers with how many examples would show the margin, to two digits: the SE is an estimate."""
    # More examples do not lessen the noise of the seeds: their number is not told then.
    if not numbers.margin or not numbers.standard_error or evidence.n_evaluated == 0 or evidence.seeds > 1:
        return numbers
    needed: int | None
    if numbers.metric == "accuracy" and evidence.unit == "example":
        discordance = evidence.n_different / evidence.n_evaluated
        needed = examples_for_difference_accuracy(numbers.margin, discordance, alpha)
    else:
        needed = examples_for_difference(numbers.margin, numbers.standard_error, evidence.n_evaluated, alpha)
    if needed is None:
        return numbers
    step = int(10 ** max(len(str(needed)) - 2, 0))
    return replace(numbers, examples_for_margin=math.ceil(needed / step) * step)


def _warnings(evidence: Evidence, primary: MetricComparison, *, trained: bool) -> tuple[str, ...]:
    request = evidence.request
    noun = example_noun(request.task)
    dropped = "drop" in (request.a.missing, request.b.missing)
    warnings = []
    for side, missing in ((request.a, evidence.n_missing_a), (request.b, evidence.n_missing_b)):
        if missing:
            treatment = _TREATMENTS["drop" if dropped and side.missing != "negative" else side.missing]
            warnings.append(
                f"{side.team} has no prediction for {counted(missing, noun)} of {request.dataset}: {treatment}."
            )
    warnings.extend(f"{request.dataset}, {metric_of(primary.metric).name}: {mark}." for mark in primary.marks)
    if trained:
        seeds = "" if evidence.seeds > 1 else "chance in training (one seed each) and "
        warnings.append(
            f"{request.dataset}: interval and p cover the choice of the test {noun}s; they do not cover {seeds}"
            "the choice of the training data."
        )
    return tuple(warnings)
