"""What lies in a submission's folder: which files count, how large they may be, and one digest over them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress

MAX_FILES = 20_000
"""A folder with more files than this is a wrong folder, or holds an environment."""
MAX_BYTES = 4 * 1024**3
"""Total size of a folder's files, or size of a bare file."""

_BLOCK = 1024**2


def file_digest(path: Path, progress: Progress | None = None) -> str:
    """Return the sha256 of a file's contents, in hexadecimal.

    Raises
    ------
    ReviewError
        ``submission_too_large`` above `MAX_BYTES`, ``unreadable`` where the system refuses to read it.
    """
    digest = hashlib.sha256()
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                if progress is not None:
                    progress.check()
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def folder_digest(folder: Path, progress: Progress | None = None) -> str:
    """Return the sha256 over the sorted relative paths and contents of a folder's files, in hexadecimal.

    Hidden files and folders (a name that starts with a dot) and ``__pycache__`` do not count. Paths are written with
    "/" on every system, so the same files give the same digest anywhere; names and contents are framed by their
    lengths, so that moving bytes from one file to the next changes it.

    Raises
    ------
    ReviewError
        All that is wrong at once: ``link_leaves_folder``, ``link_to_folder``, ``special_file``; or
        ``too_many_files``, ``submission_too_large``, ``unreadable``.
    """
    digest = hashlib.sha256()
    for relative, path in sorted(_checked_files(folder)):
        name = relative.encode("utf-8", "surrogateescape")
        digest.update(len(name).to_bytes(8, "little") + name)
        digest.update(bytes.fromhex(file_digest(path, progress)))
    return digest.hexdigest()


def find_inside(folder: Path, written: str) -> tuple[Path | None, str | None]:
    """Return the file that a manifest names, or why it is not usable; never both.

    Parameters
    ----------
    folder
        The submission's folder.
    written
        The path as written, relative to `folder`.

    Returns
    -------
    tuple
        (path, None), or (None, half a sentence such as ``lies outside the folder``).
    """
    windows, posix = PureWindowsPath(written), PurePosixPath(written)
    if not written.strip() or "\0" in written:
        return None, "is empty"
    if windows.is_absolute() or windows.drive or posix.is_absolute():
        return None, "is an absolute path; write it relative to the folder of submission.toml"
    if ".." in windows.parts:
        return None, "leaves the folder of the submission; every file of a submission must lie inside it"
    if any(_ignored(part) for part in posix.parts):
        return None, "is hidden (a name begins with a dot), and hidden files are not part of a submission; rename it"
    path = folder / written
    if not path.resolve().is_relative_to(folder.resolve()):
        return None, "is a link that leaves the folder of the submission; put the file itself there"
    if path.is_dir():
        return None, "is a folder, and a file is needed"
    if not path.is_file():
        return None, "does not exist in the folder of the submission"
    return path, None


def unreadable(path: Path, error: OSError) -> ReviewError:
    """Return the error for a file or folder that the system does not let us read."""
    reason = error.strerror or str(error)
    return ReviewError.of("unreadable", f"{path} cannot be read: {reason}.", file=path.name)


def _checked_files(folder: Path) -> list[tuple[str, Path]]:
    """Return (relative path with "/", path) of the files that count."""
    files: list[tuple[str, Path]] = []
    problems: list[Finding] = []
    total = 0
    root = folder.resolve()
    for path in _walk(folder):
        relative = path.relative_to(folder).as_posix()
        if (problem := _problem(path, relative, root)) is not None:
            problems.append(problem)
            continue
        files.append((relative, path))
        total += path.stat().st_size
        if len(files) > MAX_FILES:
            message = (
                f"{folder} holds more than {MAX_FILES:,} files. A submission is code and models, not an environment "
                "or a data set: hand in a folder with what is needed alone."
            )
            raise ReviewError.of("too_many_files", message, file=folder.name)
        if total > MAX_BYTES:
            raise _too_large(folder)
    if problems:
        raise ReviewError(problems)
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Yield every file and every link below a folder, never following a link to a folder."""

    def refuse(error: OSError) -> None:
        raise unreadable(Path(error.filename or folder), error) from error

    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=False):
        for name in [*folders, *names]:
            path = Path(parent, name)
            if not _ignored(name) and (name in names or path.is_symlink()):
                yield path
        folders[:] = [name for name in folders if not _ignored(name)]


def _problem(path: Path, relative: str, root: Path) -> Finding | None:
    """Return why a file cannot be part of a submission."""
    if path.is_symlink():
        if not path.resolve().is_relative_to(root):
            message = f"{relative} is a link that leaves the folder of the submission. Put the file itself there."
            return Finding("link_leaves_folder", Severity.ERROR, message, file=relative)
        if path.is_dir():
            message = f"{relative} is a link to a folder; such links are not followed. Put the folder itself there."
            return Finding("link_to_folder", Severity.ERROR, message, file=relative)
        if not path.exists():
            message = f"{relative} is a link to nothing. Put the file itself there, or remove the link."
            return Finding("link_to_nothing", Severity.ERROR, message, file=relative)
    if not stat.S_ISREG(path.stat().st_mode):
        message = f"{relative} is no ordinary file (a pipe, socket or device). Remove it from the folder."
        return Finding("special_file", Severity.ERROR, message, file=relative)
    return None


def _ignored(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def _too_large(path: Path) -> ReviewError:
    message = (
        f"{path} is larger than {MAX_BYTES // 1024**3} GB, the most that a submission may be. "
        "Leave out training data and checkpoints that predicting does not need."
    )
    return ReviewError.of("submission_too_large", message, file=path.name)
