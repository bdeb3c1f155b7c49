"""Simulated comparisons of one setting, and how often their intervals, tests and verdicts are right."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.calibration.populations import Sample
from benchmarks.calibration.settings import Setting
from reviewer_app.evaluation.inputs import IntArray, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance import resampling
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.verdict import FamilyMember, decide_family

ALPHA = 0.05
FAMILIES = (1, 2, 6)
NULL = 1e-9
"""A true difference closer to 0 is 0."""

_NULL_MARGIN = 0.01
"""Margin where there is no true difference that could serve as one."""

LIMITS = ("20 disagreements", "20 positives", "20 predicted positive", "50 groups", "5 examples a class")


@dataclass(frozen=True)
class MetricRow:
    """What came of one metric in one setting; shares are of the comparisons in which the number is defined.

    Attributes
    ----------
    true_difference
        Of the population.
    coverage
        Share of 95 % intervals that hold it.
    width
        Median width of the intervals.
    rejected
        Share of p values below 0.05: the size of the test where the true difference is 0, else its power.
    no_interval, no_test
        Share of all comparisons without an interval, without a p.
    false_better
        By size of the family: share of families with a verdict for a team that is not better.
    false_equivalent
        By size of the family: share of families with a verdict of equivalence, where the true difference is not 0 and
        the margin is just as large. None where it is 0.
    """

    true_difference: float
    coverage: float | None
    width: float | None
    rejected: float | None
    no_interval: float
    no_test: float
    false_better: dict[int, float]
    false_equivalent: dict[int, float] | None


@dataclass(frozen=True)
class SettingRow:
    """What came of one setting.

    `crossed` has, for each limit, the share of comparisons beyond it; `inside` the share within all.
    """

    name: str
    simulations: int
    n_resamples: int
    seconds: float
    inside: float
    crossed: dict[str, float]
    metrics: dict[str, MetricRow]

    def as_json(self) -> dict[str, object]:
        """Return what a line of the results holds."""
        return asdict(self)


def run(setting: Setting, simulations: int, n_resamples: int, data: Path | None = None) -> SettingRow:
    """Return the row of a setting; random numbers depend on its name alone."""
    # Other settings run in other processes: a setting keeps to one core.
    resampling.MAX_THREADS = 1
    started = time.perf_counter()
    population = setting.population(data)
    metrics = [METRICS[name] for name in setting.metrics]
    true = {metric.id: population.difference(metric) for metric in metrics}
    margins = {name: _NULL_MARGIN if abs(value) < NULL else abs(value) for name, value in true.items()}
    rng = np.random.default_rng(zlib.crc32(setting.name.encode()))
    answers: dict[str, list[PairedDifference]] = {name: [] for name in true}
    crossed = np.zeros((simulations, len(LIMITS)), dtype=np.bool_)
    different = []
    for simulation in range(simulations):
        sample = population.sample(rng, setting.n)
        # An alpha that p is never near: B stays what it is.
        settings = Settings(alpha=2.0, n_resamples=n_resamples, seed=int(rng.integers(2**31)))
        given = (metrics, sample.gold)
        if setting.seeds > 1:
            found = headline_seeds(*given, sample.runs_a, sample.runs_b, sample.structure, margins, settings)
        else:
            found = headline(*given, sample.runs_a[0], sample.runs_b[0], sample.structure, margins, settings)
        for name, answer in found.items():
            answers[name].append(answer)
        crossed[simulation] = _crossed(sample)
        different.append(_n_only_one_right(sample))
    return SettingRow(
        name=setting.name,
        simulations=simulations,
        n_resamples=n_resamples,
        seconds=time.perf_counter() - started,
        inside=float((~crossed.any(axis=1)).mean()),
        crossed={limit: float(share) for limit, share in zip(LIMITS, crossed.mean(axis=0), strict=True)},
        metrics={name: _tally(name, answers[name], true[name], margins[name], different) for name in true},
    )


def _tally(
    name: str, answers: Sequence[PairedDifference], true: float, margin: float, different: Sequence[int]
) -> MetricRow:
    if abs(true) < NULL:
        true = 0.0
    intervals = np.asarray([(d.ci_low, d.ci_high) for d in answers if d.ci_low is not None], dtype=np.float64)
    p_values = np.asarray([d.p_value for d in answers if d.p_value is not None])
    members = [
        FamilyMember(
            difference=d.difference,
            p_value=d.p_value,
            p_equivalence=d.p_equivalence,
            margin=margin,
            higher_is_better=METRICS[name].higher_is_better,
            n_different=n_different,
        )
        for d, n_different in zip(answers, different, strict=True)
    ]
    right = "neither" if true == 0.0 else "a_better" if (true > 0.0) == METRICS[name].higher_is_better else "b_better"
    false_better, false_equivalent = {}, {}
    for size in FAMILIES:
        families = [members[start : start + size] for start in range(0, len(members) - size + 1, size)]
        verdicts = [{decision.verdict for decision in decide_family(family, alpha=ALPHA)} for family in families]
        false_better[size] = float(np.mean([bool(found & ({"a_better", "b_better"} - {right})) for found in verdicts]))
        false_equivalent[size] = float(np.mean(["equivalent" in found for found in verdicts]))
    has_intervals, has_tests = len(intervals) > 0, len(p_values) > 0
    return MetricRow(
        true_difference=true,
        coverage=float(((intervals[:, 0] <= true) & (true <= intervals[:, 1])).mean()) if has_intervals else None,
        width=float(np.median(intervals[:, 1] - intervals[:, 0])) if has_intervals else None,
        rejected=float((p_values < ALPHA).mean()) if has_tests else None,
        no_interval=1.0 - len(intervals) / len(answers),
        no_test=1.0 - len(p_values) / len(answers),
        false_better=false_better,
        false_equivalent=None if true == 0.0 else false_equivalent,
    )


def _crossed(sample: Sample) -> list[bool]:
    """Return which of `LIMITS` a test set crosses."""
    gold = sample.gold
    labels = [run.y_pred for run in (*sample.runs_a, *sample.runs_b)]
    n_true = np.bincount(gold.y_true)
    positives = predicted = math.inf
    if gold.positive is not None:
        positives = float(np.count_nonzero(gold.y_true == gold.positive))
        predicted = float(min(np.count_nonzero(of_run == gold.positive) for of_run in labels))
    groups = math.inf if sample.structure.groups is None else len(np.unique(sample.structure.groups))
    return [
        np.count_nonzero(sample.runs_a[0].y_pred != sample.runs_b[0].y_pred) < 20,
        positives < 20,
        predicted < 20,
        groups < 50,
        n_true[n_true > 0].min() < 5,
    ]


def _n_only_one_right(sample: Sample) -> int:
    right = [_labels(runs[0]) == sample.gold.y_true for runs in (sample.runs_a, sample.runs_b)]
    return int(np.count_nonzero(right[0] != right[1]))


def _labels(run: Predictions) -> IntArray:
    assert run.y_pred is not None
    return run.y_pred
