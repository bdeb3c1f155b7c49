"""Results: the document that scripts read, numbers kept with what they were computed from, and nothing stale shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer_app import __version__
from reviewer_app.comparison import compare as compare_module
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.result import Outcome, Verdict
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review import comparing, measuring
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveSubmission
from reviewer_app.review.operations.settings import SetHome, SetPlan, SetTitle
from reviewer_app.review.queries import Results
from reviewer_app.review.results_json import findings_to_json, results_to_json
from reviewer_app.review.review import Review
from reviewer_app.significance.multiplicity import Correction

Predict = Callable[..., Path]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """How often comparisons and metrics were computed."""
    counts = {"compare": 0, "evaluate": 0}
    compare, evaluate = comparing.compare, measuring.evaluate

    def counted_compare(*arguments: object, **options: object) -> object:
        counts["compare"] += 1
        return compare(*arguments, **options)  # type: ignore[arg-type]

    def counted_evaluate(*arguments: object) -> object:
        counts["evaluate"] += 1
        return evaluate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(comparing, "compare", counted_compare)
    monkeypatch.setattr(measuring, "evaluate", counted_evaluate)
    return counts


def without_request(results: Results) -> object:
    return json.dumps(results_to_json(results))


def test_the_document_has_exactly_the_keys_that_scripts_read(pets_review: Review) -> None:
    document = results_to_json(pets_review.results())

    assert list(document) == ["review", "datasets", "runs", "comparisons", "overall", "across", "findings"]
    review_keys = "title schema_version app_version alpha plan correction plan_change"
    assert list(document["review"]) == review_keys.split()
    assert list(document["datasets"][0]) == ["name", "task", "home_of", "n_test", "primary_metric", "margin"]
    run_keys = (
        "dataset team submission version baseline seed state reason sandbox fit_seconds predict_seconds peak_memory_mb "
        "metrics"
    )
    assert list(document["runs"][0]) == run_keys.split()
    comparison = document["comparisons"][0]
    comparison_keys = (
        "dataset split task team_a team_b submission_a submission_b planned seeds unit n_units n_examples n_missing_a "
        "n_missing_b primary_metric metrics outcomes mcnemar verdict reason within_margin sentence warnings "
        "robustness robustness_sentence beside"
    )
    assert list(comparison) == comparison_keys.split()
    metric_keys = (
        "a b difference ci_low ci_high ci_level p_value p_adjusted margin p_equivalence p_equivalence_adjusted "
        "n_resamples interval_method test_method minimum_detectable_difference not_defined "
        "whisker_low whisker_high examples_for_margin standard_error degrees_of_freedom monte_carlo_error marks"
    )
    assert list(comparison["metrics"]["accuracy"]) == metric_keys.split()
    assert list(comparison["outcomes"]) == [str(outcome) for outcome in Outcome]
    assert list(comparison["mcnemar"]) == ["seed", "p_exact", "p_mid"]
    assert list(document["overall"][0]) == ["team_a", "team_b", "neutral_difference", "home_advantage", "average"]
    assert list(document["overall"][0]["home_advantage"]) == ["difference", "ci_low", "ci_high", "not_defined"]
    average = document["overall"][0]["average"]["classification"]
    assert list(average) == ["a", "b", "difference", "ci_low", "ci_high", "n_datasets"]
    json.dumps(document, allow_nan=False)


def test_the_numbers_are_those_of_the_files(pets_review: Review) -> None:
    document = results_to_json(pets_review.results())
    comparison = document["comparisons"][0]
    accuracy = comparison["metrics"]["accuracy"]

    assert document["review"] == {
        "title": "Pets",
        "schema_version": 2,
        "app_version": __version__,
        "alpha": 0.05,
        "plan": "open",
        "correction": "holm",
        "plan_change": "",
    }
    assert [run["metrics"]["accuracy"] for run in document["runs"]] == [87 / 90, 60 / 90]
    assert comparison["outcomes"] == {
        "both_right": 58, "only_a": 29, "only_b": 2, "both_wrong_same": 1, "both_wrong_different": 0
    }  # fmt: skip
    assert accuracy["a"] - accuracy["b"] == accuracy["difference"]
    assert (comparison["team_a"], comparison["verdict"], comparison["planned"]) == ("Ann", "a_better", True)
    assert accuracy["p_adjusted"] == accuracy["p_value"] < 0.001
    assert comparison["metrics"]["macro_f1"]["p_adjusted"] is None
    assert comparison["metrics"]["log_loss"]["a"] is None
    assert comparison["metrics"]["log_loss"]["not_defined"]
    assert document["datasets"][0] == {
        "name": "pets", "task": "classification", "home_of": "Ann", "n_test": 90, "primary_metric": "accuracy",
        "margin": 0.01,
    }  # fmt: skip


def test_a_document_of_findings_alone_is_what_a_refused_input_gets(pets_review: Review, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(ReviewError) as error:
        pets_review.do(AddSubmission(tmp_path / "empty.csv", "Eve"))

    document = findings_to_json(error.value.findings)

    assert list(document) == ["findings"]
    assert list(document["findings"][0]) == ["file", "code", "severity", "count", "first", "message"]


def test_numbers_are_computed_once_and_come_back_the_same(pets_review: Review, work: dict[str, int]) -> None:
    first = pets_review.results()
    again = pets_review.results()
    with Review.open(pets_review.path) as reopened:
        from_file = reopened.results()
        runs = reopened.runs()

    assert work == {"compare": 1, "evaluate": 2}
    assert without_request(first) == without_request(again) == without_request(from_file)
    assert first.comparisons == from_file.comparisons
    assert list(runs[0].metrics) == list(first.runs[0].metrics)


def test_reading_results_again_writes_nothing(pets_review: Review) -> None:
    pets_review.results()
    before = pets_review.path.read_bytes()

    pets_review.results()
    pets_review.summary()

    assert pets_review.path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "n_compared"),
    [
        (SetPlan(AnalysisPlan(margin=0.2)), 1),
        (SetPlan(AnalysisPlan(alpha=0.01)), 1),
        (SetPlan(AnalysisPlan(metric="macro_f1")), 1),
        (SetPlan(AnalysisPlan(seed=7)), 1),
        (SetPlan(AnalysisPlan(n_resamples=500)), 1),
        (SetPlan(AnalysisPlan()), 0),
        (SetHome("pets", "Bob"), 0),
        (SetTitle("other"), 0),
    ],
)
def test_what_changes_a_number_makes_it_stale_and_nothing_else_does(
    pets_review: Review, work: dict[str, int], change: SetPlan, n_compared: int
) -> None:
    pets_review.results()
    pets_review.do(change)
    work["compare"] = 0

    pets_review.results()

    assert work["compare"] == n_compared


def test_another_alpha_or_margin_measures_the_primary_metric_alone_again(
    pets_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pets_review.results().comparisons[0]
    measured: list[str] = []
    headline = compare_module.headline

    def noted(metrics: Sequence[Metric], *arguments: object) -> object:
        measured.extend(metric.id for metric in metrics)
        return headline(metrics, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compare_module, "headline", noted)
    pets_review.do(SetPlan(AnalysisPlan(alpha=0.01, margin=0.4)))

    after = pets_review.results().comparisons[0]

    assert measured == ["accuracy"]
    assert after.metrics["macro_f1"] == before.metrics["macro_f1"]
    assert after.primary.p_equivalence != before.primary.p_equivalence


def test_a_plan_that_changes_after_results_says_so_for_good(pets_review: Review) -> None:
    pets_review.do(SetPlan(AnalysisPlan(alpha=0.01)))
    assert pets_review.results().plan_change == ""

    pets_review.do(SetPlan(AnalysisPlan(alpha=0.1, correction=Correction.NONE)))
    results = pets_review.results()
    assert results.plan_change == (
        "The plan was changed after results were seen: alpha 0.01 became 0.1; correction Holm became no correction."
    )
    assert "plan_changed_after_results" in {finding.code for finding in results.findings}

    pets_review.undo()
    assert "is now again what it was" in pets_review.results().plan_change


def test_test_rows_seen_in_training_and_repeated_ones_are_choices_of_the_analysis(
    tmp_path: Path, pets: Path, predict_pets: Predict
) -> None:
    rows = (pets / "test.csv").read_text().splitlines()
    first_of_training = (pets / "train.csv").read_text().splitlines()[1].split(",", 1)[1]
    rows[1] = f'"test-0",{first_of_training}'
    rows[5] = rows[2].replace("test-1", "test-4")
    (pets / "test.csv").write_text("\n".join(rows) + "\n")
    with Review.create(tmp_path / "pets.review") as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(predict_pets("a"), "Ann"))
        review.do(AddSubmission(predict_pets("b", every=4), "Bob"))
        [comparison] = review.results().comparisons
        [again] = review.results().comparisons

    assert [(row.choice, row.n_examples) for row in comparison.robustness] == [
        ("as_planned", 90),
        ("without_seen_before", 89),
        ("without_repeated", 89),
    ]
    assert again == comparison


def test_no_verdict_stands_in_the_file_that_the_plan_no_longer_gives(pets_review: Review) -> None:
    pets_review.results()
    pets_review.do(SetPlan(AnalysisPlan(alpha=0.01)))
    with closing(sqlite3.connect(pets_review.path)) as plain:
        assert plain.execute("SELECT count(*) FROM verdict").fetchone() == (0,)

        pets_review.results()

        assert plain.execute("SELECT verdict FROM verdict").fetchone() == ("a_better",)


def test_metrics_are_computed_again_by_another_version_of_the_program(
    pets_review: Review, work: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pets_review.results()
    monkeypatch.setattr(measuring, "__version__", "99")
    monkeypatch.setattr(comparing, "__version__", "99")

    pets_review.results()

    assert work == {"compare": 2, "evaluate": 4}


def test_the_other_order_is_the_same_comparison_mirrored(pets_review: Review) -> None:
    [forth] = pets_review.results("Ann", "Bob").comparisons
    [back] = pets_review.results("Bob", "Ann").comparisons

    assert (forth.verdict, back.verdict) == (Verdict.A_BETTER, Verdict.B_BETTER)
    assert forth.planned
    assert back.planned
    for name, metric in forth.metrics.items():
        other = back.metrics[name]
        if metric.difference is not None and metric.p_value is not None:
            assert other.difference == -metric.difference
            assert other.p_value == pytest.approx(metric.p_value, abs=0.01)
    assert pets_review.comparison("pets", "Ann", "Bob") == forth


def test_versions_of_one_team_are_compared_outside_the_plan(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("ann2", every=2), "Ann"))

    results = pets_review.results("Ann:1", "Ann:2")

    [comparison] = results.comparisons
    assert (comparison.team_a, comparison.team_b) == ("Ann:1", "Ann:2")
    assert (comparison.planned, comparison.primary.p_adjusted) == (False, None)
    assert comparison.verdict is Verdict.A_BETTER
    assert {(run.version, run.current) for run in results.runs if run.team == "Ann"} == {("1", False), ("2", True)}
    assert pets_review.class_reports("pets", "Ann:1")[0].support == 30


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [("Eve", "Bob", "unknown_team"), ("Ann:7", "Bob", "unknown_version"), ("Ann", None, "one_side_only")],
)
def test_sides_that_are_not_there_are_said(pets_review: Review, a: str, b: str | None, code: str) -> None:
    with pytest.raises(ReviewError) as error:
        pets_review.results(a, b)

    assert error.value.code == code


def test_a_submission_is_not_compared_with_itself(pets_review: Review) -> None:
    with pytest.raises(ReviewError) as error:
        pets_review.comparison("pets", "Ann", "Ann:1")

    assert error.value.code == "no_comparison"


def test_a_third_team_makes_a_family_of_three(pets_review: Review, predict_pets: Predict) -> None:
    alone = pets_review.results().comparisons[0]
    pets_review.do(AddSubmission(predict_pets("cid", wrong=tuple(range(60))), "Cid"))

    results = pets_review.results()

    assert pets_review.planned_pairs() == (("Ann", "Bob"), ("Ann", "Cid"), ("Bob", "Cid"))
    adjusted = {(one.team_a, one.team_b): one.primary.p_adjusted for one in results.comparisons}
    assert len(adjusted) == len(results.overall) == 3
    assert adjusted["Ann", "Bob"] > alone.primary.p_adjusted  # type: ignore[operator]
    assert results.comparisons[0].primary.p_value == alone.primary.p_value

    pets_review.do(SetPlan(AnalysisPlan(comparisons=(("Ann", "Bob"),))))
    assert pets_review.results().comparisons[0].primary.p_adjusted == alone.primary.p_adjusted
    assert not pets_review.results("Ann", "Cid").comparisons[0].planned


def test_a_comparison_that_lacks_a_run_counts_in_the_family_and_its_run_says_why(
    pets_review: Review, test_data: Path
) -> None:
    pets_review.do(AddDataset(test_data / "malformed" / "good_gold.csv"))
    results = pets_review.results()

    [comparison] = results.comparisons
    assert comparison.primary.p_adjusted == pytest.approx(2 * comparison.primary.p_value)  # type: ignore[operator]
    missing = [run for run in results.runs if run.state == "missing"]
    assert [(run.team, run.dataset) for run in missing] == [("Ann", "good_gold"), ("Bob", "good_gold")]
    assert "handed in no predictions for good_gold" in (missing[0].reason or "")


def test_removing_a_side_takes_the_comparison(pets_review: Review) -> None:
    pets_review.results()
    pets_review.do(RemoveSubmission(pets_review.teams()[1].submissions[0].submission_id))

    results = pets_review.results()

    assert results.comparisons == ()
    assert [run.team for run in results.runs] == ["Ann"]


def test_the_same_labels_twice_are_said(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("copy", wrong=(1, 2, 3)), "Cid"))

    codes = [finding.message for finding in pets_review.results().findings if finding.code == "identical_predictions"]

    assert codes == ["Ann and Cid predict the same label for every test example of pets."]


def test_a_read_only_review_computes_and_keeps_nothing(pets_review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    pets_review.results()
    pets_review.do(SetPlan(AnalysisPlan(alpha=0.01)))
    expected = without_request(pets_review.results())
    with closing(sqlite3.connect(pets_review.path)) as plain:
        plain.execute("PRAGMA user_version = 99")
    before = pets_review.path.read_bytes()

    with Review.open(pets_review.path) as newer:
        assert newer.read_only
        results = newer.results()
        assert "newer_review" in {finding.code for finding in results.findings}
        with pytest.raises(ReviewError, match="may only be read"):
            newer.do(SetTitle("x"))
        with pytest.raises(ReviewError, match="may only be read"):
            newer.run()

    assert without_request(replace(results, schema_version=2, findings=results.findings[1:])) == expected
    assert pets_review.path.read_bytes() == before


def test_a_changed_audit_trail_is_said_in_the_results(pets_review: Review) -> None:
    with closing(sqlite3.connect(pets_review.path)) as plain:
        trigger = plain.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_keeps_values'").fetchone()[0]
        plain.execute("DROP TRIGGER audit_keeps_values")
        plain.execute("UPDATE audit SET describes = 'nothing' WHERE audit_id = 2")
        plain.execute(trigger)
        plain.commit()

    with Review.open(pets_review.path) as review:
        codes = [finding.code for finding in review.results().findings]

    assert "audit_trail_broken" in codes


def test_missing_predictions_are_counted_and_said(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("cid", n=80), "Cid"))

    results = pets_review.results("Cid", "Bob")

    [comparison] = results.comparisons
    assert (comparison.n_missing_a, comparison.n_missing_b) == (10, 0)
    assert comparison.metrics["accuracy"].a == 80 / 90
    assert next(run for run in results.runs if run.team == "Cid").n_missing == 10
    with Review.open(pets_review.path) as reopened:
        assert reopened.results("Cid", "Bob").comparisons == (comparison,)


def test_class_tables_and_curves_are_those_of_the_run(pets_review: Review) -> None:
    reports = pets_review.class_reports("pets", "Bob")
    matrix = pets_review.confusion_matrix("pets", "Bob")

    assert [(report.label, report.support, report.predicted) for report in reports] == [
        ("cat", 30, 0), ("dog", 30, 60), ("fish", 30, 30)
    ]  # fmt: skip
    assert (reports[0].precision, reports[1].recall) == (None, 1.0)
    assert matrix.row_labels == ("cat", "dog", "fish")
    assert matrix.column_labels == ("cat", "dog", "fish", "no prediction")
    assert matrix.counts == ((0, 30, 0, 0), (0, 30, 0, 0), (0, 0, 30, 0))
    assert pets_review.curves("pets", "Bob") == ()


def test_an_unknown_label_has_a_column_for_both_teams(pets_review: Review, predict_pets: Predict) -> None:
    path = predict_pets("cid")
    path.write_text(path.read_text().replace("test-4,dog", "test-4,wolf").replace('"test-4","dog"', '"test-4","wolf"'))
    pets_review.do(AddSubmission(path, "Cid"))

    assert pets_review.confusion_matrix("pets", "Cid").column_labels == ("cat", "dog", "fish", "wolf", "no prediction")
    assert pets_review.confusion_matrix("pets", "Cid").counts[1][3] == 1
    assert pets_review.confusion_matrix("pets", "Bob").column_labels[3] == "wolf"
    assert pets_review.example("pets", "Cid", "Bob", 4).a_label == "wolf"


def test_a_run_that_goes_while_it_is_measured_is_said_and_nothing_of_it_is_kept(
    pets_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = comparing.compare

    def compare_and_remove(*arguments: object, **options: object) -> object:
        evidence = compare(*arguments, **options)  # type: ignore[arg-type]
        pets_review.do(RemoveSubmission(pets_review.teams()[1].submissions[0].submission_id))
        return evidence

    monkeypatch.setattr(comparing, "compare", compare_and_remove)

    with pytest.raises(ReviewError) as error:
        pets_review.results()

    assert error.value.code == "changed_meanwhile"
    assert pets_review.results().comparisons == ()


def test_the_summary_counts(pets_review: Review, tmp_path: Path) -> None:
    before = pets_review.summary()
    pets_review.results()
    after = pets_review.summary()

    assert (before.title, before.n_datasets, before.n_teams, before.n_cells, before.n_cells_done) == (
        "Pets",
        1,
        2,
        2,
        2,
    )
    assert (before.n_disagreements, after.n_disagreements) == (None, 31)
    assert after.file_bytes == pets_review.path.stat().st_size
    assert [metric.id for metric in pets_review.metrics()][:2] == ["accuracy", "balanced_accuracy"]


def test_three_teams_are_ranked_and_their_first_places_counted(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("eve", every=2), "Eve"))

    across = pets_review.results().across
    again = pets_review.results().across
    document = results_to_json(pets_review.results())

    assert across is not None
    assert across.teams == ("Ann", "Bob", "Eve")
    assert across.mean_ranks == (1.0, 2.0, 3.0)
    assert across.first_shares is not None
    assert across.first_shares[0] > 0.99
    assert across.not_defined == "needs at least 6 datasets, there is 1"
    assert again == across
    assert document["across"]["teams"] == ["Ann", "Bob", "Eve"]


def test_two_teams_on_one_dataset_have_nothing_across(pets_review: Review) -> None:
    assert pets_review.results().across is None


def test_what_stands_beside_a_metric_is_computed_once_and_kept(
    pets_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pets_review.significance("pets", "Ann", "Bob", "macro_f1")
    monkeypatch.setattr(comparing, "detail_of", None)
    again = pets_review.significance("pets", "Ann", "Bob", "macro_f1")

    assert first == again
    assert first.numbers.metric == first.detail.metric == "macro_f1"
    assert first.detail.bootstrap is not None
    assert first.detail.bootstrap.observed == first.numbers.difference


def test_the_primary_metric_is_shown_where_none_is_named(pets_review: Review) -> None:
    assert pets_review.significance("pets", "Ann", "Bob").numbers.metric == "accuracy"
    with pytest.raises(ReviewError, match="no metric 'speed'"):
        pets_review.significance("pets", "Ann", "Bob", "speed")


def test_another_margin_computes_again_what_stands_beside(pets_review: Review) -> None:
    before = pets_review.significance("pets", "Ann", "Bob").detail
    pets_review.do(SetPlan(AnalysisPlan(margin=0.3)))
    after = pets_review.significance("pets", "Ann", "Bob").detail

    assert before.power is not None
    assert after.power is not None
    assert (before.power.margin, after.power.margin) == (0.01, 0.3)


def test_the_document_holds_what_stands_beside_where_it_is_asked_for(pets_review: Review) -> None:
    [comparison] = results_to_json(pets_review.results(beside=True))["comparisons"]

    assert comparison["beside"]["table"] == {"both_right": 58, "only_a": 29, "only_b": 2, "both_wrong": 1}
    assert comparison["beside"]["posterior"]["a_better"] > 0.99
    assert comparison["beside"]["others"][0]["name"] == "McNemar, exact"
    assert results_to_json(pets_review.results())["comparisons"][0]["beside"] is None
    json.dumps(comparison, allow_nan=False)


def test_a_kept_document_that_another_program_spoilt_is_computed_again(pets_review: Review) -> None:
    first = pets_review.significance("pets", "Ann", "Bob")
    with closing(sqlite3.connect(pets_review.path)) as plain:
        plain.execute("UPDATE derived SET document = '{\"metric\": 3}'")
        plain.commit()

    assert pets_review.significance("pets", "Ann", "Bob") == first


def without_every_third(path: Path) -> Path:
    """Leave every third row of a file of predictions out."""
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(row for number, row in enumerate(rows) if number % 3)]) + "\n")
    return path


def test_teams_are_ranked_over_the_same_examples_where_one_drops_some(
    tmp_path: Path, pets: Path, predict_pets: Predict
) -> None:
    with Review.create(tmp_path / "pets.review") as review:
        review.do(AddDataset(pets))
        review.do(AddSubmission(predict_pets("a", wrong=tuple(range(0, 90, 3))), "Ann"))
        review.do(AddSubmission(predict_pets("b", wrong=tuple(range(1, 90, 6))), "Bob"))
        selective = without_every_third(predict_pets("eve", wrong=tuple(range(1, 90, 9))))
        review.do(AddSubmission(selective, "Eve", options=ImportOptions(missing="drop")))
        across = review.results().across
        eve = next(info for team in review.teams() if team.name == "Eve" for info in team.submissions)
        review.do(RemoveSubmission(eve.submission_id))
        review.do(AddSubmission(selective, "Eve", options=ImportOptions(missing="wrong")))
        again = review.results().across

    # Ann errs on nothing but what Eve leaves out: over what is left she has everything right.
    assert across is not None
    assert across.teams == ("Ann", "Eve", "Bob")
    assert again is not None
    assert again.teams == ("Bob", "Ann", "Eve")


def test_two_versions_of_a_team_in_one_plan_are_told_apart(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("second", every=5), "Bob", version="2"))
    pets_review.do(SetPlan(AnalysisPlan(comparisons=(("Ann", "Bob:1"), ("Ann", "Bob:2")))))

    results = pets_review.results()

    assert [(one.team_a, one.team_b) for one in results.comparisons] == [("Ann", "Bob:1"), ("Ann", "Bob:2")]
    assert len(results.overall) == 2
    assert results.across is not None
    assert results.across.teams == ("Ann", "Bob:2", "Bob:1")
