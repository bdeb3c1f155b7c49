"""The teams of the demonstration run on each other's datasets, and say which is their home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.resource_files import resource
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import AlignedPredictions

TEAMS = {"pixel-and-name": "emoji-group", "survey-forest": "midwest-region"}


def smaller(dataset: Dataset, n: int = 120) -> Dataset:
    """Return every so manieth example of each split."""
    splits = {}
    for name, split in dataset.splits.items():
        rows = np.linspace(0, split.n_examples - 1, min(n, split.n_examples)).astype(int)
        splits[name] = replace(split, ids=split.ids.take(rows), y=split.y[rows], features=split.features.take(rows))
    return replace(dataset, splits=splits)


@pytest.fixture(scope="module")
def demo_datasets() -> dict[str, Dataset]:
    """The datasets of the demonstration, a part of each."""
    return {name: smaller(read_dataset(resource("demo", name))) for name in TEAMS.values()}


def test_the_demonstration_is_complete_and_small() -> None:
    for name in TEAMS.values():
        licence = resource("demo", name, "LICENSE.md").read_text(encoding="utf-8")
        assert "Creative Commons Attribution 4.0" in licence
        assert "Source: <https://" in licence
    files = [path for path in resource("demo").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 4_000_000


@pytest.mark.parametrize("folder", TEAMS)
def test_each_team_names_its_home(folder: str) -> None:
    submission = read_submission(resource("demo", "teams", folder), team=folder)
    assert submission.home == TEAMS[folder]
    assert submission.tasks == ()


@pytest.mark.parametrize("folder", TEAMS)
def test_each_team_learns_something_away_from_home(
    folder: str, demo_datasets: dict[str, Dataset], run_inside: Callable[..., dict[str, AlignedPredictions]]
) -> None:
    path = resource("demo", "teams", folder)
    entry = read_submission(path, team=folder).entry
    (away,) = (dataset for name, dataset in demo_datasets.items() if name != TEAMS[folder])
    first, again = (run_inside(path, entry, away)["test"].predictions for _ in range(2))
    majority = np.bincount(away.test.y).max() / away.test.n_examples
    assert np.mean(first.y_pred == away.test.y) > majority
    assert first.probabilities is not None
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
