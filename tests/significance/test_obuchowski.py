"""Obuchowski's test of grouped proportions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from reviewer_app.significance.beside.obuchowski import obuchowski

# Obuchowski 1998, PET against SPECT in 21 patients with one to five glands: true negatives of both, of PET alone, of
# SPECT alone, of neither. As in the data set "thyroids" of the R package clust.bin.pair 0.1.2.
BOTH = [0, 2, 3, 1, 2, 4, 3, 2, 1, 1, 2, 2, 3, 2, 0, 2, 2, 2, 2, 1, 2]
PET = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
SPECT = [2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0]
NEITHER = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]

groups = st.lists(st.tuples(st.integers(-4, 4), st.integers(4, 9)), min_size=2, max_size=40)


def test_pet_and_spect() -> None:
    differences = np.subtract(PET, SPECT).astype(np.float64)
    sizes = np.sum([BOTH, PET, SPECT, NEITHER], axis=0).astype(np.float64)
    found = obuchowski(differences, sizes)
    # Printed by clust.bin.pair's documentation: chi-square = 2.8571, df = 1, p-value = 0.09097.
    assert found.statistic == pytest.approx(2.8571, abs=5e-5)
    assert found.p_value == pytest.approx(0.09097, abs=5e-6)


@given(groups)
def test_p_is_that_of_the_chi_squared_statistic_and_teams_may_change_places(kinds: list[tuple[int, int]]) -> None:
    differences, sizes = (np.asarray(column, dtype=np.float64) for column in zip(*kinds, strict=True))
    found, turned = obuchowski(differences, sizes), obuchowski(-differences, sizes)
    if found.statistic is None:
        assert not differences.any()
        assert found.p_value == 1.0
    else:
        assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1))
    assert turned.p_value == found.p_value
    if found.ci_low is not None and found.ci_high is not None:
        assert (turned.ci_low, turned.ci_high) == pytest.approx((-found.ci_high, -found.ci_low))
        assert found.ci_low <= differences.sum() / sizes.sum() <= found.ci_high


def test_its_interval_is_the_cluster_robust_one_of_statsmodels() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(1, 8, size=60)
    codes = np.repeat(np.arange(60), sizes)
    per_example = np.sign(np.rint(rng.standard_normal(60)[codes] * 0.6 + rng.standard_normal(len(codes)) * 0.6))
    found = obuchowski(np.bincount(codes, weights=per_example), sizes.astype(np.float64))
    fitted = OLS(per_example, np.ones(len(codes))).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )
    half = stats.norm.ppf(0.975) * fitted.bse[0] * np.sqrt(60 / 59)
    assert found.ci_low == pytest.approx(fitted.params[0] - half)
    assert found.ci_high == pytest.approx(fitted.params[0] + half)


def test_one_group_shows_nothing() -> None:
    found = obuchowski(np.asarray([3.0]), np.asarray([9.0]))
    assert (found.statistic, found.p_value, found.ci_low) == (None, None, None)


def test_groups_of_one_example_are_mcnemars_asymptotic_test_up_to_its_factor() -> None:
    differences = np.repeat([1.0, -1.0, 0.0], [16, 6, 139])
    found = obuchowski(differences, np.ones(161))
    assert found.statistic == pytest.approx((16 - 6) ** 2 / (16 + 6) * 160 / 161)
