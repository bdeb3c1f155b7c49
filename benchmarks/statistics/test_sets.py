"""The test sets of the jobs: made from a seed, or read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions, Structure

SEED = 20261123
_PREVALENCE = 0.2
_ERRORS = (0.10, 0.11)
_PER_GROUP = 10
_PAIRS_PER_RECORD = 4

IMAGENET = "predictions/imagenet-val"
"""Where ImageNet's labels are, below the folder of real data."""


@dataclass(frozen=True, eq=False)
class TestSet:
    """Gold labels, the predictions of two teams, and which examples depend on each other."""

    gold: Gold
    a: Predictions
    b: Predictions
    structure: Structure = field(default_factory=Structure)


def two_labels(n: int, data: Path | None) -> TestSet:
    """Return pairs of which one in five matches, and two teams that err in about one in ten."""
    rng = np.random.default_rng(SEED)
    y_true = _matches(rng, n)
    a, b = (Predictions(_flipped(y_true, rng.random(n) < error)) for error in _ERRORS)
    return TestSet(Gold(y_true, 2, 1), a, b)


def twenty_labels(n: int, data: Path | None) -> TestSet:
    """Return 20 classes of equal size and two teams whose errors go anywhere."""
    rng = np.random.default_rng(SEED)
    k = 20
    y_true = rng.integers(0, k, n)
    a, b = (
        Predictions(np.where(rng.random(n) < error, (y_true + rng.integers(1, k, n)) % k, y_true)) for error in _ERRORS
    )
    return TestSet(Gold(y_true, k), a, b)


def scores(n: int, data: Path | None) -> TestSet:
    """Return pairs with scores and probabilities of a match; both teams find the same pairs difficult."""
    rng = np.random.default_rng(SEED)
    y_true = _matches(rng, n)
    common = rng.standard_normal(n)
    a, b = (_scored(rng, y_true, common, skill) for skill in (2.0, 1.95))
    return TestSet(Gold(y_true, 2, 1), a, b)


def groups(n: int, data: Path | None) -> TestSet:
    """Return examples in groups of ten on average, each group with an error rate of its own."""
    rng = np.random.default_rng(SEED)
    y_true = _matches(rng, n)
    codes = rng.integers(0, n // _PER_GROUP, n)
    difficulty = rng.gamma(2.0, 0.5, n // _PER_GROUP)[codes]
    a, b = (Predictions(_flipped(y_true, rng.random(n) < error * difficulty)) for error in _ERRORS)
    return TestSet(Gold(y_true, 2, 1), a, b, Structure(groups=codes))


def shared_records(n: int, data: Path | None) -> TestSet:
    """Return pairs of records each of which is in four pairs on average, with an error rate of its own."""
    rng = np.random.default_rng(SEED)
    y_true = _matches(rng, n)
    n_records = n // _PAIRS_PER_RECORD
    left, right = rng.integers(0, n_records, n), rng.integers(0, n_records, n)
    difficulty = rng.gamma(2.0, 0.5, n_records)[left] * rng.gamma(2.0, 0.5, n_records)[right]
    a, b = (Predictions(_flipped(y_true, rng.random(n) < error * difficulty)) for error in _ERRORS)
    return TestSet(Gold(y_true, 2, 1), a, b, Structure(left_records=left, right_records=right))


def imagenet(n: int, data: Path | None) -> TestSet:
    """Return about n examples of ImageNet's validation set with the labels that two published networks gave.

    Every m-th of the 50,000, which are sorted by class, so that all classes are among 1,000 or more.

    Raises
    ------
    FileNotFoundError
        They are not there.
    """
    import pandas as pd

    if data is None:
        raise FileNotFoundError("no folder of real data was given")
    folder = data / IMAGENET
    gold = pd.read_parquet(folder / "gold.parquet").set_index("example_id")["label"]
    labels = sorted(gold.unique())
    teams = [
        pd.read_parquet(folder / f"{system}.parquet").set_index("example_id").loc[gold.index, "predicted_label"]
        for system in ("resnet50_pytorch", "vgg16_keras")
    ]
    y_true, a, b = (
        pd.Categorical(column, categories=labels).codes.astype(np.int64)[:: max(1, len(gold) // n)]
        for column in (gold, *teams)
    )
    return TestSet(Gold(y_true, len(labels)), Predictions(a), Predictions(b))


def _matches(rng: np.random.Generator, n: int) -> IntArray:
    return (rng.random(n) < _PREVALENCE).astype(np.int64)


def _flipped(y_true: IntArray, wrong: BoolArray) -> IntArray:
    return np.where(wrong, 1 - y_true, y_true)


def _scored(rng: np.random.Generator, y_true: IntArray, common: FloatArray, skill: float) -> Predictions:
    score = skill * y_true + np.sqrt(0.5) * (common + rng.standard_normal(len(y_true)))
    logit = np.log(_PREVALENCE / (1.0 - _PREVALENCE)) + skill * score - skill**2 / 2.0
    probability = 1.0 / (1.0 + np.exp(-logit))
    return Predictions(
        (probability > 0.5).astype(np.int64),
        score=score,
        probabilities=np.stack([1.0 - probability, probability], axis=1),
    )
