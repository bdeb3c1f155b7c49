"""Confusion matrices of two teams over the same labels, and their difference; of many classes the most confused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer_app.review.queries import ConfusionMatrix
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side

MOST_CLASSES = 20
"""With more classes than this the ones that are confused most are shown."""
OTHER = "other labels"


@dataclass(frozen=True, eq=False)
class ConfusionCounts:
    """A matrix to show: counts, or A's counts minus B's.

    Attributes
    ----------
    title
        Whose it is.
    side
        Whose colour it wears; neither: a difference.
    row_labels, column_labels
        Gold labels; predicted labels, beginning with the gold ones.
    counts
        Shape (rows, columns).
    row_support
        Examples of each gold label, shape (rows,); None: the sums of the rows.
    """

    title: str
    side: Side
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    counts: NDArray[np.int64]
    row_support: NDArray[np.int64] | None = None

    @property
    def support(self) -> NDArray[np.int64]:
        """Examples of each gold label, shape (rows,)."""
        return self.counts.sum(axis=1) if self.row_support is None else self.row_support

    @property
    def is_difference(self) -> bool:
        """Whether counts are A's minus B's."""
        return self.side is Side.NEITHER

    def describe(self, row: int, column: int) -> str:
        """Return one cell in words."""
        count, support = int(self.counts[row, column]), int(self.support[row])
        gold, predicted = self.row_labels[row], self.column_labels[column]
        if self.is_difference:
            return f"gold {gold}, predicted {predicted}: A {count:+,} against B, of {support:,}"
        share = f" ({100 * count / support:.1f} %)" if support else ""
        return f"gold {gold}, predicted {predicted}: {count:,} of {support:,}{share}"

    def as_grid(self) -> NumberGrid:
        """Return the matrix as a table to copy."""
        columns = (
            GridColumn("gold", ("gold",), numeric=False),
            *(GridColumn(name, (name,)) for name in self.column_labels),
        )
        rows = tuple(
            (
                GridCell(name, (name,)),
                *(GridCell(f"{count:+d}" if self.is_difference else str(count), (count,)) for count in line),
            )
            for name, line in zip(self.row_labels, self.counts.tolist(), strict=True)
        )
        return NumberGrid(self.title, "rows: gold, columns: predicted", columns, rows)


@dataclass(frozen=True, eq=False)
class ConfusionSet:
    """The matrices of A, of B, and A - B, as far as there are any; `note` says what is left out."""

    matrices: tuple[ConfusionCounts, ...]
    note: str = ""


def confusion_set(a: ConfusionMatrix, b: ConfusionMatrix, team_a: str, team_b: str) -> ConfusionSet:
    """Return the matrices of two teams over the same rows and columns, and their difference.

    Labels outside the spec and "no prediction" have a column where one of the teams gave them. With more than 20
    classes those with the most errors of both teams together are kept, in their own order, and a last column holds the
    other predicted labels, so that every row still adds up to its support. A team that gave scores and no labels has
    no matrix.
    """
    given = [
        (matrix, team, side) for matrix, team, side in ((a, team_a, Side.A), (b, team_b, Side.B)) if matrix.row_labels
    ]
    without = [team for matrix, team in ((a, team_a), (b, team_b)) if not matrix.row_labels]
    notes = [f"{team} gave scores and no labels: there is no confusion matrix." for team in without]
    if not given:
        return ConfusionSet((), " ".join(notes))
    labels = given[0][0].row_labels
    outside = tuple(dict.fromkeys(name for matrix, _, _ in given for name in matrix.column_labels[len(labels) :]))
    counts = [_with_columns(matrix, outside) for matrix, _, _ in given]
    together = np.sum(counts, axis=0)
    kept = _most_confused(together, len(labels))
    met = np.flatnonzero(together[:, len(labels) :].any(axis=0))
    rows = tuple(labels[number] for number in kept)
    columns = (*rows, *(outside[number] for number in met))
    if len(kept) < len(labels):
        columns = (*columns, OTHER)
        left_out = f"the last column holds the other {len(labels) - len(kept)}"
        notes.append(f"The {len(kept)} of {len(labels)} classes that are confused most; {left_out}.")
    matrices = [
        ConfusionCounts(f"{side.upper()}: {team}", side, rows, columns, _reduced(count, kept, met, len(labels)))
        for count, (_, team, side) in zip(counts, given, strict=True)
    ]
    if len(matrices) == 2:
        difference = matrices[0].counts - matrices[1].counts
        matrices.append(ConfusionCounts("A − B", Side.NEITHER, rows, columns, difference, matrices[0].support))
    return ConfusionSet(tuple(matrices), " ".join(notes))


def _with_columns(matrix: ConfusionMatrix, outside: tuple[str, ...]) -> NDArray[np.int64]:
    """Return a matrix over the spec's labels and the given outside ones, 0 where it has none of that name."""
    n_labels = len(matrix.row_labels)
    counts = np.asarray(matrix.counts, dtype=np.int64).reshape(n_labels, len(matrix.column_labels))
    result = np.zeros((n_labels, n_labels + len(outside)), dtype=np.int64)
    result[:, :n_labels] = counts[:, :n_labels]
    for number, name in enumerate(matrix.column_labels[n_labels:], start=n_labels):
        result[:, n_labels + outside.index(name)] += counts[:, number]
    return result


def _most_confused(counts: NDArray[np.int64], n_labels: int) -> NDArray[np.intp]:
    if n_labels <= MOST_CLASSES:
        return np.arange(n_labels)
    square = counts[:, :n_labels]
    errors = counts.sum(axis=1) + square.sum(axis=0) - 2 * np.diagonal(square)
    return np.sort(np.argsort(-errors, kind="stable")[:MOST_CLASSES])


def _reduced(
    counts: NDArray[np.int64], kept: NDArray[np.intp], met: NDArray[np.intp], n_labels: int
) -> NDArray[np.int64]:
    """Return the kept classes' rows and columns, the outside columns that are met, and, of fewer classes, the rest."""
    rows = counts[kept]
    parts = [rows[:, kept], rows[:, n_labels + met]]
    if len(kept) < n_labels:
        parts.append(rows[:, :n_labels].sum(axis=1, keepdims=True) - rows[:, kept].sum(axis=1, keepdims=True))
    return np.hstack(parts)
