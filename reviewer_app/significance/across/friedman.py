"""Friedman's test that several teams rank alike over datasets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from reviewer_app.evaluation.inputs import FloatArray


@dataclass(frozen=True)
class Friedman:
    """Friedman's test.

    Attributes
    ----------
    mean_ranks
        Of each team over the datasets.
    n_datasets
        D.
    chi_squared
        Tie-corrected; None where all teams are tied on every dataset.
    p_chi_squared
        Its p, known to be too large with few datasets; 1 where `chi_squared` is None.
    f
        Iman and Davenport's statistic; None where it is infinite or not defined.
    p_value
        THE p of the test: that of `f`; exact where `f` is infinite, 1 where nothing differs.
    degrees_of_freedom
        T - 1 of chi-squared and of the numerator of F; the denominator has (T - 1)(D - 1).
    not_defined
        Why a statistic is missing; None where none is.
    """

    mean_ranks: tuple[float, ...]
    n_datasets: int
    chi_squared: float | None
    p_chi_squared: float
    f: float | None
    p_value: float
    degrees_of_freedom: int
    not_defined: str | None = None


def friedman(ranks: FloatArray) -> Friedman:
    """Return Friedman's test of the ranks of several teams on several datasets (Friedman 1937; Demsar 2006, JMLR 7).

    Chi-squared is `friedman_chi_squared` with its correction for ties; p is that of `iman_davenport`, because
    chi-squared is too careful (Iman & Davenport 1980). Where every dataset ranks the teams in one and the same way F is
    infinite, and p is exact: m^(1 - D), with m the number of different orders of those ranks (T! without ties). Where
    all teams are tied on every dataset p = 1.

    Parameters
    ----------
    ranks
        Of each team on each dataset, shape (D, T), as from `ranks.team_ranks`.

    Raises
    ------
    ValueError
        No datasets, or fewer than two teams.
    """
    n_datasets, n_teams = ranks.shape
    if n_datasets == 0:
        raise ValueError("there are no datasets")
    if n_teams < 2:
        raise ValueError("ranks need at least two teams")
    mean_ranks = ranks.mean(axis=0)
    ties = [np.unique(row, return_counts=True)[1] for row in ranks]
    tied = sum(int(np.sum(sizes**3 - sizes)) for sizes in ties)
    untied_share = 1.0 - tied / (n_datasets * n_teams * (n_teams**2 - 1))
    means, df = tuple(mean_ranks.tolist()), n_teams - 1
    if untied_share == 0.0:
        reason = "all teams are tied on every dataset"
        return Friedman(means, n_datasets, None, 1.0, None, 1.0, df, reason)
    chi_squared = friedman_chi_squared(means, n_datasets) / untied_share
    p_chi_squared = float(chdtrc(df, chi_squared))
    if np.all(ranks == ranks[0]):
        log_orders = math.lgamma(n_teams + 1) - sum(math.lgamma(size + 1) for size in ties[0].tolist())
        p_value = math.exp(log_orders * (1 - n_datasets))
        reason = "every dataset ranks the teams in the same way, so F is infinite and p is exact"
        return Friedman(means, n_datasets, chi_squared, p_chi_squared, None, p_value, df, reason)
    f = iman_davenport(chi_squared, n_teams, n_datasets)
    p_value = float(fdtrc(df, df * (n_datasets - 1), f))
    return Friedman(means, n_datasets, chi_squared, p_chi_squared, f, p_value, df)


def friedman_chi_squared(mean_ranks: Sequence[float], n_datasets: int) -> float:
    """Return 12 D / (T (T + 1)) x sum of (mean rank - (T + 1) / 2)^2, without correction for ties (Friedman 1937).

    With ties it is divided by 1 - sum of (t^3 - t) / (D (T^3 - T)), t the sizes of the groups of tied teams.

    Parameters
    ----------
    mean_ranks
        Of T teams, at least 2.
    n_datasets
        D.
    """
    n_teams = len(mean_ranks)
    apart = math.fsum((rank - (n_teams + 1) / 2) ** 2 for rank in mean_ranks)
    return 12.0 * n_datasets / (n_teams * (n_teams + 1)) * apart


def iman_davenport(chi_squared: float, n_teams: int, n_datasets: int) -> float:
    """Return F = (D - 1) chi^2 / (D (T - 1) - chi^2), with T - 1 and (T - 1)(D - 1) degrees of freedom.

    Iman & Davenport 1980, Commun. Statist. A9. chi^2 must be below D (T - 1), its largest value.
    """
    return (n_datasets - 1) * chi_squared / (n_datasets * (n_teams - 1) - chi_squared)
