"""Proposing a spec for data that come without one, with the reason for each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reviewer_app.datasets.digests import is_there
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import MOST_LABELS, ColumnKind, DatasetSpec, Task
from reviewer_app.datasets.splits import stays_inside
from reviewer_app.datasets.table_files import TableFile
from reviewer_app.datasets.values import is_number, text_values
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Finding, Remedy, ReviewError, Severity

ID_NAMES = ("example_id", "id")
"""Names of an id column, whatever the case, the usual one first."""

GOLD_NAMES = ("label", "target", "y_true", "gold")
"""Names of a column of gold labels, whatever the case, the usual one first."""

POSITIVE_LABELS = frozenset({"match", "1", "true", "yes", "positive"})
"""Labels, whatever the case, that mean "match"."""

_IMAGE_SUFFIXES = r"(?i)\.(png|jpe?g|gif|bmp|webp|tiff?)$"
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
_LEADING_ZERO = r"^0\d"
_MOST_CATEGORIES = 1000
_SHARE_OF_CATEGORIES = 0.05
_FEW_CATEGORIES = 20
_MOST_REASONS = 100


@dataclass(frozen=True)
class ColumnRole:
    """Which column plays a role, and why."""

    column: str
    reason: str
    is_usual: bool


def infer_spec(
    tables: Mapping[str, TableFile], options: ImportOptions, *, name: str, folder: Path | None = None
) -> tuple[DatasetSpec, tuple[Finding, ...]]:
    """Return the spec that the tables of the splits suggest, and the reasons.

    Labels stand in code point order. A dataset is ``matching`` where it has ``left_*`` and ``right_*`` columns and two
    labels, unless the options say otherwise.

    Parameters
    ----------
    tables
        Split to table; columns and kinds hold for all of them.
    options
        What the user said: task, positive label, metric and the columns of id, label and group.
    name
        The dataset's name.
    folder
        Where image paths are looked for; None: no column is taken for images.

    Raises
    ------
    ReviewError
        ``no_such_column``, ``unknown_kind``, ``no_id_column``, ``no_label_column``, ``too_many_labels``,
        ``not_two_labels``, ``no_positive_label`` or ``unknown_task``.
    """
    first = next(iter(tables.values()))
    _require_said_columns(first, options)
    id_role = find_id_column(tables, options)
    if id_role is None:
        raise _no_role("no_id_column", "id", first, ID_NAMES, _unique_columns(tables))
    label_role = _find_label_column(first, options)
    if label_role is None:
        others = [column for column in first.column_names if column != id_role.column]
        raise _no_role("no_label_column", "label", first, GOLD_NAMES, others)
    labels = _labels(tables, label_role.column)
    columns, reasons = {}, []
    for column in first.column_names:
        if column not in (id_role.column, label_role.column):
            said = options.kinds.get(column)
            columns[column], reason = (ColumnKind(said), "as you said") if said else _kind(tables, column, folder)
            reasons.append(f"{quoted(column)}: {columns[column]}, {reason}")
    task, task_reason = _task(columns, labels, options, first.name)
    group = options.columns.get("group")
    if group in columns and task is Task.CLASSIFICATION:
        columns[group] = ColumnKind.IGNORED
        reasons.append(f"{quoted(group)}: names the group of an example, as you said")
    else:
        group = None
    spec = DatasetSpec(
        name=name,
        task=task,
        id=id_role.column,
        target=label_role.column,
        columns=columns,
        labels=labels,
        positive_label=_positive_label(labels, options, first.name) if task is Task.MATCHING else None,
        metric=options.metric,
        group=(group,) if group else (),
    )
    findings = [
        _reasons_finding(
            spec, first.name, [f"task: {task}, {task_reason}", id_role.reason, label_role.reason, *reasons]
        )
    ]
    guessed = [role for role in (id_role, label_role) if not role.is_usual]
    if guessed:
        reasons = [role.reason for role in guessed]
        message = f"{first.name}: {'; '.join(reasons)}. If that is wrong, say --column id=NAME or --column label=NAME."
        findings.append(Finding("columns_guessed", Severity.INFO, message, len(guessed), first.name, tuple(reasons)))
    return spec, tuple(findings)


def _require_said_columns(file: TableFile, options: ImportOptions) -> None:
    """Raise ``no_such_column`` for a column that the file lacks, ``unknown_kind`` for what is no kind."""
    said = [
        (options.columns[role], f"--column {role}=") for role in ("id", "label", "group") if role in options.columns
    ]
    said += [(column, "--kind ") for column in options.kinds]
    for column, option in said:
        if column not in file.column_names:
            listed = ", ".join(quoted(name) for name in file.column_names[:20])
            message = f"{file.name} has no column {quoted(column)} ({option}{column}). It has: {listed}."
            raise ReviewError.of("no_such_column", message, file=file.name)
    for column, kind in options.kinds.items():
        if kind not in set(ColumnKind):
            message = f"{quoted(kind)} is no kind for the column {quoted(column)}. Kinds: {', '.join(ColumnKind)}."
            raise ReviewError.of("unknown_kind", message, file=file.name)


def find_id_column(tables: Mapping[str, TableFile], options: ImportOptions) -> ColumnRole | None:
    """Return the column that names the examples, or None where there is none.

    The user's word comes first; then the names of `ID_NAMES` in their order, whatever the case, those with unique
    values before others.
    """
    first = next(iter(tables.values()))
    said = options.columns.get("id")
    if said is not None and said in first.column_names:
        return ColumnRole(said, f"{quoted(said)}: id, as you said", True)
    candidates = list(_named(first.column_names, ID_NAMES))
    if len(candidates) > 1:
        candidates.sort(key=lambda column: not _is_unique(tables, column))
    for column in candidates:
        return ColumnRole(column, f"{quoted(column)}: id, by its name", column == ID_NAMES[0])
    return None


def _find_label_column(file: TableFile, options: ImportOptions) -> ColumnRole | None:
    said = options.columns.get("label")
    if said is not None and said in file.column_names:
        return ColumnRole(said, f"{quoted(said)}: label, as you said", True)
    for column in _named(file.column_names, GOLD_NAMES):
        return ColumnRole(column, f"{quoted(column)}: label, by its name", column == GOLD_NAMES[0])
    return None


def _named(columns: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Yield the columns that have one of the names, in the order of the names; as written before other cases."""
    for name in names:
        yield from (column for column in columns if column == name)
        yield from (column for column in columns if column != name and column.casefold() == name)


def _is_unique(tables: Mapping[str, TableFile], column: str) -> bool:
    for file in tables.values():
        if column not in file.column_names:
            return False
        values = text_values(file, column)
        if values.null_count or pc.count_distinct(values).as_py() < len(values):
            return False
    return True


def _unique_columns(tables: Mapping[str, TableFile]) -> list[str]:
    first = next(iter(tables.values()))
    simple = [name for name in first.column_names if not pa.types.is_nested(first.table.schema.field(name).type)]
    return [column for column in simple[:_MOST_REASONS] if _is_unique(tables, column)]


def _no_role(code: str, role: str, file: TableFile, names: Sequence[str], candidates: Sequence[str]) -> ReviewError:
    listed = ", ".join(quoted(column) for column in file.column_names[:20])
    called = " or ".join(names)
    message = (
        f"{file.name} has no column that is known to hold the {role}s (called {called}). It has: {listed}. "
        f"Name it with --column {role}=NAME."
    )
    if role == "id":
        message += " If there is none, standardize gives the rows ids."
    remedies = [Remedy(f"Take {quoted(column)}", "column", f"{role}={column}") for column in candidates[:5]]
    return ReviewError.of(code, message, file=file.name, remedies=remedies)


def _labels(tables: Mapping[str, TableFile], column: str) -> tuple[str, ...]:
    labels: set[str] = set()
    for file in tables.values():
        if column in file.column_names:
            labels.update(pc.unique(text_values(file, column)).drop_null().to_pylist())
    name = next(iter(tables.values())).name
    if len(labels) > MOST_LABELS:
        message = (
            f"{name}: the column {quoted(column)} holds {len(labels):,} different labels; {MOST_LABELS:,} is the most. "
            "Is it the column of the labels? Name it with --column label=NAME."
        )
        raise ReviewError.of("too_many_labels", message, file=name, count=len(labels))
    return tuple(sorted(labels))


def _task(
    columns: Mapping[str, ColumnKind], labels: Sequence[str], options: ImportOptions, file: str
) -> tuple[Task, str]:
    if options.task is not None:
        if options.task not in list(Task):
            message = f"The task {quoted(options.task)} is unknown: it is classification or matching."
            raise ReviewError.of("unknown_task", message, file=file)
        task = Task(options.task)
        if task is Task.MATCHING and len(labels) != 2:
            shown = ", ".join(quoted(label) for label in labels[:10])
            message = f"{file}: matching needs two labels; there are {len(labels):,}: {shown}."
            raise ReviewError.of("not_two_labels", message, file=file, count=len(labels))
        return task, "as you said"
    has_sides = all(any(column.startswith(side) for column in columns) for side in ("left_", "right_"))
    if has_sides and len(labels) == 2:
        return Task.MATCHING, "two labels and columns left_*, right_*"
    if len(labels) == 2:
        return Task.CLASSIFICATION, "no columns left_* and right_* (if it is matching, say --task matching)"
    return Task.CLASSIFICATION, f"{len(labels):,} labels"


def _positive_label(labels: Sequence[str], options: ImportOptions, file: str) -> str:
    shown = ", ".join(quoted(label) for label in labels)
    if options.positive is not None:
        if options.positive in labels:
            return options.positive
        message = f"{file}: the positive label {quoted(options.positive)} is not among the labels: {shown}."
        raise ReviewError.of("unknown_positive_label", message, file=file)
    positive = [label for label in labels if label.strip().casefold() in POSITIVE_LABELS]
    if len(positive) == 1:
        return positive[0]
    message = f"{file}: which label means a match, {shown}? Say it with --positive LABEL."
    remedies = [Remedy(f"{quoted(label)} means a match", "positive", label) for label in labels]
    raise ReviewError.of("no_positive_label", message, file=file, remedies=remedies)


def _kind(tables: Mapping[str, TableFile], column: str, folder: Path | None) -> tuple[ColumnKind, str]:
    """Return the kind of a column, from its values in all splits that have it, and the reason."""
    files = [file for file in tables.values() if file.table.schema.get_field_index(column) >= 0]
    if len(files) < len(tables):
        return ColumnKind.IGNORED, "not every split has it"
    types = {file.table.schema.field(column).type for file in files}
    if any(pa.types.is_nested(kind) for kind in types):
        return ColumnKind.IGNORED, "it holds lists or structures"
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in types):
        return ColumnKind.NUMERIC, f"its type is {files[0].table.schema.field(column).type}"
    if all(pa.types.is_date(kind) or pa.types.is_timestamp(kind) for kind in types):
        return ColumnKind.DATETIME, f"its type is {files[0].table.schema.field(column).type}"
    values = pa.chunked_array([chunk for file in files for chunk in text_values(file, column).chunks], pa.string())
    return _kind_of_text(values.drop_null(), len(values), folder)


def _kind_of_text(values: pa.ChunkedArray, n_rows: int, folder: Path | None) -> tuple[ColumnKind, str]:
    if not len(values):
        return ColumnKind.IGNORED, "it is empty"
    if is_number(values):
        if pc.any(pc.match_substring_regex(values, _LEADING_ZERO)).as_py():
            return ColumnKind.CATEGORICAL, "digits with leading zeros are codes"
        return ColumnKind.NUMERIC, "every value is a number"
    if pc.all(pc.match_substring_regex(values, _ISO_DATE)).as_py():
        return ColumnKind.DATETIME, "every value is a date"
    if folder is not None and pc.all(pc.match_substring_regex(values, _IMAGE_SUFFIXES)).as_py():
        path = values[0].as_py()
        if stays_inside(folder.resolve(), path) and is_there(folder / path):
            return ColumnKind.IMAGE, "its values are paths of images in the folder"
    n_distinct = pc.count_distinct(values).as_py()
    share = f"{n_distinct:,} different values in {n_rows:,} rows"
    if n_distinct <= min(_MOST_CATEGORIES, max(_SHARE_OF_CATEGORIES * n_rows, min(_FEW_CATEGORIES, n_rows / 5))):
        return ColumnKind.CATEGORICAL, share
    return ColumnKind.TEXT, share


def _reasons_finding(spec: DatasetSpec, file: str, reasons: Sequence[str]) -> Finding:
    labels = ", ".join(quoted(label) for label in spec.labels[:10])
    more = f" and {len(spec.labels) - 10:,} more" if len(spec.labels) > 10 else ""
    message = (
        f"{spec.name} comes without dataset.json; this is what its values suggest: {spec.task}, "
        f"{len(spec.columns):,} columns, labels {labels}{more}"
        + (f", of which {quoted(spec.positive_label)} means a match" if spec.positive_label else "")
        + ". Correct it where it is wrong."
    )
    return Finding("spec_inferred", Severity.INFO, message, len(spec.columns), file, tuple(reasons[:_MOST_REASONS]))
