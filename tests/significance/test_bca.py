"""The BCa interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.beside.bca import acceleration, bca_interval
from reviewer_app.significance.beside.other_methods import beside
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.case import case_of
from reviewer_app.significance.paired_difference import Settings


def test_efron_and_tibshiranis_spatial_test_data() -> None:
    # Efron & Tibshirani 1993, table 14.1 (A, n = 26) and section 14.3: variance 171.5, a = 0.061, z0 = 0.146 and the
    # 0.90 interval (115.8, 259.6) with B = 2,000; the percentile interval is (100.8, 233.9).
    scores = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]
    data = np.asarray(scores, dtype=np.float64)
    without = np.asarray([np.delete(data, one).var() for one in range(len(data))])
    accelerated = acceleration(without, np.ones(len(data)))
    assert data.var() == pytest.approx(171.5, abs=0.05)
    assert accelerated == pytest.approx(0.061, abs=0.0005)
    values = np.random.default_rng(0).choice(data, size=(50_000, len(data))).var(axis=1)
    low, high = bca_interval(values, float(data.var()), accelerated, 0.9)
    # With 2,000 resamples their limits carry a Monte Carlo error of about 2 and 4.
    assert low == pytest.approx(115.8, abs=4.0)
    assert high == pytest.approx(259.6, abs=8.0)


@pytest.mark.parametrize("metric_id", ["f1", "mcc", "brier"])
def test_it_agrees_with_scipys_paired_bca_over_the_examples(metric_id: str, teams: Callable[..., Any]) -> None:
    simulated = teams(120, 2, matching=True, seed=3, skill_b=0.9)
    metric = METRICS[metric_id]
    case = case_of(
        metric, simulated.gold, [simulated.a], [simulated.b], Structure(), None, Settings(n_resamples=40_000)
    )
    found = next(one for one in beside(Sampling(case)) if one.name.startswith("BCa"))

    def difference(index: Any, axis: int = -1) -> Any:
        def one(rows: Any) -> float:
            chosen = rows.astype(np.int64)
            gold = simulated.gold.take(chosen)
            return (
                metric.value(gold, simulated.a.take(chosen)).value - metric.value(gold, simulated.b.take(chosen)).value
            )

        return np.apply_along_axis(one, axis, index)

    expected = stats.bootstrap(
        (np.arange(120.0),), difference, n_resamples=4_000, method="BCa", rng=np.random.default_rng(1)
    )
    low, high = expected.confidence_interval
    # Standard error of a 2.5 % quantile of 4,000 near-normal values: 0.042 of their spread; four of them.
    error = 4 * 0.042 * float(expected.standard_error)
    assert found.ci_low == pytest.approx(low, abs=error)
    assert found.ci_high == pytest.approx(high, abs=error)


@given(st.lists(st.floats(-5, 5), min_size=5, max_size=60), st.floats(-0.2, 0.2))
@example([0.0, 0.0, 1.0, 1.0, 1.000000000001], 0.0)
def test_mirrored_values_give_the_mirrored_interval(drawn: list[float], accelerated: float) -> None:
    values, statistic = np.asarray(drawn), float(np.median(drawn))
    found, mirrored = bca_interval(values, statistic, accelerated), bca_interval(-values, -statistic, -accelerated)
    if found is None:
        assert mirrored is None
    else:
        assert mirrored == pytest.approx((-found[1], -found[0]))
        assert values.min() <= found[0] <= found[1] <= values.max()


def test_without_bias_and_acceleration_it_is_the_percentile_interval() -> None:
    values = np.random.default_rng(2).standard_normal(1_001)
    assert bca_interval(values, float(np.median(values)), 0.0) == pytest.approx(np.quantile(values, [0.025, 0.975]))


def test_values_on_one_side_of_the_statistic_are_clipped_not_infinite() -> None:
    found = bca_interval(np.linspace(1.0, 2.0, 99), 0.0, 0.0)
    assert found is not None
    assert all(math.isfinite(limit) for limit in found)


def test_there_is_none_where_nothing_varies_or_a_deletion_is_undefined() -> None:
    assert bca_interval(np.ones(50), 1.0, 0.0) is None
    assert bca_interval(np.linspace(-1, 1, 99), 0.0, 0.6) is None
    assert acceleration(np.asarray([0.1, math.nan]), np.asarray([3.0, 2.0])) is None
    assert acceleration(np.asarray([0.2, 0.2]), np.asarray([3.0, 2.0])) == 0.0


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(1, 5)), min_size=2, max_size=20))
def test_kinds_with_counts_are_their_units(kinds: list[tuple[float, int]]) -> None:
    without, counts = (np.asarray(column, dtype=np.float64) for column in zip(*kinds, strict=True))
    units = np.repeat(without, counts.astype(np.int64))
    # Values apart by less than this are equal up to rounding, and a ratio of roundings means nothing.
    if np.ptp(units) > 1e-6:
        assert acceleration(without, counts) == pytest.approx(acceleration(units, np.ones(len(units))), abs=1e-9)
