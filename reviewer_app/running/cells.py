"""What a run is asked and what comes back: frozen, and free of how it is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.submissions.submission import AlignedPredictions, Submission


class RunState(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class Stage(StrEnum):
    """The two processes of a run."""

    FIT = "fit"
    PREDICT = "predict"


@dataclass(frozen=True, eq=False)
class CellJob:
    """One run of a cell of the cross matrix. Compared and hashed by identity.

    Attributes
    ----------
    submission, dataset, seed
        What is run on what.
    refit
        Of a model file: train a clone of the model instead of using it as it is; an unfitted model needs it.
    """

    submission: Submission
    dataset: Dataset
    seed: int
    refit: bool = False


@dataclass(frozen=True)
class CellEvent:
    """How far a run is.

    Attributes
    ----------
    state
        "queued" or "running"; how it ended is in its `CellResult`.
    stage
        The process that runs; None while queued and while the data is being written.
    fraction
        Share of the stage that is done, in [0, 1]; None where it is unknown.
    message
        What it is doing, in a few words; text of strangers, shown as it is.
    memory_mb
        Memory of all its processes now (of a single one: its peak so far), in MB of 10^6 bytes; None where the event
        is not about memory. The other fields then repeat what was told last.
    """

    state: str
    stage: Stage | None = None
    fraction: float | None = None
    message: str = ""
    memory_mb: float | None = None


@dataclass(frozen=True)
class StageRecord:
    """What one process of a run took, measured from outside.

    Attributes
    ----------
    stage
        See `Stage`.
    seconds
        Wall-clock time from start to end.
    cpu_seconds
        CPU time of all its processes; None where the system does not tell.
    peak_memory_mb
        Largest memory of all its processes together, in MB of 10^6 bytes; None where the system does not tell.
    exit_code
        None where a signal ended it.
    signal
        Name of the signal that ended it, for example "SIGSEGV"; None where it exited by itself.
    """

    stage: Stage
    seconds: float
    cpu_seconds: float | None
    peak_memory_mb: float | None
    exit_code: int | None
    signal: str | None


@dataclass(frozen=True, eq=False)
class CellResult:
    """How a run ended, and what it predicted.

    Attributes
    ----------
    job
        What was asked.
    state
        See `RunState`.
    reason
        Why it is not done, in words; None where it is.
    predictions
        Split ("validation" where the dataset has one, "test") to what it predicted, in the split's own order; codes
        index ``labels`` of each: the spec's labels, then labels that only this submission gave. Empty unless done.
    stages
        What each process took; a fitted model has no fit.
    log
        The end of what the run wrote to stdout and stderr, at most 64 KB.
    versions
        "python" and the packages it had loaded, to their versions; as the run itself says.
    result_digest
        sha256 over the predictions; None unless done.
    sandbox
        Level of the sandbox: "none" until there is one.
    """

    job: CellJob
    state: RunState
    reason: str | None = None
    predictions: Mapping[str, AlignedPredictions] = field(default_factory=dict)
    stages: tuple[StageRecord, ...] = ()
    log: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    result_digest: str | None = None
    sandbox: str = "none"

    def stage(self, stage: Stage) -> StageRecord | None:
        """Return what a stage took; None where it did not run."""
        return next((record for record in self.stages if record.stage is stage), None)

    @property
    def fit_seconds(self) -> float | None:
        """Wall-clock time of fit; None where it did not run."""
        record = self.stage(Stage.FIT)
        return record.seconds if record else None

    @property
    def predict_seconds(self) -> float | None:
        """Wall-clock time of predict; None where it did not run."""
        record = self.stage(Stage.PREDICT)
        return record.seconds if record else None

    @property
    def peak_memory_mb(self) -> float | None:
        """Largest memory of the stages, in MB of 10^6 bytes; None where it is not known."""
        peaks = [record.peak_memory_mb for record in self.stages if record.peak_memory_mb is not None]
        return max(peaks, default=None)
