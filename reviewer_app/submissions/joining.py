"""Joining the rows of a prediction file to the examples of a split, by id and never by position."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.table_files import TableFile
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.submissions.origin import N_FIRST

Rows = NDArray[np.int64]


def join_rows(
    file: TableFile, ids: pa.ChunkedArray, dataset: Dataset, split: str, used: Sequence[str]
) -> tuple[Rows, list[Finding]]:
    """Return the row of the file of each example of a split, shape (n,), -1 where there is none, and what was found.

    Rows of the other predicted split (validation beside test) are known and not extra. Of identical rows of one id the
    first counts. The findings are ``duplicate_ids_identical`` and ``extra_ids``.

    Parameters
    ----------
    file
        The prediction file.
    ids
        Its id column as text.
    dataset, split
        Whose examples.
    used
        The columns that predictions are read from: two rows that differ in one of them are in conflict.

    Raises
    ------
    ReviewError
        ``empty_ids`` and ``duplicate_ids_conflicting``, both at once.
    """
    examples = dataset.splits[split].ids
    n = len(examples)
    if len(ids) == n and ids.combine_chunks().cast(examples.type).equals(examples):
        return np.arange(n, dtype=np.int64), []
    others = [dataset.splits[name].ids for name in ("test", "validation") if name != split and name in dataset.splits]
    known = pa.concat_arrays([examples, *(other.cast(examples.type) for other in others)])
    positions = pc.fill_null(pc.index_in(ids.cast(known.type), value_set=known), -1).to_numpy().astype(np.int64)
    join = _Join(file, ids, positions)
    conflicting, identical = join.duplicates(used)
    errors = [*join.empty_ids(), *conflicting]
    warnings = [*identical, *join.extra_ids(dataset)]
    if errors:
        raise ReviewError([*errors, *warnings])
    rows = np.full(n, -1, dtype=np.int64)
    of_split = np.flatnonzero((positions >= 0) & (positions < n))[::-1]
    rows[positions[of_split]] = of_split  # the last write counts, so the first row of an id
    return rows, warnings


class _Join:
    """What is to be said of a join.

    Parameters
    ----------
    file, ids
        The file and its ids as text.
    positions
        Position of each row's id among the known ids, -1 where it is not known.
    """

    def __init__(self, file: TableFile, ids: pa.ChunkedArray, positions: Rows) -> None:
        self._file = file
        self._ids = ids
        self._positions = positions
        unknown = np.flatnonzero(positions < 0)
        text = pc.utf8_trim_whitespace(ids.take(pa.array(unknown)))
        is_empty = np.asarray(pc.fill_null(pc.equal(text, ""), True), dtype=bool)
        self._empty, self._extra = unknown[is_empty], unknown[~is_empty]

    def empty_ids(self) -> list[Finding]:
        """Return the finding about rows without an id."""
        empty = self._empty
        if not len(empty):
            return []
        first = tuple(f'{place}: ""' for place in self._file.places(empty[:N_FIRST]))
        have = "1 row has an empty id" if len(empty) == 1 else f"{len(empty):,} rows have an empty id"
        message = f"{have} ({'; '.join(first)}): what they predict is not known. Fill in the ids or remove the rows."
        return [self._finding("empty_ids", Severity.ERROR, message, len(empty), first)]

    def extra_ids(self, dataset: Dataset) -> list[Finding]:
        """Return the finding about ids that are not among the examples."""
        if not len(self._extra):
            return []
        encoded = self._ids.take(pa.array(self._extra)).combine_chunks().dictionary_encode()
        extra = encoded.dictionary
        rows = self._extra[np.unique(encoded.indices.to_numpy(), return_index=True)[1]]
        places = self._file.places(rows[:N_FIRST])
        first = tuple(f"{place}: {quoted(self._ids[int(row)])}" for place, row in zip(places, rows, strict=False))
        are = "1 id is" if len(extra) == 1 else f"{len(extra):,} ids are"
        message = f"{are} not among the examples of {dataset.spec.name} and ignored: {'; '.join(first)}."
        if "train" in dataset.splits:
            training = dataset.splits["train"].ids
            n_train = np.count_nonzero(np.asarray(pc.is_in(extra, value_set=training.cast(extra.type))))
            message += f" Of these, {n_train:,} are training examples." if n_train else ""
        return [self._finding("extra_ids", Severity.WARNING, message, len(extra), first)]

    def duplicates(self, used: Sequence[str]) -> tuple[list[Finding], list[Finding]]:
        """Return the findings about ids that stand there several times: those in conflict, and the identical."""
        positions = self._positions
        counts = np.bincount(positions + 1)
        counts[0] = 0
        rows = np.flatnonzero(counts[positions + 1] > 1)
        if not len(rows):
            return [], []
        rows = rows[np.argsort(positions[rows], kind="stable")]
        repeats = np.diff(positions[rows], prepend=-1) == 0
        group = np.cumsum(~repeats) - 1
        differs = repeats & self._differs_from_row_before(rows, used)
        in_conflict, at = np.unique(group[differs], return_index=True)
        conflicts = np.flatnonzero(differs)[at]
        starts = np.flatnonzero(~repeats)
        identical = np.setdiff1d(np.arange(len(starts)), in_conflict)
        return self._conflicting(rows, conflicts, used), self._identical(rows, starts, identical)

    def _differs_from_row_before(self, rows: Rows, used: Sequence[str]) -> BoolArray:
        differs = np.zeros(len(rows), dtype=bool)
        at = pa.array(rows)
        for column in used:
            values = self._file.table.column(column).take(at).combine_chunks()
            codes = pc.fill_null(values.dictionary_encode().indices, -1).to_numpy()
            differs[1:] |= codes[1:] != codes[:-1]
        return differs

    def _conflicting(self, rows: Rows, conflicts: Rows, used: Sequence[str]) -> list[Finding]:
        if not len(conflicts):
            return []
        conflicts = conflicts[np.argsort(rows[conflicts])]
        first = tuple(self._conflict_in_words(int(rows[at - 1]), int(rows[at]), used) for at in conflicts[:N_FIRST])
        stand = "1 id stands" if len(conflicts) == 1 else f"{len(conflicts):,} ids stand"
        message = (
            f"{stand} there several times with different predictions: {'; '.join(first)}. Which of them counts is not "
            "ours to choose: remove all but one."
        )
        return [self._finding("duplicate_ids_conflicting", Severity.ERROR, message, len(conflicts), first)]

    def _conflict_in_words(self, one: int, other: int, used: Sequence[str]) -> str:
        places = self._file.places([one, other])
        pairs = ((column, self._value(column, one), self._value(column, other)) for column in used)
        column, before, after = next(pair for pair in pairs if pair[1] != pair[2])
        return (
            f"{quoted(self._ids[one])}: {places[0]} has {quoted(before)}, {places[1]} has {quoted(after)} in {column}"
        )

    def _value(self, column: str, row: int) -> object:
        return self._file.table.column(column)[row].as_py()

    def _identical(self, rows: Rows, starts: Rows, groups: Rows) -> list[Finding]:
        if not len(groups):
            return []
        ends = np.append(starts[1:], len(rows))
        groups = groups[np.argsort(rows[starts[groups]])]
        first = tuple(
            f"{quoted(self._ids[int(rows[starts[group]])])}: "
            + ", ".join(self._file.places(rows[starts[group] : ends[group]][:N_FIRST]))
            for group in groups[:N_FIRST]
        )
        stand = "1 id stands" if len(groups) == 1 else f"{len(groups):,} ids stand"
        message = (
            f"{stand} there several times with the same prediction: {'; '.join(first)}. The first row of each counts."
        )
        return [self._finding("duplicate_ids_identical", Severity.WARNING, message, len(groups), first)]

    def _finding(self, code: str, severity: Severity, message: str, count: int, first: tuple[str, ...]) -> Finding:
        return Finding(code, severity, f"{self._file.name}: {message}", count, self._file.name, first)
