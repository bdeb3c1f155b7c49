"""Populations of two teams whose difference is known: what the simulated test sets are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtr

from benchmarks.calibration.dependence import Dependence
from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.evaluation.registry import Metric

_GRID = np.linspace(-9.0, 9.0, 20_001)
"""Points of numerical integration over a standard normal number."""
_NORMAL = np.exp(-(_GRID**2) / 2.0) / np.sqrt(2.0 * np.pi) * (_GRID[1] - _GRID[0])
_LARGE_SAMPLE = 400_000


@dataclass(frozen=True, eq=False)
class Sample:
    """A simulated test set: one run of each team, or several."""

    gold: Gold
    runs_a: tuple[Predictions, ...]
    runs_b: tuple[Predictions, ...]
    structure: Structure


class Population(Protocol):
    """Where test sets come from."""

    def sample(self, rng: np.random.Generator, n: int) -> Sample:
        """Return a test set of n examples."""

    def difference(self, metric: Metric) -> float:
        """Return the population's A - B."""


class LabelPopulation:
    """Teams' labels from a joint distribution of (gold label, label of A, label of B).

    In a class both teams err with the rates given; a share of the errors falls on the same examples.
    """

    def __init__(
        self,
        class_weights: FloatArray,
        confusions: tuple[FloatArray, FloatArray],
        shared: float,
        positive: int | None,
        dependence: Dependence | None,
        class_sizes: IntArray | None,
    ) -> None:
        k = len(class_weights)
        self._k, self._positive, self._dependence, self._class_sizes = k, positive, dependence, class_sizes
        self._weights = class_weights
        self._confusions = confusions
        # Cumulative probability of the cells (a, b) within each gold label.
        self._cumulative = np.cumsum([_joint(*rows, shared).ravel() for rows in zip(*confusions, strict=True)], axis=1)

    def sample(self, rng: np.random.Generator, n: int) -> Sample:
        """Return a test set of n examples, of the fixed class sizes where there are any."""
        k = self._k
        y: IntArray
        places: FloatArray = rng.random(n)
        if self._class_sizes is not None:
            y = np.repeat(np.arange(k), self._class_sizes)
        else:
            y = rng.choice(k, size=n, p=self._weights)
        structure = Structure()
        if self._dependence is not None:
            structure = self._dependence.structure(rng, n)
            y, places = self._dependence.copied(rng, structure, y, places)
        cells = np.empty(n, dtype=np.intp)
        for code in range(k):
            chosen = y == code
            cells[chosen] = np.searchsorted(self._cumulative[code], places[chosen], side="right")
        a, b = np.divmod(np.minimum(cells, k * k - 1), k)
        return Sample(Gold(y, k, self._positive), (Predictions(a),), (Predictions(b),), structure)

    def difference(self, metric: Metric) -> float:
        """Return the difference at the expected class counts."""
        assert metric.from_counts is not None
        values = [
            float(metric.from_counts(expected_counts(self._weights, confusion, self._positive)))
            for confusion in self._confusions
        ]
        return values[0] - values[1]


def expected_counts(weights: FloatArray, confusion: FloatArray, positive: int | None) -> ClassCounts:
    """Return shares instead of counts, of a team with P(label | gold label) in the rows of `confusion`."""
    return ClassCounts(weights * np.diag(confusion), weights, weights @ confusion, np.asarray(1.0), positive=positive)


def confusion_matrix(errors: FloatArray, seed: int, concentration: float = 2.0) -> FloatArray:
    """Return P(label | gold label) of a team that errs so often in each class; where to is random, by the seed."""
    k = len(errors)
    rng = np.random.default_rng(seed)
    confusion = np.diag(1.0 - errors)
    for code in range(k):
        others = np.arange(k) != code
        confusion[code, others] = errors[code] * rng.dirichlet(np.full(k - 1, concentration))
    return confusion


def scaled_to_equal(
    metric_id: str, weights: FloatArray, a: FloatArray, b: FloatArray, classes: IntArray, positive: int | None
) -> FloatArray:
    """Return B's confusion matrix with its errors in some classes scaled so that the metric is exactly that of A."""
    metric = METRICS[metric_id]
    assert metric.from_counts is not None
    of_counts = metric.from_counts
    target = float(of_counts(expected_counts(weights, a, positive)))

    def scaled(factor: float) -> FloatArray:
        matrix = b.copy()
        matrix[classes] *= factor
        matrix[classes, classes] = 0.0
        matrix[classes, classes] = 1.0 - matrix[classes].sum(axis=1)
        return matrix

    largest = 0.999 / (1.0 - np.diag(b)[classes]).max()
    factor = brentq(
        lambda value: float(of_counts(expected_counts(weights, scaled(value), positive))) - target,
        1e-6,
        largest,
        xtol=1e-15,
    )
    return scaled(factor)


def _joint(row_a: FloatArray, row_b: FloatArray, shared: float) -> FloatArray:
    """Return P(a, b | gold label): independent, or alike as far as the margins allow, with probability `shared`."""
    alike = np.minimum(row_a, row_b)
    together = np.diag(alike)
    rest_a, rest_b = row_a - alike, row_b - alike
    if rest_a.sum() > 0.0:
        together = together + np.outer(rest_a, rest_b) / rest_a.sum()
    return (1.0 - shared) * np.outer(row_a, row_b) + shared * together


@dataclass(frozen=True)
class Scorer:
    """How one team scores a binary label: negatives N(0, 1), positives N(skill, spread^2), and how sure it is of it.

    Its probability is the true posterior of equal spreads to the power `sharpness` (1: calibrated where spread is 1).
    Each run's skill is normal about `skill` with standard deviation `seed_noise`.
    """

    skill: float
    spread: float = 1.0
    sharpness: float = 1.0
    seed_noise: float = 0.0


class ScorePopulation:
    """Scores of the positive label, with probabilities and labels (probability above 1/2)."""

    def __init__(
        self,
        prevalence: float,
        scorers: tuple[Scorer, Scorer],
        shared: float,
        seeds: int,
        dependence: Dependence | None,
    ) -> None:
        self._prevalence, self._scorers, self._shared = prevalence, scorers, shared
        self._seeds, self._dependence = seeds, dependence

    def sample(self, rng: np.random.Generator, n: int) -> Sample:
        """Return a test set; difficulty is shared by the teams, and by the runs of a team."""
        y = (rng.random(n) < self._prevalence).astype(np.int64)
        structure = Structure() if self._dependence is None else self._dependence.structure(rng, n)

        def noise() -> FloatArray:
            own = rng.standard_normal(n)
            return own if self._dependence is None else self._dependence.mixed(rng, structure, own)

        common = noise()
        runs = []
        for scorer in self._scorers:
            of_team = noise()
            of_runs = []
            for _ in range(self._seeds):
                skill = scorer.skill + scorer.seed_noise * rng.standard_normal()
                own = of_team if self._seeds == 1 else np.sqrt(0.5) * of_team + np.sqrt(0.5) * noise()
                deviation = np.sqrt(self._shared) * common + np.sqrt(1.0 - self._shared) * own
                score = skill * y + np.where(y == 1, scorer.spread, 1.0) * deviation
                of_runs.append(self._predictions(scorer, score))
            runs.append(tuple(of_runs))
        return Sample(Gold(y, 2, 1), runs[0], runs[1], structure)

    def difference(self, metric: Metric) -> float:
        """Return the difference of the means over runs, by numerical integration."""
        of_a, of_b = (self._mean_value(metric, scorer) for scorer in self._scorers)
        return of_a - of_b

    def _predictions(self, scorer: Scorer, score: FloatArray) -> Predictions:
        probability = self._probability(scorer, score)
        return Predictions(
            (probability > 0.5).astype(np.int64),
            score=score,
            probabilities=np.stack([1.0 - probability, probability], axis=1),
        )

    def _probability(self, scorer: Scorer, score: FloatArray) -> FloatArray:
        logit = np.log(self._prevalence / (1.0 - self._prevalence)) + scorer.skill * score - scorer.skill**2 / 2.0
        probability: FloatArray = expit(scorer.sharpness * logit)
        return probability

    def _mean_value(self, metric: Metric, scorer: Scorer) -> float:
        if scorer.seed_noise == 0.0:
            return self._value(metric, scorer, scorer.skill)
        points, weights = np.polynomial.hermite_e.hermegauss(41)
        values = [self._value(metric, scorer, scorer.skill + scorer.seed_noise * point) for point in points]
        return float(weights @ values / weights.sum())

    def _value(self, metric: Metric, scorer: Scorer, skill: float) -> float:
        of_classes = (_GRID, skill + scorer.spread * _GRID)
        shares = (1.0 - self._prevalence, self._prevalence)
        if metric.id == "roc_auc":
            return float(ndtr(skill / np.hypot(1.0, scorer.spread)))
        if metric.id == "average_precision":
            found = self._prevalence * ndtr(-_GRID)
            false = (1.0 - self._prevalence) * ndtr(-of_classes[1])
            return float(_NORMAL @ (found / (found + false)))
        if metric.per_example is not None:
            values = [
                metric.per_example(Gold(np.full(len(_GRID), code), 2, 1), self._predictions(scorer, scores))
                for code, scores in enumerate(of_classes)
            ]
            return float(sum(share * (_NORMAL @ value) for share, value in zip(shares, values, strict=True)))
        assert metric.from_counts is not None
        # Where the probability is 1/2.
        threshold = scorer.skill / 2.0 - np.log(self._prevalence / (1.0 - self._prevalence)) / scorer.skill
        above = np.asarray([ndtr(-threshold), ndtr((skill - threshold) / scorer.spread)])
        confusion = np.stack([1.0 - above, above], axis=1)
        return float(metric.from_counts(expected_counts(np.asarray(shares), confusion, 1)))


class SoftmaxPopulation:
    """Probabilities of k classes from noisy evidence; the difference is that of a large sample, or 0 of equal teams."""

    def __init__(
        self, class_weights: FloatArray, skills: tuple[float, float], shared: float, dependence: Dependence | None
    ) -> None:
        self._weights, self._skills, self._shared, self._dependence = class_weights, skills, shared, dependence

    def sample(self, rng: np.random.Generator, n: int) -> Sample:
        """Return a test set of n examples."""
        k = len(self._weights)
        y = rng.choice(k, size=n, p=self._weights)
        structure = Structure() if self._dependence is None else self._dependence.structure(rng, n)
        common: FloatArray = rng.standard_normal((n, k))
        if self._dependence is not None:
            common = self._dependence.mixed(rng, structure, common)
        runs = []
        for skill in self._skills:
            evidence = np.sqrt(self._shared) * common + np.sqrt(1.0 - self._shared) * rng.standard_normal((n, k))
            evidence[np.arange(n), y] += skill
            logits = skill * evidence
            logits -= logits.max(axis=1, keepdims=True)
            probabilities = self._weights * np.exp(logits)
            probabilities /= probabilities.sum(axis=1, keepdims=True)
            runs.append((Predictions(probabilities.argmax(axis=1), probabilities=probabilities),))
        return Sample(Gold(y, k), runs[0], runs[1], structure)

    def difference(self, metric: Metric) -> float:
        """Return the difference over 400,000 independent examples."""
        if self._skills[0] == self._skills[1]:
            return 0.0
        alone = SoftmaxPopulation(self._weights, self._skills, self._shared, None)
        large = alone.sample(np.random.default_rng(0), _LARGE_SAMPLE)
        of_a, of_b = (metric.value(large.gold, runs[0]).value for runs in (large.runs_a, large.runs_b))
        assert of_a is not None
        assert of_b is not None
        return of_a - of_b
