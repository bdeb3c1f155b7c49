"""Reading what a team hands in: a folder with ``submission.toml``, a bare prediction file, or a bare fitted model."""

from __future__ import annotations

from pathlib import Path

from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress
from reviewer_app.submissions.entry_point import entry_problem
from reviewer_app.submissions.folder_contents import file_digest, find_inside, folder_digest, unreadable
from reviewer_app.submissions.manifest_format import (
    MANIFEST,
    Manifest,
    ManifestProblems,
    check_meaning,
    parse_manifest,
)
from reviewer_app.submissions.model_formats import MODEL_SUFFIXES, model_format
from reviewer_app.submissions.submission import Limits, Submission, SubmissionKind

_MAX_MANIFEST_BYTES = 1024**2
_EXAMPLE = 'team = "...", name = "...", version = "1", kind = "algorithm", entry = "module:Class"'
_NO_SUBMISSION = (".py", ".ipynb", ".zip", ".tar", ".tgz", ".7z")


def read_submission(
    path: Path,
    *,
    team: str,
    name: str | None = None,
    version: str | None = None,
    progress: Progress | None = None,
) -> Submission:
    """Return what a team hands in; nothing of it is run, imported or unpickled.

    Parameters
    ----------
    path
        A folder with ``submission.toml`` (or that file itself), a prediction file, or a fitted model
        (``.joblib``, ``.skops``, ``.pkl``).
    team
        Whose it is. It wins over the manifest's team; a difference is the finding ``team_differs``.
    name, version
        Replace the manifest's. For a bare file the name is the file's without its endings, the version "1".
    progress
        Asked between blocks of the digest whether to stop.

    Raises
    ------
    ReviewError
        All that is wrong at once, each with the key's name and line. Codes: ``not_found``, ``unreadable``,
        ``no_manifest``, ``manifest_not_toml``, ``manifest_key_missing``, ``manifest_key_unknown``,
        ``manifest_value_wrong``, ``no_submission``, ``model_format_unknown``, and those of `folder_digest`.
    """
    if not team.strip():
        raise ReviewError.of("no_team", "The submission has no team. Say whose it is with --team NAME.")
    if path.name == MANIFEST and path.is_file():
        path = path.parent
    if path.is_dir():
        return _read_folder(path, team, name, version, progress)
    if not path.is_file():
        is_there = path.exists()
        what = f"{path} is neither a file nor a folder." if is_there else f"There is no file or folder {path}."
        raise ReviewError.of("unreadable" if is_there else "not_found", what, file=path.name)
    return _read_bare_file(path, team, name, version, progress)


def _read_bare_file(
    path: Path, team: str, name: str | None, version: str | None, progress: Progress | None
) -> Submission:
    """Return the submission that a file without a manifest implies."""
    if path.suffix.lower() in _NO_SUBMISSION:
        message = (
            f"{path.name} is neither predictions nor a fitted model. Code is handed in as a folder "
            f"(not an archive) with {MANIFEST}, for example: {_EXAMPLE}."
        )
        raise ReviewError.of("no_submission", message, file=path.name)
    stem = path.name
    for suffix in reversed(path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]):
        stem = stem.removesuffix(suffix)
    is_model = path.suffix.lower() in MODEL_SUFFIXES
    format_: str | None = None
    if is_model and (format_ := model_format(path)) is None:
        message = f"{path.name} is named like a fitted model, but begins like neither a joblib nor a skops file."
        raise ReviewError.of("model_format_unknown", message, file=path.name)
    return Submission(
        team=team,
        name=name or stem,
        version=version or "1",
        kind=SubmissionKind.MODEL if is_model else SubmissionKind.PREDICTIONS,
        path=path,
        digest=file_digest(path, progress),
        prediction_files={} if is_model else {"": path.name},
        model_path=path.name if is_model else None,
        model_format=format_,
    )


def _read_folder(
    folder: Path, team: str, name: str | None, version: str | None, progress: Progress | None
) -> Submission:
    """Return the submission that a folder's manifest describes."""
    file = f"{folder.resolve().name}/{MANIFEST}"
    manifest, problems = parse_manifest(_manifest_bytes(folder, file), file)
    digest = folder_digest(folder, progress)
    check_meaning(manifest, problems)
    _check_files(manifest, folder, problems)
    if problems:
        raise problems.error()
    findings: tuple[Finding, ...] = ()
    if manifest.team != team:
        message = f'{file} says the team is "{manifest.team}"; it is added as "{team}", as you said.'
        findings = (Finding("team_differs", Severity.INFO, message, file=file),)
    model = manifest.model
    return Submission(
        team=team,
        name=name or manifest.name,
        version=version or manifest.version,
        kind=SubmissionKind(manifest.kind),
        path=folder,
        digest=digest,
        description=manifest.description,
        entry=manifest.entry,
        command=tuple(manifest.command or ()),
        python=manifest.python,
        requirements=manifest.requirements,
        home=manifest.home,
        tasks=tuple(manifest.tasks),
        prediction_files=manifest.predictions or {},
        model_path=model.path if model else None,
        model_format=(model.format or model_format(folder / model.path)) if model else None,
        limits=Limits(manifest.limits.memory_gb, manifest.limits.fit_s, manifest.limits.predict_s),
        findings=findings,
    )


def _manifest_bytes(folder: Path, file: str) -> bytes:
    path = folder / MANIFEST
    if not path.is_file():
        message = f"The folder {folder} has no {MANIFEST}, so what it hands in is not known. Write one: {_EXAMPLE}."
        raise ReviewError.of("no_manifest", message, file=file)
    try:
        if path.stat().st_size > _MAX_MANIFEST_BYTES:
            raise ReviewError.of("manifest_not_toml", f"{file} is larger than 1 MB: that is no manifest.", file=file)
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def _check_files(manifest: Manifest, folder: Path, problems: ManifestProblems) -> None:
    """Check every file that the manifest names."""
    reason = entry_problem(folder, manifest.entry) if manifest.entry is not None else None
    if reason is not None:
        problems.add("entry", f'"{manifest.entry}" {reason}')
    if manifest.requirements is not None:
        _, reason = find_inside(folder, manifest.requirements)
        if reason is not None:
            problems.add("requirements", f'names "{manifest.requirements}", which {reason}')
    for dataset, written in (manifest.predictions or {}).items():
        _, reason = find_inside(folder, written)
        if reason is not None:
            problems.add(f"predictions.{dataset}", f'names "{written}", which {reason}')
    if manifest.model is not None:
        path, reason = find_inside(folder, manifest.model.path)
        if path is None:
            problems.add("model.path", f'names "{manifest.model.path}", which {reason}')
            return
        found = model_format(path)
        if found is None:
            problems.add("model.path", f'names "{manifest.model.path}", which is neither a joblib nor a skops file')
        elif manifest.model.format not in (None, found):
            problems.add("model.format", f'is "{manifest.model.format}", but {manifest.model.path} is a {found} file')
