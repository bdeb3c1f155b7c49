"""The spec of a standardized dataset: what ``dataset.json`` says (format: README, "Standardized datasets")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Task(StrEnum):
    """What is asked of a model."""

    CLASSIFICATION = "classification"
    """One label of a fixed set, k-way."""
    MATCHING = "matching"
    """Is this pair of records a match? Two labels, one of them positive."""


class ColumnKind(StrEnum):
    """What a feature column holds."""

    TEXT = "text"
    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    IMAGE = "image"
    """A path inside the dataset folder."""
    DATETIME = "datetime"
    IGNORED = "ignored"


@dataclass(frozen=True)
class DatasetSpec:
    """What a standardized dataset says of itself.

    Attributes
    ----------
    name
        The dataset's name.
    task
        See `Task`.
    id
        Name of the column that names the examples.
    target
        Name of the column with the gold label.
    columns
        Feature columns and their kinds, in order.
    labels
        The labels in class order.
    positive_label
        The label that means "match"; None in classification.
    metric
        Id of the primary metric; None: the task's default.
    label_meaning
        One sentence for people.
    costs
        (true label, predicted label, cost), the rest 0; empty where no costs are given.
    group
        Columns that together name an example's group (classification); empty: examples are independent.
    records
        Columns that make up the left and the right record of a pair (matching); None: all ``left_*``, all ``right_*``.
    source
        Where it comes from: homepage, licence, citation, ...
    rows
        Number of examples each split is said to have; checked.
    extra
        Unknown keys, kept as they are.
    """

    name: str
    task: Task
    id: str
    target: str
    columns: Mapping[str, ColumnKind]
    labels: tuple[str, ...]
    positive_label: str | None = None
    metric: str | None = None
    label_meaning: str = ""
    costs: tuple[tuple[str, str, float], ...] = ()
    group: tuple[str, ...] = ()
    records: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
