"""Joint counts: how many examples have the same gold label, label of A and label of B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray

_Codes = NDArray[np.intp]

_DIRECT_KEYS = 1_000_000
"""Up to this number of possible cells they are counted directly, above by sorting the examples."""


@dataclass(frozen=True, eq=False)
class JointCounts:
    """The distinct cells (y, a, b) of two teams' labels, in lexical order, with counts.

    To every cell its mirror image (y, b, a) is listed too, and the cells of the two pseudo-examples; both may have
    count 0.

    Attributes
    ----------
    n_classes
        Number of labels of the spec, k. The code k stands for every label outside the spec and for no prediction.
    y, a, b
        Gold label and labels of A and B, shape (C,).
    counts
        Observed examples in each cell, shape (C,), whole numbers.
    pseudo
        What the two pseudo-examples add to each cell, shape (C,); their sum is 2.
    swapped
        Position of each cell's mirror image, shape (C,); its own where a = b.
    cell
        Cell of each example, shape (n,).
    """

    n_classes: int
    y: _Codes
    a: _Codes
    b: _Codes
    counts: FloatArray
    pseudo: FloatArray
    swapped: _Codes
    cell: _Codes


def joint_counts(gold: Gold, y_pred_a: IntArray, y_pred_b: IntArray) -> JointCounts:
    """Return the joint counts of two teams' labels with their two pseudo-examples.

    One pseudo-example only A and one only B has right; each is spread equally over the gold labels that occur, and its
    wrong label is that of `most_confused`. They keep "nothing discordant" from being taken for "no difference, for
    certain" (the (b + 1, c + 1, n + 2) of Bonett & Price 2012, for every metric of counts). Equally, not in proportion
    to the labels' counts: that two teams agree on both examples of a rare class says little about it, and a metric may
    rest on that class alone, as recall does on the positives.

    Parameters
    ----------
    gold
        Gold labels, n at least 1.
    y_pred_a, y_pred_b
        Predicted codes, shape (n,).
    """
    k = gold.n_classes
    y = gold.y_true.astype(np.intp)
    a, b = (inside_codes(labels, k) for labels in (y_pred_a, y_pred_b))
    base = k + 1
    keys = (y * base + a) * base + b
    observed, cell, counts = _distinct(keys, k * base * base)

    y_observed, a_observed, b_observed = (observed // base // base, observed // base % base, observed % base)
    wrong_of_all = most_confused(y_observed, (a_observed, b_observed), k, counts)
    present = np.unique(y_observed)
    wrong = wrong_of_all[present]
    only_a = (present * base + present) * base + wrong
    only_b = (present * base + wrong) * base + present
    mirror_images = _mirrored(observed, base)
    listed = np.unique(np.concatenate([observed, mirror_images, only_a, only_b]))

    all_counts = np.zeros(len(listed))
    position = np.searchsorted(listed, observed)
    all_counts[position] = counts
    pseudo = np.zeros(len(listed))
    for keys_of_one in (only_a, only_b):
        pseudo[np.searchsorted(listed, keys_of_one)] += 1.0 / len(present)
    return JointCounts(
        n_classes=k,
        y=listed // (base * base),
        a=listed // base % base,
        b=listed % base,
        counts=all_counts,
        pseudo=pseudo,
        swapped=np.searchsorted(listed, _mirrored(listed, base)),
        cell=position[cell],
    )


def inside_codes(labels: IntArray, n_classes: int) -> _Codes:
    """Return the codes with `n_classes` in place of every label outside the spec and of no prediction."""
    return np.minimum(labels.astype(np.intp), n_classes)


def most_confused(
    y_true: _Codes, y_preds: Sequence[_Codes], n_classes: int, counts: NDArray[np.integer[Any]] | None = None
) -> _Codes:
    """Return for each label the wrong label that it is most often confused with, shape (k,).

    The label of the spec that the teams together most often predict for it; for a label that was never so confused,
    the label that it is most often predicted for; for one that is confused in neither direction, the other label with
    the most examples. Ties go to the lower code. With one label in the spec, the code k (outside).

    Parameters
    ----------
    y_true
        Codes, shape (n,).
    y_preds
        Codes of every team and run, each of shape (n,), k where outside the spec.
    n_classes
        k.
    counts
        How many examples have these labels, shape (n,); None: one each.
    """
    if n_classes == 1:
        return np.ones(1, dtype=np.intp)
    counts = np.ones(len(y_true), dtype=np.intp) if counts is None else counts
    n_true = np.bincount(y_true, weights=counts, minlength=n_classes)
    largest = int(np.argmax(n_true))
    second = int(np.argmax(np.where(np.arange(n_classes) == largest, -1, n_true)))
    confused = np.where(np.arange(n_classes) == largest, second, largest)
    errors = [(y_pred != y_true) & (y_pred < n_classes) for y_pred in y_preds]
    true = np.concatenate([y_true[error] for error in errors])
    predicted = np.concatenate([y_pred[error] for y_pred, error in zip(y_preds, errors, strict=True)])
    n_examples = np.concatenate([counts[error] for error in errors])
    for first, other in ((predicted, true), (true, predicted)):
        _set_most_frequent(confused, first, other, n_examples, n_classes)
    return confused


def _set_most_frequent(
    answer: _Codes, first: _Codes, other: _Codes, counts: NDArray[np.integer[Any]], n_classes: int
) -> None:
    """Put into answer[c] what most often stands in `other` where c stands in `first`, for every c that occurs."""
    pairs, pair = np.unique(first * n_classes + other, return_inverse=True)
    n_of_pair = np.bincount(pair, weights=counts, minlength=len(pairs))
    order = np.lexsort((pairs % n_classes, -n_of_pair, pairs // n_classes))
    codes, start = np.unique(pairs[order] // n_classes, return_index=True)
    answer[codes] = pairs[order][start] % n_classes


def _mirrored(keys: _Codes, base: int) -> _Codes:
    label_a, label_b = keys // base % base, keys % base
    return np.asarray(keys + (label_b - label_a) * base + (label_a - label_b))


def _distinct(keys: _Codes, n_possible: int) -> tuple[_Codes, _Codes, NDArray[np.integer[Any]]]:
    """Return the distinct keys in order, the position of each example's, and how often each occurs."""
    if n_possible > max(_DIRECT_KEYS, 4 * len(keys)):
        observed, cell, counts = np.unique(keys, return_inverse=True, return_counts=True)
        return observed, cell.reshape(-1), counts
    all_counts = np.bincount(keys, minlength=n_possible)
    observed = np.flatnonzero(all_counts)
    position = np.zeros(n_possible, dtype=np.intp)
    position[observed] = np.arange(len(observed))
    return observed, position[keys], all_counts[observed]
