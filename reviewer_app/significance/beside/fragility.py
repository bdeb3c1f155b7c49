"""How many wrong gold labels among the disagreements would take McNemar's verdict away."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.significance.mcnemar import mcnemar


@dataclass(frozen=True)
class Fragility:
    """Smallest numbers of disagreements whose gold label would have to be wrong, all in one team's favour.

    Attributes
    ----------
    moves_to_other
        If the other team has each of them right: it gains what the better team loses.
    moves_to_neither
        If neither has: the better team loses them, and nobody gains.
    """

    moves_to_other: int
    moves_to_neither: int


def fragility(only_a: int, only_b: int, alpha: float = 0.05) -> Fragility | None:
    """Return after how many wrong labels McNemar's mid-p is no longer below alpha; None where it is not below now.

    Parameters
    ----------
    only_a, only_b
        Examples that only A and only B has right.
    alpha
        What p is held against.
    """
    larger, smaller = max(only_a, only_b), min(only_a, only_b)
    if mcnemar(larger, smaller).p_mid >= alpha:
        return None
    return Fragility(
        moves_to_other=_smallest(larger, smaller, 1, alpha), moves_to_neither=_smallest(larger, smaller, 0, alpha)
    )


def _smallest(larger: int, smaller: int, gain: int, alpha: float) -> int:
    """Return the smallest number of moves, by bisection: p grows with each until both teams have as many."""
    low, high = 0, (larger - smaller + gain) // (1 + gain)
    while high - low > 1:
        middle = (low + high) // 2
        if mcnemar(larger - middle, smaller + gain * middle).p_mid >= alpha:
            high = middle
        else:
            low = middle
    return high
