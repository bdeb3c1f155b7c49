"""Adding and removing datasets and submissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from reviewer_app.datasets.options import ImportOptions


@dataclass(frozen=True)
class AddDataset:
    """Add a standardized dataset: a folder, or a bare csv/parquet file.

    `home_of` names the team whose home it is. `name` replaces the spec's name.
    """

    path: Path
    name: str | None = None
    home_of: str | None = None
    options: ImportOptions = field(default_factory=ImportOptions)

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"add dataset {self.name or self.path.name}"


@dataclass(frozen=True)
class AddSubmission:
    """Add what a team hands in: a folder with submission.toml, a prediction file, a fitted model, or a baseline.

    `dataset` names the one dataset a bare prediction file is for (None: the one whose ids it matches). `builtin` names
    a baseline (then `path` is None). `consent` is the digest of a submission that may run without a sandbox.
    """

    path: Path | None
    team: str
    dataset: str | None = None
    name: str | None = None
    version: str | None = None
    builtin: str | None = None
    consent: str | None = None
    options: ImportOptions = field(default_factory=ImportOptions)

    @property
    def describes(self) -> str:
        """One line for people."""
        what = self.builtin or (self.path.name if self.path else "")
        return f"add submission {what} of {self.team}" if self.team else f"add submission {what}"


@dataclass(frozen=True)
class RemoveDataset:
    """Remove a dataset and every run on it."""

    name: str

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"remove dataset {self.name}"


@dataclass(frozen=True)
class RemoveSubmission:
    """Remove a submission and its runs."""

    submission_id: int

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"remove submission {self.submission_id}"
