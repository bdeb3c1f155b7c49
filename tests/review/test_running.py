"""Running the matrix: what is missing or changed is run, each result is written at once, what cannot run says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer_app.errors import ReviewError
from reviewer_app.review import running
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset
from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.review.review import Review
from reviewer_app.running.cells import CellJob, CellResult, RunState
from reviewer_app.running.model_facts import ModelFacts
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import Submission

ALWAYS = """
class Always:
    def fit(self, train, spec):
        self.label = {label}

    def predict(self, data):
        return [self.label] * len(data)
"""


def hand_in(folder: Path, team: str, label: str, *, version: str = "1", tasks: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "always.py").write_text(ALWAYS.format(label=label))
    (folder / "submission.toml").write_text(
        f'team = "{team}"\nname = "always"\nversion = "{version}"\nkind = "algorithm"\nentry = "always:Always"\n{tasks}'
    )
    return folder


def trusted(path: Path, team: str) -> AddSubmission:
    return AddSubmission(path, team, consent=read_submission(path, team=team).digest)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[CellJob]:
    """Stand in for the engine: every job fails at once; what was asked for is noted."""
    asked: list[CellJob] = []

    def run_cells(cells: list[CellJob], **_: object) -> object:
        asked.extend(cells)
        for job in cells:
            yield CellResult(job, RunState.FAILED, reason="it was a stand-in", log="nothing to say")

    monkeypatch.setattr(running, "run_cells", run_cells)
    return asked


def states(runs: tuple[RunInfo, ...]) -> dict[tuple[str, str], str]:
    return {(run.team, run.version): str(run.state) for run in runs}


def test_two_algorithms_are_trained_run_and_compared(tmp_path: Path, pets: Path) -> None:
    told: list[tuple[str, str]] = []
    with Review.create(tmp_path / "a.review") as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(hand_in(tmp_path / "ann", "Ann", 'spec["labels"][0]'), "Ann"))
        review.do(AddSubmission(hand_in(tmp_path / "bob", "Bob", "no_such_name"), "Bob"))
        assert states(review.runs()) == {("Ann", "1"): "missing", ("Bob", "1"): "missing"}

        done = review.run(
            jobs=2,
            sandbox="preferred",
            on_cell=lambda run, fraction, message: told.append((run.team, str(run.state))),
        )

        assert states(done) == states(review.runs()) == {("Ann", "1"): "done", ("Bob", "1"): "failed"}
        assert {state for team, state in told if team == "Ann"} == {"queued", "running", "done"}
        ann, bob = review.runs()
        assert (ann.metrics["accuracy"], ann.sandbox) == (1 / 3, "none")
        assert ann.fit_seconds is not None
        assert "NameError" in (bob.reason or "") + review.log(bob.run_id or 0)
        assert review.run(sandbox="preferred") == ()
        assert review.results().comparisons == ()

        hand_in(tmp_path / "bob", "Bob", 'spec["labels"][1]')
        [again] = review.run(sandbox="preferred")
        assert (again.team, again.state) == ("Bob", CellState.DONE)
        [comparison] = review.results().comparisons
        assert comparison.outcomes["only_a"] == comparison.outcomes["only_b"] == 30


def test_where_a_sandbox_is_required_code_runs_by_consent_alone(
    tmp_path: Path, pets: Path, engine: list[CellJob]
) -> None:
    folder = hand_in(tmp_path / "ann", "Ann", "None")
    digest = read_submission(folder, team="Ann").digest
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(folder, "Ann"))

        [refused] = review.run(sandbox="required")

        assert (refused.state, engine) == (CellState.FAILED, [])
        assert f"--consent {digest}" in (refused.reason or "")
        assert review.runs()[0].state is CellState.MISSING
        with pytest.raises(ReviewError) as error:
            review.do(AddSubmission(folder, "Ann", consent="0" * 64))
        assert error.value.code == "consent_for_other_files"
        review.do(AddSubmission(folder, "Ann", consent=digest))
        review.run(sandbox="required")
        assert [job.submission.team for job in engine] == ["Ann"]


def test_a_model_file_is_opened_by_consent_alone(
    tmp_path: Path, pets: Path, engine: list[CellJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    import joblib

    model = tmp_path / "model.joblib"
    joblib.dump({"no": "estimator"}, model)
    opened: list[str] = []

    def look_into_model(submission: Submission) -> ModelFacts:
        opened.append(submission.team)
        return ModelFacts(fitted=True, columns=("story", "colour"), labels=("cat",))

    monkeypatch.setattr(running, "look_into_model", look_into_model)
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(model, "Ann"))

        [refused] = review.run()

        assert (refused.state, opened) == (CellState.FAILED, [])
        assert "--consent" in (refused.reason or "")
        assert review.runs()[0].reason == refused.reason
        review.do(trusted(model, "Ann"))
        assert review.run() == ()
        assert opened == ["Ann"]
        assert review.runs()[0].state is CellState.NOT_APPLICABLE
        assert "colour" in (review.runs()[0].reason or "")
        review.run()
        assert (opened, engine) == (["Ann"], [])


def test_baselines_are_ours_and_stand_beside_each_other(pets: Path, engine: list[CellJob]) -> None:
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(None, "Baselines", builtin="majority"))
        review.do(AddSubmission(None, "Baselines", builtin="stratified"))
        review.run()

        assert [job.submission.builtin for job in engine] == ["majority", "stratified"]
        assert [(run.baseline, run.current) for run in review.runs()] == [(True, True)] * 2
        assert review.planned_pairs() == ()
        assert review.summary().n_teams == 0


def test_only_what_is_missing_or_changed_is_run(tmp_path: Path, pets: Path, engine: list[CellJob]) -> None:
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(AddDataset(pets, name="again"))
        review.do(trusted(hand_in(tmp_path / "ann", "Ann", "1"), "Ann"))
        review.do(trusted(hand_in(tmp_path / "match", "Eve", "2", tasks='tasks = ["matching"]'), "Eve"))
        review.run(only=(("Ann", "pets"),))
        assert [(job.submission.team, job.dataset.spec.name, job.seed) for job in engine] == [("Ann", "pets", 0)]

        review.run(seeds=2)
        asked = [(job.dataset.spec.name, job.seed) for job in engine[1:]]
        assert asked == [("pets", 1), ("again", 0), ("again", 1)]
        assert review.run(seeds=2) == ()
        assert {run.state for run in review.runs() if run.team == "Eve"} == {CellState.NOT_APPLICABLE}
        assert review.summary().n_cells == 2

        review.run(only=(("Ann", "pets"),))
        assert [(job.dataset.spec.name, job.seed) for job in engine[4:]] == [("pets", 0)]

        hand_in(tmp_path / "ann", "Ann", "3")
        [refused] = review.run(only=(("Ann", "again"),))
        assert "--consent" in (refused.reason or "")
        review.run(only=(("Ann", "again"),), sandbox="preferred")
        assert [(job.dataset.spec.name, job.seed) for job in engine[5:]] == [("again", 0)]
        stale = {(run.dataset, run.seed): run.reason for run in review.runs() if run.state is CellState.STALE}
        assert set(stale) == {("pets", 0), ("pets", 1), ("again", 1)}
        assert stale["pets", 0] == "the submission changed since this was run: run it again"


def test_a_cell_that_is_not_there_is_said(pets_review: Review) -> None:
    with pytest.raises(ReviewError) as error:
        pets_review.run(only=(("Ann", "pets"),))

    assert error.value.code == "unknown_cell"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda pets, code: (pets / "train.csv").unlink(), "changed since it was added|cannot be read"),
        (lambda pets, code: (pets / "test.csv").unlink(), "cannot be read"),
        (
            lambda pets, code: (pets / "test.csv").write_text((pets / "test.csv").read_text().replace("large", "huge")),
            "has changed since it was added",
        ),
        (lambda pets, code: [path.unlink() for path in code.iterdir()] and code.rmdir(), "no file or folder"),
    ],
)
def test_what_changed_on_disk_or_is_gone_is_said(
    tmp_path: Path, pets: Path, engine: list[CellJob], spoil: Callable[[Path, Path], object], words: str
) -> None:
    code = hand_in(tmp_path / "ann", "Ann", "1")
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(trusted(code, "Ann"))
        spoil(pets, code)

        [run] = review.run()

        assert engine == []
        assert run.state is CellState.FAILED
        assert re.search(words, run.reason or "")


def test_each_result_is_written_before_the_next_one_ends(
    tmp_path: Path, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[list[str]] = []
    with Review.create(tmp_path / "a.review") as review:
        review.do(AddDataset(pets))
        review.do(AddDataset(pets, name="again"))
        review.do(trusted(hand_in(tmp_path / "ann", "Ann", "1"), "Ann"))

        def run_cells(cells: list[CellJob], **_: object) -> object:
            for job in cells:
                with Review.open(review.path) as other:
                    written.append([str(run.state) for run in other.runs()])
                yield CellResult(job, RunState.TIMED_OUT, reason="it took too long", log="tick")

        monkeypatch.setattr(running, "run_cells", run_cells)
        first, _ = review.run()

        assert written == [["missing", "missing"], ["timed_out", "missing"]]
        assert review.log(first.run_id or 0) == "tick"


def test_a_result_whose_dataset_was_removed_meanwhile_is_dropped(
    tmp_path: Path, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(trusted(hand_in(tmp_path / "ann", "Ann", "1"), "Ann"))

        def run_cells(cells: list[CellJob], **_: object) -> object:
            review.do(RemoveDataset("pets"))
            yield CellResult(cells[0], RunState.FAILED, reason="x")

        monkeypatch.setattr(running, "run_cells", run_cells)
        [run] = review.run()

        assert (run.state, run.reason) == (CellState.CANCELLED, "its dataset or submission was removed meanwhile")
        assert review.runs() == ()
