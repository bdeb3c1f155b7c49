"""What a dropped file or folder most likely is, and whose: a guess that the user confirms or corrects."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer_app.errors import ReviewError


class InputKind(StrEnum):
    """What something can be added as."""

    DATASET = "dataset"
    SUBMISSION = "submission"


@dataclass(frozen=True)
class InputGuess:
    """What something dropped most likely is.

    Attributes
    ----------
    path
        What is added: the dropped file or folder, or the folder that a dropped ``dataset.json`` or
        ``submission.toml`` describes.
    kind
        See `InputKind`.
    reason
        Why, in a few words.
    team
        Whose submission it is, as far as it says; "" where it does not.
    home
        Dataset that a submission proposes as its team's home; "" for none.
    runs_code
        Whether using it means running code of the team's: an algorithm or a fitted model.
    """

    path: Path
    kind: InputKind
    reason: str
    team: str = ""
    home: str = ""
    runs_code: bool = False


_SPEC, _MANIFEST = "dataset.json", "submission.toml"
_SPLITS = re.compile(r"(train|validation|test)\.(csv|parquet)(\.gz)?", re.IGNORECASE)
_PREDICTED = re.compile(r"prob_.+|p_.+|top\d+_(label|prob)", re.IGNORECASE)
_MOST_MANIFEST_BYTES = 1024**2


def guess_input(path: Path) -> InputGuess:
    """Return what a file or folder most likely is; reads its names, its manifest or its header, nothing else.

    What cannot be told is guessed to be a dataset if it is a folder, else a submission: adding it will say what is
    wrong with it.
    """
    is_part = _SPLITS.fullmatch(path.name) and (path.parent / _SPEC).is_file()
    if is_part or (path.name in (_SPEC, _MANIFEST) and path.is_file()):
        path = path.parent
    if path.is_dir():
        return _guess_folder(path)
    from reviewer_app.submissions.model_formats import MODEL_SUFFIXES

    if path.suffix.lower() in MODEL_SUFFIXES:
        return InputGuess(path, InputKind.SUBMISSION, "a fitted model", runs_code=True)
    return _guess_table(path)


def suggested_teams(guesses: Sequence[InputGuess], known: Sequence[str]) -> tuple[str, ...]:
    """Return the teams to offer: those of the review, those that the inputs name, and names to make two of them."""
    named = [guess.team for guess in guesses if guess.team]
    teams = tuple(dict.fromkeys([*known, *named]))
    return teams + ("Team A", "Team B")[len(teams) :]


def suggested_home(guess: InputGuess, guesses: Sequence[InputGuess]) -> str:
    """Return the team that names this dataset as its home; "" where none of the dropped submissions does."""
    return next((other.team for other in guesses if other.home == guess.path.name and other.team), "")


def _guess_folder(path: Path) -> InputGuess:
    if (path / _MANIFEST).is_file():
        said = _read_manifest(path / _MANIFEST)
        return InputGuess(
            path,
            InputKind.SUBMISSION,
            f"has {_MANIFEST}",
            said.get("team", ""),
            said.get("home", ""),
            said.get("kind") != "predictions",
        )
    if (path / _SPEC).is_file():
        return InputGuess(path, InputKind.DATASET, f"has {_SPEC}")
    names = [entry.name for entry in path.iterdir() if _SPLITS.fullmatch(entry.name)]
    reason = f"has {' and '.join(sorted(names))}" if names else f"a folder without {_MANIFEST}"
    return InputGuess(path, InputKind.DATASET, reason)


def _read_manifest(manifest: Path) -> dict[str, str]:
    """Return the texts of a manifest; none where it cannot be read: adding it will say why."""
    if manifest.stat().st_size > _MOST_MANIFEST_BYTES:
        return {}
    try:
        values = tomllib.loads(manifest.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return {}
    return {key: value for key, value in values.items() if isinstance(value, str)}


def _guess_table(path: Path) -> InputGuess:
    from reviewer_app.datasets.inference import GOLD_NAMES
    from reviewer_app.datasets.table_files import read_column_names
    from reviewer_app.submissions.columns import LABEL_NAMES

    try:
        names = [name.strip().casefold() for name in read_column_names(path)]
    except ReviewError:
        return InputGuess(path, InputKind.SUBMISSION, "a file that cannot be read as a table")
    predicted = [
        name
        for name in names
        if (name in LABEL_NAMES and name not in GOLD_NAMES)
        or name in ("score", "confidence", "probability")
        or _PREDICTED.fullmatch(name)
    ]
    if predicted:
        return InputGuess(path, InputKind.SUBMISSION, f'has the column "{predicted[0]}"')
    gold = [name for name in names if name in GOLD_NAMES]
    if gold:
        return InputGuess(path, InputKind.DATASET, f'has the column "{gold[0]}"')
    return InputGuess(path, InputKind.DATASET, "a table without a column of predictions")
