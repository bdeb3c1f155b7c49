"""Slices of a comparison's examples: which subsets are tried, each one a filter that can be looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.disagreements.filters import LENGTH, Condition, ExampleFilter
from reviewer_app.disagreements.selection import selected
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.progress import Progress

LEAST_EXAMPLES = 20
"""Smaller slices are not tried: on half of one too few examples could differ."""

_MOST_VALUES = 20
_MOST_LABELS = 30
_PARTS = 4
_FEW_VALUES = 10
_DIGITS = 3
_Value = TypeVar("_Value", float, str)

_OUTCOME_COLUMNS = ("a", "b", "a_confidence", "b_confidence", "gap", "outcome")


@dataclass(frozen=True)
class SliceFilter:
    """A slice by the conditions that an example of it fulfils, all of them."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        """Return the conditions as they are typed, joined by "and"."""
        return " and ".join(str(condition) for condition in self.conditions)

    @property
    def example_filter(self) -> ExampleFilter:
        """The filter that lets through the slice's examples, whatever their outcome."""
        return ExampleFilter(conditions=self.conditions)


class SliceMasks(Sequence[BoolArray]):
    """The masks of slices over a table's examples, held in a bit each.

    Parameters
    ----------
    table
        Where the conditions are looked up, n examples.
    slices
        What is selected.
    kept
        Examples that are evaluated, shape (n,): the masks are over these alone.
    progress
        Told after each slice; may cancel.
    """

    def __init__(
        self, table: DisagreementTable, slices: Sequence[SliceFilter], kept: BoolArray, progress: Progress
    ) -> None:
        self._n_examples = int(np.count_nonzero(kept))
        self._bits: list[NDArray[np.uint8]] = []
        for number, one in enumerate(slices):
            progress.report(number / len(slices), "selecting slices")
            self._bits.append(np.packbits(selected(table, one.example_filter)[kept]))

    def __len__(self) -> int:
        """Return the number of slices."""
        return len(self._bits)

    @overload
    def __getitem__(self, position: int) -> BoolArray: ...
    @overload
    def __getitem__(self, position: slice) -> list[BoolArray]: ...
    def __getitem__(self, position: int | slice) -> BoolArray | list[BoolArray]:
        """Return the mask of a slice, or of several."""
        if isinstance(position, slice):
            return [self[number] for number in range(*position.indices(len(self)))]
        return np.unpackbits(self._bits[position], count=self._n_examples).astype(np.bool_)


def refuse_outcome(conditions: Sequence[Condition]) -> None:
    """Refuse a slice that a prediction has a say in: among the examples that only A has right, A is always better.

    Raises
    ------
    ReviewError
        ``slice_by_outcome``.
    """
    for condition in conditions:
        if condition.column in _OUTCOME_COLUMNS:
            raise ReviewError.of(
                "slice_by_outcome",
                f"{str(condition)!r} is a condition on what the teams answered. Among examples that were chosen by the "
                "answers a difference says nothing of who is better. Use a feature or the gold label; the "
                "disagreements themselves can be filtered by anything.",
            )


def candidate_slices(table: DisagreementTable) -> tuple[SliceFilter, ...]:
    """Return the slices that are tried, those of the gold label first, then column by column.

    Gold label: each of the 30 most frequent. Categorical: each of the 20 most frequent values. Numeric: each of up to
    10 distinct values, else quarters. Text: quarters of its length. Datetime: quarters in the order of its text. Of
    every column with gaps: missing and present. Each has at least 20 examples; what the teams predicted has no say.
    """
    found = [*_values(table, "gold", _MOST_LABELS)]
    own = len(table.column_names) - len(table.features.column_names)
    for name, feature in zip(table.column_names[own:], table.features.column_names, strict=True):
        match table.kinds.get(feature):
            case "categorical":
                found += _values(table, name, _MOST_VALUES)
            case "numeric":
                found += _values_or_quarters(table, name)
            case "text":
                found += _values_or_quarters(table, f"{LENGTH}{name}")
            case "datetime":
                values = table.column(name).drop_null().sort().to_pylist()
                found += _quarters(name, values, _edges(values))
            case _:
                pass
        found += _gaps(table, name)
    return tuple(found)


def _values(table: DisagreementTable, name: str, most: int) -> Iterator[SliceFilter]:
    """Yield a slice for each of the most frequent values, the most frequent first; ties by code point."""
    counts = pc.value_counts(table.column(name).drop_null())
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    for value, count in ordered[:most]:
        if count >= LEAST_EXAMPLES:
            yield SliceFilter((Condition(name, "=", _written(value)),))


def _values_or_quarters(table: DisagreementTable, name: str) -> Iterator[SliceFilter]:
    values = table.column(name).drop_null().to_numpy(zero_copy_only=False)
    values = np.sort(values[~np.isnan(values)]).tolist()
    if len(set(values)) <= _FEW_VALUES:
        yield from _values(table, name, _FEW_VALUES)
        return
    exact = _edges(values)
    rounded = sorted({float(f"{edge:.{_DIGITS}g}") for edge in exact})
    is_same = len(rounded) == len(exact) and rounded[0] > values[0]
    yield from _quarters(name, values, rounded if is_same else exact)


def _edges(values: Sequence[_Value]) -> list[_Value]:
    """Return where the sorted values are cut into quarters: fewer than three cuts where values are the same."""
    cuts = {values[len(values) * part // _PARTS] for part in range(1, _PARTS)} if len(values) else set()
    return sorted(cut for cut in cuts if cut > values[0])


def _quarters(name: str, values: Sequence[_Value], edges: Sequence[_Value]) -> Iterator[SliceFilter]:
    """Yield the slices below, between and from the edges on; no edge, no slice."""
    places = [0, *(bisect_left(values, edge) for edge in edges), len(values)]
    for number in range(len(places) - 1 if edges else 0):
        conditions = []
        if number > 0:
            conditions.append(Condition(name, ">=", _written(edges[number - 1])))
        if number < len(edges):
            conditions.append(Condition(name, "<", _written(edges[number])))
        if places[number + 1] - places[number] >= LEAST_EXAMPLES:
            yield SliceFilter(tuple(conditions))


def _gaps(table: DisagreementTable, name: str) -> Iterator[SliceFilter]:
    n_missing = table.column(name).null_count
    if min(n_missing, table.n_examples - n_missing) >= LEAST_EXAMPLES:
        yield SliceFilter((Condition(name, "missing"),))
        yield SliceFilter((Condition(name, "present"),))


def _written(value: str | float) -> str:
    """Return a value as it is typed: a whole number without a fraction."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
