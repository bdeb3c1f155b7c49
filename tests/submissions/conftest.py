"""Datasets in memory and small prediction files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset


@pytest.fixture
def letters() -> Dataset:
    """Six test examples e0 to e5 of the three classes a, b and c, each twice."""
    return build_dataset({"test": ([f"e{i}" for i in range(6)], list("abcabc"))}, "abc")


@pytest.fixture
def pairs() -> Dataset:
    """Four test pairs (two of them matches) and six validation pairs (three matches)."""
    return build_dataset(
        {
            "validation": ([f"v{i}" for i in range(6)], ["match"] * 3 + ["non_match"] * 3),
            "test": ([f"t{i}" for i in range(4)], ["match", "match", "non_match", "non_match"]),
        },
        ["match", "non_match"],
        positive="match",
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write lines of text to a file of a temporary folder and return its path."""

    def write_lines(*lines: str, name: str = "team.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write_lines
