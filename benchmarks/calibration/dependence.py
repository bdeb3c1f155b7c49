"""How simulated examples depend on each other: groups, or the record graphs of real matching sets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray, Structure


class Dependence(Protocol):
    """What examples share, in a way that leaves the distribution of each example as it is."""

    def structure(self, rng: np.random.Generator, n: int) -> Structure:
        """Return the structure of n examples."""

    def copied(
        self, rng: np.random.Generator, structure: Structure, y: IntArray, places: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """Return gold labels and places in the distribution of outcomes, some of them copied from what is shared."""

    def mixed(self, rng: np.random.Generator, structure: Structure, own: FloatArray) -> FloatArray:
        """Return standard normal numbers, part of whose variance is that of what is shared; shape (n,) or (n, m)."""


@dataclass(frozen=True)
class Groups:
    """Groups of random size; an example is a copy of its group's own with probability `share`."""

    n_groups: int
    share: float = 0.6

    def structure(self, rng: np.random.Generator, n: int) -> Structure:
        """Return n examples in groups."""
        return Structure(groups=rng.integers(0, self.n_groups, size=n))

    def copied(
        self, rng: np.random.Generator, structure: Structure, y: IntArray, places: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """Return labels and places, copied from the group's first example with probability `share`."""
        assert structure.groups is not None
        _, first, codes = np.unique(structure.groups, return_index=True, return_inverse=True)
        source = np.where(rng.random(len(y)) < self.share, first[codes], np.arange(len(y)))
        return y[source], places[source]

    def mixed(self, rng: np.random.Generator, structure: Structure, own: FloatArray) -> FloatArray:
        """Return normal numbers of which the share is the group's."""
        assert structure.groups is not None
        of_groups = rng.standard_normal((self.n_groups, *own.shape[1:]))[structure.groups]
        mixed: FloatArray = np.sqrt(self.share) * of_groups + np.sqrt(1.0 - self.share) * own
        return mixed


@dataclass(frozen=True)
class Records:
    """The pairs of the test split of a real matching set; outcomes depend on the left and on the right record."""

    folder: Path
    dataset: str
    share: float = 0.5

    def structure(self, rng: np.random.Generator, n: int) -> Structure:
        """Return the real graph; n must be its number of pairs."""
        left, right = record_codes(self.folder, self.dataset)
        assert len(left) == n
        return Structure(left_records=left, right_records=right)

    def copied(
        self, rng: np.random.Generator, structure: Structure, y: IntArray, places: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the labels as they are, and places copied from the left or the right record."""
        left, right = self._codes(structure)
        of_left, of_right = rng.random(int(left.max()) + 1)[left], rng.random(int(right.max()) + 1)[right]
        which = rng.random(len(y))
        places = np.where(which < self.share, np.where(which < self.share / 2.0, of_left, of_right), places)
        return y, places

    def mixed(self, rng: np.random.Generator, structure: Structure, own: FloatArray) -> FloatArray:
        """Return normal numbers of which half the share is the left record's and half the right one's."""
        left, right = self._codes(structure)
        of_left, of_right = (
            rng.standard_normal((int(codes.max()) + 1, *own.shape[1:]))[codes] for codes in (left, right)
        )
        mixed: FloatArray = np.sqrt(self.share / 2.0) * (of_left + of_right) + np.sqrt(1.0 - self.share) * own
        return mixed

    @staticmethod
    def _codes(structure: Structure) -> tuple[IntArray, IntArray]:
        assert structure.left_records is not None
        assert structure.right_records is not None
        return structure.left_records, structure.right_records


@cache
def record_codes(folder: Path, dataset: str) -> tuple[IntArray, IntArray]:
    """Return the codes of the left and the right record of each test pair of a standardized dataset."""
    import pandas as pd

    test = pd.read_parquet(folder / "datasets" / dataset / "test.parquet")
    left, right = (
        test.groupby([name for name in test.columns if name.startswith(side)], dropna=False).ngroup().to_numpy()
        for side in ("left_", "right_")
    )
    return left, right
