"""Many cells side by side."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.progress import Progress
from reviewer_app.running.cells import CellEvent, CellJob, RunState, Stage
from reviewer_app.running.engine import run_cells
from reviewer_app.running.matrix import why_not_applicable
from reviewer_app.running.model_facts import ModelFacts
from reviewer_app.running.run import RunLimits
from reviewer_app.submissions.submission import Limits, Submission, SubmissionKind

Read = Callable[[str], Submission]


def test_a_cell_that_fails_leaves_the_others_alone(hostile: Read, tabular: Dataset) -> None:
    cells = [CellJob(hostile(name), tabular, seed=0) for name in ("EndsWithoutAWord", "Honest", "CallsExit")]
    events: list[tuple[CellJob, CellEvent]] = []
    told: list[float | None] = []
    progress = Progress(lambda fraction, message: told.append(fraction))
    results = list(run_cells(cells, jobs=2, progress=progress, on_event=lambda *event: events.append(event)))
    states = {result.job: result.state for result in results}
    assert [states[cell] for cell in cells] == [RunState.FAILED, RunState.DONE, RunState.FAILED]
    assert told[-1] == 1.0
    honest = [event for job, event in events if job is cells[1]]
    assert honest[0].state == "queued"
    told_by_worker = [(event.stage, event.message) for event in honest if event.memory_mb is None]
    assert told_by_worker[1:] == [
        (None, "preparing"),
        (Stage.FIT, "starting"),
        (Stage.FIT, "importing"),
        (Stage.FIT, "reading the data"),
        (Stage.FIT, "fitting"),
        (Stage.FIT, "keeping the model"),
        (Stage.PREDICT, "starting"),
        (Stage.PREDICT, "loading the model"),
        (Stage.PREDICT, "predicting validation"),
        (Stage.PREDICT, "predicting test"),
    ]


def test_what_has_not_begun_when_cancelled_is_not_yielded(hostile: Read, tabular: Dataset) -> None:
    progress = Progress()
    progress.cancel()
    cells = [CellJob(hostile("NeverEnds"), tabular, seed) for seed in range(3)]
    results = list(run_cells(cells, jobs=1, progress=progress))
    assert [result.state for result in results] == [RunState.CANCELLED]


def test_closing_the_iterator_ends_what_runs(
    hostile: Read, tabular: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = threading.active_count()
    cells = [CellJob(hostile(name), tabular, seed=0) for name in ("EndsWithoutAWord", "NeverEnds")]
    results = run_cells(cells, jobs=2)
    assert next(results).state is RunState.FAILED
    results.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_run_yields_nothing() -> None:
    assert list(run_cells([])) == []


def test_a_disk_without_room_is_a_reason_and_no_crash(
    hostile: Read, tabular: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "is not there"))
    (result,) = run_cells([CellJob(hostile("Honest"), tabular, seed=0)])
    assert result.state is RunState.FAILED
    assert result.reason is not None
    assert result.reason.startswith("the run could not be prepared: ")


@pytest.mark.parametrize(
    ("limits", "wish", "seconds", "gigabytes"),
    [
        (RunLimits(), Limits(), None, None),
        (RunLimits(memory_share_gb=4), Limits(), None, 4),
        (RunLimits(memory_share_gb=4), Limits(memory_gb=2, fit_s=60), 60, 2),
        (RunLimits(memory_share_gb=4), Limits(memory_gb=8), None, 4),
        (RunLimits(seconds=10, memory_gb=6, memory_share_gb=4), Limits(memory_gb=2, fit_s=60), 10, 6),
    ],
)
def test_the_reviewers_word_wins_over_a_wish(
    limits: RunLimits, wish: Limits, seconds: float | None, gigabytes: float | None, hostile: Read
) -> None:
    allowed = limits.of(replace(hostile("Honest"), limits=wish), Stage.FIT)
    assert allowed.seconds == seconds
    assert allowed.memory_bytes == (None if gigabytes is None else gigabytes * 10**9)


def test_where_a_submission_is_not_run(hostile: Read, tabular: Dataset) -> None:
    algorithm = hostile("Honest")
    test_alone = replace(tabular, splits={"test": tabular.test})
    assert why_not_applicable(algorithm, tabular) is None
    assert why_not_applicable(algorithm, test_alone) == "the dataset has no train split"
    matcher = replace(algorithm, tasks=("matching",))
    assert why_not_applicable(matcher, tabular) == "it is for matching, and the dataset's task is classification"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (None, None),
        (ModelFacts(fitted=True, columns=None, labels=None), None),
        (ModelFacts(fitted=True, columns=("colour",), labels=("apple", "plum")), None),
        (
            ModelFacts(fitted=True, columns=("colour", "size"), labels=None),
            "it was fitted on columns that the dataset does not have: size",
        ),
        (
            ModelFacts(fitted=True, columns=None, labels=("fig", "apple")),
            "it predicts labels that the dataset does not have: fig",
        ),
        (ModelFacts(fitted=False, columns=None, labels=None), "it is not fitted, and the dataset has no train split"),
    ],
)
def test_where_a_model_is_not_run(
    facts: ModelFacts | None, reason: str | None, hostile: Read, tabular: Dataset
) -> None:
    model = replace(hostile("Honest"), kind=SubmissionKind.MODEL)
    assert why_not_applicable(model, replace(tabular, splits={"test": tabular.test}), facts) == reason
