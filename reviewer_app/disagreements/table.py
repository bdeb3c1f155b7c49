"""The examples of a comparison as a table of any size: numpy columns, and one index array per (filter, sort)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.comparison.result import Outcome
from reviewer_app.disagreements.filters import ExampleFilter


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

    # methods to come (same signatures):
    # def outcome_counts(self) -> Mapping[Outcome, int]
    # def n_disagreements (property) -> int
    # def rows(self, example_filter: ExampleFilter, sort: str = "", descending: bool = False) -> NDArray[np.int32]
    #     sort: "", "id", "gold", "a", "b", "a_confidence", "b_confidence", "gap", "outcome" or a feature column;
    #     stable, example number as last key, missing last; raises ReviewError for an unknown column or a bad value
    # def page(self, rows: NDArray[np.int32], columns: Sequence[str] | None = None) -> list[dict[str, object]]
    #     one dict per row: example_no, id, gold, a, b, a_confidence, b_confidence, gap, outcome, then the features
    # def column_names (property) -> tuple[str, ...]
    # export: reviewer_app.disagreements.export.export(table, rows, path)  (.csv, .parquet, .json by suffix)
