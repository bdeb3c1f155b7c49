"""From a table as it stands in a file to the examples of a split."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Split
from reviewer_app.datasets.digests import image_digests, split_digest
from reviewer_app.datasets.labels import label_mapping, propose_label_mapping
from reviewer_app.datasets.spec import ColumnKind, DatasetSpec
from reviewer_app.datasets.table_files import TableFile, refuse_guessed_text
from reviewer_app.datasets.values import column_values, quoted_values, text_values
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, Remedy, ReviewError, Severity
from reviewer_app.evaluation.needs import counted


@dataclass(frozen=True, eq=False)
class ReadSplit:
    """A split as it was read.

    Attributes
    ----------
    split
        The examples.
    images
        For each image column the sha256 of each example's image, null where it is missing.
    findings
        Warnings and infos.
    """

    split: Split
    images: Mapping[str, pa.Array]
    findings: tuple[Finding, ...]


def build_split(
    name: str, file: TableFile, spec: DatasetSpec, *, labels_option: str | None = None, folder: Path | None = None
) -> ReadSplit:
    """Return the examples that a table holds.

    Parameters
    ----------
    name
        "train", "validation" or "test".
    file
        The table.
    spec
        Says which columns it has.
    labels_option
        The user's word on labels that are not written as in the spec; see `labels.label_mapping`.
    folder
        The folder that image paths are relative to; None: image columns are not opened.

    Raises
    ------
    ReviewError
        ``no_id_column``, ``no_label_column``, ``missing_columns``, ``encoding_guessed``, ``empty_ids``,
        ``duplicate_ids``, ``missing_labels``, ``labels_match_after_trim`` (and the codes of the other steps),
        ``labels_disjoint``, ``unknown_labels``, ``not_numeric``, ``not_text`` or ``image_outside_folder``.
    """
    findings = [*file.findings, *_check_columns(file, spec)]
    refuse_guessed_text(file, [spec.id, spec.target])
    ids = _ids(file, spec.id)
    y, label_findings = _label_codes(file, spec, labels_option)
    findings += label_findings

    keys = {*spec.group, *(column for side in spec.records or () for column in side)}
    features: dict[str, pa.ChunkedArray] = {}
    key_columns: dict[str, pa.ChunkedArray] = {}
    images: dict[str, pa.Array] = {}
    for column, kind in spec.columns.items():
        if kind is ColumnKind.IGNORED:
            if column in keys:
                key_columns[column] = text_values(file, column)
            continue
        features[column], column_findings = column_values(file, column, kind)
        findings += column_findings
        if kind is ColumnKind.IMAGE and folder is not None:
            _refuse_outside(file, column, features[column], folder)
            images[column] = image_digests(folder, features[column])
    digest = split_digest(ids, y, spec.labels, [*features.values(), *key_columns.values()], images.values())
    split = Split(
        name=name,
        ids=ids,
        y=y,
        features=_table(features, len(ids)),
        digest=digest,
        key_columns=_table(key_columns, len(ids)) if key_columns else None,
    )
    return ReadSplit(split, images, tuple(findings))


def duplicated(values: pa.Array) -> NDArray[np.int64]:
    """Return the positions of values that occur more than once, in order of position; nulls are left out."""
    if pc.count_distinct(values).as_py() == len(values) - values.null_count:
        return np.empty(0, np.int64)
    codes = np.asarray(pc.fill_null(pc.dictionary_encode(values).indices, -1))
    counts = np.bincount(codes + 1)
    counts[0] = 0
    return np.flatnonzero(counts[codes + 1] > 1)


def _table(columns: Mapping[str, pa.ChunkedArray], n_rows: int) -> pa.Table:
    if columns:
        return pa.table(dict(columns))
    # a table without columns has a number of rows all the same
    return pa.table({"": pa.nulls(n_rows)}).select([])


def _check_columns(file: TableFile, spec: DatasetSpec) -> tuple[Finding, ...]:
    names = dict.fromkeys(file.column_names)
    listed = ", ".join(quoted(name) for name in file.column_names[:20])
    for role, column, code in (("id", spec.id, "no_id_column"), ("label", spec.target, "no_label_column")):
        if column not in names:
            message = f"{file.name} has no column {quoted(column)} for the {role}. It has: {listed}."
            raise ReviewError.of(code, message, file=file.name)
    missing = [column for column in spec.columns if column not in names]
    if missing:
        first = tuple(quoted(column) for column in missing[:N_FIRST])
        message = f"{file.name} lacks columns that the spec names: {', '.join(first)}. It has: {listed}."
        raise ReviewError.of("missing_columns", message, file=file.name, count=len(missing), first=first)
    known = {spec.id, spec.target, *spec.columns}
    extra = [name for name in names if name not in known]
    if not extra:
        return ()
    first = tuple(quoted(column) for column in extra[:N_FIRST])
    message = (
        f"{file.name} has {counted(len(extra), 'column')} that the spec does not name, not used: {', '.join(first)}."
    )
    return (Finding("columns_not_in_spec", Severity.INFO, message, len(extra), file.name, first),)


def _ids(file: TableFile, column: str) -> pa.Array:
    ids = text_values(file, column).combine_chunks()
    empty = np.flatnonzero(np.asarray(pc.is_null(ids)))
    if len(empty):
        first = tuple(file.places(empty[:N_FIRST]))
        where = f"in the column {quoted(column)} (first: {', '.join(first)})"
        message = f"{file.name}: {counted(len(empty), 'row')} without an id {where}."
        raise ReviewError.of("empty_ids", message, file=file.name, count=len(empty), first=first)
    doubled = duplicated(ids)
    if len(doubled):
        n_ids = pc.count_distinct(ids.take(pa.array(doubled))).as_py()
        some = ids[int(doubled[0])].as_py()
        first = quoted_values(file, column, doubled)
        message = (
            f"{file.name}: {counted(n_ids, 'id')} in several rows, {len(doubled):,} rows in all, {quoted(some)} for "
            f"one ({'; '.join(first)}). Every example needs an id of its own."
        )
        raise ReviewError.of("duplicate_ids", message, file=file.name, count=n_ids, first=first)
    return ids


def _label_codes(
    file: TableFile, spec: DatasetSpec, labels_option: str | None
) -> tuple[NDArray[np.uint16], tuple[Finding, ...]]:
    text = text_values(file, spec.target).combine_chunks()
    empty = np.flatnonzero(np.asarray(pc.is_null(text)))
    if len(empty):
        first = tuple(file.places(empty[:N_FIRST]))
        message = (
            f"{file.name}: {counted(len(empty), 'row')} without a label in the column {quoted(spec.target)} "
            f"(first: {', '.join(first)}). Label them or leave them out."
        )
        raise ReviewError.of("missing_labels", message, file=file.name, count=len(empty), first=first)
    encoded = pc.dictionary_encode(text)
    written: list[str] = encoded.dictionary.to_pylist()
    codes = {label: code for code, label in enumerate(spec.labels)}
    unknown = [label for label in written if label not in codes]
    mapping = label_mapping(labels_option, unknown, spec.labels) if labels_option and unknown else {}
    indices = np.asarray(encoded.indices)
    if still_unknown := [label for label in unknown if label not in mapping]:
        rows = _rows_of(still_unknown, written, indices)
        raise _unknown_labels(file, spec, written, still_unknown, rows)
    lookup = np.array([codes[mapping.get(label, label)] for label in written], dtype=np.uint16)
    findings: tuple[Finding, ...] = ()
    if mapping:
        first = tuple(f"{quoted(label)} as {quoted(known)}" for label, known in list(mapping.items())[:N_FIRST])
        n_rows = len(_rows_of(mapping, written, indices))
        message = f"{file.name}: {counted(n_rows, 'label')} read less literally, as you said: {', '.join(first)}."
        findings = (Finding("labels_mapped", Severity.INFO, message, n_rows, file.name, first),)
    return lookup[indices], findings


def _rows_of(
    labels: Collection[str], written: Sequence[str], indices: NDArray[np.signedinteger[Any]]
) -> NDArray[np.int64]:
    wanted = set(labels)
    return np.flatnonzero(np.array([label in wanted for label in written])[indices])


def _unknown_labels(
    file: TableFile, spec: DatasetSpec, written: Sequence[str], unknown: Sequence[str], rows: NDArray[np.int64]
) -> ReviewError:
    first = quoted_values(file, spec.target, rows)
    known = ", ".join(quoted(label) for label in spec.labels[:20])
    said = f"{file.name}: {counted(len(rows), 'label')} in the column {quoted(spec.target)} that the spec does not have"
    remedies: tuple[Remedy, ...] = ()
    if proposal := propose_label_mapping(unknown, spec.labels):
        code, remedies = proposal.step.code, (proposal.step.remedy,)
        what = f"All of them match {proposal.step.why(proposal.mapping)}: --labels {proposal.step.option} does that."
    elif len(unknown) == len(written):
        code = "labels_disjoint"
        what = "Not one label of the file is. Is it the right file? --labels FILE maps them (columns from,to)."
    else:
        code = "unknown_labels"
        what = "Add them to the labels of the spec, or map them with --labels FILE (columns from,to)."
    message = f"{said} (first: {'; '.join(first)}). The spec has: {known}. {what}"
    return ReviewError.of(code, message, file=file.name, count=len(rows), first=first, remedies=remedies)


def _refuse_outside(file: TableFile, column: str, paths: pa.ChunkedArray, folder: Path) -> None:
    encoded = pc.dictionary_encode(paths.combine_chunks())
    root = folder.resolve()
    outside = [not stays_inside(root, path) for path in encoded.dictionary.to_pylist()]
    if not any(outside):
        return
    rows = np.flatnonzero(np.asarray(pc.fill_null(pa.array(outside).take(encoded.indices), False)))
    first = quoted_values(file, column, rows)
    message = (
        f"{file.name}: {counted(len(rows), 'image')} of the column {quoted(column)} outside the dataset folder "
        f"(first: {'; '.join(first)}). Copy them into it and write paths relative to it."
    )
    raise ReviewError.of("image_outside_folder", message, file=file.name, count=len(rows), first=first)


def stays_inside(root: Path, path: str) -> bool:
    """Return whether a relative path, links followed, stays inside a folder.

    Absolute paths, drives and ``..`` are outside on every system, whichever separator they are written with.

    Parameters
    ----------
    root
        The folder, resolved.
    path
        As a dataset has it.
    """
    written = PureWindowsPath(path)
    if written.drive or written.root or ".." in written.parts:
        return False
    try:
        return (root / path).resolve().is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        # a loop of links, a name that is too long, a zero byte
        return False
