"""How often each team comes first when the examples of every dataset are drawn again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.across.ranks import average_ranks
from reviewer_app.significance.resampling import TIE
from reviewer_app.significance.shares import Shares, shares_of, wins_of_largest


def first_place(resampled: Sequence[FloatArray], higher_is_better: Sequence[bool]) -> Shares:
    """Return the share of resamples in which each team came first, "P(first)".

    First is who has the best mean rank over the datasets; teams that share first place share the resample. With one
    dataset that is who has the best value. For first place by the average over datasets of the same metric, give the
    mean of their resamples as one dataset. It is a share of resamples, not the probability that a team is the best.

    Parameters
    ----------
    resampled
        For each dataset the value of each team in each resample, shape (B, T), as from
        `team_resamples.resampled_values`: a row holds the same examples for all teams, and rows of different datasets
        are independent of each other.
    higher_is_better
        Direction of each dataset's metric.

    Raises
    ------
    ValueError
        No datasets, numbers of datasets and directions that differ, resamples of different shapes, none at all, or a
        value that is not finite.
    """
    if not resampled or len(resampled) != len(higher_is_better):
        raise ValueError(f"{len(resampled)} datasets, {len(higher_is_better)} directions")
    shapes = {values.shape for values in resampled}
    if len(shapes) != 1:
        raise ValueError(f"resamples of different shapes: {sorted(shapes)}")
    ((n_resamples, _),) = shapes
    if n_resamples == 0:
        raise ValueError("there are no resamples")
    ranks = np.mean(
        [
            average_ranks(-values if higher else values)
            for values, higher in zip(resampled, higher_is_better, strict=True)
        ],
        axis=0,
    )
    return shares_of(wins_of_largest(-ranks, TIE), n_resamples)
