"""Adjusted p values for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray


class Correction(StrEnum):
    """How the p values of a family are adjusted."""

    HOLM = "holm"
    """Family-wise error rate (Holm 1979): the default."""
    BENJAMINI_HOCHBERG = "benjamini_hochberg"
    """False discovery rate (Benjamini & Hochberg 1995): of the differences called better, about alpha are none."""
    NONE = "none"
    """Each comparison for itself."""


def adjust(p_values: Sequence[float], correction: Correction) -> tuple[float, ...]:
    """Return p values adjusted as named, in the order given, at most 1.

    Raises
    ------
    ValueError
        A p value that is no number of [0, 1].
    """
    match correction:
        case Correction.HOLM:
            return holm(p_values)
        case Correction.BENJAMINI_HOCHBERG:
            return benjamini_hochberg(p_values)
        case _:
            return tuple(_checked(p_values).tolist())


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values adjusted for the family-wise error rate (Holm 1979), in the order given, at most 1.

    An empty family gives an empty answer.

    Raises
    ------
    ValueError
        A p value that is no number of [0, 1].
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    return _in_given_order(np.maximum.accumulate(steps), order)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values adjusted for the false discovery rate (Benjamini & Hochberg 1995), in the order given, at most 1.

    An empty family gives an empty answer.

    Raises
    ------
    ValueError
        A p value that is no number of [0, 1].
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _in_given_order(np.minimum.accumulate(steps[::-1])[::-1], order)


def _checked(p_values: Sequence[float]) -> FloatArray:
    p = np.asarray(p_values, dtype=np.float64)
    if not np.all((p >= 0.0) & (p <= 1.0)):
        raise ValueError(f"p values lie between 0 and 1: {list(p_values)}")
    return p


def _in_given_order(adjusted: FloatArray, order: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[float, ...]:
    answer = np.empty(len(order))
    answer[order] = np.minimum(adjusted, 1.0)
    return tuple(answer.tolist())
