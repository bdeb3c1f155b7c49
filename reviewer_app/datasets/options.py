"""The options that answer a finding, the same for the window and for every command that reads a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ImportOptions:
    """What the user said about an input that the input does not say itself.

    Attributes
    ----------
    task
        "classification" or "matching"; None: inferred.
    positive
        The positive label of a matching dataset; None: the spec's, or inferred.
    metric
        Id of the primary metric; None: the spec's, or the task's default.
    columns
        Role to column name; roles: id, label, score, confidence, and group (of a table that comes without a spec).
    kinds
        Feature column to its kind, for a dataset without ``dataset.json``; columns that are not named: inferred.
    missing
        How missing predictions count: "wrong", "drop" or "negative"; None: nobody said ("wrong", and over half of
        them missing is refused).
    labels
        "trim", "casefold", or the path of a csv file with the columns ``from,to``; None: compared as written.
    probabilities
        "percent", "normalise" or "softmax"; None: taken as they are.
    threshold
        Predicted positive where score >= threshold; None: the labels decide.
    encoding
        Encoding of a csv file; None: UTF-8, else detected.
    """

    task: str | None = None
    positive: str | None = None
    metric: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    missing: str | None = None
    labels: str | None = None
    probabilities: str | None = None
    threshold: float | None = None
    encoding: str | None = None
