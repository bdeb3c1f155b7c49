"""The aligned arrays of a comparison under the analysis as chosen, and under other defensible choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.comparison.evidence import Choice
from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.evaluation.inputs import BoolArray, Gold, Predictions, Structure
from reviewer_app.evaluation.missing import MissingTreatment, treat_missing
from reviewer_app.significance.clusters import Dependence, dependence_of

SEEDS_FOR_VERDICT = 3
"""From this number of seeds on each side the statistics cover the algorithms' seeds (DESIGN 8)."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The arrays of both sides under one treatment of missing predictions.

    Attributes
    ----------
    gold, structure
        Of the examples that are evaluated.
    runs_a, runs_b
        The runs that the statistics use: one of each side, or at least three.
    """

    gold: Gold
    structure: Structure
    runs_a: tuple[Predictions, ...]
    runs_b: tuple[Predictions, ...]

    @property
    def runs(self) -> tuple[Predictions, ...]:
        """The runs of both sides."""
        return self.runs_a + self.runs_b

    @property
    def seeds(self) -> int:
        """Seeds that the statistics use on each side: 1, or at least 3."""
        return min(len(self.runs_a), len(self.runs_b))

    def take(self, mask: BoolArray) -> Sample:
        """Return the sample of the examples where `mask` is true."""
        if mask.all():
            return self
        return Sample(
            self.gold.take(mask),
            self.structure.take(mask),
            tuple(run.take(mask) for run in self.runs_a),
            tuple(run.take(mask) for run in self.runs_b),
        )


def sample_of(request: ComparisonRequest) -> Sample:
    """Return the sample that the comparison is about."""
    return _sample(request, drop=_drops(request))


def evaluated_examples(request: ComparisonRequest) -> BoolArray:
    """Return which of the request's examples are in its sample, shape (n,): all but those that are dropped."""
    return _kept(request, drop=_drops(request))


def alternative_samples(request: ComparisonRequest) -> Iterator[tuple[Choice, Sample]]:
    """Yield the samples of other defensible choices, each switched alone; only choices that change something."""
    drops = _drops(request)
    chosen = _sample(request, drop=drops)
    if _some_missing(request):
        other = Choice.MISSING_WRONG if drops else Choice.MISSING_DROP
        yield other, _sample(request, drop=not drops)
    doubtful = request.doubtful
    for choice, mask in (
        (Choice.WITHOUT_SEEN_BEFORE, doubtful.seen_before),
        (Choice.WITHOUT_REPEATED, doubtful.repeated),
    ):
        if mask is not None and mask.any():
            yield choice, _sample(request, drop=drops, without=mask)
    if dependence_of(chosen.structure) is not Dependence.NONE:
        yield Choice.BY_EXAMPLES, replace(chosen, structure=Structure())
    if chosen.seeds > 1:
        yield Choice.FIRST_SEED, replace(chosen, runs_a=chosen.runs_a[:1], runs_b=chosen.runs_b[:1])


def used_runs(request: ComparisonRequest) -> tuple[tuple[Predictions, ...], tuple[Predictions, ...]]:
    """Return the runs of A and of B that the statistics use, as handed in: the first, unless both have three."""
    if min(len(request.a.runs), len(request.b.runs)) < SEEDS_FOR_VERDICT:
        return request.a.runs[:1], request.b.runs[:1]
    return request.a.runs, request.b.runs


def _drops(request: ComparisonRequest) -> bool:
    return "drop" in (request.a.missing, request.b.missing)


def _some_missing(request: ComparisonRequest) -> bool:
    return any(run.missing.any() for run in _runs_to_answer(request))


def _runs_to_answer(request: ComparisonRequest) -> list[Predictions]:
    """Return the runs whose gaps are no answers: a file that lists matches answers by what it leaves out."""
    sides = zip((request.a, request.b), used_runs(request), strict=True)
    return [run for side, runs in sides if side.missing != "negative" for run in runs]


def _sample(request: ComparisonRequest, *, drop: bool, without: BoolArray | None = None) -> Sample:
    runs_a, runs_b = (
        treated_runs(request.gold, runs, side.missing)
        for side, runs in zip((request.a, request.b), used_runs(request), strict=True)
    )
    kept = _kept(request, drop=drop, without=without)
    return Sample(request.gold, request.structure, runs_a, runs_b).take(kept)


def _kept(request: ComparisonRequest, *, drop: bool, without: BoolArray | None = None) -> BoolArray:
    kept = np.ones(request.gold.n_examples, dtype=np.bool_)
    if without is not None:
        kept &= ~without
    if drop:
        for run in _runs_to_answer(request):
            kept &= ~run.missing
    return kept


def treated_runs(gold: Gold, runs: Sequence[Predictions], missing: str) -> tuple[Predictions, ...]:
    """Return a side's runs with what is missing in them answered: "negative" where the file says so, else wrong.

    Examples that are dropped are left out afterwards.
    """
    treatment = MissingTreatment.NEGATIVE if missing == MissingTreatment.NEGATIVE else MissingTreatment.WRONG
    return treat_missing(gold, runs, treatment).predictions
