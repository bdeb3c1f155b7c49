"""A standardized dataset in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.datasets.spec import SPLITS as SPLITS
from reviewer_app.datasets.spec import DatasetSpec
from reviewer_app.errors import Finding
from reviewer_app.evaluation.inputs import DoubtfulExamples


@dataclass(frozen=True, eq=False)
class Split:
    """The examples of one split.

    Attributes
    ----------
    name
        "train", "validation" or "test".
    ids
        The example ids as text, unique in the dataset, shape (n,), in the file's order.
    y
        Codes of the gold labels into the spec's labels, uint16, shape (n,).
    features
        The feature columns in the spec's order without those of kind ignored: numeric as float64 with null for missing,
        everything else as string with null for missing (empty strings are missing).
    digest
        sha256 over ids, labels and values (and the contents of images), the same for csv and parquet of the same data.
    key_columns
        Columns of kind ignored that the spec's group or records name, as string; they are no features. None: none.
    """

    name: str
    ids: pa.Array
    y: NDArray[np.uint16]
    features: pa.Table
    digest: str
    key_columns: pa.Table | None = None

    @property
    def n_examples(self) -> int:
        """Number of examples."""
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A standardized dataset: a spec and its splits.

    Attributes
    ----------
    spec
        See `DatasetSpec`.
    splits
        By name; ``test`` is always there.
    folder
        Folder that image paths are relative to and that runs read from; None for a bare file.
    path
        What the user named: a folder or a file.
    digest
        sha256 over the digests of the splits and what the spec says of task, columns, labels, records and group.
    findings
        What reading and checks had to say: warnings and infos.
    doubtful
        Test examples that stand elsewhere, too.
    """

    spec: DatasetSpec
    splits: Mapping[str, Split]
    folder: Path | None
    path: Path
    digest: str
    findings: tuple[Finding, ...] = ()
    doubtful: DoubtfulExamples = field(default_factory=DoubtfulExamples)

    @property
    def test(self) -> Split:
        """The split that feeds verdicts."""
        return self.splits["test"]
