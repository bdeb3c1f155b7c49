"""Rows, records and images that stand in more than one split, and rows that contradict each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import SPLITS, Dataset, Split
from reviewer_app.datasets.row_codes import Codes, codes_by_split, distinct, key_values, record_columns
from reviewer_app.datasets.structure import record_components, structure_of
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.inputs import DoubtfulExamples
from reviewer_app.evaluation.needs import counted

_IN_WORDS = {"train": "training", "validation": "validation", "test": "test"}


def leakage(dataset: Dataset, images: Mapping[str, Mapping[str, pa.Array]]) -> tuple[list[Finding], DoubtfulExamples]:
    """Return what stands in several splits, or under several labels, as findings, and which test examples those are.

    ``test_rows_in_train``, ``test_rows_in_validation``, ``validation_rows_in_train``: rows equal in every feature, an
    image by its content. ``test_rows_nearly_in_train``: equal but for blanks at the ends of texts.
    ``conflicting_labels``: equal rows under different labels, over all splits. ``duplicate_images``.
    ``shared_records``, ``record_components`` (matching): information, that is how such datasets are made.

    Parameters
    ----------
    dataset
        The dataset.
    images
        Split, then image column, to the sha256 of each example's image.
    """
    n_rows = {name: split.n_examples for name, split in dataset.splits.items()}
    findings: list[Finding] = []
    doubtful = DoubtfulExamples()
    if dataset.test.features.num_columns:
        columns = _feature_columns(dataset, images)
        codes = codes_by_split(columns, n_rows)
        for inner, outer in (("test", "train"), ("test", "validation"), ("validation", "train")):
            if inner in codes and outer in codes:
                findings += _rows_in_other_split(dataset, codes, inner, outer)
        if "train" in codes:
            trimmed = [{split: _trimmed(values) for split, values in column.items()} for column in columns]
            findings += _nearly_in_train(dataset, codes, codes_by_split(trimmed, n_rows))
        findings += _conflicting_labels(dataset, codes)
        doubtful = _doubtful(codes)
    findings += _duplicate_images(dataset, images)
    findings += _record_findings(dataset, n_rows)
    return findings, doubtful


def pair_digests(split: Split, records: tuple[tuple[str, ...], tuple[str, ...]]) -> list[str]:
    """Return a digest per pair over the values of its records, to find the same pairs in another dataset.

    The same two records give the same digest whichever of them is the left one and whatever their columns are called:
    values count in the order of the columns, trimmed and with case ignored; missing ones are left out.

    Parameters
    ----------
    split
        The pairs.
    records
        The columns of the left and of the right record.
    """
    sides = []
    for columns in records:
        texts = []
        for column in columns:
            values = key_values(split, column)
            text = values if pa.types.is_string(values.type) else values.cast(pa.string())
            texts.append(pc.fill_null(pc.utf8_trim_whitespace(pc.utf8_lower(text)), ""))
        joined = pc.binary_join_element_wise(*texts, "\x1f") if len(texts) > 1 else texts[0]
        sides.append([hashlib.sha256(record.encode()).digest() for record in joined.to_pylist()])
    return [hashlib.sha256(b"".join(sorted(pair))).hexdigest() for pair in zip(*sides, strict=True)]


def _feature_columns(
    dataset: Dataset, images: Mapping[str, Mapping[str, pa.Array]]
) -> list[dict[str, pa.ChunkedArray | pa.Array]]:
    return [
        {name: images[name].get(column, split.features[column]) for name, split in dataset.splits.items()}
        for column in dataset.test.features.column_names
    ]


def _doubtful(codes: Mapping[str, Codes]) -> DoubtfulExamples:
    test = codes["test"]
    seen_before = np.isin(test, np.concatenate([codes[name] for name in codes if name != "test"] or [test[:0]]))
    repeated = np.ones(len(test), dtype=np.bool_)
    repeated[np.unique(test, return_index=True)[1]] = False
    return DoubtfulExamples(seen_before if seen_before.any() else None, repeated if repeated.any() else None)


def _trimmed(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    return pc.utf8_trim_whitespace(values) if pa.types.is_string(values.type) else values


def _rows_in_other_split(dataset: Dataset, codes: Mapping[str, Codes], inner: str, outer: str) -> list[Finding]:
    spec, inside, outside = dataset.spec, dataset.splits[inner], dataset.splits[outer]
    leaked = np.isin(codes[inner], codes[outer])
    n_leaked = int(leaked.sum())
    if not n_leaked:
        return []
    k = len(spec.labels)
    known = np.isin(codes[inner] * k + inside.y, codes[outer] * k + outside.y)
    n_contradicted = int((leaked & ~known).sum())
    first = _twins(inside, codes[inner], outside, codes[outer], np.flatnonzero(leaked))
    here, there = _IN_WORDS[inner], _IN_WORDS[outer]
    contradicted = f"{n_contradicted:,} of them with a label that {there} never gave them" if n_contradicted else ""
    agreeing = "all with a label that it gave them too"
    message = (
        f"{spec.name}: {n_leaked:,} of {inside.n_examples:,} {here} rows equal to a {there} row in every feature, "
        f"{contradicted or agreeing} ({'; '.join(first)}). Their labels can be learnt by heart."
    )
    return [Finding(f"{inner}_rows_in_{outer}", Severity.WARNING, message, n_leaked, spec.name, first)]


def _twins(
    inside: Split, inner_codes: Codes, outside: Split, outer_codes: Codes, rows: NDArray[np.int64]
) -> tuple[str, ...]:
    shown = []
    for row in rows[:N_FIRST]:
        twin = int(np.flatnonzero(outer_codes == inner_codes[row])[0])
        shown.append(f"{quoted(inside.ids[int(row)].as_py())} is {quoted(outside.ids[twin].as_py())}")
    return tuple(shown)


def _nearly_in_train(dataset: Dataset, exact: Mapping[str, Codes], trimmed: Mapping[str, Codes]) -> list[Finding]:
    train, test = dataset.splits["train"], dataset.test
    nearly = np.isin(trimmed["test"], trimmed["train"]) & ~np.isin(exact["test"], exact["train"])
    n_nearly = int(nearly.sum())
    if not n_nearly:
        return []
    first = _twins(test, trimmed["test"], train, trimmed["train"], np.flatnonzero(nearly))
    message = (
        f"{dataset.spec.name}: {counted(n_nearly, 'further test row')} equal to a training row but for blanks at the "
        f"ends of texts ({'; '.join(first)})."
    )
    return [Finding("test_rows_nearly_in_train", Severity.WARNING, message, n_nearly, dataset.spec.name, first)]


def _conflicting_labels(dataset: Dataset, codes: Mapping[str, Codes]) -> list[Finding]:
    spec = dataset.spec
    together = np.concatenate([codes[name] for name in dataset.splits])
    y = np.concatenate([split.y for split in dataset.splits.values()]).astype(np.int64)
    pairs = distinct(together * len(spec.labels) + y)
    groups, n_labels = np.unique(pairs // len(spec.labels), return_counts=True)
    conflicting = groups[n_labels > 1]
    if not len(conflicting):
        return []
    ids = pa.concat_arrays([split.ids for split in dataset.splits.values()])
    n_rows = int(np.isin(together, conflicting).sum())
    first = []
    for group in conflicting[:N_FIRST]:
        rows = np.flatnonzero(together == group)
        of_labels = [rows[y[rows] == label][0] for label in np.unique(y[rows])]
        first.append(" and ".join(f"{quoted(ids[int(row)].as_py())} ({spec.labels[y[row]]})" for row in of_labels[:3]))
    message = (
        f"{spec.name}: {counted(len(conflicting), 'group')} of rows, {n_rows:,} rows in all splits, equal in every "
        f"feature and with different labels ({'; '.join(first)}). Nothing can have all of them right."
    )
    return [Finding("conflicting_labels", Severity.WARNING, message, len(conflicting), spec.name, tuple(first))]


def _duplicate_images(dataset: Dataset, images: Mapping[str, Mapping[str, pa.Array]]) -> list[Finding]:
    findings = []
    name = dataset.spec.name
    for column, digests in images.get("test", {}).items():
        there = pc.is_valid(digests)
        for other in (split for split in SPLITS if split in images and split != "test"):
            in_other = np.asarray(pc.and_(there, pc.is_in(digests, images[other][column])))
            rows = np.flatnonzero(in_other)
            if len(rows):
                first = tuple(quoted(dataset.test.ids[int(row)].as_py()) for row in rows[:N_FIRST])
                message = (
                    f"{name}: {counted(len(rows), 'test image')} of the column {quoted(column)}, byte for byte "
                    f"the same as a {_IN_WORDS[other]} image ({', '.join(first)})."
                )
                findings.append(Finding(f"test_images_in_{other}", Severity.WARNING, message, len(rows), name, first))
        counts = pc.value_counts(digests.drop_null())
        doubled = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        rows = np.flatnonzero(np.asarray(pc.is_in(digests, doubled)))
        if len(rows):
            first = tuple(quoted(dataset.test.ids[int(row)].as_py()) for row in rows[:N_FIRST])
            message = (
                f"{name}: {counted(len(rows), 'test image')} of the column {quoted(column)}, byte for byte the same as "
                f"another test image ({', '.join(first)})."
            )
            findings.append(Finding("duplicate_images", Severity.INFO, message, len(rows), name, first))
    return findings


def _record_findings(dataset: Dataset, n_rows: Mapping[str, int]) -> list[Finding]:
    spec = dataset.spec
    records = record_columns(spec)
    if records is None:
        return []
    findings = []
    n = dataset.test.n_examples
    if "train" in dataset.splits:
        stands = []
        for columns in records:
            by_split = [{name: key_values(split, c) for name, split in dataset.splits.items()} for c in columns]
            codes = codes_by_split(by_split, n_rows)
            stands.append(np.isin(codes["test"], codes["train"]))
        left, right = stands
        n_either = int((left | right).sum())
        if n_either:
            first = (f"left: {int(left.sum()):,} of {n:,}", f"right: {int(right.sum()):,} of {n:,}")
            message = (
                f"{spec.name}: the records of {n_either:,} of {n:,} test pairs also stand in training pairs "
                f"({'; '.join(first)}). Most matching datasets are made so; it is no leak of the label, but such a "
                "test says nothing about records never seen."
            )
            findings.append(Finding("shared_records", Severity.INFO, message, n_either, spec.name, first))
    sizes = np.bincount(record_components(structure_of(dataset, "test")))
    n_found, largest = len(sizes), int(sizes.max())
    if largest > 1:
        message = (
            f"{spec.name}: test pairs share records; the {n:,} pairs fall into {n_found:,} connected components, the "
            f"largest of {largest:,} pairs ({largest / n:.1%}). Intervals and tests take that into account."
        )
        findings.append(Finding("record_components", Severity.INFO, message, largest, spec.name))
    return findings
