"""One run: a submission on a dataset with a seed, in a temporary folder of its own."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reviewer_app.errors import ReviewError
from reviewer_app.running.cells import CellEvent, CellJob, CellResult, RunState, Stage, StageRecord
from reviewer_app.running.job_folder import JobPlaces, write_job_folder
from reviewer_app.running.result_stream import ResultError, ResultStream
from reviewer_app.running.results import predicted_splits, read_results, result_digest
from reviewer_app.running.stage import MAX_DISK_BYTES, Ending, LogTail, StageLimits, StageOutcome, run_stage
from reviewer_app.running.worker import PYTHON
from reviewer_app.submissions.folder_contents import file_digest, folder_digest
from reviewer_app.submissions.submission import Submission, SubmissionKind

_log = logging.getLogger(__name__)
_GIGABYTE = 1e9
_CRASHES = {
    "SIGSEGV": "a crash in compiled code",
    "SIGBUS": "a crash in compiled code",
    "SIGABRT": "it gave up in compiled code",
    "SIGILL": "its compiled code does not fit this processor",
    "SIGKILL": "perhaps by the system, which was short of memory",
}


@dataclass(frozen=True)
class RunLimits:
    """What the reviewer allows a run; the reviewer's word wins over the submission's wish.

    Attributes
    ----------
    seconds
        For each stage; None: what the submission wishes for.
    memory_gb
        For all its processes; None: what the submission wishes for, at most `memory_share_gb`.
    memory_share_gb
        Its share of the machine's memory; None where that is not known.
    """

    seconds: float | None = None
    memory_gb: float | None = None
    memory_share_gb: float | None = None

    def of(self, submission: Submission, stage: Stage) -> StageLimits:
        """Return what a stage of a submission may use."""
        wish = submission.limits
        wished_seconds = wish.fit_s if stage is Stage.FIT else wish.predict_s
        candidates = [gb for gb in (wish.memory_gb, self.memory_share_gb) if gb is not None]
        memory_gb = self.memory_gb if self.memory_gb is not None else min(candidates, default=None)
        return StageLimits(
            seconds=self.seconds if self.seconds is not None else wished_seconds,
            memory_bytes=None if memory_gb is None else int(memory_gb * _GIGABYTE),
        )


def run_cell(
    job: CellJob, limits: RunLimits, stop: threading.Event, tell: Callable[[CellJob, CellEvent], None]
) -> CellResult:
    """Return how a run ended; its processes and its folder are gone by then.

    Parameters
    ----------
    job
        What to run.
    limits
        What it may use.
    stop
        Ends the run within a second once it is set.
    tell
        Called from several threads as the run goes on.
    """
    run = _Run(job, limits, stop, tell)
    try:
        with temporary_box() as box:
            return run.within(box)
    except ReviewError as error:
        return run.result(RunState.FAILED, str(error))
    except OSError as error:
        return run.result(RunState.FAILED, f"the run could not be prepared: {error}")


@contextlib.contextmanager
def temporary_box() -> Iterator[Path]:
    """Give a folder that is removed again, whatever was done to it meanwhile."""
    box = Path(tempfile.mkdtemp(prefix="reviewer-app-run-")).resolve()
    try:
        yield box
    finally:
        _remove(box)


def _remove(folder: Path) -> None:
    """Remove a folder, whatever was done to it."""
    try:
        _make_folders_writable(folder)
        shutil.rmtree(folder)
    except (OSError, RecursionError) as error:
        # Deeply nested folders and files that another program holds open: said, and no reason to lose the result.
        _log.warning("the temporary folder %s could not be removed: %s", folder, error)


def _make_folders_writable(box: Path) -> None:
    """Let folders be emptied; no link is followed."""
    box.chmod(0o700)
    for parent, folders, _ in os.walk(box):
        for name in folders:
            folder = Path(parent, name)
            if not folder.is_symlink():
                folder.chmod(0o700)


def unpack(submission: Submission, box: Path) -> Path:
    """Copy a submission into a box and return the folder of its code (empty for a bare file).

    Raises
    ------
    ReviewError
        ``submission_changed`` if it is not what was added.
    """
    code = box / "code"
    if submission.path.is_dir():
        shutil.copytree(submission.path, code, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        digest = folder_digest(code)
    else:
        code.mkdir()
        digest = file_digest(submission.path)
    if digest != submission.digest:
        message = f"{submission.path.name} has changed since it was added; add it again as a new version"
        raise ReviewError.of("submission_changed", message, file=str(submission.path))
    return code


def describe_work(submission: Submission, code: Path, *, trains: bool) -> dict[str, Any]:
    """Return what the worker must know of a submission: the content of worker.json."""
    work: dict[str, Any] = {"code_dir": str(code), "max_file_bytes": MAX_DISK_BYTES}
    if submission.model_path is not None:
        file = code / submission.model_path if submission.path.is_dir() else submission.path.resolve()
        model = {"model_file": str(file), "model_format": submission.model_format, "fitted": not trains}
        return work | {"runner": "estimator"} | model
    if submission.command:
        return work | {"runner": "command", "command": list(submission.command)}
    return work | {"runner": "class", "entry": submission.entry}


class _Run:
    """What a run has gathered so far."""

    def __init__(
        self,
        job: CellJob,
        limits: RunLimits,
        stop: threading.Event,
        tell: Callable[[CellJob, CellEvent], None],
    ) -> None:
        self._job, self._limits, self._stop, self._tell = job, limits, stop, tell
        self._log = LogTail()
        self._records: list[StageRecord] = []
        self._versions: dict[str, str] = {}
        self._trains = job.refit or job.submission.kind is SubmissionKind.ALGORITHM

    def result(self, state: RunState, reason: str | None) -> CellResult:
        """Return a result without predictions."""
        return CellResult(
            self._job, state, reason, stages=tuple(self._records), log=self._log.text(), versions=self._versions
        )

    def within(self, box: Path) -> CellResult:
        """Run the stages in a box."""
        self._tell(self._job, CellEvent("running", message="preparing"))
        work = describe_work(self._job.submission, unpack(self._job.submission, box), trains=self._trains)
        (box / "model").mkdir()
        order = np.arange(0)
        for stage in (Stage.FIT, Stage.PREDICT) if self._trains else (Stage.PREDICT,):
            if self._stop.is_set():
                return self.result(RunState.CANCELLED, f"cancelled before {stage}")
            limits = self._limits.of(self._job.submission, stage)
            places = JobPlaces(box / "model", box / f"scratch-{stage}" / "out")
            places.output.mkdir(parents=True)
            order = write_job_folder(
                box / str(stage),
                stage,
                self._job.dataset,
                self._job.seed,
                data_format=_data_format(self._job.submission),
                places=places,
                worker=work,
            )
            outcome = self._run_stage(stage, box, limits)
            self._records.append(outcome.record)
            self._versions.update(outcome.stream.versions)
            state, reason = explain(stage, outcome, limits)
            if state is not RunState.DONE:
                return self.result(state, reason)
            # Predict finds the model as fit left it, and nothing else of fit: its splits have labels.
            places.model.chmod(0o555)
            for folder in (box / str(stage), box / f"scratch-{stage}"):
                _remove(folder)
        return self._read(outcome.stream, order)

    def _run_stage(self, stage: Stage, box: Path, limits: StageLimits) -> StageOutcome:
        last: tuple[float | None, str] = (None, "starting")

        def on_progress(fraction: float | None, message: str, memory_mb: float | None) -> None:
            nonlocal last
            if memory_mb is None:
                last = fraction, message
            self._tell(self._job, CellEvent("running", stage, *last, memory_mb))

        on_progress(None, "starting", None)
        scratch = box / f"scratch-{stage}"
        return run_stage(
            stage,
            box / str(stage),
            scratch,
            writable=(box / "model", scratch, box / "code"),
            rows=predicted_splits(self._job.dataset) if stage is Stage.PREDICT else {},
            n_labels=len(self._job.dataset.spec.labels),
            limits=limits,
            stop=self._stop,
            log=self._log,
            on_progress=on_progress,
        )

    def _read(self, stream: ResultStream, order: np.ndarray[Any, np.dtype[np.int64]]) -> CellResult:
        """Return the result of a run whose processes ended well."""
        try:
            predictions = read_results(stream.frames, stream.notes, self._job.dataset, order)
        except ResultError as error:
            return self.result(RunState.FAILED, str(error))
        return CellResult(
            self._job,
            RunState.DONE,
            predictions=predictions,
            stages=tuple(self._records),
            log=self._log.text(),
            versions=self._versions,
            result_digest=result_digest(predictions),
        )


def _data_format(submission: Submission) -> str:
    """Return how splits are handed over: Arrow to Python, which has pyarrow here, csv to any other program."""
    return "csv" if submission.command and submission.command[0] not in PYTHON else "arrow"


def explain(stage: Stage, outcome: StageOutcome, limits: StageLimits) -> tuple[RunState, str | None]:
    """Return the state that the end of a stage means, and the reason in words unless it ended well."""
    stream, record = outcome.stream, outcome.record
    match outcome.ending:
        case Ending.CANCELLED:
            return RunState.CANCELLED, f"cancelled during {stage}"
        case Ending.TIMED_OUT:
            return RunState.TIMED_OUT, f"{stage} took longer than the limit of {limits.seconds:g} s"
        case Ending.OUT_OF_MEMORY:
            allowed = (limits.memory_bytes or 0) / _GIGABYTE
            return RunState.FAILED, f"{stage} used more memory than the limit of {allowed:.3g} GB"
        case Ending.OUT_OF_DISK:
            return RunState.FAILED, f"{stage} wrote more than the limit of {limits.disk_bytes / _GIGABYTE:.3g} GB"
        case Ending.BROKE_RULES:
            return RunState.FAILED, stream.broken
        case Ending.EXITED:
            pass
    if stream.error is not None:
        return RunState.FAILED, stream.error
    if stream.done:
        return RunState.DONE, None
    if record.signal is not None:
        meaning = f" ({_CRASHES[record.signal]})" if record.signal in _CRASHES else ""
        return RunState.FAILED, f"{stage} was ended by {record.signal}{meaning}"
    return RunState.FAILED, f"{stage} ended without a result (exit code {record.exit_code})"
