"""Preparing that submissions come and go."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.operations.add_dataset import home_proposed, write_fixes
from reviewer_app.review.operations.change import Change
from reviewer_app.review.operations.imports import AddSubmission, RemoveSubmission
from reviewer_app.review.operations.prepared import Prepared
from reviewer_app.review.queries import BASELINES
from reviewer_app.store.datasets import DatasetRecord, forget_proposed_homes, read_ids_and_labels, set_home
from reviewer_app.store.runs import EncodedPredictions, encode_predictions, write_run
from reviewer_app.store.submissions import SubmissionRecord, delete_submission, write_consent, write_submission
from reviewer_app.store.teams import delete_idle_teams
from reviewer_app.submissions.alignment import align_splits
from reviewer_app.submissions.baselines import baseline_submission
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.manifest_format import MANIFEST
from reviewer_app.submissions.prediction_files import matching_dataset
from reviewer_app.submissions.submission import Submission, SubmissionKind

SUBMISSIONS_CHANGED = frozenset({"teams", "datasets", "runs", "results", "disagreements"})
_TEAMS_CHANGED = frozenset({"teams", "runs"})


def add_submission(operation: AddSubmission, contents: Contents, file: ReviewFile, progress: Progress) -> Prepared:
    """Prepare that a submission comes in; prediction files are read, joined and encoded.

    The same submission again brings the predictions for datasets that were not there before, or a consent.

    Raises
    ------
    ReviewError
        What `read_submission` and `align_splits` raise; ``submission_exists``, ``version_exists``,
        ``consent_for_other_files``, ``reserved_team``, ``unknown_dataset``, ``no_dataset``.
    """
    submission = _read(operation, progress.part(0.0, 0.2))
    if operation.consent is not None and operation.consent != submission.digest:
        raise ReviewError.of(
            "consent_for_other_files",
            f"The consent is for the digest {operation.consent}, and what is there now has {submission.digest}: it is "
            "not what you consented to. Look at it again.",
            file=str(operation.path),
        )
    files: dict[int, tuple[DatasetRecord, Path]] = {}
    findings: tuple[Finding, ...] = submission.findings
    if submission.kind is SubmissionKind.PREDICTIONS:
        files, not_here = _files_of(operation, submission, contents, file, progress.part(0.2, 0.4))
        findings = (*findings, *not_here)
    rivals = _rivals(submission, contents, frozenset(files))
    same = next((rival for rival in rivals if rival.submission.digest == submission.digest), None)
    if same is None:
        submission = _with_version(operation, submission, rivals)
    else:
        files = {key: value for key, value in files.items() if key not in same.dataset_ids}
        if not files:
            return _again(operation, same)
        submission = same.submission
    predictions: dict[int, EncodedPredictions] = {}
    for number, (dataset, path) in enumerate(files.values()):
        part = progress.part(0.4 + 0.6 * number / len(files), 0.4 + 0.6 * (number + 1) / len(files))
        known = read_ids_and_labels(file.connection, dataset)
        aligned = align_splits(path, known, options=operation.options, progress=part)
        predictions[dataset.dataset_id] = encode_predictions(aligned, dataset.labels)
        findings = (*findings, *predictions[dataset.dataset_id].findings)
    proposed = _proposed_home(submission, contents)
    if proposed is not None:
        findings = (*findings, home_proposed(proposed.name, submission.team))

    def write(connection: sqlite3.Connection) -> None:
        if same is None:
            submission_id = write_submission(connection, submission, operation.options)
            write_fixes(connection, operation.options, {"submission_id": submission_id})
        else:
            submission_id = same.submission_id
        for dataset_id, encoded in predictions.items():
            write_run(
                connection,
                submission_id=submission_id,
                dataset_id=dataset_id,
                seed=0,
                state="done",
                submission_digest=submission.digest,
                dataset_digest=files[dataset_id][0].digest,
                missing=operation.options.missing or "wrong",
                predictions=encoded,
            )
        if operation.consent is not None:
            write_consent(connection, operation.consent)
        if proposed is not None:
            set_home(connection, proposed.dataset_id, submission.team, decided=False)

    created = (f"{submission.name} {submission.version}",)
    return Prepared(Change(operation, SUBMISSIONS_CHANGED, findings, created=created), write)


def remove_submission(operation: RemoveSubmission, contents: Contents) -> Prepared:
    """Prepare that a submission goes, and its runs.

    Raises
    ------
    ReviewError
        ``unknown_submission``.
    """
    record = contents.submission(operation.submission_id)

    def write(connection: sqlite3.Connection) -> None:
        delete_submission(connection, record.submission_id)
        forget_proposed_homes(connection)
        delete_idle_teams(connection)

    return Prepared(Change(operation, SUBMISSIONS_CHANGED), write)


def _read(operation: AddSubmission, progress: Progress) -> Submission:
    team = operation.team.strip()
    if operation.builtin is not None:
        return baseline_submission(operation.builtin)
    if operation.path is None:
        raise ReviewError.of("not_found", "Name the file or folder of the submission.")
    if team == BASELINES:
        raise ReviewError.of(
            "reserved_team", f'The team "{BASELINES}" is for our own baselines (--builtin NAME). Choose another name.'
        )
    return read_submission(
        operation.path,
        team=team or _team_of_manifest(operation.path),
        name=operation.name,
        version=operation.version,
        progress=progress,
    )


def _team_of_manifest(path: Path) -> str:
    """Return the team that a folder's manifest names; "" where it names none, which `read_submission` refuses."""
    try:
        team = tomllib.loads((path / MANIFEST).read_text(encoding="utf-8")).get("team")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""
    return team.strip() if isinstance(team, str) else ""


def _files_of(
    operation: AddSubmission, submission: Submission, contents: Contents, file: ReviewFile, progress: Progress
) -> tuple[dict[int, tuple[DatasetRecord, Path]], list[Finding]]:
    """Return dataset id to the dataset and its prediction file, and what is to be said of files without a dataset."""
    if not contents.datasets:
        raise ReviewError.of(
            "no_dataset",
            "The review has no dataset yet, and predictions are joined to a dataset's examples. Add the dataset first.",
            file=str(operation.path),
        )
    if "" in submission.prediction_files:
        name = operation.dataset
        if name is None and len(contents.datasets) == 1:
            name = contents.datasets[0].name
        if name is None:
            datasets = [read_ids_and_labels(file.connection, dataset) for dataset in contents.datasets]
            name = matching_dataset(submission.path, datasets, operation.options, progress)
        dataset = contents.dataset(name)
        return {dataset.dataset_id: (dataset, submission.path)}, []
    names = [operation.dataset] if operation.dataset is not None else list(submission.prediction_files)
    here = {dataset.name for dataset in contents.datasets}
    absent = [name for name in names if name not in here or name not in submission.prediction_files]
    present = [name for name in names if name not in absent]
    if not present:
        raise ReviewError.of(
            "unknown_dataset",
            f"{submission.name} holds predictions for {', '.join(submission.prediction_files)}, and asked for are "
            f"those for {', '.join(names)}; the review has {', '.join(here)}. Add the dataset first, under the name "
            f"that {MANIFEST} gives it (--name).",
            file=str(operation.path),
        )
    findings = []
    if absent:
        findings.append(
            Finding(
                "predictions_without_dataset",
                Severity.WARNING,
                f"{submission.name} also holds predictions for {', '.join(absent)}, which the review does not have: "
                "they are not in it. Add the dataset, then the submission again.",
                len(absent),
                first=tuple(absent),
            )
        )
    files = {}
    for name in present:
        dataset = contents.dataset(name)
        files[dataset.dataset_id] = (dataset, submission.path / submission.prediction_files[name])
    return files, findings


def _rivals(submission: Submission, contents: Contents, dataset_ids: frozenset[int]) -> Sequence[SubmissionRecord]:
    """Return the team's submissions that say something about the same datasets: versions of the same thing."""
    own = contents.submissions_of(submission.team)
    if submission.builtin is not None:
        return [record for record in own if record.submission.builtin == submission.builtin]
    return [
        record
        for record in own
        if not dataset_ids or not record.dataset_ids or dataset_ids.intersection(record.dataset_ids)
    ]


def _again(operation: AddSubmission, same: SubmissionRecord) -> Prepared:
    """Prepare that a submission which is there already may run; without a consent it is refused."""
    submission = same.submission
    if operation.consent is None:
        raise ReviewError.of(
            "submission_exists",
            f"{submission.team} has handed in the same already, as {submission.name}, version {submission.version}: "
            "the contents are the same to the byte.",
            file=str(operation.path or ""),
        )
    change = Change(operation, _TEAMS_CHANGED, created=(f"{submission.name} {submission.version}",))
    return Prepared(change, lambda connection: write_consent(connection, submission.digest))


def _with_version(operation: AddSubmission, submission: Submission, rivals: Sequence[SubmissionRecord]) -> Submission:
    """Return the submission under a version that none of its rivals has; a bare file without one has the next number.

    Raises
    ------
    ReviewError
        ``version_exists`` if the version was chosen and is taken.
    """
    taken = [record.submission.version for record in rivals]
    chosen = operation.version is not None or (submission.path / MANIFEST).is_file()
    if not chosen:
        numbers = [int(version) for version in taken if version.isdecimal()]
        return replace(submission, version=str(max(numbers, default=0) + 1))
    if submission.version in taken:
        raise ReviewError.of(
            "version_exists",
            f"{submission.team} has handed in a version {submission.version} already, with other contents. Give this "
            f"one another version, in {MANIFEST} or with --version.",
            file=str(operation.path),
        )
    return submission


def _proposed_home(submission: Submission, contents: Contents) -> DatasetRecord | None:
    """Return the dataset that a submission says is its home, where nobody has said or proposed another one."""
    if submission.home is None or submission.builtin is not None:
        return None
    for dataset in contents.datasets:
        if dataset.name == submission.home and dataset.home_of is None and not dataset.home_decided:
            return dataset
    return None
