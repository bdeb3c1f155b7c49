"""What is wrong with a dataset, or good to know, before any number is computed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.label_leaks import label_leak_findings
from reviewer_app.datasets.labels import casefolded
from reviewer_app.datasets.leakage import leakage
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.needs import counted

SMALL_CLASS = 5
"""A class with fewer test examples than this is small: intervals of macro averages are stretched for it."""


Images = Mapping[str, Mapping[str, pa.Array]]
"""Split, then image column, to the sha256 of each example's image (null: missing)."""


def checked(dataset: Dataset, images: Images) -> Dataset:
    """Return the dataset with what its checks have to say, warnings and infos in the order of their weight.

    Parameters
    ----------
    dataset
        The dataset.
    images
        Digests of its images.
    """
    leaks, doubtful = leakage(dataset, images)
    findings = (
        *dataset.findings,
        *_class_findings(dataset),
        *_similar_labels(dataset),
        *leaks,
        *label_leak_findings(dataset),
        *_missing_images(dataset, images),
        *_column_findings(dataset),
    )
    return replace(dataset, findings=findings, doubtful=doubtful)


def _class_findings(dataset: Dataset) -> list[Finding]:
    labels = dataset.spec.labels
    name = dataset.spec.name
    counts = np.bincount(dataset.test.y, minlength=len(labels))
    findings = []
    if (counts > 0).sum() == 1:
        only = labels[int(counts.argmax())]
        message = f"{name}: every test example has the label {quoted(only)}; most metrics are not defined on one class."
        findings.append(Finding("one_class_in_test", Severity.WARNING, message, int(counts.sum()), name))
    if "train" in dataset.splits:
        in_train = np.bincount(dataset.splits["train"].y, minlength=len(labels))
        absent = np.flatnonzero((counts > 0) & (in_train == 0))
        if len(absent):
            first = tuple(f"{quoted(labels[code])}: {counts[code]:,} test examples" for code in absent[:N_FIRST])
            message = (
                f"{name}: {counted(len(absent), 'label')} of the test split without a training example "
                f"({'; '.join(first)}): no algorithm can learn that."
            )
            findings.append(Finding("label_not_in_train", Severity.WARNING, message, len(absent), name, first))
    small = np.flatnonzero(counts < SMALL_CLASS)
    small = small[np.argsort(counts[small], kind="stable")]
    if len(small):
        first = tuple(f"{quoted(labels[code])}: {counts[code]}" for code in small[:N_FIRST])
        n_none = int((counts == 0).sum())
        none = f", {n_none:,} of them none at all" if n_none else ""
        message = (
            f"{name}: {len(small):,} of {len(labels):,} classes with fewer than {SMALL_CLASS} test examples{none} "
            f"(smallest: {'; '.join(first)}). Numbers of a class, and macro averages, are coarse."
        )
        findings.append(Finding("small_classes", Severity.WARNING, message, len(small), name, first))
    return findings


def _similar_labels(dataset: Dataset) -> list[Finding]:
    """Return the finding about labels that are perhaps one: alike but for blanks, case or the form of accents."""
    alike: dict[str, list[str]] = {}
    for label in dataset.spec.labels:
        alike.setdefault(casefolded(label), []).append(label)
    first = tuple(" and ".join(quoted(label) for label in labels) for labels in alike.values() if len(labels) > 1)
    if not first:
        return []
    name = dataset.spec.name
    message = (
        f"{name}: labels that differ in nothing but blanks, case or the form of their accents: "
        f"{'; '.join(first[:N_FIRST])}. They count as different labels; if they mean the same, mend the dataset."
    )
    return [Finding("similar_labels", Severity.WARNING, message, len(first), name, first[:N_FIRST])]


def _missing_images(dataset: Dataset, images: Images) -> list[Finding]:
    n_lost, lost = 0, []
    for split_name, columns in images.items():
        split = dataset.splits[split_name]
        for column, digests in columns.items():
            paths = split.features[column].combine_chunks()
            rows = np.flatnonzero(np.asarray(pc.and_(pc.is_valid(paths), pc.is_null(digests))))
            n_lost += len(rows)
            lost += [
                f"{quoted(split.ids[int(row)].as_py())}: {quoted(paths[int(row)].as_py())}" for row in rows[:N_FIRST]
            ]
    if not n_lost:
        return []
    first = tuple(lost[:N_FIRST])
    name = dataset.spec.name
    message = f"{name}: {counted(n_lost, 'image')} missing in the folder ({'; '.join(first)}). Was it copied whole?"
    return [Finding("missing_images", Severity.WARNING, message, n_lost, name, first)]


def _column_findings(dataset: Dataset) -> list[Finding]:
    empty, constant = [], []
    for column, kind in dataset.spec.columns.items():
        if kind is ColumnKind.IGNORED:
            continue
        found: set[str | float | None] = set()
        for split in dataset.splits.values():
            values = split.features[column]
            # two different values of a split are enough to know
            found.update(pc.unique(values.slice(0, 1000)).to_pylist())
            if len(found) < 2:
                found.update(pc.unique(values).to_pylist())
        if found == {None}:
            empty.append(quoted(column))
        elif len(found) == 1:
            constant.append(f"{quoted(column)}: {quoted(next(iter(found)))}")
    name = dataset.spec.name
    findings = []
    if empty:
        first = tuple(empty[:N_FIRST])
        message = f"{name}: {counted(len(empty), 'column')} without any value: {', '.join(first)}."
        findings.append(Finding("empty_columns", Severity.INFO, message, len(empty), name, first))
    if constant:
        first = tuple(constant[:N_FIRST])
        message = f"{name}: {counted(len(constant), 'column')} with the same value everywhere: {'; '.join(first)}."
        findings.append(Finding("constant_columns", Severity.INFO, message, len(constant), name, first))
    return findings
