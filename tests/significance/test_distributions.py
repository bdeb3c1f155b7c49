"""The bootstrap's and the permutation test's distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.beside.distributions import (
    Distribution,
    bootstrap_distribution,
    histogram,
    permutation_distribution,
)
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.case import case_of
from reviewer_app.significance.headline import headline
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference, Settings

LABELS_AND_LOSSES = ["accuracy", "f1", "mcc", "recall", "log_loss", "brier"]
RANKINGS = ["roc_auc", "average_precision", "recall_at_precision_90"]


def sampling_of(simulated: Any, metric_id: str, settings: Settings, structure: Structure | None = None) -> Sampling:
    case = case_of(
        METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b], structure or Structure(), None, settings
    )
    return Sampling(case)


def headline_of(
    simulated: Any, metric_id: str, settings: Settings, structure: Structure | None = None
) -> PairedDifference:
    metric = METRICS[metric_id]
    return headline([metric], simulated.gold, simulated.a, simulated.b, structure or Structure(), {}, settings)[
        metric_id
    ]


def monte_carlo_error(distribution: Distribution) -> float:
    """Return four standard errors of the p of these draws: THE p may come from a hundred times as many."""
    n, p = distribution.n_resamples, distribution.p_beyond
    return 1e-9 if n is None or p is None else 4.0 * float(np.sqrt(p * (1.0 - p) / n))


def quantile(distribution: Distribution, share: float) -> float:
    """Return where the histogram's distribution function reaches a share."""
    up_to = np.concatenate([[0.0], np.cumsum(distribution.shares)])
    return float(np.interp(share, up_to, distribution.edges))


@pytest.mark.parametrize("metric_id", [*LABELS_AND_LOSSES, *RANKINGS])
def test_bootstrap_says_whether_the_interval_is_read_from_it(
    metric_id: str, teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(700, 2, matching=True, seed=1)
    found = bootstrap_distribution(sampling_of(simulated, metric_id, settings))
    answer = headline_of(simulated, metric_id, settings)
    assert isinstance(found, Distribution)
    assert found.is_headline == ("bootstrap" in answer.interval_method)
    assert found.observed == answer.difference
    assert sum(found.shares) == pytest.approx(1.0)
    assert len(found.edges) == len(found.shares) + 1
    width = found.edges[1] - found.edges[0]
    within = width if found.is_headline else width + 0.2 * answer.standard_error
    assert quantile(found, 0.025) == pytest.approx(answer.ci_low, abs=within)
    assert quantile(found, 0.975) == pytest.approx(answer.ci_high, abs=within)


@pytest.mark.parametrize("n_groups", [30, 90])
@pytest.mark.parametrize("metric_id", ["accuracy", "f1", "brier", "roc_auc"])
def test_groups_are_drawn_and_swapped_as_wholes(
    metric_id: str, n_groups: int, teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(600, 2, matching=True, seed=2)
    structure = Structure(groups=np.random.default_rng(0).integers(0, n_groups, 600))
    sampling = sampling_of(simulated, metric_id, settings, structure)
    answer = headline_of(simulated, metric_id, settings, structure)
    found, swaps = bootstrap_distribution(sampling), permutation_distribution(sampling)
    assert isinstance(found, Distribution)
    assert isinstance(swaps, Distribution)
    assert found.is_headline == ("bootstrap" in answer.interval_method)
    assert swaps.is_headline == ("swap" in answer.test_method)
    assert swaps.p_beyond <= answer.p_value + monte_carlo_error(swaps)
    # Some procedures leave out one group at a time for it.
    assert sampling.standard_error == pytest.approx(answer.standard_error, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("metric_id", LABELS_AND_LOSSES)
def test_p_read_off_the_arrangements_is_the_p(
    metric_id: str, seed: int, teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(150, 2, matching=True, seed=seed)
    answer = headline_of(simulated, metric_id, settings)
    found = permutation_distribution(sampling_of(simulated, metric_id, settings))
    assert isinstance(found, Distribution)
    assert found.is_headline == ("swap" in answer.test_method or "McNemar" in answer.test_method)
    if found.n_resamples is not None:
        assert found.p_beyond == (1 + found.n_beyond) / (1 + found.n_resamples)
    if "the larger p" in answer.test_method:
        assert found.p_beyond <= answer.p_value + monte_carlo_error(found)
    elif found.n_resamples == answer.n_resamples:
        assert found.p_beyond == answer.p_value
    else:
        assert found.p_beyond == pytest.approx(answer.p_value, abs=0.05)


def test_few_swaps_are_enumerated(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(14, 2, matching=True, seed=3)
    found = permutation_distribution(sampling_of(simulated, "f1", settings))
    answer = headline_of(simulated, "f1", settings)
    assert isinstance(found, Distribution)
    assert found.exact
    assert found.n_beyond is None
    assert found.p_beyond <= answer.p_value + monte_carlo_error(found)


@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_accuracys_distribution_is_the_binomial_one(only_a: int, only_b: int) -> None:
    n = only_a + only_b + 5
    y = np.zeros(n, dtype=np.int64)
    a, b = y.copy(), y.copy()
    a[only_a : only_a + only_b], b[:only_a] = 1, 1
    simulated = type("Teams", (), {"gold": Gold(y, 2), "a": Predictions(a), "b": Predictions(b)})
    found = permutation_distribution(sampling_of(simulated, "accuracy", Settings()))
    if only_a + only_b == 0:
        assert isinstance(found, str)
        return
    assert isinstance(found, Distribution)
    assert found.observed == only_a
    assert found.p_beyond == mcnemar(only_a, only_b).p_mid
    assert len(found.shares) <= 80
    inner = stats.binom.cdf(np.asarray(found.edges[1:-1]) - 0.5, only_a + only_b, 0.5)
    assert np.cumsum(found.shares)[:-1] == pytest.approx(inner, abs=1e-9)
    assert sum(found.shares) == pytest.approx(1.0)


def test_a_million_discordant_examples_fit_into_eighty_bars() -> None:
    n = 1_000_000
    y = np.zeros(n, dtype=np.int64)
    b = (np.arange(n) % 2).astype(np.int64)
    simulated = type("Teams", (), {"gold": Gold(y, 2), "a": Predictions(1 - b), "b": Predictions(b)})
    found = permutation_distribution(sampling_of(simulated, "accuracy", Settings()))
    assert isinstance(found, Distribution)
    assert 40 <= len(found.shares) <= 80
    assert max(found.shares) < 0.1


def test_rankings_have_no_permutations_and_shared_records_neither(
    teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(60, 2, matching=True, seed=4)
    for metric_id in RANKINGS:
        assert "never swapped" in permutation_distribution(sampling_of(simulated, metric_id, settings))
    records = Structure(left_records=np.arange(60) // 2, right_records=np.arange(60))
    sampling = sampling_of(simulated, "f1", settings, records)
    assert "share records" in permutation_distribution(sampling)
    assert "share records" in bootstrap_distribution(sampling)


# Histograms.


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300))
def test_every_value_is_in_a_bar_once(drawn: list[float]) -> None:
    edges, shares = histogram(np.asarray(drawn))
    assert list(edges) == sorted(set(edges))
    assert sum(shares) == pytest.approx(1.0)
    assert len(shares) == len(edges) - 1 <= 82
    inside = [value for value in drawn if edges[0] <= value <= edges[-1]]
    assert len(inside) >= 0.99 * len(drawn) - 1


def test_a_lattice_makes_no_comb() -> None:
    counts = np.random.default_rng(0).binomial(4_000, 0.5, size=20_000)
    edges, shares = histogram(counts / 4_002)
    assert 40 <= len(shares) <= 80
    assert np.allclose(np.diff(edges) * 4_002, round((edges[1] - edges[0]) * 4_002))
    expected = np.diff(stats.binom.cdf(np.asarray(edges) * 4_002, 4_000, 0.5))
    assert np.abs(np.asarray(shares[1:-1]) - expected[1:-1]).max() < 4 * np.sqrt(0.05 / 20_000)


def test_values_that_are_all_equal_are_one_bar() -> None:
    edges, shares = histogram(np.full(50, 0.25))
    assert shares == (1.0,)
    assert edges[0] < 0.25 < edges[1]


def test_infinite_statistics_are_in_the_outermost_bars() -> None:
    values = np.append(np.linspace(-1.0, 1.0, 998), [-np.inf, np.inf])
    edges, shares = histogram(values)
    assert np.isfinite(edges).all()
    assert sum(shares) == pytest.approx(1.0)
    assert histogram(np.full(4, np.inf))[1] == (1.0,)


def test_probabilities_weigh_the_values() -> None:
    _, shares = histogram(np.asarray([0.0, 1.0, 2.0]), np.asarray([0.25, 0.5, 0.25]))
    assert shares == pytest.approx((0.25, 0.5, 0.25))
