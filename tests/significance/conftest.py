"""Simulated teams whose labels, scores and structure are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS, metrics_for
from reviewer_app.significance.headline import headline
from reviewer_app.significance.paired_difference import PairedDifference, Settings


@dataclass(frozen=True, eq=False)
class Teams:
    """A gold standard and the predictions of two teams."""

    gold: Gold
    a: Predictions
    b: Predictions


def simulated_teams(
    n: int,
    k: int = 2,
    *,
    seed: int = 0,
    skill_a: float = 1.5,
    skill_b: float = 1.2,
    shared: float = 1.0,
    class_weights: tuple[float, ...] | None = None,
    matching: bool = False,
    costs: bool = False,
    outside: int = 0,
) -> Teams:
    """Return two teams that see the true label through noise, part of which they share.

    `outside` examples of each team have a label that the spec does not know, and as many no prediction.
    """
    rng = np.random.default_rng(seed)
    weights = np.ones(k) / k if class_weights is None else np.asarray(class_weights) / sum(class_weights)
    y_true = rng.choice(k, size=n, p=weights)
    common = rng.standard_normal((n, k)) * shared

    def team(skill: float) -> Predictions:
        evidence = common + rng.standard_normal((n, k))
        evidence[np.arange(n), y_true] += skill
        probabilities = np.exp(evidence) / np.exp(evidence).sum(axis=1, keepdims=True)
        y_pred = probabilities.argmax(axis=1).astype(np.int64)
        if outside:
            chosen = rng.choice(n, size=2 * outside, replace=False)
            y_pred[chosen[:outside]] = k + rng.integers(0, 3, size=outside)
            y_pred[chosen[outside:]] = NO_PREDICTION
        return Predictions(y_pred, score=probabilities[:, 1] if matching else None, probabilities=probabilities)

    cost_matrix = rng.uniform(0.5, 4.0, size=(k, k)) * (1 - np.eye(k)) if costs else None
    return Teams(Gold(y_true, k, 1 if matching else None, cost_matrix), team(skill_a), team(skill_b))


@pytest.fixture(scope="session")
def teams() -> Callable[..., Teams]:
    """How to simulate two teams."""
    return simulated_teams


@pytest.fixture(scope="session")
def known_answers(test_data: Path) -> dict[str, list[Any]]:
    """Published and independently computed answers, by procedure."""
    by_procedure: dict[str, list[Any]] = {}
    for entry in json.loads((test_data / "known_answers.json").read_text(encoding="utf-8")):
        by_procedure.setdefault(entry["procedure"], []).append(entry)
    return by_procedure


@pytest.fixture
def settings() -> Settings:
    """Quick settings; tests that need more resamples say so."""
    return Settings(n_resamples=2_000, seed=7)


INDEPENDENT = Structure()


def headline_answers(
    simulated: Teams, settings: Settings, structure: Structure = INDEPENDENT, names: Iterable[str] | None = None
) -> dict[str, PairedDifference]:
    """Return the headline of every metric of the task, or of those named, with a margin of 0.01."""
    task = "classification" if simulated.gold.positive is None else "matching"
    metrics = metrics_for(task, simulated.gold.n_classes, simulated.gold.costs is not None)
    chosen = [metric for metric in metrics if names is None or metric.id in names]
    return dict(
        headline(chosen, simulated.gold, simulated.a, simulated.b, structure, dict.fromkeys(METRICS, 0.01), settings)
    )


@pytest.fixture(scope="session")
def answers() -> Callable[..., dict[str, PairedDifference]]:
    """How to get the headline of two simulated teams."""
    return headline_answers
