"""A small check that intervals cover and tests hold their size; the full study is a benchmark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.headline import headline
from reviewer_app.significance.paired_difference import Settings

SIMULATIONS = 200


@pytest.mark.parametrize(
    ("matching", "names"),
    [(True, ("accuracy", "f1", "mcc", "roc_auc")), (False, ("macro_f1", "brier", "macro_ovr_roc_auc"))],
)
def test_teams_of_equal_skill_are_told_apart_about_as_often_as_alpha_allows(
    matching: bool, names: tuple[str, ...], teams: Callable[..., Any]
) -> None:
    metrics = [METRICS[name] for name in names]
    rejected, covered = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for seed in range(SIMULATIONS):
        simulated = teams(200, 2 if matching else 4, matching=matching, seed=1_000 + seed, skill_a=1.3, skill_b=1.3)
        # An alpha that p is never near: B stays what it is.
        settings = Settings(alpha=2.0, n_resamples=300, seed=seed)
        found = headline(metrics, simulated.gold, simulated.a, simulated.b, Structure(), {}, settings)
        for name, answer in found.items():
            rejected[name] += answer.p_value < 0.05
            covered[name] += answer.ci_low <= 0.0 <= answer.ci_high
    # Four binomial standard errors about 5 % and 95 %.
    slack = 4 * np.sqrt(0.05 * 0.95 / SIMULATIONS)
    for name in names:
        assert rejected[name] / SIMULATIONS < 0.05 + slack, name
        assert covered[name] / SIMULATIONS > 0.95 - slack, name
        assert rejected[name] > 0, name
