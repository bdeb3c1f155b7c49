"""Small datasets in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from reviewer_app.datasets.dataset import Dataset, Split
from reviewer_app.datasets.spec import DatasetSpec, Task


def build_dataset(
    splits: dict[str, tuple[Sequence[str], Sequence[str]]],
    labels: Sequence[str],
    *,
    positive: str | None = None,
    name: str = "small",
    id_name: str = "example_id",
) -> Dataset:
    """Return a dataset without features; `splits` maps a split to (ids, gold labels)."""
    spec = DatasetSpec(
        name=name,
        task=Task.CLASSIFICATION if positive is None else Task.MATCHING,
        id=id_name,
        target="gold",
        columns={},
        labels=tuple(labels),
        positive_label=positive,
    )
    built = {
        split: Split(
            split,
            pa.array(list(ids), pa.string()),
            np.array([list(labels).index(label) for label in gold], dtype=np.uint16),
            pa.table({}),
            "",
        )
        for split, (ids, gold) in splits.items()
    }
    return Dataset(spec, built, None, Path("small"), "")
