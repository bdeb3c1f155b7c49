"""A small dataset and the submissions of tests/data/submissions."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from reviewer_app.datasets.dataset import Dataset, Split
from reviewer_app.datasets.spec import ColumnKind, DatasetSpec, Task
from reviewer_app.running import worker
from reviewer_app.running.cells import CellJob, CellResult, Stage
from reviewer_app.running.engine import run_cells
from reviewer_app.running.job_folder import JobPlaces, write_job_folder
from reviewer_app.running.result_stream import ResultError, ResultStream
from reviewer_app.running.results import predicted_splits, read_results
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import AlignedPredictions, Submission

WORDS = {"apple": "red round crisp", "pear": "green soft long", "plum": "blue small sweet"}
SIZES = {"train": 24, "validation": 9, "test": 15}


def make_split(name: str, folder: Path) -> Split:
    """Return a split in which text, category and number all depend on the label, with some values missing."""
    n = SIZES[name]
    labels = list(WORDS)
    y = np.arange(n) % len(labels)
    text = [None if row == 4 else f"{WORDS[labels[code]]} fruit {row}" for row, code in enumerate(y)]
    columns = {
        "description": pa.array(text, pa.string()),
        "colour": pa.array([WORDS[labels[code]].split()[0] for code in y], pa.string()),
        "weight": pa.array([None if row == 5 else float(code) + row / 100 for row, code in enumerate(y)], pa.float64()),
        "picture": pa.array([f"{labels[code]}/{row % 4}.png" for row, code in enumerate(y)], pa.string()),
    }
    ids = pa.array([f"{name}-{row:02d}" for row in range(n)], pa.string())
    for path in columns["picture"].to_pylist():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(path.encode())
    return Split(name, ids, y.astype(np.uint16), pa.table(columns), digest=f"digest of {name}")


@pytest.fixture(scope="session")
def fruit(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A classification dataset of three labels with every kind of column."""
    folder = tmp_path_factory.mktemp("fruit")
    spec = DatasetSpec(
        name="fruit",
        task=Task.CLASSIFICATION,
        id="example_id",
        target="label",
        columns={
            "description": ColumnKind.TEXT,
            "colour": ColumnKind.CATEGORICAL,
            "weight": ColumnKind.NUMERIC,
            "shelf": ColumnKind.IGNORED,
            "picture": ColumnKind.IMAGE,
        },
        labels=tuple(WORDS),
        source={"homepage": "https://example.org"},
        extra={"answers": ["apple"]},
    )
    (folder / "unused.png").write_bytes(b"named by no example")
    splits = {name: make_split(name, folder) for name in SIZES}
    return Dataset(spec, splits, folder, folder, digest="digest of fruit")


@pytest.fixture(scope="session")
def tabular(fruit: Dataset) -> Dataset:
    """The same without text and pictures, for scikit-learn's estimators."""
    names = ["colour", "weight"]
    spec = replace(fruit.spec, columns={name: fruit.spec.columns[name] for name in names})
    splits = {name: replace(split, features=split.features.select(names)) for name, split in fruit.splits.items()}
    return replace(fruit, spec=spec, splits=splits)


@pytest.fixture(scope="session")
def submitted(test_data: Path) -> Callable[[str], Submission]:
    """Reads a folder of tests/data/submissions."""

    def read(name: str) -> Submission:
        return read_submission(test_data / "submissions" / name, team=name)

    return read


@pytest.fixture(scope="session")
def hostile(submitted: Callable[[str], Submission]) -> Callable[[str], Submission]:
    """Returns a submission of one class of hostile.py."""
    folder = submitted("hostile")
    return lambda name: replace(folder, entry=f"hostile:{name}")


@pytest.fixture(scope="session")
def run_one() -> Callable[..., CellResult]:
    """Runs a single cell with seed 0."""

    def run(submission: Submission, dataset: Dataset, *, refit: bool = False, **options: float) -> CellResult:
        (result,) = run_cells([CellJob(submission, dataset, seed=0, refit=refit)], **options)
        return result

    return run


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Submission]:
    """Writes a submission's folder, with a class Team where there is a source, and reads it."""

    def write(source: str = "", *, lines: str = 'kind = "algorithm"\nentry = "team:Team"') -> Submission:
        folder = tmp_path / "handed_in"
        folder.mkdir(exist_ok=True)
        (folder / "submission.toml").write_text(f'team = "T"\nname = "n"\nversion = "1"\n{lines}\n')
        if source:
            (folder / "team.py").write_text(textwrap.dedent(source))
        return read_submission(folder, team="T")

    return write


@pytest.fixture
def run_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, AlignedPredictions]]:
    """Runs both stages of a class in the process of the tests, through the same files and the same stream.

    What breaks a rule raises `ResultError`, what the worker refuses `worker.SubmissionError`.
    """

    def run(folder: Path, entry: str, dataset: Dataset) -> dict[str, AlignedPredictions]:
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        box = Path(tempfile.mkdtemp(dir=tmp_path))
        places = JobPlaces(box / "model", box / "out")
        places.model.mkdir()
        for stage in Stage:
            order = write_job_folder(box / str(stage), stage, dataset, 0, data_format="arrow", places=places, worker={})
            job = json.loads((box / str(stage) / "job.json").read_text(encoding="utf-8"))
            sent = io.BytesIO()
            runner = worker.Runner(job, {"entry": entry}, worker.Stream(sent))
            runner.fit() if stage is Stage.FIT else runner.predict()
        sent.seek(0)
        stream = ResultStream(sent, predicted_splits(dataset), len(dataset.spec.labels), lambda fraction, message: None)
        stream.thread.start()
        stream.thread.join()
        if stream.broken is not None:
            raise ResultError(stream.broken)
        return read_results(stream.frames, stream.notes, dataset, order)

    return run
