"""Two independent halves of the test examples: what is found on one is confirmed on the other."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, Gold, IntArray, Structure
from reviewer_app.significance.clusters import Dependence, dependence_of, group_codes, record_pairs
from reviewer_app.significance.record_graph import CUT, pieces_of_pairs
from reviewer_app.significance.resampling import Stream, generator

_SMALLEST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Halves:
    """Which examples are searched, and which are kept to confirm what is found.

    Attributes
    ----------
    finding, confirming
        Masks over the examples, shape (n,); no example is in both, and no group and no record stands in both.
    not_defined
        Why there are no two halves; then both masks are empty. None where there are.
    """

    finding: BoolArray
    confirming: BoolArray
    not_defined: str | None = None

    @property
    def n_left_out(self) -> int:
        """Number of pairs that join the two halves, and are in neither."""
        return 0 if self.not_defined else int(np.count_nonzero(~(self.finding | self.confirming)))


def halves_of(gold: Gold, structure: Structure, seed: int) -> Halves:
    """Return the two halves of the examples; neither predictions nor outcomes have a say in it.

    Independent examples: at random, as many of each gold label in either half as can be. Groups: whole groups, the
    largest first into the smaller half, those of one size in random order. Pairs that share records: likewise whole
    connected components of the graph whose nodes are the records; one with over half of the pairs is cut in two where
    few pairs are (`record_graph`), and the pairs that were cut are in neither half. On four real graphs, whose largest
    component holds 9 to 76 % of the pairs, 0 to 2 % of the pairs are lost so. Halves by left records alone would
    keep all of them, and leave the right records' effects in both halves.

    No halves where one would have under a tenth of the examples: all are one group, or nearly so.

    Parameters
    ----------
    gold, structure
        n examples.
    seed
        Derived from the digest of the inputs by the caller, the same for A - B and B - A.
    """
    rng = generator(seed, Stream.SLICE_HALVES, 0)
    match dependence_of(structure):
        case Dependence.NONE:
            return _of_examples(gold.y_true, rng)
        case Dependence.GROUPS:
            assert structure.groups is not None
            return _of_pieces(group_codes(structure.groups), rng, "group")
        case _:
            pairs = record_pairs(structure, gold.n_examples)
            return _of_pieces(pieces_of_pairs(pairs.left, pairs.right, rng), rng, "connected set of records")


def _of_examples(y_true: IntArray, rng: np.random.Generator) -> Halves:
    """Return halves that take turns along the examples in order of their label, and at random within a label."""
    finding = np.zeros(len(y_true), dtype=np.bool_)
    first = int(rng.integers(2))
    finding[np.lexsort((rng.random(len(y_true)), y_true))[first::2]] = True
    return _checked(finding, ~finding, "example")


def _of_pieces(pieces: IntArray, rng: np.random.Generator, unit: str) -> Halves:
    kept = pieces != CUT
    sizes = np.bincount(pieces[kept])
    order = np.lexsort((rng.random(len(sizes)), -sizes))
    is_found = np.zeros(len(sizes), dtype=np.bool_)
    filled = [(0, side) for side in rng.permutation(2).tolist()]
    for piece in order.tolist():
        n, side = filled[0]
        is_found[piece] = side == 0
        heapq.heapreplace(filled, (n + int(sizes[piece]), side))
    finding = kept.copy()
    finding[kept] = is_found[pieces[kept]]
    return _checked(finding, kept & ~finding, unit)


def _checked(finding: BoolArray, confirming: BoolArray, unit: str) -> Halves:
    n = len(finding)
    smaller = min(int(np.count_nonzero(finding)), int(np.count_nonzero(confirming)))
    if smaller == 0 or smaller < _SMALLEST_SHARE * n:
        nothing = np.zeros(n, dtype=np.bool_)
        reason = "there are fewer than two examples" if unit == "example" else f"nearly all examples are one {unit}"
        return Halves(nothing, nothing, f"no two independent halves: {reason}")
    return Halves(finding, confirming)
