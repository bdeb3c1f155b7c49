"""Which datasets hold the same test examples: they are no independent samples, whatever their labels mean."""

from __future__ import annotations

import numpy as np

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.leakage import pair_digests
from reviewer_app.datasets.row_codes import codes_by_split, record_columns
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.errors import Finding, Severity


def n_shared_examples(one: Dataset, other: Dataset) -> int:
    """Return how many test examples of `one` stand in the test split of `other` too, under whatever label.

    Pairs are the same where their records are; other examples where all features are, images apart. Datasets with
    different columns share nothing, unless they are the same.
    """
    if one.test.digest == other.test.digest:
        return one.test.n_examples
    records, other_records = record_columns(one.spec), record_columns(other.spec)
    if records and other_records:
        known = {*one.test.features.column_names}, {*other.test.features.column_names}
        if any(not {*sum(both, ())} <= there for both, there in zip((records, other_records), known, strict=True)):
            return 0
        others = set(pair_digests(other.test, other_records))
        return sum(digest in others for digest in pair_digests(one.test, records))
    columns = _columns(one)
    if not columns or columns != _columns(other):
        return 0
    codes = codes_by_split(
        [{"one": one.test.features[name], "other": other.test.features[name]} for name in columns],
        {"one": one.test.n_examples, "other": other.test.n_examples},
    )
    return int(np.isin(codes["one"], codes["other"]).sum())


def shared_examples_finding(one: Dataset, other: str, n_shared: int) -> Finding:
    """Return what is said of a dataset that shares test examples with another one."""
    noun = "pairs" if one.spec.positive_label is not None else "examples"
    return Finding(
        "shares_examples",
        Severity.INFO,
        f"{n_shared:,} of the {one.test.n_examples:,} test {noun} of {one.spec.name} also stand in {other}. That is no "
        "leak; but the two are no independent samples, so no home advantage is computed across them.",
        n_shared,
    )


def _columns(dataset: Dataset) -> dict[str, ColumnKind]:
    unseen = (ColumnKind.IMAGE, ColumnKind.IGNORED)
    return {name: kind for name, kind in dataset.spec.columns.items() if kind not in unseen}
