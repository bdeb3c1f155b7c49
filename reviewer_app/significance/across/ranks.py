"""Ranks of teams on datasets: 1 is the best, ties share the mean of their ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.resampling import TIE


def average_ranks(values: FloatArray) -> FloatArray:
    """Return ranks along the last axis, 1 for the smallest value; ties share the mean of their ranks.

    Two values are tied where, in order of size, each is within 1e-9 of the next: values that differ by rounding alone
    are the same.

    Parameters
    ----------
    values
        Finite numbers, shape (..., T).

    Raises
    ------
    ValueError
        A value is not finite.
    """
    if not np.isfinite(values).all():
        raise ValueError("values that are ranked must be finite")
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    begins = np.ones(values.shape, dtype=bool)
    begins[..., 1:] = np.diff(ordered, axis=-1) > TIE
    ends = np.ones(values.shape, dtype=bool)
    ends[..., :-1] = begins[..., 1:]
    position = np.arange(values.shape[-1])
    first = np.maximum.accumulate(np.where(begins, position, 0), axis=-1)
    backwards = np.flip(np.where(ends, position, values.shape[-1]), axis=-1)
    last = np.flip(np.minimum.accumulate(backwards, axis=-1), axis=-1)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2.0 + 1.0, axis=-1)
    return ranks


def team_ranks(values: FloatArray, higher_is_better: Sequence[bool]) -> FloatArray:
    """Return the rank of each team on each dataset, shape (D, T); their mean over datasets is a team's mean rank.

    Parameters
    ----------
    values
        Value of each team on each dataset, shape (D, T); every team has one on every dataset.
    higher_is_better
        Direction of each dataset's metric, length D.

    Raises
    ------
    ValueError
        No datasets, a number of directions that is not D, or a value that is not finite.
    """
    return average_ranks(-towards_better(values, higher_is_better))


def towards_better(values: FloatArray, higher_is_better: Sequence[bool]) -> FloatArray:
    """Return the values, shape (D, T), with their sign changed on datasets where less is better.

    Raises
    ------
    ValueError
        No datasets, or a number of directions that is not D.
    """
    if len(values) == 0:
        raise ValueError("there are no datasets")
    if len(values) != len(higher_is_better):
        raise ValueError(f"{len(values)} datasets, but {len(higher_is_better)} directions")
    return np.where(np.asarray(higher_is_better)[:, np.newaxis], values, -values)
