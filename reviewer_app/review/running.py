"""Running the cells of the matrix that are missing or stale, and writing each result as it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.cells import Cell, cells_of, info_of, state_of, why_not_allowed, why_not_applicable
from reviewer_app.review.contents import Contents, read_contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.running.cells import CellEvent, CellJob, CellResult
from reviewer_app.running.engine import run_cells
from reviewer_app.running.model_facts import look_into_model
from reviewer_app.store import audit
from reviewer_app.store.datasets import DatasetRecord
from reviewer_app.store.evidence import forget_verdicts
from reviewer_app.store.rows import to_json
from reviewer_app.store.runs import Measured, encode_predictions, run_records, write_run
from reviewer_app.store.submissions import SubmissionRecord, update_submission, write_facts
from reviewer_app.submissions.baselines import baseline_submission
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import Submission, SubmissionKind

OnCell = Callable[[RunInfo, float | None, str], None]


@dataclass(frozen=True)
class RunRequest:
    """What is to be run, and how; see `Review.run`."""

    only: tuple[tuple[str, str], ...] = ()
    jobs: int | None = None
    seeds: int = 1
    time_limit: float | None = None
    memory_limit_gb: float | None = None
    sandbox: str = "required"


@dataclass
class _Sources:
    """What runs read from disk, each once; in the place of what cannot be used stands why."""

    submissions: dict[int, Submission | str] = field(default_factory=dict)
    datasets: dict[int, Dataset | str] = field(default_factory=dict)


def run_matrix(file: ReviewFile, request: RunRequest, progress: Progress, on_cell: OnCell) -> tuple[RunInfo, ...]:
    """Run what is missing or stale and return what was run; see `Review.run`.

    Raises
    ------
    ReviewError
        ``unknown_cell`` if `only` names none that can be run; ``review_read_only``.
    """
    with file.working():
        contents = _contents(file)
        _check_only(request, contents)
        sources = _read_submissions(file, contents, request)
        contents = _contents(file)
    todo = [
        (cell, seed)
        for cell in cells_of(contents)
        if _is_wanted(cell, request) and why_not_applicable(cell) is None
        for seed in range(request.seeds)
        if _is_due(contents, cell, seed, again=bool(request.only))
    ]
    jobs: dict[CellJob, Cell] = {}
    ended: list[RunInfo] = []
    for cell, seed in todo:
        job = _job(cell, seed, sources, request)
        if isinstance(job, CellJob):
            jobs[job] = cell
        else:
            ended.append(info_of(cell, seed=seed, state=CellState.FAILED, reason=job))
            on_cell(ended[-1], None, job)

    def on_event(job: CellJob, event: CellEvent) -> None:
        info = info_of(jobs[job], seed=job.seed, state=CellState(event.state))
        on_cell(replace(info, peak_memory_mb=event.memory_mb), event.fraction, event.message)

    if jobs:
        for result in run_cells(
            list(jobs),
            jobs=request.jobs,
            time_limit=request.time_limit,
            memory_limit_gb=request.memory_limit_gb,
            progress=progress,
            on_event=on_event,
        ):
            ended.append(_keep(file, jobs[result.job], result))
            on_cell(ended[-1], None, result.reason or "")
    return tuple(ended)


def _contents(file: ReviewFile) -> Contents:
    with file.reading() as connection:
        return read_contents(connection)


def _check_only(request: RunRequest, contents: Contents) -> None:
    runnable = {
        (cell.record.submission.team, cell.dataset.name)
        for cell in cells_of(contents)
        if cell.record.submission.kind is not SubmissionKind.PREDICTIONS
    }
    unknown = [f"{team}:{dataset}" for team, dataset in request.only if (team, dataset) not in runnable]
    if unknown:
        known = ", ".join(f"{team}:{dataset}" for team, dataset in sorted(runnable)) or "none"
        raise ReviewError.of(
            "unknown_cell", f"There is nothing to run as {', '.join(unknown)}. Cells with something to run: {known}."
        )


def _is_wanted(cell: Cell, request: RunRequest) -> bool:
    submission = cell.record.submission
    if submission.kind is SubmissionKind.PREDICTIONS:
        return False
    return not request.only or (submission.team, cell.dataset.name) in request.only


def _is_due(contents: Contents, cell: Cell, seed: int, *, again: bool) -> bool:
    """Return whether a cell is to be run with a seed; `again`: also where it failed, because it was asked for by name.

    A failure and a time-out are results like any other.
    """
    runs = contents.runs_of_cells.get((cell.record.submission_id, cell.dataset.dataset_id), [])
    run = next((run for run in runs if run.seed == seed), None)
    state = CellState.MISSING if run is None else state_of(run, cell)
    if again:
        return state is not CellState.DONE
    return state in (CellState.MISSING, CellState.STALE, CellState.CANCELLED)


def _read_submissions(file: ReviewFile, contents: Contents, request: RunRequest) -> _Sources:
    """Return the submissions as they are on disk now; one that changed is written, and its runs are stale."""
    sources = _Sources()
    wanted = {cell.record.submission_id: cell.record for cell in cells_of(contents) if _is_wanted(cell, request)}
    for record in wanted.values():
        try:
            submission = _read_again(record.submission)
        except ReviewError as error:
            sources.submissions[record.submission_id] = str(error)
            continue
        if submission.kind is not record.submission.kind:
            reason = f"{submission.path.name} is {submission.kind} now and was {record.submission.kind}: add it again"
            sources.submissions[record.submission_id] = reason
            continue
        sources.submissions[record.submission_id] = submission
        if submission.digest != record.submission.digest:
            _write_changed(file, record, submission)
            record = replace(record, submission=submission, consented=False, facts=None)
        is_unknown_model = submission.kind is SubmissionKind.MODEL and record.facts is None
        if is_unknown_model and why_not_allowed(record, sandbox=request.sandbox) is None:
            _look(file, record, sources)
    return sources


def _read_again(submission: Submission) -> Submission:
    if submission.builtin is not None:
        return baseline_submission(submission.builtin)
    return read_submission(submission.path, team=submission.team, name=submission.name, version=submission.version)


def _write_changed(file: ReviewFile, record: SubmissionRecord, submission: Submission) -> None:
    describes = f"{submission.name} of {submission.team} has changed on disk since it was added"
    with file.writing() as connection:
        update_submission(connection, record.submission_id, submission)
        forget_verdicts(connection)
        arguments = {"before": record.submission.digest, "after": submission.digest}
        audit.append(connection, "SubmissionChanged", describes, to_json(arguments))


def _look(file: ReviewFile, record: SubmissionRecord, sources: _Sources) -> None:
    """Find out what a model file holds, in a process of its own, and keep it."""
    try:
        facts = look_into_model(record.submission)
    except ReviewError as error:
        sources.submissions[record.submission_id] = str(error)
        return
    with file.writing() as connection:
        write_facts(connection, record.submission.digest, facts)


def _job(cell: Cell, seed: int, sources: _Sources, request: RunRequest) -> CellJob | str:
    """Return what is to be run, or why it cannot be."""
    not_allowed = why_not_allowed(cell.record, sandbox=request.sandbox)
    if not_allowed is not None:
        return not_allowed
    submission = sources.submissions[cell.record.submission_id]
    if isinstance(submission, str):
        return submission
    dataset_id = cell.dataset.dataset_id
    if dataset_id not in sources.datasets:
        sources.datasets[dataset_id] = _read_dataset(cell.dataset)
    dataset = sources.datasets[dataset_id]
    if isinstance(dataset, str):
        return dataset
    facts = cell.record.facts
    return CellJob(submission, dataset, seed, refit=facts is not None and not facts.fitted)


def _read_dataset(record: DatasetRecord) -> Dataset | str:
    """Return a dataset as it was added, from where it was added; or why that cannot be had."""
    try:
        dataset = read_dataset(record.path, record.options, name=record.name)
    except ReviewError as error:
        return f"the data of {record.name} cannot be read from {record.path}: {error}"
    if dataset.digest != record.digest:
        return (
            f"the data of {record.name} in {record.path} has changed since it was added: put it back, or add it as "
            "another dataset"
        )
    return dataset


def _keep(file: ReviewFile, cell: Cell, result: CellResult) -> RunInfo:
    """Write how a run ended, at once, and return it."""
    submission, seed = result.job.submission, result.job.seed
    measured = Measured(
        sandbox=result.sandbox,
        fit_seconds=result.fit_seconds,
        predict_seconds=result.predict_seconds,
        cpu_seconds=_sum([stage.cpu_seconds for stage in result.stages]),
        peak_memory_mb=result.peak_memory_mb,
        exit_code=result.stages[-1].exit_code if result.stages else None,
        versions=result.versions,
        log=result.log,
    )
    with file.working():
        contents = _contents(file)
        datasets = {dataset.dataset_id: dataset for dataset in contents.datasets}
        submissions = {record.submission_id for record in contents.submissions}
        if cell.dataset.dataset_id not in datasets or cell.record.submission_id not in submissions:
            reason = "its dataset or submission was removed meanwhile"
            return info_of(cell, seed=seed, state=CellState.CANCELLED, reason=reason)
        labels = datasets[cell.dataset.dataset_id].labels
        predictions = encode_predictions(result.predictions, labels) if result.predictions else None
        describes = f"run {submission.name} of {submission.team} on {cell.dataset.name}, seed {seed}: {result.state}"
        with file.writing() as connection:
            run_id = write_run(
                connection,
                submission_id=cell.record.submission_id,
                dataset_id=cell.dataset.dataset_id,
                seed=seed,
                state=result.state,
                reason=result.reason,
                submission_digest=submission.digest,
                dataset_digest=result.job.dataset.digest,
                measured=measured,
                predictions=predictions,
            )
            forget_verdicts(connection)
            audit.append(connection, "Run", describes, to_json({"run_id": run_id, "reason": result.reason}))
        run = next(run for run in run_records(file.connection) if run.run_id == run_id)
    return info_of(cell, seed=seed, state=CellState(result.state), reason=result.reason, run=run)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
