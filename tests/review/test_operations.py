"""Every change is an operation: it lands whole, stands in the audit trail, and what was typed can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.review.operations.change import Operation
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset, RemoveSubmission
from reviewer_app.review.operations.settings import SetCurrent, SetHome, SetPlan, SetTitle
from reviewer_app.review.queries import PlanState
from reviewer_app.review.review import Review

Predict = Callable[..., Path]


def trail(review: Review) -> list[tuple[str, int | None]]:
    with closing(sqlite3.connect(review.path)) as plain:
        return plain.execute("SELECT operation, undoes FROM audit ORDER BY audit_id").fetchall()


def current(review: Review) -> dict[str, str]:
    return {run.team: run.version for run in review.runs() if run.current}


def test_imports_stand_in_the_review_and_in_the_trail(pets_review: Review) -> None:
    [dataset] = pets_review.datasets()
    ann, bob = pets_review.teams()

    assert (dataset.name, dataset.n_test, dataset.home_of, dataset.labels) == (
        "pets",
        90,
        "Ann",
        ("cat", "dog", "fish"),
    )
    assert [(split.name, split.n_examples) for split in dataset.splits] == [
        ("train", 30),
        ("validation", 30),
        ("test", 90),
    ]
    assert (ann.name, ann.home, [submission.version for submission in ann.submissions]) == ("Ann", "pets", ["1"])
    assert (bob.name, bob.home, bob.submissions[0].datasets) == ("Bob", None, ("pets",))
    assert trail(pets_review) == [("AddDataset", None), ("AddSubmission", None), ("AddSubmission", None)]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (AddDataset(Path("nowhere")), "not_found"),
        (RemoveDataset("plants"), "unknown_dataset"),
        (RemoveSubmission(99), "unknown_submission"),
        (SetCurrent(99), "unknown_submission"),
        (SetHome("plants", "Ann"), "unknown_dataset"),
        (SetHome("pets", "Baselines"), "baselines_have_no_home"),
        (SetHome("pets", " "), "no_team"),
        (SetPlan(AnalysisPlan(metric="no_such_metric")), "unknown_metric"),
        (SetPlan(AnalysisPlan(metric="calibration_error")), "bad_plan"),
        (SetPlan(AnalysisPlan(alpha=1.5)), "bad_plan"),
        (SetPlan(AnalysisPlan(margin=-0.01)), "bad_plan"),
        (SetPlan(AnalysisPlan(seed=-1)), "bad_plan"),
        (SetPlan(AnalysisPlan(comparisons=(("Ann", "Ann"),))), "bad_plan"),
        (AddSubmission(None, "Ann"), "not_found"),
        (AddSubmission(None, "Baselines", builtin="no_such_baseline"), "unknown_baseline"),
        (AddSubmission(Path("nowhere"), "Ann"), "not_found"),
        (AddSubmission(Path("nowhere"), "Baselines"), "reserved_team"),
        (AddSubmission(Path("nowhere"), " "), "no_team"),
    ],
)
def test_a_refused_operation_leaves_every_byte(pets_review: Review, operation: Operation, code: str) -> None:
    before = pets_review.path.read_bytes()

    with pytest.raises(ReviewError) as error:
        pets_review.do(operation)

    assert error.value.code == code
    assert pets_review.path.read_bytes() == before


def test_a_refused_prediction_file_leaves_every_byte(pets_review: Review, tmp_path: Path, pets: Path) -> None:
    before = pets_review.path.read_bytes()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("example_id,prediction\ntest-0,cat\ntest-0,dog\n")

    for operation in (AddSubmission(wrong, "Eve"), AddDataset(pets), AddDataset(wrong, name="pets")):
        with pytest.raises(ReviewError):
            pets_review.do(operation)

    assert pets_review.path.read_bytes() == before


def test_a_cancelled_import_leaves_every_byte(pets_review: Review, predict_pets: Predict) -> None:
    before = pets_review.path.read_bytes()
    progress = Progress()
    progress.cancel()

    with pytest.raises(Cancelled):
        pets_review.do(AddSubmission(predict_pets("eve"), "Eve"), progress)

    assert pets_review.path.read_bytes() == before


def test_what_a_person_typed_is_taken_back_step_by_step(pets_review: Review) -> None:
    plan = AnalysisPlan(margin=0.05)
    for operation in (SetTitle("Animals"), SetHome("pets", None), SetPlan(plan)):
        pets_review.do(operation)
    assert (pets_review.title, pets_review.datasets()[0].home_of, pets_review.plan()) == ("Animals", None, plan)

    stale = [pets_review.undo().stale for _ in range(3)]  # type: ignore[union-attr]

    assert (pets_review.title, pets_review.datasets()[0].home_of) == ("Pets", "Ann")
    assert pets_review.plan() == AnalysisPlan()
    assert pets_review.undo() is None
    assert stale[2] == {"title"}
    assert trail(pets_review)[3:] == [
        ("SetTitle", None),
        ("SetHome", None),
        ("SetPlan", None),
        ("SetPlan", 6),
        ("SetHome", 5),
        ("SetTitle", 4),
    ]


def test_the_last_version_stands_for_its_team_unless_another_is_chosen(
    pets_review: Review, predict_pets: Predict
) -> None:
    pets_review.do(AddSubmission(predict_pets("ann2", wrong=(5,)), "Ann "))
    assert current(pets_review) == {"Ann": "2", "Bob": "1"}

    first = pets_review.teams()[0].submissions[0]
    pets_review.do(SetCurrent(first.submission_id))
    assert current(pets_review) == {"Ann": "1", "Bob": "1"}
    assert pets_review.teams()[0].submissions[0].is_current

    pets_review.undo()
    assert current(pets_review) == {"Ann": "2", "Bob": "1"}


def test_undoing_a_choice_leaves_what_was_added_since(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("ann2", wrong=(5,)), "Ann"))
    pets_review.do(SetCurrent(pets_review.teams()[0].submissions[0].submission_id))
    pets_review.do(AddSubmission(predict_pets("ann3", wrong=(6,)), "Ann"))

    pets_review.undo()

    assert current(pets_review)["Ann"] == "3"


def test_the_same_file_again_and_a_taken_version_are_refused(pets_review: Review, predict_pets: Predict) -> None:
    with pytest.raises(ReviewError) as same:
        pets_review.do(AddSubmission(predict_pets("ann", wrong=(1, 2, 3)), "Ann"))
    with pytest.raises(ReviewError) as version:
        pets_review.do(AddSubmission(predict_pets("other", wrong=(9,)), "Ann", version="1"))

    assert (same.value.code, version.value.code) == ("submission_exists", "version_exists")


def test_teams_are_told_apart_by_case_and_not_by_blanks(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("x", wrong=(7,)), "ann"))
    pets_review.do(AddSubmission(predict_pets("y", wrong=(8,)), "  Bob "))

    assert [(team.name, len(team.submissions)) for team in pets_review.teams()] == [("Ann", 1), ("Bob", 2), ("ann", 1)]


def test_removing_a_dataset_takes_its_runs_and_its_prediction_files(
    pets_review: Review, pets: Path, predict_pets: Predict
) -> None:
    pets_review.results()
    pets_review.do(RemoveDataset("pets"))

    assert (pets_review.datasets(), pets_review.teams(), pets_review.runs()) == ((), (), ())
    with closing(sqlite3.connect(pets_review.path)) as plain:
        left = {
            table: plain.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("column_set", "column_chunk", "run", "metric", "comparison", "outcome", "finding", "class")
        }
    assert set(left.values()) == {0}
    pets_review.do(AddDataset(pets))
    pets_review.do(AddSubmission(predict_pets("ann", wrong=(1, 2, 3)), "Ann"))
    assert pets_review.runs()[0].state == "done"


def test_removing_a_submission_takes_its_team_where_that_has_nothing_else(pets_review: Review) -> None:
    ann, bob = pets_review.teams()
    pets_review.do(RemoveSubmission(bob.submissions[0].submission_id))
    pets_review.do(RemoveSubmission(ann.submissions[0].submission_id))

    assert [(team.name, team.home, team.submissions) for team in pets_review.teams()] == [("Ann", "pets", ())]


def test_the_plan_says_for_good_when_it_was_locked(pets_review: Review) -> None:
    locked = pets_review.do(SetPlan(AnalysisPlan(margin=0.02), lock=True))
    assert locked.inverse is None
    assert pets_review.summary().plan_state is PlanState.LOCKED_BEFORE_RESULTS

    pets_review.do(SetPlan(AnalysisPlan(margin=0.02), lock=True))
    assert pets_review.results().plan_state is PlanState.LOCKED_BEFORE_RESULTS

    changed = pets_review.do(SetPlan(AnalysisPlan(margin=0.03)))
    assert [finding.code for finding in changed.findings] == ["locked_plan_changed"]
    assert changed.inverse is None
    assert pets_review.summary().plan_state is PlanState.LOCKED_AFTER


def test_undo_never_breaks_a_lock(pets_review: Review) -> None:
    pets_review.do(SetTitle("Animals"))
    pets_review.do(SetPlan(AnalysisPlan(margin=0.05)))
    pets_review.do(SetPlan(AnalysisPlan(margin=0.05), lock=True))

    pets_review.undo()

    assert pets_review.title == "Pets"
    assert pets_review.undo() is None
    assert pets_review.summary().plan_state is PlanState.LOCKED_BEFORE_RESULTS


def test_a_plan_may_name_teams_that_have_handed_nothing_in_yet(pets_review: Review) -> None:
    pets_review.do(SetPlan(AnalysisPlan(comparisons=(("Ann", "Bob"), ("Ann", "Eve"))), lock=True))

    [comparison] = pets_review.results().comparisons

    assert comparison.primary.p_adjusted == pytest.approx(2 * comparison.primary.p_value)  # type: ignore[operator]


def test_a_plan_locked_when_numbers_were_seen_is_locked_after_results(pets_review: Review) -> None:
    pets_review.runs()
    pets_review.do(SetPlan(AnalysisPlan(), lock=True))

    assert pets_review.summary().plan_state is PlanState.LOCKED_AFTER


def test_predictions_need_a_dataset_and_find_theirs_by_their_ids(
    tmp_path: Path, pets: Path, predict_pets: Predict, test_data: Path
) -> None:
    with Review.temporary() as review:
        with pytest.raises(ReviewError) as error:
            review.do(AddSubmission(predict_pets("ann"), "Ann"))
        assert error.value.code == "no_dataset"
        review.do(AddDataset(test_data / "malformed" / "good_gold.csv"))
        review.do(AddDataset(pets))
        review.do(AddSubmission(predict_pets("ann"), "Ann"))
        review.do(AddSubmission(test_data / "malformed" / "good_predictions.csv", "Ann"))

        found = {run.dataset: (run.submission, run.version) for run in review.runs() if run.state == "done"}
    assert found == {"pets": ("ann", "1"), "good_gold": ("good_predictions", "1")}


def test_a_folder_of_predictions_waits_for_its_datasets(
    tmp_path: Path, pets: Path, predict_pets: Predict, test_data: Path
) -> None:
    folder = tmp_path / "handed_in"
    folder.mkdir()
    predict_pets("a").rename(folder / "a.csv")
    (folder / "b.csv").write_bytes((test_data / "malformed" / "good_predictions.csv").read_bytes())
    (folder / "submission.toml").write_text(
        'team = "Ann"\nname = "both"\nversion = "7"\nkind = "predictions"\nhome = "pets"\n'
        '[predictions]\npets = "a.csv"\ngood_gold = "b.csv"\n'
    )
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        first = review.do(AddSubmission(folder, team=""))
        codes = [finding.code for finding in first.findings]
        assert "predictions_without_dataset" in codes
        assert "home_proposed" in codes
        review.do(AddDataset(test_data / "malformed" / "good_gold.csv"))
        review.do(AddSubmission(folder, team="Ann"))
        with pytest.raises(ReviewError, match="the same already"):
            review.do(AddSubmission(folder, team="Ann"))

        [team] = review.teams()
        assert (team.name, team.home) == ("Ann", "pets")
        [submission] = team.submissions
        assert (submission.version, submission.datasets) == ("7", ("pets", "good_gold"))
        assert {run.state for run in review.runs()} == {"done"}


def test_a_home_that_somebody_chose_is_not_proposed_away(tmp_path: Path, pets: Path, predict_pets: Predict) -> None:
    folder = tmp_path / "handed_in"
    folder.mkdir()
    predict_pets("a").rename(folder / "a.csv")
    (folder / "submission.toml").write_text(
        'team = "Ann"\nname = "a"\nversion = "1"\nkind = "predictions"\nhome = "pets"\n[predictions]\npets = "a.csv"\n'
    )
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(SetHome("pets", None))
        review.do(AddSubmission(folder, team="Ann"))
        assert review.datasets()[0].home_of is None
        review.undo()
        review.do(RemoveSubmission(review.teams()[0].submissions[0].submission_id))
        review.do(AddSubmission(folder, team="Ann"))
        assert review.datasets()[0].home_of == "Ann"
        review.do(RemoveSubmission(review.teams()[0].submissions[0].submission_id))
        assert (review.datasets()[0].home_of, review.teams()) == (None, ())


def test_what_the_user_said_of_an_input_is_kept(pets: Path, tmp_path: Path, predict_pets: Predict) -> None:
    path = predict_pets("shouting")
    path.write_text(path.read_text().replace("cat", "CAT"))
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(path, "Ann", options=ImportOptions(labels="casefold")))
        with closing(sqlite3.connect(review.path)) as plain:
            fixes = plain.execute("SELECT option, value, submission_id FROM fix").fetchall()
        assert fixes == [("labels", "casefold", 1)]
        assert review.runs()[0].metrics["accuracy"] == 1.0


@pytest.mark.parametrize("metric", ["no_such_metric", "f1", "top_5_accuracy", "calibration_error"])
def test_a_primary_metric_that_the_dataset_cannot_have_is_refused(pets: Path, metric: str) -> None:
    with Review.temporary() as review, pytest.raises(ReviewError, match="--metric: accuracy, ") as error:
        review.do(AddDataset(pets, options=ImportOptions(metric=metric)))

    assert error.value.code == "unknown_metric"


def test_datasets_with_the_same_examples_are_told_of_each_other(pets: Path) -> None:
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        change = review.do(AddDataset(pets, name="pets again"))

    assert [finding.count for finding in change.findings if finding.code == "shares_examples"] == [90]
