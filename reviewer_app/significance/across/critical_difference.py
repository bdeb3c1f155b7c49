"""What a critical-difference diagram shows: Nemenyi's critical difference, and the bars over teams not told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray


@dataclass(frozen=True)
class TieGroups:
    """The bars of a critical-difference diagram.

    Attributes
    ----------
    groups
        Positions of teams that follow each other in mean rank and of which no two are told apart, best first; groups of
        at least two that lie in no larger one.
    pairs_without_group
        Pairs that are not told apart although no bar joins them, because one of them is told apart from a team between
        the two: without a word the diagram would say that they differ. Lexical order.
    """

    groups: tuple[tuple[int, ...], ...]
    pairs_without_group: tuple[tuple[int, int], ...]


def critical_difference(n_teams: int, n_datasets: int, alpha: float) -> float:
    """Return Nemenyi's critical difference of mean ranks, q / sqrt(2) x sqrt(T (T + 1) / (6 D)) (Demsar 2006, JMLR 7).

    Teams whose mean ranks differ by at least this much are told apart by Nemenyi's test (1963). Whether two are depends
    on who else took part (Benavoli, Corani & Mangili 2016, JMLR 17): for decisions take `pairwise_signed_ranks`. With
    many ties it is too careful, because mean ranks then vary less than it assumes. q is the upper alpha quantile of the
    studentised range of T teams with infinite degrees of freedom.

    Parameters
    ----------
    n_teams
        T, at least 2.
    n_datasets
        D, at least 1.
    alpha
        Family-wise error rate.

    Raises
    ------
    ValueError
        Fewer than two teams, or no datasets.
    """
    from scipy.stats import studentized_range

    if n_teams < 2 or n_datasets < 1:
        raise ValueError(f"{n_teams} teams on {n_datasets} datasets have no critical difference")
    q = float(studentized_range.isf(alpha, n_teams, np.inf))
    return q / math.sqrt(2.0) * math.sqrt(n_teams * (n_teams + 1) / (6.0 * n_datasets))


def tie_groups(mean_ranks: Sequence[float], told_apart: BoolArray) -> TieGroups:
    """Return the maximal groups of consecutive teams in order of mean rank of which no two are told apart.

    Teams of the same mean rank keep their order. Pairs of teams that are not told apart and share no group are named:
    tests of pairs need not agree with the order of mean ranks.

    Parameters
    ----------
    mean_ranks
        Of T teams.
    told_apart
        Shape (T, T), symmetric.
    """
    order = np.argsort(mean_ranks, kind="stable").tolist()
    groups: list[tuple[int, ...]] = []
    reached = 1
    for start in range(len(order)):
        end = max(reached, start + 1)
        while end < len(order) and not told_apart[order[end], order[start:end]].any():
            end += 1
        if end > reached and end - start > 1:
            groups.append(tuple(order[start:end]))
        reached = max(reached, end)
    joined = {pair for group in groups for pair in combinations(sorted(group), 2)}
    alone = [pair for pair in combinations(range(len(order)), 2) if not told_apart[pair] and pair not in joined]
    return TieGroups(tuple(groups), tuple(alone))
