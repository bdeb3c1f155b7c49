"""The examples of a comparison as a table of any size: numpy columns, and one index array per (filter, sort)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.comparison.outcomes import OUTCOMES, outcome_counts
from reviewer_app.comparison.outcomes import disagreements as disagreement_mask
from reviewer_app.comparison.result import Outcome
from reviewer_app.disagreements.filters import LENGTH, ExampleFilter
from reviewer_app.evaluation.inputs import NO_PREDICTION

OWN_COLUMNS = ("id", "gold", "a", "b", "a_confidence", "b_confidence", "gap", "outcome")
"""Columns of every table, before the features."""


@dataclass(frozen=True, eq=False)
class DisagreementTable:
    """Every test example of one comparison.

    Attributes
    ----------
    dataset, team_a, team_b, task
        What is compared.
    labels
        Label of every code.
    ids
        Example ids, shape (n,).
    gold, a, b
        Codes into `labels`, shape (n,); `NO_PREDICTION` where none.
    a_confidence, b_confidence
        Confidence of the predicted label (matching: score of the positive label), NaN where there is none.
    outcomes
        Position in `Outcome`, uint8, shape (n,).
    features
        The feature columns (text, categorical, image, datetime: string; numeric: float64).
    kinds
        Feature column to its kind.
    """

    dataset: str
    task: str
    team_a: str
    team_b: str
    labels: tuple[str, ...]
    ids: pa.Array
    gold: NDArray[np.uint16]
    a: NDArray[np.uint16]
    b: NDArray[np.uint16]
    a_confidence: NDArray[np.float64]
    b_confidence: NDArray[np.float64]
    outcomes: NDArray[np.uint8]
    features: pa.Table
    kinds: Mapping[str, str]

    @property
    def n_examples(self) -> int:
        """Number of test examples."""
        return len(self.gold)

    @cached_property
    def disagree(self) -> NDArray[np.bool_]:
        """Where the two predicted labels differ, shape (n,)."""
        return disagreement_mask(self.a, self.b)

    @cached_property
    def n_disagreements(self) -> int:
        """Number of examples on which the predicted labels differ."""
        return int(self.disagree.sum())

    @cached_property
    def gap(self) -> NDArray[np.float64]:
        """How far the two confidences (matching: scores) are apart, shape (n,), NaN where one is missing."""
        return np.abs(self.a_confidence - self.b_confidence)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The table's own columns, then the features (one whose name is taken stands as ``feature:NAME``)."""
        return OWN_COLUMNS + tuple(self._feature_names)

    @property
    def filter_columns(self) -> tuple[str, ...]:
        """What a condition can be about: the columns, and the lengths of texts (``length:NAME``)."""
        return self.column_names + tuple(self._text_of_length)

    def outcome_counts(self) -> Mapping[Outcome, int]:
        """Return how many examples have each outcome."""
        return outcome_counts(self.outcomes)

    def rows(self, example_filter: ExampleFilter, sort: str = "", descending: bool = False) -> NDArray[np.int32]:
        """Return the example numbers that pass the filter, in order.

        Parameters
        ----------
        example_filter
            Which examples.
        sort
            A column; "": the file's order. Equal values stay in the file's order, missing ones come last.
        descending
            Largest first.

        Raises
        ------
        ReviewError
            ``bad_condition``: an unknown column or operator, or a value that is no number for a numeric column.
        """
        from reviewer_app.disagreements.selection import selected, sort_keys

        rows = np.flatnonzero(selected(self, example_filter)).astype(np.int32)
        if sort == "":
            return rows
        keys = sort_keys(self, sort)[rows]
        present = ~np.isnan(keys)
        order = np.argsort(-keys[present] if descending else keys[present], kind="stable")
        return np.concatenate([rows[present][order], rows[~present]])

    def page(self, rows: NDArray[np.int32], columns: Sequence[str] | None = None) -> list[dict[str, object]]:
        """Return the given examples as dictionaries: example_no, then the columns (default: all), None for missing."""
        taken = self.take(rows, columns)
        return [{"example_no": int(row), **values} for row, values in zip(rows, taken.to_pylist(), strict=True)]

    def take(self, rows: NDArray[np.int32], columns: Sequence[str] | None = None) -> pa.Table:
        """Return the given examples as a table in words: labels as text, missing as null."""
        names = self.column_names if columns is None else tuple(columns)
        return pa.table({name: self.column(name, rows) for name in names})

    def column(self, name: str, rows: NDArray[np.int32] | None = None) -> pa.Array:
        """Return one column in words, of the given examples (default: all).

        Raises
        ------
        KeyError
            If there is no such column.
        """
        chosen = slice(None) if rows is None else rows
        match name:
            case "id":
                return self.ids if rows is None else self.ids.take(pa.array(rows))
            case "gold" | "a" | "b":
                return self._label_text(getattr(self, name)[chosen])
            case "a_confidence" | "b_confidence" | "gap":
                return pa.array(getattr(self, name)[chosen], from_pandas=True)
            case "outcome":
                codes = pa.array(self.outcomes[chosen].astype(np.int8))
                return pa.DictionaryArray.from_arrays(codes, pa.array([str(o) for o in OUTCOMES])).dictionary_decode()
            case _ if name in self._text_of_length:
                return pc.utf8_length(self.column(self._text_of_length[name], rows)).cast(pa.float64())
            case _:
                feature = self.features.column(self._feature_names[name])
                return (feature if rows is None else feature.take(pa.array(rows))).combine_chunks()

    def is_numeric(self, name: str) -> bool:
        """Return whether a column holds numbers."""
        if name in OWN_COLUMNS:
            return name in ("a_confidence", "b_confidence", "gap")
        if name in self._text_of_length:
            return True
        return bool(pa.types.is_floating(self.features.schema.field(self._feature_names[name]).type))

    @cached_property
    def _feature_names(self) -> Mapping[str, str]:
        return {
            (f"feature:{name}" if name in (*OWN_COLUMNS, "example_no") else name): name
            for name in self.features.column_names
        }

    @cached_property
    def _text_of_length(self) -> Mapping[str, str]:
        """Each length's text column; a feature of that very name stands before it."""
        texts = [name for name, feature in self._feature_names.items() if self.kinds.get(feature) == "text"]
        return {f"{LENGTH}{name}": name for name in texts if f"{LENGTH}{name}" not in self._feature_names}

    def _label_text(self, codes: NDArray[np.uint16]) -> pa.Array:
        indices = pa.array(codes.astype(np.int32), mask=codes == NO_PREDICTION)
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.labels, pa.string())).dictionary_decode()
