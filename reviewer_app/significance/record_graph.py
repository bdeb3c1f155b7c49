"""The graph of the records that pairs share: its connected parts, and where a large one is best cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, IntArray
from reviewer_app.significance.clusters import group_codes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CUT = -1
"""Piece of a pair whose records were separated."""

_ROUNDS = 40
_MOST_STARTS = 8
_PAIRS_AT_ALL_STARTS = 500_000
"""Pairs times starts: a graph of a million pairs is searched once."""

_LEAST_SHARE = 0.4


def pieces_of_pairs(left: IntArray, right: IntArray, rng: np.random.Generator) -> IntArray:
    """Return the piece of each pair, shape (n,): pairs of different pieces share no record; `CUT` for those cut.

    A piece is a connected component of the graph whose nodes are the records and whose edges are the pairs. One that
    holds over half of the pairs is cut in two pieces of at least 40 % of its pairs (as far as that is possible).

    Parameters
    ----------
    left, right
        Codes of each pair's records, each 0 .. G - 1, shape (n,).
    rng
        Where the search for the best cut takes a chance.
    """
    from scipy.sparse.csgraph import connected_components

    graph = _Graph.of(left, right)
    _, of_records = connected_components(graph.matrix(), directed=False)
    pieces: IntArray = of_records[graph.left].astype(np.intp)
    largest = int(np.argmax(np.bincount(pieces)))
    inside = np.flatnonzero(pieces == largest)
    if 2 * len(inside) <= len(pieces):
        return pieces
    part = _Graph.of(group_codes(left[inside]), group_codes(right[inside]))
    side = _best_cut(part, rng)
    of_left, of_right = side[part.left], side[part.right]
    pieces[inside[of_left & of_right]] = pieces.max() + 1
    pieces[inside[of_left != of_right]] = CUT
    return pieces


@dataclass(frozen=True, eq=False)
class _Graph:
    """Records as nodes 0 .. N - 1, those of the left side first; pairs as edges."""

    left: IntArray
    right: IntArray
    n_records: int

    @classmethod
    def of(cls, left: IntArray, right: IntArray) -> _Graph:
        n_left = int(left.max()) + 1
        return cls(left, right + n_left, n_left + int(right.max()) + 1)

    def matrix(self) -> csr_array[Any]:
        """Return the adjacency matrix, shape (N, N)."""
        from scipy.sparse import csr_array

        ends = (np.concatenate([self.left, self.right]), np.concatenate([self.right, self.left]))
        return csr_array((np.ones(2 * len(self.left), dtype=np.int32), ends), shape=(self.n_records, self.n_records))

    def degrees(self, of_pairs: FloatArray | None = None) -> FloatArray:
        """Return the number of pairs of each record, or the sum of a weight of each pair."""
        of_left, of_right = (np.bincount(ends, of_pairs, self.n_records) for ends in (self.left, self.right))
        return (of_left + of_right).astype(np.float64)


def _best_cut(graph: _Graph, rng: np.random.Generator) -> BoolArray:
    """Return the side of each record, shape (N,), with few pairs between the sides.

    Begins in the middle of the reverse Cuthill-McKee order (1969), in which neighbours lie close to each other; then
    records move, each by chance, to the side where they have more pairs (or as many), and the best cut met is kept.
    Chance leads to other cuts from the same start, so the search is made several times.
    """
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    degrees = graph.degrees()
    order = reverse_cuthill_mckee(graph.matrix(), symmetric_mode=True)
    weight_before = np.cumsum(degrees[order])
    start = np.zeros(graph.n_records, dtype=np.bool_)
    start[order[weight_before <= weight_before[-1] / 2.0]] = True
    n_starts = max(1, min(_MOST_STARTS, _PAIRS_AT_ALL_STARTS // len(graph.left)))
    cuts = [_improved(graph, start, degrees, rng) for _ in range(n_starts)]
    return min(cuts, key=lambda cut: cut[0])[1]


def _improved(graph: _Graph, side: BoolArray, degrees: FloatArray, rng: np.random.Generator) -> tuple[int, BoolArray]:
    """Return the number of pairs between the sides, and the sides, of the best cut met on a walk of chance moves."""
    best, fewest = side, len(graph.left) + 1
    for _ in range(_ROUNDS):
        between = side[graph.left] != side[graph.right]
        n_between = int(np.count_nonzero(between))
        if n_between < fewest:
            best, fewest = side, n_between
        gain = 2.0 * graph.degrees(between.astype(np.float64)) - degrees
        chance = rng.random(graph.n_records)
        moves = ((gain > 0.0) & (chance < 0.5)) | ((gain == 0.0) & (chance < 0.15))
        side = _balanced(side, moves, degrees)
    return fewest, best


def _balanced(side: BoolArray, moves: BoolArray, degrees: FloatArray) -> BoolArray:
    """Return the sides after the moves, or after those to the smaller side alone where the balance asks for it."""
    total = degrees.sum()
    for allowed in (moves, moves & (side == (degrees[side].sum() > total / 2.0))):
        moved = side ^ allowed
        if _LEAST_SHARE <= degrees[moved].sum() / total <= 1.0 - _LEAST_SHARE:
            return moved
    return side
