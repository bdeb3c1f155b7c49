"""THE p and THE interval of every metric of a comparison: which procedure serves which metric and structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.case import Case, case_of
from reviewer_app.significance.clusters import Dependence, dependence_of
from reviewer_app.significance.dependent import grouped, grouped_counts, several_seeds, shared_records
from reviewer_app.significance.independent import PROCEDURES, counts
from reviewer_app.significance.paired_difference import PairedDifference, Settings

_SINGLE_EXAMPLE = "no test and no interval: a class has a single example, so the variance is not defined"


def headline(
    metrics: Sequence[Metric],
    gold: Gold,
    a: Predictions,
    b: Predictions,
    structure: Structure,
    margins: Mapping[str, float | None],
    settings: Settings,
) -> Mapping[str, PairedDifference]:
    """Return the difference A - B of each metric, by id, in the order given, with THE p and THE interval (DESIGN 8).

    Fixed by metric and structure, never by n or by the result: pairs that share records go by two-way variance, groups
    by whole groups, otherwise the examples are independent and the metric's family decides. A structure in which every
    group, or every record, stands for one example is none. A metric that is not defined for a team has the reason
    instead; calibration errors have values only.

    Parameters
    ----------
    metrics
        What is compared; those of counts share their resamples.
    gold
        Gold labels, n examples.
    a, b
        Predictions of each team, missing ones treated before (see `evaluation.missing`).
    structure
        Groups or records of the n examples, if any.
    margins
        Metric id to its margin of equivalence; absent or None: equivalence is not tested.
    settings
        Alpha, level of the intervals, B and seed.
    """
    return _answers(metrics, gold, (a,), (b,), structure, margins, settings)


def headline_seeds(
    metrics: Sequence[Metric],
    gold: Gold,
    runs_a: Sequence[Predictions],
    runs_b: Sequence[Predictions],
    structure: Structure,
    margins: Mapping[str, float | None],
    settings: Settings,
) -> Mapping[str, PairedDifference]:
    """Return what `headline` returns, for the difference of the teams' means over several runs (seeds).

    The runs of A and B are independent of each other, never paired; their numbers may differ, and one of them may be 1.
    p, interval, equivalence and detectable difference all come from the variance over seeds and examples. Where the
    difference would be significant if the seeds had no noise, `dependent.SEED_NOISE` is among the marks.

    Raises
    ------
    ValueError
        No run of a team, or one run of each: then there is no variance between seeds, and `headline` is meant.
    """
    if not runs_a or not runs_b or len(runs_a) + len(runs_b) < 3:
        raise ValueError(f"{len(runs_a)} and {len(runs_b)} runs are not several seeds")
    return _answers(metrics, gold, tuple(runs_a), tuple(runs_b), structure, margins, settings)


def _answers(
    metrics: Sequence[Metric],
    gold: Gold,
    runs_a: tuple[Predictions, ...],
    runs_b: tuple[Predictions, ...],
    structure: Structure,
    margins: Mapping[str, float | None],
    settings: Settings,
) -> Mapping[str, PairedDifference]:
    answers: dict[str, PairedDifference] = {}
    together: list[Case] = []
    alone: list[tuple[Case, Dependence]] = []
    several = len(runs_a) + len(runs_b) > 2
    of_all = dependence_of(structure)
    for metric in metrics:
        case = case_of(metric, gold, runs_a, runs_b, structure, margins.get(metric.id), settings)
        if isinstance(case, PairedDifference):
            answers[metric.id] = case
            continue
        is_whole = case.gold is gold
        dependence = of_all if is_whole else dependence_of(case.structure)
        if not several and is_whole and _shares_resamples(metric, dependence):
            together.append(case)
        else:
            alone.append((case, dependence))
    n_steps = len(alone) + bool(together)
    for step, (case, dependence) in enumerate(alone):
        part = replace(case, settings=settings.part(step / n_steps, (step + 1) / n_steps))
        answers[case.metric.id] = _answer(part, dependence, several=several)
    if together:
        procedure = counts if of_all is Dependence.NONE else grouped_counts
        last = settings.part(len(alone) / n_steps, 1.0)
        found = procedure([replace(case, settings=last) for case in together])
        answers.update(zip((case.metric.id for case in together), found, strict=True))
    return {metric.id: answers[metric.id] for metric in metrics}


def _shares_resamples(metric: Metric, dependence: Dependence) -> bool:
    """Return whether a metric is answered together with others, from the same resamples."""
    return metric.family is Family.COUNT and dependence is not Dependence.RECORDS


def _answer(case: Case, dependence: Dependence, *, several: bool) -> PairedDifference:
    family = case.metric.family
    if family is Family.CALIBRATION:
        return case.lacking(case.values, "a calibration error has no test and no interval")
    if family in (Family.AUC, Family.RANKING) and smallest_class(case.gold) == 1:
        return case.lacking(case.values, _SINGLE_EXAMPLE)
    if several:
        return several_seeds(case, dependence)
    if dependence is Dependence.RECORDS:
        return shared_records(case)
    if dependence is Dependence.GROUPS:
        return grouped(case)
    return PROCEDURES[family](case)
