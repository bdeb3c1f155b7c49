"""What a team hands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reviewer_app.errors import Finding
from reviewer_app.evaluation.inputs import Predictions


class SubmissionKind(StrEnum):
    """What was handed in."""

    PREDICTIONS = "predictions"
    """A file of predictions per dataset."""
    MODEL = "model"
    """A fitted model: runs where columns and labels match."""
    ALGORITHM = "algorithm"
    """Can be trained: crosses label spaces."""


@dataclass(frozen=True)
class Limits:
    """What a submission wishes for; the reviewer's cap wins."""

    memory_gb: float | None = None
    fit_s: float | None = None
    predict_s: float | None = None


@dataclass(frozen=True)
class Submission:
    """A submission as ``submission.toml`` describes it, or as a bare file implies.

    Attributes
    ----------
    team, name, version, description
        Who, what, which.
    kind
        See `SubmissionKind`.
    path
        The folder (or the bare file) as the user named it.
    digest
        sha256 over the contents of the folder or file.
    entry
        ``module:Class`` of a Python algorithm; None otherwise.
    command
        Command line of an algorithm; empty otherwise.
    python, requirements
        As written; used once environments exist.
    home
        Name of the dataset it proposes as its home; None: not said.
    tasks
        Tasks it can do; empty: all.
    prediction_files
        Dataset name to file, relative to the folder; for a bare file one entry under "".
    model_path, model_format
        The fitted model's file, relative to the folder, and "joblib" or "skops"; None otherwise.
    limits
        See `Limits`.
    builtin
        Name of a baseline of ours; None for a team's own work.
    findings
        Warnings and infos met while reading it.
    """

    team: str
    name: str
    version: str
    kind: SubmissionKind
    path: Path
    digest: str
    description: str = ""
    entry: str | None = None
    command: tuple[str, ...] = ()
    python: str | None = None
    requirements: str | None = None
    home: str | None = None
    tasks: tuple[str, ...] = ()
    prediction_files: Mapping[str, str] = field(default_factory=dict)
    model_path: str | None = None
    model_format: str | None = None
    limits: Limits = field(default_factory=Limits)
    builtin: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class AlignedPredictions:
    """Predictions joined to the examples of one split, in the split's order.

    Attributes
    ----------
    predictions
        The arrays; codes index `labels`.
    labels
        All labels by code: the dataset's known ones, then those met here for the first time.
    findings
        Warnings and infos.
    """

    predictions: Predictions
    labels: tuple[str, ...]
    findings: tuple[Finding, ...]
