"""Adjusted p values against published examples and statsmodels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from reviewer_app.significance.multiplicity import benjamini_hochberg, holm

p_values = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30)


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    (small,) = known_answers["holm"]
    assert holm(small["input"]["p"]) == pytest.approx(small["expected"]["adjusted"], abs=small["tolerance"])
    (diet,) = known_answers["benjamini_hochberg"]
    adjusted = benjamini_hochberg(diet["input"]["p"])
    assert adjusted[:6] == pytest.approx(diet["expected"]["adjusted_first6"], abs=diet["tolerance"])
    assert sum(p <= 0.24 for p in adjusted) == diet["expected"]["n_rejected_at_0.24"]
    assert sum(p <= 0.26 for p in adjusted) == diet["expected"]["n_rejected_at_0.26"]


@settings(max_examples=30)
@given(p_values)
def test_they_agree_with_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


@given(p_values)
def test_adjusting_keeps_the_order_and_never_lowers_a_p(p: list[float]) -> None:
    for adjust in (holm, benjamini_hochberg):
        adjusted = adjust(p)
        assert all(after >= before * (1 - 1e-12) for before, after in zip(p, adjusted, strict=True))
        by_p = sorted(range(len(p)), key=lambda i: p[i])
        assert [adjusted[i] for i in by_p] == sorted(adjusted)


def test_an_empty_family_has_an_empty_answer() -> None:
    assert holm([]) == ()
    assert benjamini_hochberg([]) == ()


@pytest.mark.parametrize("p", [[float("nan")], [-0.1], [0.2, 1.1]])
def test_what_is_no_p_is_refused(p: list[float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm(p)
