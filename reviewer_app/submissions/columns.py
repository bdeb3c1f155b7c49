"""Which column of a prediction file holds what, told from the names alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import DatasetSpec
from reviewer_app.errors import Finding, Remedy, ReviewError, Severity

LABEL_NAMES = ("y_pred", "prediction", "predicted_label", "pred", "label")
"""Names of the column with the predicted label; the first is the one we suggest."""
ID_NAMES = ("example_id", "id")
"""Names of the id column, after the dataset's own."""
ROLES = ("id", "label", "score", "confidence")
"""What ``--column ROLE=NAME`` may name."""

_AMBIGUOUS = "probability"
_PREFIXES = ("prob_", "p_", "")
_TOP = re.compile(r"top([1-9]\d{0,3})_(label|prob)")
_SHOWN = 10
_ROLE_IN_WORDS = {
    "id": "the example id",
    "label": "the predicted label",
    "score": "the score of the positive label",
    "confidence": "the probability of the predicted label",
}


@dataclass(frozen=True)
class PredictionColumns:
    """The columns of a prediction file by what they hold.

    Attributes
    ----------
    id
        Name of the id column.
    label, score, confidence
        Names of the columns with the predicted label, the score of the positive label and the probability of the
        predicted label; None where there is none.
    probabilities
        Code of a label in the spec to the column of its probability; may lack labels, empty where there are none.
    top
        (label column, probability column or None) of the most probable label, the second, ...
    findings
        ``column_not_found``, ``columns_guessed`` and ``columns_ignored``.
    """

    id: str
    label: str | None = None
    score: str | None = None
    confidence: str | None = None
    probabilities: Mapping[int, str] = field(default_factory=dict)
    top: tuple[tuple[str, str | None], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def text(self) -> tuple[str, ...]:
        """The columns whose values are ids or labels."""
        return tuple(name for name in (self.id, self.label, *(label for label, _ in self.top)) if name is not None)

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns whose values are numbers."""
        names = (self.score, self.confidence, *self.probabilities.values(), *(number for _, number in self.top))
        return tuple(name for name in names if name is not None)


class _Names:
    """The column names of a file, found whatever their case; an exact spelling goes first."""

    def __init__(self, names: Sequence[str]) -> None:
        self.all = tuple(names)
        self._exact = set(names)
        self._folded: dict[str, str] = {}
        for name in names:
            self._folded.setdefault(_fold(name), name)

    def find(self, wanted: str) -> str | None:
        """Return the column of this name, or None."""
        return wanted if wanted in self._exact else self._folded.get(_fold(wanted))


def _fold(name: str) -> str:
    return name.strip().casefold()


def find_id_column(
    names: Sequence[str], spec: DatasetSpec, options: ImportOptions | None = None, *, file: str = ""
) -> str:
    """Return the id column alone; parameters as for `recognise_columns`.

    Raises
    ------
    ReviewError
        ``unknown_role`` or ``no_id_column``.
    """
    known = _Names(names)
    named, _ = _named_by_user(known, options or ImportOptions(), file)
    column = next((found for name in _id_names(spec) if (found := known.find(name)) is not None), None)
    if (column := named.get("id", column)) is None:
        raise _no_id_column(known.all, spec, file)
    return column


def recognise_columns(
    names: Sequence[str], spec: DatasetSpec, options: ImportOptions | None = None, *, file: str = ""
) -> PredictionColumns:
    """Return which column holds what; the case of a name never matters.

    The id is the dataset's id name, else ``example_id``, ``id``; the label `LABEL_NAMES` in their order;
    probabilities ``prob_<label>``, ``p_<label>``, or columns named exactly as all the labels; top-k lists
    ``top1_label``, ``top1_prob``, ...; ``score`` counts in matching only. What the options name goes first; where the
    file has no such column (one option may be meant for another file) it is said, and the names are tried.

    Parameters
    ----------
    names
        The file's column names.
    spec
        The dataset that is predicted.
    options
        `ImportOptions.columns` overrules every guess.
    file
        The file's name for messages.

    Raises
    ------
    ReviewError
        ``unknown_role``, ``no_id_column``, ``ambiguous_probability`` or ``no_prediction_column``.
    """
    known = _Names(names)
    named, not_found = _named_by_user(known, options or ImportOptions(), file)
    taken: dict[str, tuple[str, str]] = {}

    def take(role: str, candidates: Sequence[str]) -> str | None:
        if role in named:
            return named[role]
        for position, candidate in enumerate(candidates):
            column = known.find(candidate)
            if column is not None and column not in named.values():
                if position:
                    taken[role] = (column, candidates[0])
                return column
        return None

    id_column = take("id", _id_names(spec))
    if id_column is None:
        raise _no_id_column(known.all, spec, file)
    label = take("label", LABEL_NAMES)
    probabilities = _class_columns(known.all, {id_column, label, *named.values()}, spec.labels)
    top = _top_columns(known)
    confidence = take("confidence", ("confidence",) if top else ("confidence", "top1_prob"))
    score = take("score", ("score",)) if spec.positive_label is not None else None
    has_labels = bool(label or probabilities or top)
    columns = PredictionColumns(id_column, label, score, confidence if has_labels else None, probabilities, top)
    ambiguous = known.find(_AMBIGUOUS)
    if ambiguous is not None and not columns.numeric and ambiguous not in columns.text:
        raise _ambiguous_probability(ambiguous, file)
    if not has_labels and score is None:
        raise _no_prediction_column(known.all, spec, confidence, file)
    findings = (*not_found, *_guessed(taken, file), *_ignored(known.all, columns, file))
    return replace(columns, findings=findings)


def _named_by_user(known: _Names, options: ImportOptions, file: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the columns that the options name, by role, and what to say of those that are not there."""
    named: dict[str, str] = {}
    not_found: list[Finding] = []
    for role, written in options.columns.items():
        if role not in ROLES:
            message = f'--column {role}={written}: "{role}" is no role; the roles are {", ".join(ROLES)}.'
            raise ReviewError.of("unknown_role", message, file=file)
        column = known.find(written)
        if column is not None:
            named[role] = column
            continue
        message = (
            f'{file} has no column "{written}" (--column {role}={written}); the usual names were tried instead. '
            f"It has {_listed(known.all)}."
        )
        not_found.append(Finding("column_not_found", Severity.WARNING, message, file=file, first=(f'"{written}"',)))
    return named, not_found


def _id_names(spec: DatasetSpec) -> tuple[str, ...]:
    return tuple(dict.fromkeys((spec.id, *ID_NAMES)))


def _class_columns(names: Sequence[str], taken: set[str | None], labels: Sequence[str]) -> dict[int, str]:
    """Return the columns of the labels' probabilities, all written in one of the three ways.

    A bare label is a weak sign, so there every label needs its column.
    """
    codes = {label: code for code, label in enumerate(labels)}
    folded = {_fold(label): code for label, code in codes.items()}
    if len(folded) < len(codes):  # labels that differ in case only are found as written
        folded = {}
    found: dict[int, str] = {}
    for prefix in _PREFIXES:
        columns: dict[int, str] = {}
        for name in names:
            if name in taken or not name.casefold().startswith(prefix):
                continue
            label = name[len(prefix) :]
            code = codes.get(label, folded.get(_fold(label)))
            if code is not None and (code not in columns or label in codes):
                columns[code] = name
        if len(columns) > len(found) and (prefix or len(columns) == len(labels)):
            found = columns
    return dict(sorted(found.items()))


def _top_columns(known: _Names) -> tuple[tuple[str, str | None], ...]:
    """Return the columns of a top-k list, from rank 1 on without a gap."""
    ranks = {int(match[1]) for name in known.all if (match := _TOP.fullmatch(_fold(name)))}
    top: list[tuple[str, str | None]] = []
    for rank in range(1, len(ranks) + 1):
        label = known.find(f"top{rank}_label")
        if label is None:
            break
        top.append((label, known.find(f"top{rank}_prob")))
    return tuple(top)


def _guessed(taken: Mapping[str, tuple[str, str]], file: str) -> list[Finding]:
    if not taken:
        return []
    first = tuple(f'"{column}" as {_ROLE_IN_WORDS[role]}' for role, (column, _) in taken.items())
    usual = ", ".join(f"{usual} for {_ROLE_IN_WORDS[role]}" for role, (_, usual) in taken.items())
    message = f"{file}: took {' and '.join(first)}. The usual names are {usual}; --column ROLE=NAME overrules."
    return [Finding("columns_guessed", Severity.INFO, message, len(taken), file, first)]


def _ignored(names: Sequence[str], columns: PredictionColumns, file: str) -> list[Finding]:
    used = {*columns.text, *columns.numeric}
    ignored = [name for name in names if name not in used]
    if not ignored:
        return []
    were = "1 column is" if len(ignored) == 1 else f"{len(ignored):,} columns are"
    message = (
        f"{file}: {were} not used: {_listed(ignored)}. "
        f"If one of them holds predictions, name it with --column ROLE=NAME (roles {', '.join(ROLES)})."
    )
    first = tuple(f'"{name}"' for name in ignored[:_SHOWN])
    return [Finding("columns_ignored", Severity.WARNING, message, len(ignored), file, first)]


def _listed(names: Sequence[str]) -> str:
    """Return names in quotes, the first ones where there are many."""
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown


def _no_id_column(names: Sequence[str], spec: DatasetSpec, file: str) -> ReviewError:
    wanted = ", ".join(f'"{name}"' for name in _id_names(spec))
    message = (
        f"{file} has no id column (looked for {wanted}), so its rows cannot be joined to the examples; they are never "
        f"matched by position. Its columns are {_listed(names)}. If one of them holds the ids, name it with "
        "--column id=NAME."
    )
    return ReviewError.of("no_id_column", message, file=file, first=[f'"{name}"' for name in names[:_SHOWN]])


def _ambiguous_probability(column: str, file: str) -> ReviewError:
    message = (
        f'{file} has the column "{column}": the probability of the positive label, or of the predicted one? '
        f"Say --column score={column} for the positive label's, --column confidence={column} for the predicted label's."
    )
    remedies = [
        Remedy("Of the positive label", "columns", f"score={column}"),
        Remedy("Of the predicted label", "columns", f"confidence={column}"),
    ]
    return ReviewError.of("ambiguous_probability", message, file=file, first=[f'"{column}"'], remedies=remedies)


def _no_prediction_column(names: Sequence[str], spec: DatasetSpec, confidence: str | None, file: str) -> ReviewError:
    message = (
        f"{file} has no column with predictions. Its columns are {_listed(names)}; needed is a label "
        f"({', '.join(LABEL_NAMES)}) or probabilities (prob_<label>)"
    )
    if spec.positive_label is not None:
        message += " or a score of the positive label (score)"
    message += ". If one of the columns is that, name it with --column ROLE=NAME."
    if confidence is not None:
        message += f' "{confidence}" is the probability of the predicted label, which is not there.'
        if spec.positive_label is not None:
            message += f' If it is that of "{spec.positive_label}", say --column score={confidence}.'
    return ReviewError.of("no_prediction_column", message, file=file, first=[f'"{name}"' for name in names[:_SHOWN]])
