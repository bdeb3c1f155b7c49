"""All claims of a paper, decided together."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from reviewer_app.significance.claims import (
    BETWEEN,
    MULTIPLICITY,
    Basis,
    ClaimTest,
    ClaimVerdict,
    Noise,
    decide_claims,
)


def value(p: float | None, basis: Basis = Basis.OTHER_SAMPLE, **known: object) -> ClaimTest:
    return ClaimTest(basis, 0.85, 0.83, p_value=p, **known)


def test_p_is_adjusted_by_holm_over_all_claims() -> None:
    p_values = [0.011, 0.2, 0.04, 0.013, 0.9]
    found = [decision.p_adjusted for decision in decide_claims([value(p) for p in p_values])]
    assert found == pytest.approx(multipletests(p_values, method="holm")[1])


def test_what_is_contradicted_alone_may_not_be_among_others() -> None:
    assert decide_claims([value(0.03)])[0].verdict is ClaimVerdict.CONTRADICTED
    among = decide_claims([value(0.03), value(0.5)])[0]
    assert (among.verdict, among.p_adjusted) == (ClaimVerdict.WITHIN_SAMPLING_ERROR, pytest.approx(0.06))
    assert among.reason == MULTIPLICITY
    assert decide_claims([value(0.03)], alpha=0.01)[0].reason is None


def test_what_agrees_or_cannot_be_tested_is_of_the_family_all_the_same() -> None:
    first = value(0.02)
    for other in (value(0.9, agrees=True), value(None, reason="no n"), value(1e-9, reason="one run")):
        assert decide_claims([first, other])[0].p_adjusted == pytest.approx(0.04)


def test_the_same_predictions_are_decided_without_chance_and_outside_the_family() -> None:
    exact = [ClaimTest(Basis.SAME_PREDICTIONS, 0.85, ours, agrees=ours == 0.85) for ours in (0.85, 0.84)]
    decisions = decide_claims([value(0.03), *exact])
    assert [decision.verdict for decision in decisions] == ["contradicted", "reproduced", "contradicted"]
    assert [decision.p_adjusted for decision in decisions] == [pytest.approx(0.03), None, None]


def test_what_becomes_testable_and_agrees_turns_nothing_else_into_a_contradiction() -> None:
    for p in np.linspace(0.05, 1.0, 20).tolist():
        decisions = decide_claims([value(0.02), value(0.03), value(p)])
        assert all(decision.verdict == "within_sampling_error" for decision in decisions)


@pytest.mark.parametrize(
    ("test", "verdict", "reason"),
    [
        (value(0.001), "contradicted", None),
        (value(0.5), "within_sampling_error", None),
        (value(0.5, basis=Basis.RETRAINED), "within_retraining_noise", None),
        (value(0.001, agrees=True), "reproduced", None),
        (value(None, reason="no n"), "untestable", "no n"),
        (value(0.001, reason="one run"), "untestable", "one run"),
        (value(0.5, reason="one run"), "within_sampling_error", None),
        (ClaimTest(Basis.SAME_PREDICTIONS, 0.85, None, reason="no labels"), "untestable", "no labels"),
        (ClaimTest(None, 0.02, 0.01, p_value=0.3, p_support=1.0), "untestable", BETWEEN),
        (ClaimTest(None, 0.02, 0.03, p_value=1.0, p_support=0.05), "reproduced", None),
        (ClaimTest(None, 0.02, 0.0, p_value=0.049, p_support=1.0), "contradicted", None),
    ],
)
def test_verdicts_of_single_claims(test: ClaimTest, verdict: str, reason: str | None) -> None:
    found = decide_claims([test])[0]
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_difference_below_alpha_alone_is_untestable_among_others() -> None:
    found = decide_claims([ClaimTest(None, 0.02, 0.0, p_value=0.03, p_support=1.0), value(0.9)])[0]
    assert (found.verdict, found.reason) == (ClaimVerdict.UNTESTABLE, MULTIPLICITY)


def test_no_claims_are_no_decisions() -> None:
    assert decide_claims([]) == ()


def test_what_is_not_known_is_none() -> None:
    assert ClaimTest(Basis.RETRAINED, 0.85, None).gap is None
    assert ClaimTest(Basis.RETRAINED, 0.85, None).noise is Noise.NONE
