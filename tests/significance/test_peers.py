"""What other libraries answer to the same question: the same where they are right; where they are not, it is shown."""

from __future__ import annotations

import warnings
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics as sklearn_metrics
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.headline import headline
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import Settings

NOTHING_DISCORDANT = [[10, 0], [0, 5]]
few = st.integers(0, 40)


@pytest.fixture(scope="module")
def mlxtend() -> ModuleType:
    """mlxtend's evaluation, which comes with the extra "dev"."""
    return pytest.importorskip("mlxtend.evaluate", reason="mlxtend is a peer of the benchmarks: extra dev")


@pytest.fixture(scope="module")
def confidenceinterval() -> ModuleType:
    """confidenceinterval, which comes with the extra "dev"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("confidenceinterval", reason="a peer of the benchmarks: extra dev")


@given(only_a=few, only_b=few)
def test_mcnemar_is_that_of_statsmodels_and_mlxtend(mlxtend: ModuleType, only_a: int, only_b: int) -> None:
    table = np.array([[20, only_a], [only_b, 7]])
    ours = mcnemar(only_a, only_b)
    assert statsmodels_mcnemar(table, exact=True).pvalue == pytest.approx(ours.p_exact, rel=1e-9)
    assert mlxtend.mcnemar(table, exact=True)[1] == pytest.approx(ours.p_exact, rel=1e-9)
    if only_a + only_b:
        asymptotic = statsmodels_mcnemar(table, exact=False, correction=False).pvalue
        assert asymptotic == pytest.approx(ours.p_asymptotic, rel=1e-9)


def test_where_nothing_is_discordant_p_is_one_and_not_zero_or_undefined(mlxtend: ModuleType) -> None:
    """mlxtend: chi-squared infinite, p = 0, "significant" without a difference. statsmodels: p is no number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chi2, p_of_mlxtend = mlxtend.mcnemar(np.array(NOTHING_DISCORDANT), exact=False)
        p_of_statsmodels = statsmodels_mcnemar(NOTHING_DISCORDANT, exact=False, correction=False).pvalue
    assert np.isinf(chi2)
    assert p_of_mlxtend == 0.0
    assert np.isnan(p_of_statsmodels)
    ours = mcnemar(0, 0)
    assert (ours.p_exact, ours.p_mid, ours.p_asymptotic) == (1.0, 1.0, 1.0)


def labels_of(n: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(np.int64)
    a, b = (np.where(rng.random(n) < error, 1 - y, y) for error in (0.1, 0.2))
    return y, a, b


@pytest.mark.parametrize("seed", range(3))
def test_plain_swaps_of_mlxtend_are_those_of_accuracy_within_monte_carlo_error(mlxtend: ModuleType, seed: int) -> None:
    """Of accuracy the plain swap test is McNemar's exact one: the statistics of all arrangements are in one order."""
    y, a, b = labels_of(120, seed)
    rounds = 1_000
    p_value = mlxtend.permutation_test(
        a,
        b,
        func=lambda first, second: abs(float((first == y).mean() - (second == y).mean())),
        method="approximate",
        num_rounds=rounds,
        paired=True,
        seed=seed,
    )
    only_a, only_b = int(((a == y) & (b != y)).sum()), int(((b == y) & (a != y)).sum())
    exact = mcnemar(only_a, only_b).p_exact
    assert p_value == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / rounds) + 2 / rounds)


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_confidenceinterval_save_for_what_it_adds_to_denominators(
    confidenceinterval: ModuleType, seed: int
) -> None:
    y, a, _ = labels_of(200, seed)
    gold, run = Gold(y, 2, 1), Predictions(a)
    for metric_id, function, method in (
        ("precision", confidenceinterval.precision_score, "wilson"),
        ("recall", confidenceinterval.recall_score, "wilson"),
        ("f1", confidenceinterval.f1_score, "takahashi"),
    ):
        theirs = function(y, a, average="binary", method=method)[0]
        assert METRICS[metric_id].value(gold, run).value == pytest.approx(theirs, rel=1e-6)
    assert METRICS["accuracy"].value(gold, run).value == confidenceinterval.accuracy_score(y, a)[0]


def test_an_interval_never_leaves_the_metrics_range_and_a_perfect_sample_is_not_certainty(
    confidenceinterval: ModuleType,
) -> None:
    """confidenceinterval: macro F1 of a perfect team up to 1.31, AUC from 1 to 1 on 5 matches."""
    y = np.repeat([1, 0], [5, 15])
    score = np.linspace(1.0, 0.0, 20)
    assert confidenceinterval.f1_score(y, y, average="macro", method="takahashi")[1][1] > 1.3
    assert confidenceinterval.roc_auc_score(y, score)[1] == (1.0, 1.0)

    gold, team = Gold(y, 2, 1), Predictions(y, score=score)
    found = headline([METRICS["f1"], METRICS["roc_auc"]], gold, team, team, Structure(), {}, Settings(n_resamples=999))
    assert found["f1"].ci_low is not None
    assert found["f1"].ci_high is not None
    assert -1.0 <= found["f1"].ci_low < 0.0 < found["f1"].ci_high <= 1.0
    assert found["roc_auc"].ci_low is None
    assert found["roc_auc"].not_defined == "no interval: the teams' results do not vary against each other"


def test_macro_f1_has_the_same_classes_for_both_teams() -> None:
    """scikit-learn's default averages over the classes of gold and of *this* team: one stray label turns it round."""
    y = np.array([0, 0, 1, 1])
    a, b = np.array([0, 0, 1, 2]), np.array([0, 0, 1, 0])
    of_sklearn = [sklearn_metrics.f1_score(y, team, average="macro", zero_division=0) for team in (a, b)]
    assert of_sklearn[0] < of_sklearn[1]
    gold = Gold(y, 3)
    ours = [METRICS["macro_f1"].value(gold, Predictions(team)).value for team in (a, b)]
    assert ours == pytest.approx(
        [sklearn_metrics.f1_score(y, team, average="macro", labels=[0, 1], zero_division=0) for team in (a, b)]
    )
    assert ours[0] > ours[1]  # type: ignore[operator]
