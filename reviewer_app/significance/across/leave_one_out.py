"""Whether a statement over datasets hangs on a single one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from reviewer_app.evaluation.inputs import IntArray

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class LeaveOneOut(Generic[_Answer]):
    """A statement over all datasets, and how it comes out without each of them.

    Attributes
    ----------
    answer
        Over all datasets; None where there is none.
    changed
        (dataset, answer without it) of every dataset that alone changes the answer, in order.
    unanswered
        Datasets without which there is no answer although there is one over all: too few would be left.
    """

    answer: _Answer | None
    changed: tuple[tuple[int, _Answer], ...]
    unanswered: tuple[int, ...]


def leave_one_out(answer: Callable[[IntArray], _Answer | None], n_datasets: int) -> LeaveOneOut[_Answer]:
    """Return a statement over datasets, and which of them change it when left out alone.

    Parameters
    ----------
    answer
        From the positions of datasets to the statement about them, for example the sign of the mean difference, whether
        a p value is below alpha, or the teams with the best mean rank; None where it cannot be made of so few. Answers
        are compared with ``==``.
    n_datasets
        D.

    Raises
    ------
    ValueError
        Fewer than two datasets: nothing would be left.
    """
    if n_datasets < 2:
        raise ValueError("a dataset can be left out where there are at least two")
    datasets = np.arange(n_datasets)
    of_all = answer(datasets)
    without = [(left_out, answer(datasets[datasets != left_out])) for left_out in range(n_datasets)]
    return LeaveOneOut(
        answer=of_all,
        changed=tuple((left_out, other) for left_out, other in without if other is not None and other != of_all),
        unanswered=tuple(left_out for left_out, other in without if other is None and of_all is not None),
    )
